//! What the manifests of a format and its module tell a reader.

use weir::diagnostic::{Diagnostics, SourceId};
use weir::spec;

/// The words of a manifest; what it lacks is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Its name for people.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Kinds of logs, each with what it brings.
    pub sources: Vec<(String, String)>,
}

impl Words {
    /// Reads a manifest. `weir check` tells what is wrong with one; here its words are taken as far as they go.
    pub fn of(text: Option<&str>) -> Words {
        let mut findings = Diagnostics::new();
        let manifest = text.and_then(|text| spec::read_manifest(text, SourceId(0), &mut findings));
        let manifest = manifest.unwrap_or_default();
        let words = |named: Option<spec::Named>| named.map_or_else(String::new, |named| joined(&named.text));
        let sources = manifest.data_sources.into_iter().map(|(name, says)| (joined(&name.text), words(says)));
        Words { name: words(manifest.name), description: words(manifest.description), sources: sources.collect() }
    }
}

/// Text as one line.
fn joined(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
