//! Seconds since 1970, whole or with a fraction; other units are told by their size.
//!
//! A zone moves them as it moves a date that names none: so do the recorded results, whatever seconds since 1970 mean.

use super::clock::Moment;
use super::zone::Zone;

/// How many digits seconds have in our time. The recorded results scale every number but zero to as many characters, in one
/// multiplication of doubles: milli-, micro- and nanoseconds become seconds, and fewer digits become more (2 pairs with
/// 123456789, none against). A minus sign counts as a character of them (5 pairs, none against).
const DIGITS: usize = 10;
/// Nanoseconds have 19; what is longer is no time.
const MOST_DIGITS: usize = 19;

/// From a number of seconds.
pub fn from_integer(number: i64, zone: Option<&Zone>) -> Option<Moment> {
    scaled(number as f64, characters_of(number.unsigned_abs(), number < 0))?.on_clocks_of(zone)
}

/// From a number of seconds.
pub fn from_float(number: f64, zone: Option<&Zone>) -> Option<Moment> {
    (number.abs() < 1e19).then(|| scaled(number, characters_of(number.abs() as u64, number < 0.0)))??.on_clocks_of(zone)
}

/// From digits with an optional sign and fraction.
pub fn from_text(text: &str, zone: Option<&Zone>) -> Option<Moment> {
    let (whole, _) = parts(text)?;
    (whole.len() <= MOST_DIGITS)
        .then(|| scaled(text.parse().ok()?, characters_of(whole.parse().ok()?, text.starts_with('-'))))??
        .on_clocks_of(zone)
}

/// From text that is more likely a number of seconds than a date without separators.
///
/// Digits alone are a date where they have the length of one: `20240305`, `202403050607`, `20240305060708`. With a
/// fraction, 14 digits are a number: recorded results have `20240305060708.250` as 2024030506.0708 seconds.
pub fn from_detected(text: &str, zone: Option<&Zone>) -> Option<Moment> {
    let (whole, fraction) = parts(text)?;
    let dated = fraction.is_none() && matches!(whole.len(), 12 | 14) && matches!(whole.get(..2), Some("19" | "20"));
    (whole.len() >= 9 && !dated).then(|| from_text(text, zone))?
}

/// The digits before and after the point.
fn parts(text: &str) -> Option<(&str, Option<&str>)> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (unsigned, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(whole) && fraction.is_none_or(digits)).then_some((whole, fraction))
}

/// How many characters a number has before its point; zero counts as having as many as it should.
fn characters_of(number: u64, is_negative: bool) -> usize {
    number.checked_ilog10().map_or(DIGITS, |log| log as usize + 1 + usize::from(is_negative))
}

/// Rounds as Python's `datetime.fromtimestamp` does: the double's fraction to the nearest microsecond, halves to even.
fn scaled(number: f64, digits: usize) -> Option<Moment> {
    let seconds = number * SCALE.get(digits)?;
    let microseconds = (seconds.fract() * 1e6).round_ties_even() as i64;
    let whole = seconds.trunc() as i64 + microseconds.div_euclid(1_000_000);
    Moment::new(whole, microseconds.rem_euclid(1_000_000))
}

/// What a number of so many digits is multiplied by. Written out, because computed powers are not the nearest doubles.
const SCALE: [f64; MOST_DIGITS + 2] = [
    1.0, 1e9, 1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 1e1, 1e0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10,
];
