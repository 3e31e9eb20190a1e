//! What stands at a place of a spec: a key, a value, or a part of an expression.

use super::outline::{self, Line};
use std::ops::Range;

/// What stands at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    /// Where the word is that the place is in or behind; empty where there is none.
    pub word: Range<usize>,
    /// What it is.
    pub at: At,
}

/// What a word is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// A name in an expression, with the names before its dots.
    Name(Vec<String>),
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
    /// Text within an expression, or nothing that is known.
    Nothing,
}

/// How far back the beginning of an expression is looked for.
const FARTHEST: usize = 16 << 10;

/// What stands at a byte of a text.
pub(super) fn at(text: &str, offset: usize) -> Cursor {
    let offset = floor(text, offset);
    if let Some(start) = expression(text, offset) {
        return in_expression(text, start, offset);
    }
    let (path, line) = outline::at(text, offset);
    let mut path: Vec<String> = path.into_iter().map(str::to_owned).collect();
    match line {
        Some(Line { key, place, .. }) if offset <= place.end => {
            let is_source = path.last().is_some_and(|above| above == "mapping");
            match is_source && key.contains('.') {
                true => dotted(text, place.start, offset),
                false => Cursor { word: place, at: At::Key(path) },
            }
        }
        Some(Line { key, value, .. }) => {
            path.push(key.to_owned());
            let word = word(text, offset, is_of_value);
            if key == "input_field" && !text[value.clone()].contains('{') {
                return dotted(text, value.start.min(offset), offset);
            }
            Cursor { word, at: At::Value(path) }
        }
        None => {
            let start = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
            let is_item = text[start..].trim_start().starts_with("- ");
            let word = word(text, offset, is_of_value);
            // An item may be a key that has no colon yet, but for lists of words.
            let is_list =
                path.last().is_some_and(|key| matches!(&**key, "delete" | "ignored_values" | "custom_patterns"));
            let at = if is_item && is_list { At::Value(path) } else { At::Key(path) };
            Cursor { word, at }
        }
    }
}

/// Where the expression begins that a place is in.
fn expression(text: &str, offset: usize) -> Option<usize> {
    let from = floor(text, offset.saturating_sub(FARTHEST));
    let before = &text[from..offset];
    let open = before.rfind("{{").max(before.rfind("{%"))?;
    let close = before.rfind("}}").max(before.rfind("%}"));
    (close.is_none_or(|close| close < open)).then_some(from + open + 2)
}

fn in_expression(text: &str, start: usize, offset: usize) -> Cursor {
    let word = word(text, offset, is_of_name);
    if is_in_text(&text[start..word.start.max(start)]) {
        return Cursor { word, at: At::Nothing };
    }
    let before = text[start..word.start.max(start)].trim_end();
    let at = if before.ends_with('|') {
        At::Filter
    } else if before.ends_with('.') {
        match names(before) {
            Some(names) => At::Name(names),
            None => At::Method,
        }
    } else if is_word(before, "is") || (is_word(before, "not") && is_word(before[..before.len() - 3].trim_end(), "is"))
    {
        At::Test
    } else {
        At::Name(Vec::new())
    };
    Cursor { word, at }
}

/// A path without braces: `original.message`.
fn dotted(text: &str, start: usize, offset: usize) -> Cursor {
    let word = word(text, offset, is_of_name);
    let before = text.get(start..word.start).unwrap_or("");
    let names = names(before).unwrap_or_default();
    Cursor { word, at: At::Name(names) }
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

/// Whether a quote is open at the end of a text.
fn is_in_text(text: &str) -> bool {
    let mut open = None;
    let mut before = ' ';
    for letter in text.chars() {
        match open {
            None if matches!(letter, '"' | '\'') => open = Some(letter),
            // In a scalar with double quotes, those of the expression are escaped too.
            Some(quote) if letter == quote && before != '\\' => open = None,
            Some('"') if letter == '"' => open = None,
            _ => {}
        }
        before = letter;
    }
    open.is_some()
}

fn is_word(before: &str, word: &str) -> bool {
    before.strip_suffix(word).is_some_and(|rest| !rest.ends_with(is_of_name) && !rest.is_empty())
}

fn is_of_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
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

    fn names(names: &[&str]) -> At {
        At::Name(names.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn what_stands_at_a_place_is_known_while_it_is_typed() {
        let keys = |path: &[&str]| path.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
        for (text, word, expected) in [
            ("a: \"{{ parsed.message.us¦ }}\"", "us", names(&["parsed", "message"])),
            ("a: \"{{ par¦", "par", names(&[])),
            ("a: \"{{ x.¦ }}\"", "", names(&["x"])),
            ("a: \"{{ x | lo¦", "lo", At::Filter),
            ("a: \"{{ x is not def¦", "def", At::Test),
            ("a: \"{{ this¦", "this", names(&[])),
            ("a: \"{{ f(x).¦", "", At::Method),
            ("a: \"{{ 'x | lo¦", "lo", At::Nothing),
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
