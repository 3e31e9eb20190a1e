//! Dates of a given format whose directives all take their full width, as most dates are written: read byte by byte, without a
//! pattern.

use super::civil::Civil;
use super::rfc3339::microseconds;

/// A part of a format.
#[derive(Clone, Copy, Debug)]
pub(super) enum FormatPart {
    /// A character as it is; white space stands for any.
    Literal(char),
    /// A directive, such as `Y`.
    Directive(char),
}

/// A format of directives that take one width in most dates.
#[derive(Debug)]
pub(super) struct FixedFormat {
    items: Box<[FixedItem]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FixedItem {
    /// A character as it is; letters in any case.
    Byte(u8),
    /// White space.
    Space,
    Year,
    Month,
    MonthName,
    Day,
    DayName,
    Hour,
    Minute,
    Second,
    Fraction,
    Offset,
}

/// What a text said: date and time of day, and the offset in seconds east of UTC.
pub(super) type Said = (Civil, Option<i64>);

const MONTHS: &[u8; 36] = b"janfebmaraprmayjunjulaugsepoctnovdec";
const DAYS: &[u8; 21] = b"montuewedthufrisatsun";

impl FixedItem {
    fn of_directive(directive: char) -> Option<Self> {
        Some(match directive {
            'Y' => FixedItem::Year,
            'm' => FixedItem::Month,
            'b' | 'h' => FixedItem::MonthName,
            'd' => FixedItem::Day,
            'a' => FixedItem::DayName,
            'H' => FixedItem::Hour,
            'M' => FixedItem::Minute,
            'S' => FixedItem::Second,
            'f' => FixedItem::Fraction,
            'z' => FixedItem::Offset,
            _ => return None,
        })
    }

    fn of_literal(literal: char) -> Option<Self> {
        match literal.is_whitespace() {
            true => Some(FixedItem::Space),
            false => u8::try_from(literal).ok().filter(u8::is_ascii).map(FixedItem::Byte),
        }
    }
}

impl FixedFormat {
    /// The format of some directives and literals; `None` where a pattern must read it, or it names no year.
    pub(super) fn new(parts: &[FormatPart]) -> Option<Self> {
        let item = |part: &FormatPart| match part {
            FormatPart::Directive(directive) => FixedItem::of_directive(*directive),
            FormatPart::Literal(literal) => FixedItem::of_literal(*literal),
        };
        let items = parts.iter().map(item).collect::<Option<Box<[FixedItem]>>>()?;
        items.contains(&FixedItem::Year).then_some(FixedFormat { items })
    }

    /// Reads a whole text; `None` where a directive takes less than its width, or the text does not fit.
    ///
    /// A pattern would find the same: full widths come first among its alternatives.
    pub(super) fn read(&self, text: &str) -> Option<Said> {
        let mut rest = text.as_bytes();
        let mut civil = Civil { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0, microsecond: 0 };
        let mut offset = None;
        for item in &self.items {
            match item {
                FixedItem::Byte(byte) => {
                    rest = rest.split_first().filter(|(first, _)| first.eq_ignore_ascii_case(byte))?.1;
                }
                FixedItem::Space => {
                    rest = rest.strip_prefix(b" ").filter(|rest| rest.first().is_some_and(u8::is_ascii_graphic))?;
                }
                FixedItem::Year => civil.year = two_digits(&mut rest, 0, 99)? * 100 + two_digits(&mut rest, 0, 99)?,
                FixedItem::Month => civil.month = two_digits(&mut rest, 1, 12)?,
                FixedItem::MonthName => civil.month = name(&mut rest, MONTHS)? + 1,
                FixedItem::Day => civil.day = two_digits(&mut rest, 1, 31)?,
                // Beside a year, month and day it says nothing.
                FixedItem::DayName => _ = name(&mut rest, DAYS)?,
                FixedItem::Hour => civil.hour = two_digits(&mut rest, 0, 23)?,
                FixedItem::Minute => civil.minute = two_digits(&mut rest, 0, 59)?,
                FixedItem::Second => civil.second = two_digits(&mut rest, 0, 61)?,
                FixedItem::Fraction => civil.microsecond = fraction(&mut rest)?,
                FixedItem::Offset => offset = Some(hours_and_minutes(&mut rest)?),
            }
        }
        rest.is_empty().then_some((civil, offset))
    }
}

/// Takes a number of two digits within bounds.
fn two_digits(rest: &mut &[u8], least: i64, largest: i64) -> Option<i64> {
    let ([tens, ones], behind) = rest.split_first_chunk()?;
    if !tens.is_ascii_digit() || !ones.is_ascii_digit() {
        return None;
    }
    *rest = behind;
    let number = i64::from(tens - b'0') * 10 + i64::from(ones - b'0');
    (least..=largest).contains(&number).then_some(number)
}

/// Takes a name of three letters; its place among some.
fn name(rest: &mut &[u8], names: &[u8]) -> Option<i64> {
    let (name, behind) = rest.split_first_chunk::<3>()?;
    *rest = behind;
    names.chunks_exact(3).position(|known| known.eq_ignore_ascii_case(name)).map(|place| place as i64)
}

/// Takes up to six digits of a fraction.
fn fraction(rest: &mut &[u8]) -> Option<i64> {
    let width = rest.iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
    let (fraction, behind) = rest.split_at_checked(width).filter(|_| width > 0)?;
    *rest = behind;
    microseconds(fraction)
}

/// Takes an offset of hours and minutes, with or without a colon, and `Z`; seconds are left to the pattern.
fn hours_and_minutes(rest: &mut &[u8]) -> Option<i64> {
    let (sign, mut behind) = rest.split_first()?;
    let sign = match sign {
        b'+' => 1,
        b'-' => -1,
        b'z' | b'Z' => {
            *rest = behind;
            return Some(0);
        }
        _ => return None,
    };
    let hours = two_digits(&mut behind, 0, 99)?;
    behind = behind.strip_prefix(b":").unwrap_or(behind);
    let minutes = two_digits(&mut behind, 0, 59)?;
    *rest = behind;
    let is_whole = behind.first().is_none_or(|next| !next.is_ascii_digit() && *next != b':');
    is_whole.then_some(sign * (hours * 3600 + minutes * 60))
}
