//! What people use, and the floors below which nothing that reads lines and writes events can come.

pub mod floors;
pub mod jq;
pub mod process;
pub mod python;
pub mod templates;
pub mod vrl;

use crate::contest::{Contender, Weir};
use crate::workload::{Workload, project};
use std::fs;
use std::path::PathBuf;

/// The contenders' names in tables.
pub const WEIR: &str = "weir";
/// See [`vrl`].
pub const VRL: &str = "VRL";
/// See [`jq`].
pub const JQ: &str = "jq (jaq)";
/// See [`templates`].
pub const TEMPLATES: &str = "serde_json + minijinja";
/// See [`python`].
pub const PYTHON: &str = "Python";

/// A contender with a mapping of its own.
pub struct Peer {
    /// The contender.
    pub contender: Box<dyn Contender>,
    /// Whether it parses user agents. If not, the fields that weir infers from them are not compared.
    pub parses_agents: bool,
}

impl From<Box<dyn Contender>> for Peer {
    /// One that parses no user agents.
    fn from(contender: Box<dyn Contender>) -> Self {
        Peer { contender, parses_agents: false }
    }
}

/// weir over a format.
pub fn weir(workload: &Workload) -> Box<dyn Contender + '_> {
    Box::new(Weir::new(WEIR, workload))
}

/// The mappings of a format for all peers: `mappings/FORMAT.vrl`, `.jq`, `.json` for templates, and `.py` or `.json` for
/// Python. None where a format has none.
///
/// # Errors
/// Where a mapping does not compile.
pub fn all(format: &str) -> Result<Vec<Peer>, String> {
    let mut peers = vrl::peers(format)?;
    if let Some(program) = mapping(format, "jq") {
        peers.push(jq::peer(&program)?.into());
    }
    if let Some(fields) = mapping(format, "json") {
        peers.push(templates::peer(&fields)?.into());
    }
    if let Some(path) = ["py", "json"].map(|kind| place(format, kind)).into_iter().find(|path| path.is_file()) {
        match python::peer(&path) {
            Ok(python) => peers.push(python.into()),
            Err(reason) => eprintln!("{format}: without Python: {reason}"),
        }
    }
    Ok(peers)
}

/// A format's mapping of a kind.
fn mapping(format: &str, kind: &str) -> Option<String> {
    fs::read_to_string(place(format, kind)).ok()
}

fn place(format: &str, kind: &str) -> PathBuf {
    project().join(format!("benches/mappings/{format}.{kind}"))
}
