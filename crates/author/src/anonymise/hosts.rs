//! Names of hosts: domains become those that are free for examples, and what is in front of them other names of as many labels.

use super::letters::Letters;
use super::names::Names;
use std::collections::BTreeMap;

/// Domains by what they were.
#[derive(Debug, Default)]
pub struct Hosts {
    domains: BTreeMap<String, String>,
}

/// Endings of names that are hosts', beside those of two letters.
const ENDINGS: &[&str] = &[
    "app",
    "biz",
    "cloud",
    "com",
    "corp",
    "dev",
    "edu",
    "gov",
    "home",
    "info",
    "int",
    "internal",
    "intra",
    "lan",
    "local",
    "localdomain",
    "mil",
    "net",
    "online",
    "org",
    "tech",
];

/// Endings of two letters that are those of files.
const FILES: &[&str] = &["db", "gz", "js", "md", "pl", "ps", "py", "rb", "rs", "sh", "so", "ts"];

/// Domains for examples, in which nothing identifies anybody.
const EXAMPLES: &[&str] = &["example.com", "example.net", "example.org"];

/// Whether a name with dots is a host's by its ending.
pub fn is_host(name: &str) -> bool {
    let ending = name.rsplit('.').next().unwrap_or_default().to_lowercase();
    let is_country = ending.len() == 2 && !FILES.contains(&&*ending);
    (is_country || ENDINGS.contains(&&*ending)) && !name.starts_with('.')
}

impl Hosts {
    /// Another name in the place of a host's.
    pub fn replace(&mut self, host: &str, letters: &mut Letters, names: &Names) -> String {
        let lower = host.to_lowercase();
        let is_example = EXAMPLES.iter().any(|domain| lower == *domain || lower.ends_with(&format!(".{domain}")));
        let is_reserved = [".example", ".test", ".invalid"].iter().any(|ending| lower.ends_with(ending));
        if is_example || is_reserved || lower == "localhost" || letters.made(host) {
            return host.to_owned();
        }
        let labels: Vec<&str> = host.split('.').collect();
        let Some(split) = labels.len().checked_sub(2) else { return letters.alike(host, names) };
        let (before, domain) = labels.split_at(split);
        let domain = self.domain(&domain.join(".").to_lowercase(), letters, names);
        let mut new: Vec<String> = before.iter().map(|label| label_alike(label, letters, names)).collect();
        new.push(domain);
        new.join(".")
    }

    fn domain(&mut self, domain: &str, letters: &mut Letters, names: &Names) -> String {
        let number = self.domains.len();
        let new = || match EXAMPLES.get(number) {
            Some(example) => (*example).to_owned(),
            None => format!("{}.example", letters.alike(domain.split('.').next().unwrap_or_default(), names)),
        };
        self.domains.entry(domain.to_owned()).or_insert_with(new).clone()
    }
}

/// `www` and the like are everybody's.
fn label_alike(label: &str, letters: &mut Letters, names: &Names) -> String {
    let is_everybodys = ["www", "mail", "smtp", "imap", "ns", "ftp", "vpn", "api"].contains(&&*label.to_lowercase());
    if is_everybodys { label.to_owned() } else { letters.alike(label, names) }
}
