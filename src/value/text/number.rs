//! Text as numbers: the grammar of Python's `int()` and `float()`.

use crate::value::ops::{DIGITS, big_value};
use crate::value::{Arena, Fault, Value};
use num_bigint::BigInt;
use std::borrow::Cow;

/// An integer of any size from ASCII decimal digits with an optional sign; `None` for other text and for more than
/// [`DIGITS`] digits.
///
/// # Errors
/// Limit.
pub fn integer<'a>(arena: &'a Arena, digits: &'a str) -> Result<Option<Value<'a>>, Fault> {
    let (negative, magnitude) = match digits.as_bytes() {
        [b'-', ..] => (true, &digits[1..]),
        [b'+', ..] => (false, &digits[1..]),
        _ => (false, digits),
    };
    if magnitude.is_empty() || magnitude.len() > DIGITS || !magnitude.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    if let Ok(value) = digits.parse() {
        return Ok(Some(Value::Int(value)));
    }
    let canonical = magnitude.trim_start_matches('0');
    Ok(Some(Value::BigInt(match negative {
        false => canonical,
        true if canonical.len() == magnitude.len() => digits,
        true => arena.concat(&["-", canonical])?,
    })))
}

/// Python's `int(text, base)`: white space around it, a sign, `_` between digits, `0x`, `0o` and `0b` where the base
/// agrees, decimal digits of any script. Base 0 reads the prefix; a base is 0 or 2 to 36. `None` for other text.
///
/// # Errors
/// Limit.
pub fn parse_int<'a>(arena: &'a Arena, text: &'a str, base: u32) -> Result<Option<Value<'a>>, Fault> {
    // Not `trim`: CPython strips no ASCII separators from numbers.
    let text = text.trim();
    if base == 10
        && let Some(value) = integer(arena, text)?
    {
        return Ok(Some(value));
    }
    let plain = ascii_digits(text);
    let (sign, rest) = match plain.as_bytes() {
        [sign @ (b'-' | b'+'), ..] => (*sign, &plain[1..]),
        _ => (b'+', &*plain),
    };
    let Some((digits, base)) = without_prefix(rest, base) else { return Ok(None) };
    let Some(digits) = without_underscores(digits, |byte| char::from(byte).is_digit(base)) else { return Ok(None) };
    if digits.len() > DIGITS && !base.is_power_of_two() {
        return Ok(None);
    }
    arena.spend(4 * digits.len() as u64)?;
    match BigInt::parse_bytes(digits.as_bytes(), base) {
        Some(value) => big_value(arena, &if sign == b'-' { -value } else { value }).map(Some),
        None => Ok(None),
    }
}

/// The digits behind `0x`, `0o` or `0b` with their base; `None` for a base that does not exist, for `007` in base 0.
fn without_prefix(text: &str, base: u32) -> Option<(&str, u32)> {
    let named = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    match base {
        0 | 2 | 8 | 16 if named != 0 && (base == 0 || base == named) => {
            let digits = &text[2..];
            Some((digits.strip_prefix('_').unwrap_or(digits), named))
        }
        0 if text.starts_with('0') && text.bytes().any(|byte| !matches!(byte, b'0' | b'_')) => None,
        0 => Some((text, 10)),
        2..=36 => Some((text, base)),
        _ => None,
    }
}

/// Python's `float(text)`: white space around it, a sign, `_` between digits, `inf`, `nan`, decimal digits of any
/// script. `None` for other text.
pub fn parse_float(text: &str) -> Option<f64> {
    let plain = ascii_digits(text.trim());
    if !plain.contains('_') {
        return plain.parse().ok();
    }
    let between = |place: usize| {
        let digit =
            |place: Option<usize>| place.and_then(|place| plain.as_bytes().get(place)).is_some_and(u8::is_ascii_digit);
        digit(place.checked_sub(1)) && digit(place.checked_add(1))
    };
    if !plain.match_indices('_').all(|(place, _)| between(place)) {
        return None;
    }
    plain.replace('_', "").parse().ok()
}

/// The text without its underscores, where each stands between two digits and all else is digits.
pub(super) fn without_underscores(text: &str, is_digit: impl Fn(u8) -> bool) -> Option<Cow<'_, str>> {
    let well_formed = text.split('_').all(|digits| !digits.is_empty() && digits.bytes().all(&is_digit));
    if !well_formed {
        return None;
    }
    Some(if text.contains('_') { text.replace('_', "").into() } else { text.into() })
}

/// Decimal digits of other scripts as ASCII ones.
fn ascii_digits(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    let plain = |character| match digit_of(character) {
        Some(digit) => char::from(b'0' + digit),
        None => character,
    };
    text.chars().map(plain).collect::<String>().into()
}

/// The value of a decimal digit of any script (Unicode's category Nd).
pub fn digit_of(character: char) -> Option<u8> {
    let code = u32::from(character);
    let zero = ZEROS[..ZEROS.partition_point(|&zero| zero <= code)].last()?;
    u8::try_from(code - zero).ok().filter(|&digit| digit < 10)
}

/// The zero of each script of Unicode 14, which CPython 3.11 knows; its nine other digits follow it.
const ZEROS: [u32; 66] = [
    0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620,
    0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0,
    0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60,
    0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
];

/// Python's `str.isspace` for one character: Unicode's white space and the four ASCII separators.
pub fn is_space(character: char) -> bool {
    character.is_whitespace() || ('\x1c'..='\x1f').contains(&character)
}

/// Python's `text.strip()`.
pub fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}
