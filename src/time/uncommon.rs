//! Dates that dateutil refuses and machines write all the same: weeks and days of a year, and the date of web servers.
//!
//! Each is written as year, month and day, and read on as if it had been so in the first place.

use super::civil::{Civil, days_in_month};
use super::clock::Moment;
use super::detect;
use super::rfc3339::{self, digits};
use super::tokens::LONGEST;
use super::zone::Zone;

/// Reads `2024-W10-2`, `2024W102`, `2024-W10`, `2024-065`, `2024065T…` and `05/Mar/2024:06:07:08`, the first ones with a
/// time of day or without. For `now` see [`detect::read`].
pub(super) fn read(text: &str, zone: Option<&Zone>, now: Option<i64>) -> Option<Moment> {
    if text.len() > LONGEST {
        return None;
    }
    let usual = week(text).or_else(|| day_of_year(text)).or_else(|| web_server(text))?;
    rfc3339::read(&usual, zone).or_else(|| detect::read(&usual, zone, now))
}

/// ISO 8601's day of a week, or the week alone: its Monday. The last week of most years is the 52nd.
fn week(text: &str) -> Option<String> {
    let (year, rest) = number(text, 4)?;
    let rest = rest.strip_prefix('-').unwrap_or(rest).strip_prefix('W')?;
    let (week, rest) = number(rest, 2)?;
    let (weekday, rest) = match rest {
        "" => (1, rest),
        _ => number(rest.strip_prefix('-').unwrap_or(rest), 1)?,
    };
    // The year of a week is the one that its Thursday is in.
    let has_week = week > 0 && Civil::midnight(0).in_iso_week(year, week, 3).year == year;
    (has_week && (1..=7).contains(&weekday)).then_some(())?;
    joined(Civil::midnight(0).in_iso_week(year, week, weekday - 1), rest)
}

/// ISO 8601's day of a year. Without a hyphen and a time of day behind it, it would be any number of seven digits.
fn day_of_year(text: &str) -> Option<String> {
    let (year, rest) = number(text, 4)?;
    let (day, rest) = match rest.strip_prefix('-') {
        Some(rest) => number(rest, 3)?,
        None => number(rest, 3).filter(|(_, rest)| rest.starts_with('T'))?,
    };
    let days = 337 + days_in_month(year, 2);
    (1..=days).contains(&day).then_some(())?;
    joined(Civil::midnight(0).on_day(year, day), rest)
}

/// The common log format's date, whose day and time a colon joins.
fn web_server(text: &str) -> Option<String> {
    let (date, time) = text.split_at_checked(11)?;
    let (_, rest) = number(date, 2)?;
    let (month, year) = rest.strip_prefix('/')?.split_once('/')?;
    number(year, 4)?;
    let is_month = month.bytes().all(|byte| byte.is_ascii_alphabetic());
    (month.len() == 3 && is_month).then(|| Some(format!("{date} {}", time.strip_prefix(':')?)))?
}

/// The number that the first digits make, with what follows them.
fn number(text: &str, length: usize) -> Option<(i64, &str)> {
    let (number, rest) = text.split_at_checked(length)?;
    Some((digits(number.as_bytes())?, rest))
}

/// A day with the time of day behind it, if there is one.
fn joined(day: Civil, rest: &str) -> Option<String> {
    let Civil { year, month, day, .. } = day;
    (rest.is_empty() || rest.starts_with(['T', ' '])).then(|| format!("{year:04}-{month:02}-{day:02}{rest}"))
}
