//! Each kind of finding: how its claim is tried, or why it cannot be.

use super::edits::*;
use weir::diagnostic::Diagnostic;

/// The code of a finding; what is done to the text, and what must be so then; how it is done.
pub const TRIED: &[(&str, &str, Try)] = &[
    ("unknown-key-of-result", "what is read is another key, which nothing has: no change", unknown_key),
    ("unread-result", "the layer has another name: no change", another_name),
    ("read-too-early", "what is read is another key, which nothing has: no change", unknown_key),
    ("overwritten", "the first setting sets a field that does not come out: no change", set_elsewhere),
    ("set-twice", "the first setting sets a field that does not come out: no change", set_elsewhere),
    ("unreachable-branch", "the condition is false after it was looked at: no change", never),
    (
        "never-true",
        "the condition is false after it was looked at, a filter is text that is not `true`: no change",
        never,
    ),
    ("always-true", "the condition is true after it was looked at: no change", always),
    ("repeated-condition", "the second is true in `and`, false in `or`, after it was looked at: no change", repeated),
    ("never-equal", "the literal is another one: no change", unequal),
    ("repeated-key", "the first key is another one: no change", another_key),
    ("unreachable-key", "the key is another one: no change", another_key),
    ("unread-variable", "it is set under another name: no change", another_variable),
    ("lost-variable", "it is set to something else at the end of the loop's body: no change", lost),
    ("emptied-variable", "none is set once the call was made: no change", emptied),
    ("partly-safe", "no output has `safe`: no change", unsafe_outputs),
    (
        "null-as-text",
        "null in place of what is read, and the text in place of it with its filters: alike",
        text_of_null,
    ),
    ("unknown-property", "the property has another name: no change", another_name),
    ("reserved-name", "the entry has another name: no change", another_layer),
    ("unknown-name", "what is read is a key that no record has: no change", undefined),
    ("unknown-output", "what is read is another key, which nothing has: no change", unknown_key),
    ("unknown-of-loop", "a division by nothing is in its place: no change", fails),
    ("loop-alone", "a division by nothing is in its place: no change", fails),
    ("not-callable", "a division by nothing is in its place: no change", fails),
    ("unknown-filter", "another name that nothing has: no change", renamed),
    ("unknown-test", "another name that nothing has: no change", renamed),
    ("unknown-method", "another name that nothing has: no change", renamed),
    ("unknown-function", "another name that nothing has: no change", renamed),
    ("wrong-arguments", "a name that nothing has: no change", renamed),
    ("template-syntax", "a division by nothing is the whole template: no change", fails_value),
    ("invalid-regex", "another expression that does not parse: no change", another_bad_pattern),
    ("index-in-path", "what is read is a key that no record has: no change", undefined_value),
    ("unknown-field", "no event has the field", absent),
    ("field-depth", "no event has the field", absent),
    ("owned-field", "what is set there sets a field that does not come out: no change", set_elsewhere),
    ("uncastable-value", "empty text is set instead: no change", nothing),
    ("unused-pattern", "the pattern has another name: no change", another_name),
    ("covered-alternative", "the alternative is a text that no record has: no change", another_alternative),
    ("unknown-timezone", "the zone is UTC: no change", utc),
    ("unused-stage", "the stage has another name: no change", another_name),
];

/// The codes of findings that claim nothing of events, or nothing that a run could disprove, by the reason.
pub const NOT_TRIED: &[(&str, &[&str])] = &[
    ("what has an error does not run: there is no event to compare", &["spec-too-large", "unknown-extractor"]),
    ("it is about time, which no event shows", &["slow-regex", "slow-pattern"]),
    ("it tells what a condition asks, and may well be meant", &["in-text"]),
    ("it is about the schema's table of values: no run decides it", &["unknown-category", "category-type"]),
    ("the type stands in another file, and any other unknown type is as good", &["unknown-type"]),
    (
        "it is about how a date is read: the generator writes no formats of dates",
        &["no-year", "invalid-format", "no-directive"],
    ),
    ("it is about how a capture is converted: the generator writes no conversions", &["unknown-conversion"]),
    ("it tells which text is set, and may well be meant", &["forgotten-braces", "null-in-text"]),
    ("it tells what brackets in a pattern mean: the generator writes no classes", &["reference-in-class"]),
];

/// How the claim of a finding is tried.
pub fn of(finding: &Diagnostic) -> Option<Try> {
    TRIED.iter().find(|(code, ..)| *code == finding.code.0).map(|(.., how)| *how)
}
