//! Python's `str()` and `repr()`.

use crate::value::{Arena, List, Map, NESTING, Value};
use std::fmt::{self, Display, Write};

/// Shows a value as Python's `str()` does: `True`, `None`, `1.0`, `['a', 1]`, `{'k': None}`; undefined is empty.
#[derive(Clone, Copy, Debug)]
pub struct Str<'a>(pub Value<'a>);

impl Display for Str<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Text(text) => f.write_str(text),
            Value::Undefined => Ok(()),
            other => show(f, other, None),
        }
    }
}

/// Shows a value as Python's `repr()` does: text in quotes with escapes. A list within itself is `[...]`; what nests
/// deeper than [`NESTING`] or is beyond the budget is `...`.
#[derive(Clone, Copy, Debug)]
pub struct Repr<'a>(pub Value<'a>);

impl Display for Repr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, self.0, None)
    }
}

/// The collections that are being shown, from the innermost outwards.
pub(in crate::value) struct Within<'o> {
    address: *const (),
    depth: usize,
    outer: Option<&'o Within<'o>>,
}

impl<'o> Within<'o> {
    /// The next collection; `Err` with what to show where it must not be entered.
    fn enter<T>(
        collection: &T,
        (arena, items): (&Arena, usize),
        outer: Option<&'o Within<'o>>,
        itself: &'static str,
    ) -> Result<Within<'o>, &'static str> {
        let address = std::ptr::from_ref(collection).cast();
        let depth = outer.map_or(0, |outer| outer.depth + 1);
        let mut walk = outer;
        while let Some(within) = walk {
            if within.address == address {
                return Err(itself);
            }
            walk = within.outer;
        }
        if depth >= NESTING || arena.spend(1 + items as u64).is_err() {
            return Err("...");
        }
        Ok(Within { address, depth, outer })
    }
}

fn show(f: &mut fmt::Formatter<'_>, value: Value<'_>, outer: Option<&Within<'_>>) -> fmt::Result {
    match value {
        Value::Undefined => f.write_str("Undefined"),
        Value::None => f.write_str("None"),
        Value::Bool(true) => f.write_str("True"),
        Value::Bool(false) => f.write_str("False"),
        Value::Int(value) => write!(f, "{value}"),
        Value::BigInt(digits) => f.write_str(digits),
        Value::Float(value) => Float(value).fmt(f),
        Value::Text(text) => show_text(f, text),
        Value::List(list) => show_list(f, list, outer),
        Value::Map(map) => show_map(f, map, outer),
        Value::Match(groups) => {
            f.write_str("<re.Match object; match=")?;
            show(f, groups.at(0).unwrap_or(Value::None), outer)?;
            f.write_char('>')
        }
    }
}

impl fmt::Debug for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not item by item: a list may hold itself.
        show_list(f, self, None)
    }
}

impl fmt::Debug for Map<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show_map(f, self, None)
    }
}

fn show_list(f: &mut fmt::Formatter<'_>, list: &List<'_>, outer: Option<&Within<'_>>) -> fmt::Result {
    let [open, close, itself] = if list.is_tuple() { ["(", ")", "(...)"] } else { ["[", "]", "[...]"] };
    let within = match Within::enter(list, (list.arena(), list.len()), outer, itself) {
        Ok(within) => within,
        Err(instead) => return f.write_str(instead),
    };
    f.write_str(open)?;
    for (place, item) in list.iter().enumerate() {
        f.write_str(if place == 0 { "" } else { ", " })?;
        show(f, item, Some(&within))?;
    }
    f.write_str(if list.is_tuple() && list.len() == 1 { "," } else { "" })?;
    f.write_str(close)
}

fn show_map(f: &mut fmt::Formatter<'_>, map: &Map<'_>, outer: Option<&Within<'_>>) -> fmt::Result {
    let within = match Within::enter(map, (map.arena(), map.len()), outer, "{...}") {
        Ok(within) => within,
        Err(instead) => return f.write_str(instead),
    };
    f.write_char('{')?;
    for (place, (key, value)) in map.iter().enumerate() {
        f.write_str(if place == 0 { "" } else { ", " })?;
        show(f, key, Some(&within))?;
        f.write_str(": ")?;
        show(f, value, Some(&within))?;
    }
    f.write_char('}')
}

/// Text in single quotes, or in double ones where it holds single ones only.
fn show_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    f.write_char(quote)?;
    let mut written = 0;
    for (place, character) in text.char_indices() {
        if character != quote && character != '\\' && is_printable(character) {
            continue;
        }
        f.write_str(&text[written..place])?;
        written = place + character.len_utf8();
        match character {
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            '\\' | '\'' | '"' => write!(f, "\\{character}")?,
            _ => show_code(f, u32::from(character))?,
        }
    }
    f.write_str(&text[written..])?;
    f.write_char(quote)
}

/// An escape as short as the code point allows.
pub(super) fn show_code(f: &mut impl Write, code: u32) -> fmt::Result {
    match code {
        0..=0xff => write!(f, "\\x{code:02x}"),
        0x100..=0xffff => write!(f, "\\u{code:04x}"),
        _ => write!(f, "\\U{code:08x}"),
    }
}

/// Python's `str.isprintable`, by the Unicode version of the standard library, which is newer than CPython 3.11's. The standard library escapes the same categories, but also a mark that nothing stands
/// before: so an `a` does.
fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return (' '..='~').contains(&character);
    }
    let mut bytes = *b"a\0\0\0\0";
    let length = character.encode_utf8(&mut bytes[1..]).len();
    let shown = std::str::from_utf8(&bytes[..=length]).map(str::escape_debug);
    shown.is_ok_and(|mut shown| shown.nth(1) != Some('\\'))
}

/// Shows a double as Python does: the fewest digits that read back as the same one, `1.0`, `1e+16`, `1e-05`, `inf`, `nan`.
#[derive(Clone, Copy, Debug)]
pub struct Float(pub f64);

impl Display for Float {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_nan() {
            return f.write_str("nan");
        }
        if self.0.is_infinite() {
            return f.write_str(if self.0 > 0.0 { "inf" } else { "-inf" });
        }
        f.write_str(if self.0.is_sign_negative() { "-" } else { "" })?;
        let shown = Exponential::fewest(self.0.abs());
        let (digits, exponent) = shown.text().split_once('e').unwrap_or(("0", "0"));
        let (first, rest) = digits.split_once('.').unwrap_or((digits, ""));
        match exponent.parse().unwrap_or(0) {
            exponent @ 0..16 => show_whole(f, first, rest, exponent as usize),
            exponent @ -4..0 => write!(f, "0.{:0<1$}{first}{rest}", "", (-exponent - 1) as usize),
            _ => show_exponent(f, shown.text()),
        }
    }
}

/// Digits with the point moved to the right.
fn show_whole(f: &mut fmt::Formatter<'_>, first: &str, rest: &str, places: usize) -> fmt::Result {
    match rest.split_at_checked(places) {
        Some((whole, fraction)) if !fraction.is_empty() => write!(f, "{first}{whole}.{fraction}"),
        _ => write!(f, "{first}{rest:0<places$}.0"),
    }
}

/// A double as `1.25e-7`, on the stack.
struct Exponential {
    bytes: [u8; 32],
    length: usize,
}

impl Exponential {
    /// From so many digits on, two shortest texts may be equally near. Fewer digits leave no room for a tie.
    const TIES: usize = 16;

    /// The fewest digits that read back as the same double; of two that are equally near Python takes the even one, the
    /// standard library the upper one.
    fn fewest(value: f64) -> Self {
        let fewest = Self::shown(format_args!("{value:e}"));
        let digits = fewest.text().bytes().take_while(|byte| *byte != b'e').filter(u8::is_ascii_digit).count();
        if digits >= Self::TIES {
            let even = Self::shown(format_args!("{value:.0$e}", digits - 1));
            if even.text().parse() == Ok(value) {
                return even;
            }
        }
        fewest
    }

    fn shown(arguments: fmt::Arguments<'_>) -> Self {
        let mut shown = Exponential { bytes: [0; 32], length: 0 };
        // 17 digits and an exponent of three have room.
        let _ = shown.write_fmt(arguments);
        shown
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

impl Write for Exponential {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

/// Rust's `1e-7` as Python's `1e-07`.
pub(super) fn show_exponent(f: &mut impl Write, shown: &str) -> fmt::Result {
    let (digits, exponent) = shown.split_once('e').unwrap_or((shown, "0"));
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
    write!(f, "{digits}e{sign}{exponent:0>2}")
}
