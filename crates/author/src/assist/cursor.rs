//! What stands at a place of a spec: a key, a value, or a part of an expression.

use super::names::is_test;
use super::outline::{self, Line, Spot, Style};
use super::template::{self, Expression, is_of_name};
use std::ops::Range;

/// What stands at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    /// Where the word is that the place is in or behind; empty where there is none.
    pub word: Range<usize>,
    /// What it is.
    pub at: At,
    /// Whether it is in a value with single quotes.
    pub is_in_single: bool,
}

/// What a word is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// A name in an expression, with the names before its dots.
    Name(Vec<String>),
    /// A key in quotes behind a name: of `a.b['c']` or `a.b.get('c')`.
    Item(Vec<String>),
    /// What follows a dot behind a value that has no name.
    Method,
    /// The name of a filter.
    Filter,
    /// The name of a test.
    Test,
    /// A key of a mapping, with those above it.
    Key(Vec<String>),
    /// A value, with its key and those above that.
    Value(Vec<String>),
    /// Text within an expression, a comment, or nothing that is known.
    Nothing,
}

/// What stands at a byte of a text.
pub(super) fn at(text: &str, offset: usize) -> Cursor {
    let offset = floor(text, offset);
    let spot = outline::at(text, offset);
    let is_in_single = spot.scalar.as_ref().is_some_and(|scalar| scalar.style == Style::Single);
    let expressions = spot.scalar.as_ref().map(|scalar| template::expressions(text, scalar)).unwrap_or_default();
    let is_around = |known: &&Expression| known.place.start <= offset && offset <= known.place.end;
    let (word, at) = match expressions.iter().find(is_around) {
        _ if spot.is_comment => (offset..offset, At::Nothing),
        Some(expression) => in_expression(text, expression, offset),
        None => in_yaml(text, spot, offset),
    };
    Cursor { word, at, is_in_single }
}

fn in_yaml(text: &str, Spot { path, line, .. }: Spot<'_>, offset: usize) -> (Range<usize>, At) {
    let mut path: Vec<String> = path.into_iter().map(str::to_owned).collect();
    match line {
        Some(Line { key, place, .. }) if offset <= place.end => {
            let is_source = path.last().is_some_and(|above| above == "mapping");
            match is_source && key.contains('.') {
                true => dotted(text, place.start, offset),
                false => (place, At::Key(path)),
            }
        }
        Some(Line { key, value, .. }) => {
            path.push(key.to_owned());
            let word = word(text, offset, is_of_value);
            if key == "input_field" && !text[value.clone()].contains('{') {
                return dotted(text, value.start.min(offset), offset);
            }
            (word, At::Value(path))
        }
        None => {
            let start = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
            let is_item = text[start..].trim_start().starts_with("- ");
            let word = word(text, offset, is_of_value);
            // An item may be a key that has no colon yet, but for lists of words.
            let names: Vec<&str> = path.iter().map(String::as_str).collect();
            let is_list = matches!(
                names[..],
                [.., "delete" | "ignored_values" | "custom_patterns"] | ["stages", _, "actions", "set", _]
            );
            (word, if is_item && is_list { At::Value(path) } else { At::Key(path) })
        }
    }
}

fn in_expression(text: &str, expression: &Expression, offset: usize) -> (Range<usize>, At) {
    let word = word(text, offset, is_of_name);
    let start = expression.place.start;
    if let Some(quoted) = expression.text_at(offset) {
        let end = if quoted.is_closed { quoted.inside.end } else { offset };
        return match owner(&text[start..quoted.place.start]) {
            Some(names) => (quoted.inside.start..end, At::Item(names)),
            None => (word, At::Nothing),
        };
    }
    let before = text[start..word.start.max(start)].trim_end();
    let at = if before.ends_with('|') {
        At::Filter
    } else if before.ends_with('.') {
        match names(before) {
            Some(names) => At::Name(names),
            None => At::Method,
        }
    } else if is_test(before) {
        At::Test
    } else {
        At::Name(Vec::new())
    };
    (word, at)
}

/// The name whose key a text is that follows: `a.b` before `['c']` or `.get('c')`.
fn owner(before: &str) -> Option<Vec<String>> {
    let before = before.trim_end();
    let read = |before: &'_ str| Some(before.strip_suffix('(')?.trim_end().strip_suffix(".get")?.len());
    let end = before.strip_suffix('[').map(str::len).or_else(|| read(before))?;
    names(&format!("{}.", before[..end].trim_end())).filter(|names| !names.is_empty())
}

/// A path without braces: `original.message`.
fn dotted(text: &str, start: usize, offset: usize) -> (Range<usize>, At) {
    let word = word(text, offset, is_of_name);
    let before = text.get(start..word.start).unwrap_or("");
    let names = names(before).unwrap_or_default();
    (word, At::Name(names))
}

/// The names before a dot at the end of a text: `a.b.` has `a` and `b`.
fn names(before: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = before;
    while let Some(above) = rest.strip_suffix('.') {
        let start = above.rfind(|letter| !is_of_name(letter)).map_or(0, |at| at + letter_length(above, at));
        if start == above.len() {
            return None;
        }
        names.insert(0, above[start..].to_owned());
        rest = &above[..start];
    }
    Some(names)
}

fn letter_length(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(1, char::len_utf8)
}

fn is_of_value(letter: char) -> bool {
    !letter.is_whitespace() && !matches!(letter, '"' | '\'' | ',' | '[' | ']' | '{' | '}' | ':')
}

/// The word around or before a place.
fn word(text: &str, offset: usize, is_of: impl Fn(char) -> bool) -> Range<usize> {
    let start = text[..offset].char_indices().rev().take_while(|(_, letter)| is_of(*letter)).last();
    let end = text[offset..].char_indices().find(|(_, letter)| !is_of(*letter));
    start.map_or(offset, |(at, _)| at)..end.map_or(text.len(), |(at, _)| offset + at)
}

/// The nearest place at or before a byte where a letter begins.
pub(super) fn floor(text: &str, byte: usize) -> usize {
    let byte = byte.min(text.len());
    (0..=byte).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{At, at};

    /// What stands at `¦`.
    fn cursor(text: &str) -> (String, At) {
        let offset = text.find('¦').expect("a cursor");
        let text = text.replace('¦', "");
        let cursor = at(&text, offset);
        (text[cursor.word].to_owned(), cursor.at)
    }

    fn owned(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn names(names: &[&str]) -> At {
        At::Name(owned(names))
    }

    fn item(names: &[&str]) -> At {
        At::Item(owned(names))
    }

    #[test]
    fn what_stands_at_a_place_is_known_while_it_is_typed() {
        let keys = owned;
        for (text, word, expected) in [
            ("a: \"{{ parsed.message.us¦ }}\"", "us", names(&["parsed", "message"])),
            ("a: \"{{ par¦", "par", names(&[])),
            ("a: \"{{ x.¦ }}\"", "", names(&["x"])),
            ("a: \"{{ x | lo¦", "lo", At::Filter),
            ("a: \"{{ x is not def¦", "def", At::Test),
            ("a: \"{{ this¦", "this", names(&[])),
            ("a: \"{{ f(x).¦", "", At::Method),
            ("a: \"{{ 'x | lo¦", "lo", At::Nothing),
            ("a: \"{{ x.y['k¦y'] }}\"", "ky", item(&["x", "y"])),
            ("a: '{{ x.get(''k¦''", "k", item(&["x"])),
            ("a: \"{{ x.get(¦", "", names(&[])),
            ("a: \"{{ f()['k¦", "k", At::Nothing),
            ("a: \"{{ parsed.usr\nb¦: 1", "b", At::Key(keys(&[]))),
            ("a: 1 # {{ x\nb¦", "b", At::Key(keys(&[]))),
            ("a: 1 # {{ x¦", "", At::Nothing),
            (
                "stages:\n  s:\n    actions:\n      - set:\n          a:\n            - \"b¦\"",
                "b",
                At::Value(keys(&["stages", "s", "actions", "set", "a"])),
            ),
            ("a: \"{{ x }}¦\"", "", At::Value(keys(&["a"]))),
            (
                "stages:\n  s:\n    actions:\n      - set:\n          user.na¦",
                "user.na",
                At::Key(keys(&["stages", "s", "actions", "set"])),
            ),
            (
                "stages:\n  s:\n    actions:\n      - set:\n          user.na¦me: x",
                "user.name",
                At::Key(keys(&["stages", "s", "actions", "set"])),
            ),
            ("      input_field: orig¦inal.message", "original", names(&[])),
            ("      input_field: original.mes¦", "mes", names(&["original"])),
            ("a:\n  b: [\"x\", \"y¦\"]", "y", At::Value(keys(&["a", "b"]))),
            ("", "", At::Key(Vec::new())),
        ]
        .map(|(text, word, at)| (if text.is_empty() { "¦" } else { text }, word, at))
        {
            assert_eq!(cursor(text), (word.to_owned(), expected), "{text}");
        }
    }
}
