//! The escapes of Python's text literals.

use crate::value::{Arena, Fault};
use bumpalo::collections::String as ArenaString;

/// Resolves escapes; one that Python does not know stays as it is.
///
/// `None`, where an escape is cut short or names a character (`\N{…}`).
///
/// # Errors
/// Limit.
pub(super) fn unescape<'a>(arena: &'a Arena, body: &str) -> Result<Option<&'a str>, Fault> {
    arena.spend(body.len() as u64)?;
    let text = ArenaString::with_capacity_in(body.len(), arena.bump());
    Ok(unescape_into(text, body).map(ArenaString::into_bump_str))
}

fn unescape_into<'a>(mut text: ArenaString<'a>, body: &str) -> Option<ArenaString<'a>> {
    let mut rest = body;
    while let Some((before, escape)) = rest.split_once('\\') {
        text.push_str(before);
        let kind = escape.chars().next()?;
        let behind = &escape[kind.len_utf8()..];
        rest = match kind {
            '\n' => behind,
            'x' => push_code(&mut text, behind, 2)?,
            'u' => push_code(&mut text, behind, 4)?,
            'U' => push_code(&mut text, behind, 8)?,
            'N' => return None,
            '0'..='7' => push_octal(&mut text, escape)?,
            _ => {
                match SIMPLE.iter().find(|(escape, _)| *escape == kind) {
                    Some((_, character)) => text.push(*character),
                    None => text.extend(['\\', kind]),
                }
                behind
            }
        };
    }
    text.push_str(rest);
    Some(text)
}

/// Escapes that stand for one character.
const SIMPLE: [(char, char); 10] = [
    ('n', '\n'),
    ('t', '\t'),
    ('r', '\r'),
    ('\\', '\\'),
    ('\'', '\''),
    ('"', '"'),
    ('a', '\x07'),
    ('b', '\x08'),
    ('f', '\x0c'),
    ('v', '\x0b'),
];

/// Pushes the character of so many hexadecimal digits and gives what is behind them; a surrogate becomes U+FFFD.
fn push_code<'t>(text: &mut ArenaString<'_>, digits: &'t str, count: usize) -> Option<&'t str> {
    let hexadecimal = digits.get(..count).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let code = hexadecimal.and_then(|digits| u32::from_str_radix(digits, 16).ok()).filter(|&code| code <= 0x10_ffff);
    text.push(char::from_u32(code?).unwrap_or(char::REPLACEMENT_CHARACTER));
    digits.get(count..)
}

fn push_octal<'t>(text: &mut ArenaString<'_>, digits: &'t str) -> Option<&'t str> {
    let count = digits.bytes().take(3).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
    let code = u32::from_str_radix(&digits[..count], 8).ok()?;
    text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
    digits.get(count..)
}
