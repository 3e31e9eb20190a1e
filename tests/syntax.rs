//! Runs `tests/syntax/*.toml`: templates with their canonical form, an equal template, or their error.

#![allow(clippy::panic, reason = "a test fails by it")]

use serde::Deserialize;
use std::path::Path;
use weir::expr::{SyntaxError, parse_template};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    case: Vec<Case>,
}

/// One row: what holds of `template`. Exactly one of `prints`, `same` and `error` is there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    template: String,
    /// How it prints; that parses to the same tree and prints as it stands.
    prints: Option<String>,
    /// A template with the same tree.
    same: Option<String>,
    /// Why it does not parse.
    error: Option<String>,
    /// The first byte of the error.
    at: Option<u32>,
    /// The error's help.
    help: Option<String>,
}

#[test]
fn every_row_of_the_tables_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/syntax");
    let mut rows = 0;
    let mut failures = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("the tables are there") {
        let path = entry.expect("the folder can be read").path();
        let text = std::fs::read_to_string(&path).expect("a table can be read");
        let table: Table = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        rows += table.case.len();
        let failed = table.case.iter().filter_map(|case| case.check().err());
        failures.extend(failed.map(|failure| format!("{}: {failure}", path.display())));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(rows > 150, "only {rows} rows were found");
}

impl Case {
    fn check(&self) -> Result<(), String> {
        let failed = |what: &str| format!("{:?}: {what}", self.template);
        let parsed = parse_template(&self.template);
        match (&self.prints, &self.same, &self.error) {
            (Some(prints), None, None) => {
                let tree = parsed.map_err(|error| failed(&format!("{error:?}")))?;
                let again = parse_template(prints).map_err(|error| failed(&format!("its print: {error:?}")))?;
                expect(&tree.to_string(), prints).map_err(|what| failed(&what))?;
                expect(&again, &tree).map_err(|what| failed(&what))
            }
            (None, Some(same), None) => {
                let tree = parsed.map_err(|error| failed(&format!("{error:?}")))?;
                let other = parse_template(same).map_err(|error| failed(&format!("{same:?}: {error:?}")))?;
                expect(&tree, &other).map_err(|what| failed(&what))
            }
            (None, None, Some(reason)) => match parsed {
                Ok(tree) => Err(failed(&format!("parses as {tree}"))),
                Err(error) => self.check_error(&error, reason).map_err(|what| failed(&what)),
            },
            _ => Err(failed("exactly one of `prints`, `same` and `error` is needed")),
        }
    }

    fn check_error(&self, error: &SyntaxError, reason: &str) -> Result<(), String> {
        let (start, end) = (error.start as usize, error.end as usize);
        if self.template.get(start..end).is_none() {
            return Err(format!("{start}..{end} is no part of it"));
        }
        expect(&error.reason.as_str(), &reason)?;
        expect(&Some(error.start), &self.at)?;
        expect(&error.help, &self.help)
    }
}

fn expect<T: PartialEq + std::fmt::Debug>(found: &T, expected: &T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("found {found:?}, expected {expected:?}")) }
}
