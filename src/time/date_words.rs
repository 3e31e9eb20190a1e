//! The words of dates, as dateutil knows them: months, days, units, and what says nothing. Case does not count.

const JUMPS: &[&str] =
    &[" ", ".", ",", ";", "-", "/", "'", "at", "on", "and", "ad", "m", "t", "of", "st", "nd", "rd", "th"];
const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: &[&str] = &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const UNITS: &[(&str, DateUnit)] = &[
    ("h", DateUnit::Hour),
    ("hour", DateUnit::Hour),
    ("hours", DateUnit::Hour),
    ("m", DateUnit::Minute),
    ("minute", DateUnit::Minute),
    ("minutes", DateUnit::Minute),
    ("s", DateUnit::Second),
    ("second", DateUnit::Second),
    ("seconds", DateUnit::Second),
];

/// A unit of the time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DateUnit {
    Hour,
    Minute,
    Second,
}

/// Whether a word or sign says nothing about a date.
pub(super) fn is_jump(token: &str) -> bool {
    JUMPS.iter().any(|jump| jump.eq_ignore_ascii_case(token))
}

/// Whether a zone's name is UTC's.
pub(super) fn is_utc(token: &str) -> bool {
    matches!(token, "UTC" | "GMT" | "Z" | "z")
}

/// The unit that a word names.
pub(super) fn unit(token: &str) -> Option<DateUnit> {
    UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(token)).map(|(_, unit)| *unit)
}

/// The month that a word names, from 1.
pub(super) fn month(token: &str) -> Option<i64> {
    if token.eq_ignore_ascii_case("sept") {
        return Some(9);
    }
    short_or_long(token, MONTHS).map(|place| place + 1)
}

/// The day of the week that a word names, from 0 for Monday.
pub(super) fn weekday(token: &str) -> Option<i64> {
    short_or_long(token, WEEKDAYS)
}

/// The place of a word in a list, whole or by its first three letters.
fn short_or_long(token: &str, words: &[&str]) -> Option<i64> {
    let matches = |word: &&str| word.eq_ignore_ascii_case(token) || word[..3].eq_ignore_ascii_case(token);
    // Most tokens are a space, a sign or two digits.
    (token.len() >= 3).then(|| words.iter().position(matches)).flatten().map(|place| place as i64)
}

/// Whether it is the afternoon: `pm`, and not `am`.
pub(super) fn afternoon(token: &str) -> Option<bool> {
    match token {
        _ if token.eq_ignore_ascii_case("am") || token.eq_ignore_ascii_case("a") => Some(false),
        _ if token.eq_ignore_ascii_case("pm") || token.eq_ignore_ascii_case("p") => Some(true),
        _ => None,
    }
}

/// The hour of 24 for one of 12.
pub(super) fn twelve(hour: i64, afternoon: bool) -> i64 {
    match hour {
        12 if !afternoon => 0,
        0..12 if afternoon => hour + 12,
        _ => hour,
    }
}
