//! A repository of public formats beside this project, if there is one: the bench runs it and keeps nothing of it.

use crate::workload::project;
use std::fs;
use std::path::{Path, PathBuf};

/// One format for each family of extractors, and what the family is.
pub const FAMILIES: [(&str, &str); 7] = [
    ("Microsoft/microsoft-365-defender", "JSON, nested"),
    ("AWS/aws-cloudtrail", "JSON, nested"),
    ("Fortinet/fortigate", "kv and CEF"),
    ("Apache/apache", "grok"),
    ("Imperva/imperva-waf", "CEF"),
    ("Palo Alto Networks/paloalto-ngfw", "dsv"),
    ("Trellix/trellix-epo-on-prem", "XML"),
];

/// Where the repository is, if it is anywhere: where `WEIR_CORPUS` says, or beside the project.
pub fn place() -> Option<PathBuf> {
    let named = std::env::var_os("WEIR_CORPUS").map(PathBuf::from);
    Some(named.unwrap_or_else(|| project().join("../shared/corpus"))).filter(|path| path.is_dir())
}

/// The directories of all formats, by name.
pub fn formats(corpus: &Path) -> Vec<PathBuf> {
    let folders =
        |path: &Path| fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect::<Vec<_>>();
    let below = folders(corpus).into_iter().filter(|path| path.is_dir()).flat_map(|module| folders(&module));
    let mut formats: Vec<PathBuf> = below.filter(|path| path.join("ingest/parser.yml").is_file()).collect();
    formats.sort();
    formats
}
