//! A draft put together: its files, what it proposes, and what came of the samples.

use crate::decision::Decision;
use crate::mapping::Mapping;
use crate::pairs::{self, Tally};
use crate::probe::compiled;
use crate::proposal::Proposed;
use crate::text::{self, Parser};
use weir::diagnostic::Severity;

/// A first draft.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The files of the format: path below its directory, and text.
    pub files: Vec<(String, String)>,
    /// What a human must decide.
    pub decisions: Vec<Decision>,
    /// The fields of the taxonomy that are proposed.
    pub proposals: Vec<Proposed>,
    /// What the records are, from outside in, such as `a syslog header` and `pairs of key and value`.
    pub shape: Vec<String>,
    /// What came of the samples.
    pub tally: Tally,
}

/// What a draft is made of.
pub struct Parts<'p> {
    pub name: &'p str,
    pub uuid: &'p str,
    pub parser: Parser<'p>,
    pub mapping: &'p Mapping,
    pub decisions: Vec<Decision>,
    pub samples: &'p [String],
    /// Files beside those that every format has.
    pub more_files: Vec<(String, String)>,
    pub shape: Vec<String>,
}

/// Writes the files, runs the samples, and records pairs.
///
/// # Errors
/// Where the draft does not compile, which is a defect of this crate; whoever meets it should see what it is.
pub fn draft(parts: Parts<'_>) -> Result<Draft, String> {
    let Parts { name, uuid, parser, mapping, mut decisions, samples, more_files, shape } = parts;
    let parser = text::parser(name, &parser, mapping);
    let own_fields = text::fields(mapping);
    let format = compiled(parser.clone(), own_fields.clone());
    if let Some(finding) = format.findings.iter().find(|finding| finding.severity == Severity::Error) {
        return Err(format!("the draft does not compile: {}", finding.title));
    }
    let pairs = pairs::pairs(&format, samples);
    decisions.extend(pairs.decisions);
    let mut files = more_files;
    files.extend([
        ("ingest/parser.yml".to_owned(), parser),
        ("_meta/manifest.yml".to_owned(), text::manifest(name, uuid)),
    ]);
    // Without fields of its own a format has no such file: `weir check --fix` makes it with the first.
    if !own_fields.is_empty() {
        files.push(("_meta/fields.yml".to_owned(), own_fields));
    }
    files.extend(pairs.files);
    let proposals = mapping.proposals.clone();
    files.push(("DECISIONS.md".to_owned(), text::decisions(name, &proposals, &decisions)));
    Ok(Draft { files, decisions, proposals, shape, tally: pairs.tally })
}

/// Whether a name can be that of a format and of the group of its own fields.
///
/// # Errors
/// The reason why it cannot.
pub fn expect_name(name: &str) -> Result<(), String> {
    let is_letter = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    let is_name =
        name.starts_with(|letter: char| letter.is_ascii_lowercase()) && name.chars().all(is_letter) && name.len() <= 64;
    if is_name {
        return Ok(());
    }
    Err(format!(
        "the name begins with a lower-case letter and has lower-case letters, digits and `_`; `{name}` does not"
    ))
}
