//! Literals, by Python's rules.

use super::scan::with_newlines;
use super::{Literal, SyntaxError};
use num_bigint::BigUint;
use std::fmt::Write;

/// Python reads no longer decimal integer.
const MOST_DIGITS: usize = 4300;

/// What a name that is a literal means.
pub(super) fn word(name: &str) -> Option<Literal> {
    Some(match name {
        "true" | "True" => Literal::Bool(true),
        "false" | "False" => Literal::Bool(false),
        "none" | "None" => Literal::None,
        _ => return None,
    })
}

/// An integer: `1_000`, `0x1f`, `0o17`, `0b101`.
///
/// # Errors
/// More than 4300 digits, at `start`.
pub(super) fn integer(text: &str, start: usize) -> Result<Literal, SyntaxError> {
    let plain = text.replace('_', "");
    let (digits, radix) = match plain.get(..2).map(str::to_ascii_lowercase).as_deref() {
        Some("0x") => (plain.get(2..).unwrap_or_default(), 16),
        Some("0o") => (plain.get(2..).unwrap_or_default(), 8),
        Some("0b") => (plain.get(2..).unwrap_or_default(), 2),
        _ => (plain.as_str(), 10),
    };
    if let Ok(small) = i64::from_str_radix(digits, radix) {
        return Ok(Literal::Int(small));
    }
    let large = Some(digits).filter(|digits| digits.len() <= MOST_DIGITS);
    match large.and_then(|digits| BigUint::parse_bytes(digits.as_bytes(), radix)) {
        Some(large) => Ok(Literal::BigInt(large.to_string())),
        None => {
            let reason = format!("an integer of more than {MOST_DIGITS} digits");
            Err(SyntaxError::new(start, start + text.len(), reason))
        }
    }
}

/// A float: `1.5`, `1e3`, `1_0.2_5`.
pub(super) fn float(text: &str) -> Literal {
    // The grammar lets only through what Rust reads too; a size out of range reads as infinity, as in Python.
    Literal::Float(text.replace('_', "").parse().unwrap_or(f64::INFINITY))
}

/// Appends what a quoted literal means; `start` is its first byte.
///
/// # Errors
/// An escape that names no character.
pub(super) fn append_string(quoted: &str, start: usize, text: &mut String) -> Result<(), SyntaxError> {
    let inside = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
    let mut rest = inside;
    while let Some(slash) = rest.find('\\') {
        text.push_str(&with_newlines(rest.get(..slash).unwrap_or_default()));
        let escape = rest.get(slash + 1..).unwrap_or_default();
        let at = start + 1 + (inside.len() - escape.len()) - 1;
        let length = append_escape(escape, at, text)?;
        rest = escape.get(length..).unwrap_or_default();
    }
    text.push_str(&with_newlines(rest));
    Ok(())
}

/// Appends what the escape behind a backslash at byte `at` means: the bytes it took.
fn append_escape(escape: &str, at: usize, text: &mut String) -> Result<usize, SyntaxError> {
    let Some(letter) = escape.chars().next() else { return Ok(0) };
    let plain = match letter {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        '\\' | '\'' | '"' => letter,
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'v' => '\u{b}',
        '\n' => return Ok(1),
        '\r' => return Ok(if escape.starts_with("\r\n") { 2 } else { 1 }),
        '0'..='7' => return Ok(append_octal(escape, text)),
        'x' => return append_hexadecimal(escape, 2, at, text),
        'u' => return append_hexadecimal(escape, 4, at, text),
        'U' => return append_hexadecimal(escape, 8, at, text),
        'N' => {
            let error = SyntaxError::new(at, at + 2, "`\\N{…}` is not supported in a format");
            return Err(error.help("write the character itself, or its number: `\\u00e9`"));
        }
        _ => {
            append_unknown(letter, text);
            return Ok(letter.len_utf8());
        }
    };
    text.push(plain);
    Ok(1)
}

/// One to three octal digits.
fn append_octal(escape: &str, text: &mut String) -> usize {
    let digits = escape.bytes().take(3).take_while(|digit| matches!(digit, b'0'..=b'7'));
    let (length, code) = digits.fold((0, 0), |(length, code), digit| (length + 1, code * 8 + u32::from(digit - b'0')));
    text.extend(char::from_u32(code));
    length
}

/// A letter and exactly `digits` hexadecimal digits.
fn append_hexadecimal(escape: &str, digits: usize, at: usize, text: &mut String) -> Result<usize, SyntaxError> {
    let code = escape.get(1..=digits).filter(|code| code.bytes().all(|digit| digit.is_ascii_hexdigit()));
    let kind = escape.get(..1).unwrap_or_default();
    let Some(code) = code else {
        let reason = format!("`\\{kind}` needs {digits} hexadecimal digits");
        return Err(SyntaxError::new(at, at + 2, reason).help("write `\\\\` for a backslash"));
    };
    match u32::from_str_radix(code, 16).ok().and_then(char::from_u32) {
        Some(letter) => text.push(letter),
        None => return Err(SyntaxError::new(at, at + 2 + digits, format!("`\\{kind}{code}` is no character"))),
    }
    Ok(digits + 1)
}

/// A backslash that escapes nothing stays. Python's codec sees a letter beyond ASCII as its own escape there and keeps
/// that escape's text.
fn append_unknown(letter: char, text: &mut String) {
    text.push('\\');
    let code = u32::from(letter);
    // Writing into a `String` cannot fail.
    let _ = match code {
        0..=0x7f => text.write_char(letter),
        0x80..=0xff => write!(text, "x{code:02x}"),
        0x100..=0xffff => write!(text, "u{code:04x}"),
        _ => write!(text, "U{code:08x}"),
    };
}
