//! What people use, and the floors below which nothing that reads lines and writes events can come.

pub mod floors;
pub mod jq;
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
pub const PYTHON: &str = "Python, jinja2";

/// weir over a format.
pub fn weir(workload: &Workload) -> Box<dyn Contender + '_> {
    Box::new(Weir::new(WEIR, workload))
}

/// The mappings of a format for all peers: `mappings/FORMAT.vrl`, `.jq` and `.json`. None where a format has none.
///
/// # Errors
/// Where a mapping does not compile.
pub fn all(format: &str) -> Result<Vec<Box<dyn Contender>>, String> {
    let mut peers: Vec<Box<dyn Contender>> = Vec::new();
    if let Ok(program) = fs::read_to_string(mapping(format, "vrl")) {
        peers.push(vrl::peer(&program)?);
    }
    if let Ok(program) = fs::read_to_string(mapping(format, "jq")) {
        peers.push(jq::peer(&program)?);
    }
    if let Ok(fields) = fs::read_to_string(mapping(format, "json")) {
        peers.push(templates::peer(&fields)?);
        match python::peer(&mapping(format, "json")) {
            Ok(python) => peers.push(python),
            Err(reason) => eprintln!("{format}: without Python: {reason}"),
        }
    }
    Ok(peers)
}

fn mapping(format: &str, kind: &str) -> PathBuf {
    project().join(format!("benches/mappings/{format}.{kind}"))
}
