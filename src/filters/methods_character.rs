//! Methods that ask what characters a text has.

use super::call::FunctionCall;
use super::entry::{LibraryEntry, VALUE, method};
use super::methods_text::subject;
use super::tests::{is_lower, is_upper};
use crate::pattern::Pattern;
use crate::value::text::is_space;
use crate::value::{Arena, Fault, Value};
use std::sync::LazyLock;

pub(super) static ENTRIES: &[LibraryEntry] = &[
    method(
        &["isdigit"],
        &[VALUE],
        "Whether all characters are digits, and there is one.",
        &[("'12'.isdigit()", "True"), ("''.isdigit()", "False")],
        |call| all(call, "isdigit", |character| is_decimal(character) || is_superscript(character)),
    ),
    method(
        &["isdecimal"],
        &[VALUE],
        "Whether all characters are decimal digits, and there is one.",
        &[("'1.5'.isdecimal()", "False")],
        |call| all(call, "isdecimal", is_decimal),
    ),
    method(
        &["isnumeric"],
        &[VALUE],
        "Whether all characters are numbers, and there is one.",
        &[("'½'.isnumeric()", "True")],
        |call| all(call, "isnumeric", char::is_numeric),
    ),
    method(
        &["isalpha"],
        &[VALUE],
        "Whether all characters are letters, and there is one.",
        &[("'aé'.isalpha()", "True"), ("'a1'.isalpha()", "False")],
        |call| all(call, "isalpha", char::is_alphabetic),
    ),
    method(
        &["isalnum"],
        &[VALUE],
        "Whether all characters are letters or numbers, and there is one.",
        &[("'a1'.isalnum()", "True")],
        |call| all(call, "isalnum", char::is_alphanumeric),
    ),
    method(&["isascii"], &[VALUE], "Whether all characters are ASCII.", &[("'é'.isascii()", "False")], |call| {
        Ok(Value::Bool(subject(call, "isascii")?.is_ascii()))
    }),
    method(
        &["isspace"],
        &[VALUE],
        "Whether all characters are white space, and there is one.",
        &[("' '.isspace()", "True")],
        |call| all(call, "isspace", is_space),
    ),
    method(
        &["isprintable"],
        &[VALUE],
        "Whether no character is a control, a separator other than a space, or unassigned.",
        &[("'a\\n'.isprintable()", "False")],
        |call| {
            let hidden = |character: char| {
                character != ' ' && (character.is_control() || is_space(character) || is_format(character))
            };
            Ok(Value::Bool(!subject(call, "isprintable")?.chars().any(hidden)))
        },
    ),
    method(
        &["isidentifier"],
        &[VALUE],
        "Whether the text could be a name.",
        &[("'a_1'.isidentifier()", "True")],
        |call| {
            let text = subject(call, "isidentifier")?;
            let first = text.chars().next().is_some_and(|first| first == '_' || first.is_alphabetic());
            Ok(Value::Bool(first && text.chars().all(super::text::is_word)))
        },
    ),
    method(
        &["islower"],
        &[VALUE],
        "Whether the text has letters, all in lower case.",
        &[("'a1'.islower()", "True")],
        |call| Ok(Value::Bool(is_lower(subject(call, "islower")?))),
    ),
    method(
        &["isupper"],
        &[VALUE],
        "Whether the text has letters, all in upper case.",
        &[("'A1'.isupper()", "True")],
        |call| Ok(Value::Bool(is_upper(subject(call, "isupper")?))),
    ),
    method(
        &["istitle"],
        &[VALUE],
        "Whether each word starts in upper case and goes on in lower case.",
        &[("'A Bc'.istitle()", "True")],
        |call| Ok(Value::Bool(is_title(subject(call, "istitle")?))),
    ),
];

fn all<'a>(call: &FunctionCall<'_, 'a>, name: &str, kind: impl Fn(char) -> bool) -> Result<Value<'a>, Fault> {
    let text = subject(call, name)?;
    Ok(Value::Bool(!text.is_empty() && text.chars().all(kind)))
}

/// A decimal digit of any script. ASCII is asked first; the others are the numeric characters that come in runs of
/// ten, which the pattern room's engine knows as `Nd`.
fn is_decimal(character: char) -> bool {
    static DECIMAL: LazyLock<Option<Pattern>> = LazyLock::new(|| Pattern::new("\\d").ok());
    if character.is_ascii() || !character.is_numeric() {
        return character.is_ascii_digit();
    }
    let decimal = |pattern: &Pattern| pattern.is_match(&Arena::default(), character.encode_utf8(&mut [0; 4]), 0, true);
    DECIMAL.as_ref().is_some_and(|pattern| decimal(pattern) == Ok(true))
}

/// Digits that are not decimal: superscripts, subscripts, circled and the like.
fn is_superscript(character: char) -> bool {
    matches!(character,
        '²' | '³' | '¹' | '\u{1369}'..='\u{1371}' | '\u{19DA}' | '\u{2070}' | '\u{2074}'..='\u{2079}'
        | '\u{2080}'..='\u{2089}' | '\u{2460}'..='\u{2468}' | '\u{2474}'..='\u{247C}' | '\u{2488}'..='\u{2490}'
        | '\u{24EA}' | '\u{24F5}'..='\u{24FD}' | '\u{24FF}' | '\u{2776}'..='\u{277E}' | '\u{2780}'..='\u{2788}'
        | '\u{278A}'..='\u{2792}' | '\u{10A40}'..='\u{10A43}' | '\u{10E60}'..='\u{10E68}' | '\u{11052}'..='\u{1105A}'
        | '\u{1F100}'..='\u{1F10A}')
}

fn is_format(character: char) -> bool {
    matches!(character,
        '\u{AD}' | '\u{600}'..='\u{605}' | '\u{61C}' | '\u{6DD}' | '\u{70F}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E000}'..='\u{F8FF}'
        | '\u{FFFE}' | '\u{FFFF}' | '\u{E0001}'..='\u{E007F}' | '\u{F0000}'..='\u{10FFFF}')
}

fn is_title(text: &str) -> bool {
    let (mut inside, mut cased) = (false, false);
    for character in text.chars() {
        let (upper, lower) = (character.is_uppercase(), character.is_lowercase());
        if (upper && inside) || (lower && !inside) {
            return false;
        }
        inside = upper || lower;
        cased |= inside;
    }
    cased
}
