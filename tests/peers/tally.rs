//! The count of what was compared, and the table of what may differ.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

/// How many differences without a name are shown.
const SHOWN: usize = 20;

/// A peer's table, `differences/PEER.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    difference: Vec<Difference>,
}

/// A known difference.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    /// By which a test calls it.
    name: String,
    /// What differs, and why it stays so.
    reason: String,
}

/// Counts comparisons with one peer.
pub struct Tally {
    peer: &'static str,
    known: BTreeMap<String, usize>,
    compared: usize,
    unnamed: Vec<String>,
}

impl Tally {
    /// An empty count, with the names that the peer's table has.
    pub fn new(peer: &'static str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/peers/differences/{peer}.toml"));
        let text = fs::read_to_string(path).unwrap_or_default();
        let table: Table = toml::from_str(&text).unwrap_or_else(|error| panic!("{peer}.toml: {error}"));
        for difference in &table.difference {
            assert!(difference.reason.ends_with('.'), "{peer}.toml: {}: a reason is a sentence", difference.name);
        }
        let known = table.difference.into_iter().map(|difference| (difference.name, 0)).collect();
        Tally { peer, known, compared: 0, unnamed: Vec::new() }
    }

    /// Counts one case. Where the answers differ, `name` tells which known difference it is, if it is one.
    pub fn take(&mut self, case: &str, ours: &str, theirs: &str, name: impl FnOnce() -> Option<&'static str>) {
        self.compared += 1;
        if ours == theirs {
            return;
        }
        match name().and_then(|name| self.known.get_mut(name)) {
            Some(times) => *times += 1,
            None => self.unnamed.push(format!("{case}\n  weir {ours}\n  peer {theirs}")),
        }
    }

    /// Prints the count; fails where a difference has no name, or a name has no difference.
    pub fn finish(self) {
        let differ = self.unnamed.len() + self.known.values().sum::<usize>();
        let known: Vec<String> = self.known.iter().map(|(name, times)| format!("{name} {times}")).collect();
        let Tally { peer, compared, unnamed, .. } = self;
        say(&format!(
            "{peer}: {compared} compared, {differ} differ, {} without a name [{}]",
            unnamed.len(),
            known.join(", ")
        ));
        let shown = unnamed.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join("\n");
        assert!(unnamed.is_empty(), "{peer}: {} differences without a name:\n{shown}", unnamed.len());
        let gone: Vec<&str> = self.known.iter().filter(|(_, times)| **times == 0).map(|(name, _)| &**name).collect();
        assert!(gone.is_empty(), "{peer}: no case shows {gone:?} any more: take it out of the table");
        assert!(compared > 0, "{peer}: nothing was compared");
    }
}

/// Prints a line that is seen although the test passes.
pub fn say(line: &str) {
    // `println!` is captured by the harness; a line to the stream itself is not.
    let _ = writeln!(std::io::stderr(), "peers: {line}");
}
