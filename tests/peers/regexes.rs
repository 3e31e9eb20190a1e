//! Regular expressions beside CPython's: the cases of its own `test/re_tests.py`.

use crate::python;
use crate::tally::{Tally, say};
use serde_json::{Value, json};
use weir::pattern::Pattern;
use weir::value::Arena;

const PEER: &str = "re_tests";

#[test]
fn cases_of_cpython_match_where_it_matches() {
    let Some(cases) = python::ask(PEER, "re_tests.py", &[Value::Null]) else { return };
    let Some(cases) = cases[0].as_array() else {
        return say(&format!("{PEER}: SKIPPED, this Python comes without its tests (Debian: libpython3-testsuite)"));
    };
    let questions: Vec<Value> =
        cases.iter().map(|case| json!({"pattern": case[0].clone(), "text": case[1].clone()})).collect();
    let Some(answers) = python::ask(PEER, "re_tests.py", &questions) else { return };
    let mut tally = Tally::new(PEER);
    for (question, theirs) in questions.iter().zip(answers) {
        let (pattern, text) = (question["pattern"].as_str(), question["text"].as_str());
        let (Some(pattern), Some(text)) = (pattern, text) else { continue };
        let ours = spans(pattern, text);
        let shown = format!("{pattern:?} on {text:?}");
        tally.take(&shown, &ours.to_string(), &theirs.to_string(), || difference(pattern, &theirs));
    }
    tally.finish();
}

/// Where the groups of the first match lie, by machine code and without.
fn spans(pattern: &str, text: &str) -> Value {
    let Ok(pattern) = Pattern::new(pattern) else { return json!("no pattern") };
    let portable = Arena::default();
    portable.set_native(false);
    let without = first(&pattern, &portable, text);
    // What is searched for often gets machine code.
    for _ in 0..10 {
        assert_eq!(first(&pattern, &Arena::default(), text), without, "{pattern:?} on {text:?} by machine code");
    }
    without
}

fn first(pattern: &Pattern, arena: &Arena, text: &str) -> Value {
    match pattern.search(arena, text, 0, false) {
        Err(fault) => json!(fault.to_string()),
        Ok(None) => Value::Null,
        Ok(Some(groups)) => groups.iter().map(|group| group.map(|range| [range.start, range.end])).collect(),
    }
}

/// The known difference that a case shows.
fn difference(pattern: &str, theirs: &Value) -> Option<&'static str> {
    let refused = theirs == "no pattern";
    match pattern {
        _ if refused && pattern.contains("(?P=1)") => Some("number as a name"),
        _ if refused && pattern.contains("\\1") => Some("open group"),
        _ => None,
    }
}
