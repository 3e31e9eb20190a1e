//! Runs `tests/language/*.toml`: what an expression or a template gives, by itself, through a whole format, and by the
//! oracle.

#![allow(clippy::panic, reason = "a test fails by it")]

mod oracle;
mod whole;

use serde::Deserialize;
use std::path::Path;

/// Incomplete dates are read against this: 2024-01-02T03:04:05Z.
const NOW: i64 = 1_704_164_645;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    case: Vec<Case>,
}

/// One fact: what `expression` or `template` gives over the names of `context`, a JSON object.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    expression: Option<String>,
    template: Option<String>,
    #[serde(default = "no_names")]
    context: String,
    /// The value as Python's `repr` shows it.
    result: Option<String>,
    /// The code of the fault.
    fault: Option<String>,
    /// Why the result is not what Jinja2 gives.
    #[serde(rename = "note")]
    _note: Option<String>,
    /// Why the oracle gives another result.
    differs: Option<String>,
}

fn no_names() -> String {
    "{}".to_owned()
}

#[test]
fn every_fact_of_the_language_holds() {
    all(600, Case::check);
}

#[test]
fn every_fact_holds_in_a_format() {
    all(600, |case| whole::check(&case.template(), &case.context, case.result.as_deref(), case.expression.is_some()));
}

/// Two lists that are equal, and share their items in a way that makes each level twice as long to compare.
const TWINS: &str = "{% set both = namespace(a=[1], b=[1]) %}{% for n in range(60) %}{% set both.a = [both.a, both.a] %}{% \
                     set both.b = [both.b, both.b] %}{% endfor %}{% set a = both.a %}{% set b = both.b %}";

/// What has used up the budget has no answer, and no false one.
#[test]
fn comparisons_that_meet_the_budget_fail() {
    const COMPARED: [&str; 14] = [
        "a == b",
        "a != b",
        "a < b",
        "a in [b]",
        "a not in [b]",
        "a is eq(b)",
        "a is in([b])",
        "[b].index(a)",
        "[b].count(a)",
        "[a, b] | sort",
        "[a, b] | max",
        "[{'k': a}, {'k': b}] | groupby('k')",
        "[{'k': a}] | selectattr('k', '==', b) | list",
        "{'k': a} == {'k': b}",
    ];
    for compared in COMPARED {
        let found = weir::evaluate(&format!("{TWINS}{{{{ {compared} }}}}"), "{}", NOW);
        assert!(matches!(&found, Err(fault) if fault.code().name() == "limit"), "{compared}: {found:?}");
    }
}

#[test]
fn every_difference_from_the_oracle_is_stated() {
    all(600, |case| {
        let answer = match (&case.expression, &case.template) {
            (Some(expression), _) => oracle::expression(expression, &case.context),
            (None, template) => oracle::template(template.as_deref().unwrap_or_default(), &case.context),
        };
        let differs = answer.as_ref().is_some_and(|answer| !oracle::agrees(answer, case.result.as_deref()));
        match (differs, &case.differs) {
            (true, None) => Err(format!("the oracle gives {answer:?}, here it is {:?}", case.expected())),
            (false, Some(reason)) => Err(format!("the oracle does not differ ({answer:?}): {reason}")),
            _ => Ok(()),
        }
    });
}

/// Checks all rows of all tables and says which fail; there are at least `least`.
fn all(least: usize, check: impl Fn(&Case) -> Result<(), String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/language");
    let (mut rows, mut failures) = (0, Vec::new());
    for entry in std::fs::read_dir(&folder).expect("the tables are there") {
        let path = entry.expect("the folder can be read").path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a table can be read");
        let table: Table = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        rows += table.case.len();
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        let failed = table.case.iter().filter_map(|case| Some((case, check(case).err()?)));
        failures
            .extend(failed.map(|(case, reason)| format!("{name}: {:?} over {}: {reason}", case.text(), case.context)));
    }
    assert!(failures.is_empty(), "{} of {rows} rows:\n{}", failures.len(), failures.join("\n"));
    assert!(rows >= least, "only {rows} rows were found");
}

impl Case {
    fn text(&self) -> &str {
        match (&self.expression, &self.template) {
            (Some(text), None) | (None, Some(text)) => text,
            _ => panic!("exactly one of `expression` and `template` is needed"),
        }
    }

    /// The expression as a template.
    fn template(&self) -> String {
        match &self.expression {
            Some(expression) => format!("{{{{ {expression} }}}}"),
            None => self.text().to_owned(),
        }
    }

    fn expected(&self) -> Result<&str, &str> {
        match (&self.result, &self.fault) {
            (Some(result), None) => Ok(result),
            (None, Some(fault)) => Err(fault),
            _ => panic!("{:?}: exactly one of `result` and `fault` is needed", self.text()),
        }
    }

    fn check(&self) -> Result<(), String> {
        let found = match &self.expression {
            Some(expression) => weir::evaluate(expression, &self.context, NOW),
            None => weir::evaluate(self.text(), &self.context, NOW),
        };
        let holds = match (&found, self.expected()) {
            (Ok(found), Ok(result)) => found == result,
            (Err(fault), Err(code)) => fault.code().name() == code,
            _ => false,
        };
        if holds { Ok(()) } else { Err(format!("found {found:?}, expected {:?}", self.expected())) }
    }
}
