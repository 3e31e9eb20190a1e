//! What a match is replaced by: Python's templates with `\1` and `\g<name>`.

use super::compiled::Pattern;
use super::engine::Groups;
use super::syntax::wrong;
use crate::value::Fault;

/// A replacement template, read for one pattern.
#[derive(Clone, Debug)]
pub struct Replacement(Vec<ReplacementPart>);

#[derive(Clone, Debug)]
enum ReplacementPart {
    Text(String),
    Group(usize),
}

impl Replacement {
    /// Reads a template: `\1`, `\g<1>` and `\g<name>` stand for groups, `\n` and kin for characters.
    ///
    /// # Errors
    /// Parse, for a group that the pattern does not have or an unknown escape of a letter.
    pub fn new(template: &str, pattern: &Pattern) -> Result<Self, Fault> {
        let mut parts = vec![ReplacementPart::Text(String::new())];
        let mut rest = template;
        while let Some((text, escape)) = rest.split_once('\\') {
            add(&mut parts, text);
            let place = template.len() - escape.len() - 1;
            rest = match number(escape) {
                Some((group, length)) if group < pattern.len() => {
                    parts.push(ReplacementPart::Group(group));
                    &escape[length..]
                }
                Some(_) => return Err(wrong("a group that the pattern does not have", place)),
                None => named(&mut parts, escape, pattern, place)?,
            };
        }
        add(&mut parts, rest);
        Ok(Replacement(parts))
    }

    /// Appends the replacement of a match. Groups that took no part are empty.
    pub fn expand(&self, text: &str, groups: &Groups<'_>, out: &mut String) {
        for part in &self.0 {
            match part {
                ReplacementPart::Text(text) => out.push_str(text),
                ReplacementPart::Group(group) => {
                    let range = groups.get(*group);
                    out.push_str(range.and_then(|range| text.get(range)).unwrap_or_default());
                }
            }
        }
    }
}

fn add(parts: &mut Vec<ReplacementPart>, text: &str) {
    match parts.last_mut() {
        Some(ReplacementPart::Text(last)) => last.push_str(text),
        _ => parts.push(ReplacementPart::Text(text.to_owned())),
    }
}

/// A group by number, of one or two digits, with its length.
fn number(escape: &str) -> Option<(usize, usize)> {
    let digits = escape.bytes().take(2).take_while(u8::is_ascii_digit).count();
    match escape.get(..digits)? {
        "" => None,
        zero if zero.starts_with('0') => None,
        digits => Some((digits.parse().ok()?, digits.len())),
    }
}

/// Any other escape; gives what follows it.
fn named<'t>(
    parts: &mut Vec<ReplacementPart>,
    escape: &'t str,
    pattern: &Pattern,
    place: usize,
) -> Result<&'t str, Fault> {
    let mut characters = escape.chars();
    let character = match characters.next() {
        None => return Err(wrong("a `\\` at the end", place)),
        Some('g') => return group(parts, characters.as_str(), pattern, place),
        Some('n') => "\n",
        Some('r') => "\r",
        Some('t') => "\t",
        Some('f') => "\x0C",
        Some('v') => "\x0B",
        Some('a') => "\x07",
        Some('b') => "\x08",
        Some('0') => "\0",
        Some('\\') => "\\",
        Some(letter) if letter.is_ascii_alphabetic() => {
            return Err(wrong(&format!("an unknown escape `\\{letter}`"), place));
        }
        Some(_) => {
            // The backslash stays before what is no letter.
            add(parts, "\\");
            return Ok(escape);
        }
    };
    add(parts, character);
    Ok(characters.as_str())
}

/// `<name>` or `<number>` after `\g`.
fn group<'t>(
    parts: &mut Vec<ReplacementPart>,
    rest: &'t str,
    pattern: &Pattern,
    place: usize,
) -> Result<&'t str, Fault> {
    let inside = rest.strip_prefix('<').and_then(|rest| rest.split_once('>'));
    let (name, rest) = inside.ok_or_else(|| wrong("a `<name>` is missing after `\\g`", place))?;
    let number = name.parse().ok().filter(|number| *number < pattern.len()).or_else(|| pattern.group(name));
    parts.push(ReplacementPart::Group(number.ok_or_else(|| wrong("a group that the pattern does not have", place))?));
    Ok(rest)
}
