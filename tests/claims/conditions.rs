//! Random conditions, and what they are about.

use super::generate::Choices;

/// What can be read.
pub const PATHS: &[&str] = &[
    "json.message.a",
    "json.message.a",
    "json.message.a",
    "json.message.a",
    "json.message.b",
    "json.message.b",
    "original.j",
    "final.event.action",
    "final.event.code",
    "one.event.action",
    "two.event.code",
    "kv.message.a",
    "row.message.first",
    "row.message.third",
    "grok.message.verb",
    "grok.message.verbs",
    "json.message['a']",
    "json.result.a",
    "jsno.message.a",
    "three.event.reason",
    "final.source.port",
    "date.message",
];
/// What conditions are about.
const SUBJECTS: &[&str] = &[
    "json.message.a",
    "json.message.a",
    "json.message.a",
    "json.message.b",
    "original.j",
    "final.event.action",
    "final.event.code",
    "json.message['a']",
    "json.message.l.pop()",
    "one.event.action",
    "grok.message.verb",
    "jsno.message.a",
];
const LITERALS: &[&str] = &[
    "'a'",
    "'A'",
    "'b'",
    "1",
    "0",
    "5",
    "''",
    "'1'",
    "true",
    "none",
    "1.0",
    "9007199254740992",
    "9007199254740993",
    "false",
    "'ß'",
    "2.5",
];
const NUMBERS: &[&str] = &["1", "5", "9007199254740992", "9007199254740993"];

pub fn condition(choices: &mut Choices<impl Iterator<Item = u16>>, depth: usize) -> String {
    if !choices.conditions.is_empty() && choices.once_in(4) {
        let at = choices.below(choices.conditions.len());
        let condition = choices.conditions[at].clone();
        return if choices.once_in(4) { format!("not ({condition})") } else { condition };
    }
    let condition = match choices.below(if depth == 0 { 12 } else { 19 }) {
        0..=2 => format!("{} {} {}", choices.of(SUBJECTS), choices.of(&["==", "!="]), choices.of(LITERALS)),
        3 => choices.of(SUBJECTS).to_owned(),
        4 => format!("{} {} {}", choices.of(SUBJECTS), choices.of(&[">", "<", ">=", "<="]), choices.of(NUMBERS)),
        5 => format!(
            "{} {} [{}, {}]",
            operand(choices),
            choices.of(&["in", "not in"]),
            choices.of(LITERALS),
            choices.of(LITERALS)
        ),
        6 => format!(
            "{} is {}",
            choices.of(SUBJECTS),
            choices.of(&["defined", "not defined", "none", "undefined", "string", "not none", "not string", "number"])
        ),
        7 => format!("{} {} {}", operand(choices), choices.of(&["==", "!="]), choices.of(LITERALS)),
        8 => format!("{} in {}", choices.of(&["'a'", "'A'", "'b'", "1"]), operand(choices)),
        9 => format!("{} {} {}", choices.of(LITERALS), choices.of(&["==", "<", ">="]), choices.of(SUBJECTS)),
        10 => format!("{} {} {}", operand(choices), choices.of(&[">", "<=", "<", ">="]), choices.of(NUMBERS)),
        11 => choices
            .of(&[
                "'a'",
                "true",
                "json.message.l.pop()",
                "json.message.l.pop() == 'a'",
                "json.message.l | length",
                "0",
                "none",
            ])
            .to_owned(),
        12 | 13 => format!("not ({})", condition(choices, depth - 1)),
        14..=16 => format!("({} and {})", condition(choices, depth - 1), condition(choices, depth - 1)),
        _ => format!("({} or {})", condition(choices, depth - 1), condition(choices, depth - 1)),
    };
    choices.conditions.push(condition.clone());
    condition
}

/// A value of which something is known before it is looked at.
fn operand(choices: &mut Choices<impl Iterator<Item = u16>>) -> String {
    let path = choices.of(SUBJECTS);
    match choices.below(9) {
        0 => path.to_owned(),
        1 => format!("{path}.lower()"),
        2 => format!("({path} is defined)"),
        3 => format!("({path} == 'a')"),
        at => format!("{path} | {}", ["lower", "upper", "length", "int", "string"][at - 4]),
    }
}
