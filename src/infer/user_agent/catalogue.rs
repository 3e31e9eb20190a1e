//! The regexes of uap-core with what goes with each, read from its file line by line: as YAML it takes too long before a
//! first event. A test reads the file as YAML, too.

use super::folded::FoldedLiteral;

const TEXT: &str = include_str!("../uap-core/regexes.yaml");
const LITERALS: &str = include_str!("../uap-core/literals.tsv");

/// A regex with its flag and replacements, by the file's names for them.
#[derive(Debug, Default)]
pub(super) struct Definition {
    pub(super) values: Vec<(&'static str, &'static str)>,
    /// Sets of literals: every text that the regex matches has one of each, when it is [`super::folded::fold`]ed.
    pub(super) needed: Vec<Vec<FoldedLiteral>>,
}

impl Definition {
    pub(super) fn get(&self, name: &str) -> Option<&'static str> {
        self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }
}

/// The regexes for browsers, operating systems and devices, each in the order in which they are tried.
pub(super) fn catalogue() -> [Vec<Definition>; 3] {
    let mut lists: [Vec<Definition>; 3] = Default::default();
    let mut literals = LITERALS.lines();
    let mut list = 0;
    for line in TEXT.lines() {
        match line.trim_end() {
            "user_agent_parsers:" => list = 0,
            "os_parsers:" => list = 1,
            "device_parsers:" => list = 2,
            line => {
                let Some((name, value)) = pair(line) else { continue };
                if name == "regex" {
                    let sets = literals.next().unwrap_or_default().split("\t\t").filter(|set| !set.is_empty());
                    let needed = sets.map(|set| set.split('\t').map(FoldedLiteral::new).collect()).collect();
                    lists[list].push(Definition { needed, ..Definition::default() });
                }
                if let Some(definition) = lists[list].last_mut() {
                    definition.values.push((name, value));
                }
            }
        }
    }
    lists
}

/// A line `name: 'value'`, which may begin an item of a list.
fn pair(line: &'static str) -> Option<(&'static str, &'static str)> {
    let line = line.trim_start();
    let (name, value) = line.strip_prefix("- ").unwrap_or(line).split_once(": '")?;
    Some((name, value.strip_suffix('\'')?)).filter(|_| !name.starts_with('#'))
}
