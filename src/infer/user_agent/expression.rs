//! A regex of uap-core, and what its groups become.
//!
//! The rules for replacements are those of uap-core's specification as `ua-parser` has them, which the tests compare with.

use super::catalogue::Definition;
use regex::{Captures, Regex, RegexBuilder};
use std::sync::OnceLock;

/// A compiled regex. As it is written it may have `.{0,100}`, and be a hundred times larger than with `.*`. So the wide one
/// goes first, and the exact one is compiled for the first text in which the wide one finds more than the bound.
pub(super) struct UserAgentRegex {
    wide: Regex,
    /// The least of the bounds that are wide open, in characters.
    bound: Option<usize>,
    exact: OnceLock<Option<Regex>>,
}

impl UserAgentRegex {
    /// Compiles a regex; `None` where it is none.
    pub(super) fn new(definition: &Definition) -> Option<Self> {
        let (text, bound) = rewritten(definition.get("regex")?, true);
        Some(UserAgentRegex { wide: compiled(definition, &text)?, bound, exact: OnceLock::new() })
    }

    /// The groups of the first match.
    pub(super) fn captures<'t>(&self, definition: &Definition, text: &'t str) -> Option<Captures<'t>> {
        let found = self.wide.captures(text)?;
        // What is no longer than the bound as a whole has no part that is: the exact regex finds the very same.
        let whole = found.get(0)?.as_str();
        if self.bound.is_none_or(|bound| whole.chars().nth(bound).is_none()) {
            return Some(found);
        }
        let exact = || compiled(definition, &rewritten(definition.get("regex")?, false).0);
        self.exact.get_or_init(exact).as_ref()?.captures(text)
    }
}

fn compiled(definition: &Definition, text: &str) -> Option<Regex> {
    RegexBuilder::new(text).case_insensitive(definition.get("regex_flag").is_some()).build().ok()
}

/// A regex whose digits and words are ASCII's, `widened` where an upper bound of three digits is left out; with the least of
/// these bounds.
pub(super) fn rewritten(regex: &str, widened: bool) -> (String, Option<usize>) {
    let mut text = String::with_capacity(regex.len() + 32);
    let mut least: Option<usize> = None;
    let (mut rest, mut in_class) = (regex, false);
    while let Some(character) = rest.chars().next() {
        let mut length = character.len_utf8();
        match character {
            '\\' => {
                length += rest[1..].chars().next().map_or(0, char::len_utf8);
                text.push_str(ascii_class(&rest[..length]));
            }
            '{' if !in_class
                && widened
                && let Some((bound, open, end)) = bound(rest) =>
            {
                least = Some(least.map_or(bound, |least| least.min(bound)));
                text.push(open);
                length = end;
            }
            _ => {
                in_class = character == '[' || in_class && character != ']';
                text.push(character);
            }
        }
        rest = &rest[length..];
    }
    (text, least)
}

fn ascii_class(escape: &str) -> &str {
    match escape {
        r"\d" => "[0-9]",
        r"\D" => "[^0-9]",
        r"\w" => "[A-Za-z0-9_]",
        r"\W" => "[^A-Za-z0-9_]",
        other => other,
    }
}

/// An upper bound of three digits or more at the start of a text, what stands for no bound, and where it ends.
fn bound(text: &str) -> Option<(usize, char, usize)> {
    let (inside, _) = text.strip_prefix('{')?.split_once('}')?;
    let (open, most) = match inside.split_once(',')? {
        ("0", most) => ('*', most),
        ("1", most) => ('+', most),
        _ => return None,
    };
    (most.len() > 2).then(|| Some((most.parse().ok()?, open, inside.len() + 2)))?
}

/// A group of a match, unless it is empty.
pub(super) fn group<'t>(found: &Captures<'t>, number: usize) -> Option<&'t str> {
    found.get(number).map(|group| group.as_str()).filter(|text| !text.is_empty())
}

/// A replacement in which `$1` stands for the first group, else that group: the name of a browser.
pub(super) fn name(found: &Captures<'_>, replacement: Option<&str>) -> String {
    let first = group(found, 1).unwrap_or_default();
    match replacement.filter(|replacement| !replacement.is_empty()) {
        Some(replacement) => replacement.replace("$1", first),
        None => first.to_owned(),
    }
}

/// A replacement as it is, else a group: a part of a browser's version.
pub(super) fn part<'t>(found: &Captures<'t>, replacement: Option<&'t str>, number: usize) -> Option<&'t str> {
    replacement.filter(|replacement| !replacement.is_empty()).or_else(|| group(found, number))
}

/// A replacement in which `$1` to `$9` stand for groups, without blanks around it, else a group: of systems and devices.
pub(super) fn filled(found: &Captures<'_>, replacement: Option<&str>, number: usize) -> String {
    let Some(replacement) = replacement.filter(|replacement| !replacement.trim().is_empty()) else {
        return group(found, number).unwrap_or_default().to_owned();
    };
    if !replacement.contains('$') {
        return replacement.to_owned();
    }
    let mut text = String::new();
    found.expand(replacement, &mut text);
    text.trim().to_owned()
}
