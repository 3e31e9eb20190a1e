//! Time zones: by name, by abbreviation, by offset.
//!
//! Why so: `docs/decisions/0004`.

use super::civil::Civil;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// A time zone.
#[derive(Clone, Debug)]
pub struct Zone(ZoneRule);

#[derive(Clone, Debug)]
enum ZoneRule {
    /// Seconds east of UTC.
    Fixed(i64),
    /// A region with its history.
    Region(TimeZone),
}

impl Zone {
    /// The zone that a text names: `+0200`, `UTC+2`, `CEST`, `Europe/Paris`.
    pub fn find(name: &str) -> Option<Zone> {
        let name = name.trim();
        let behind = ["UTC", "GMT", "utc", "gmt"].iter().find_map(|utc| name.strip_prefix(utc));
        if let Some(offset) = offset(behind.unwrap_or(name)) {
            return Some(Zone(ZoneRule::Fixed(offset)));
        }
        // An abbreviation says whether it is summer: `CST` in summer is still six hours behind.
        if let Some((_, minutes)) = ABBREVIATIONS.iter().find(|(known, _)| *known == name) {
            return Some(Zone(ZoneRule::Fixed(minutes * 60)));
        }
        TimeZoneDatabase::bundled().get(name).ok().map(|zone| Zone(ZoneRule::Region(zone)))
    }

    /// The names of zones, for a "did you mean".
    pub fn names() -> impl Iterator<Item = String> {
        let regions = TimeZoneDatabase::bundled().available().map(|name| name.to_string()).collect::<Vec<_>>();
        ABBREVIATIONS.iter().map(|(name, _)| (*name).to_owned()).chain(regions)
    }

    /// The moment of a local time, in seconds since 1970, where `seconds` is what it would be in UTC; `None` out of range.
    ///
    /// As in Python, a time that a change of clocks skips is counted from before it, one that it repeats is the first.
    pub(super) fn moment(&self, local: &Civil, seconds: i64) -> Option<i64> {
        match &self.0 {
            ZoneRule::Fixed(offset) => Some(seconds - offset),
            ZoneRule::Region(zone) => {
                let date = jiff::civil::Date::new(
                    i16::try_from(local.year).ok()?,
                    i8::try_from(local.month).ok()?,
                    i8::try_from(local.day).ok()?,
                );
                let time = date.ok()?.at(local.hour as i8, local.minute as i8, local.second as i8, 0);
                Some(zone.to_timestamp(time).ok()?.as_second())
            }
        }
    }
}

/// Seconds east of UTC from `Z`, `+2`, `+02`, `+0200` or `+02:00`.
pub(super) fn offset(text: &str) -> Option<i64> {
    if matches!(text, "Z" | "z") {
        return Some(0);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits = &text[1..];
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) => (hours, minutes),
        None if digits.len() == 4 => digits.split_at_checked(2)?,
        None => (digits, "0"),
    };
    let number = |text: &str| -> Option<i64> {
        let sound = matches!(text.len(), 1 | 2) && text.bytes().all(|byte| byte.is_ascii_digit());
        sound.then(|| text.parse().ok()).flatten()
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// Abbreviations with minutes east of UTC; where several zones use one, the one with most people under log-writing clocks.
const ABBREVIATIONS: &[(&str, i64)] = &[
    ("UTC", 0),
    ("GMT", 0),
    ("Z", 0),
    ("WET", 0),
    ("WEST", 60),
    ("BST", 60),
    ("WAT", 60),
    ("CET", 60),
    ("MET", 60),
    ("CEST", 120),
    ("MEST", 120),
    ("EET", 120),
    ("CAT", 120),
    ("SAST", 120),
    ("EEST", 180),
    ("EAT", 180),
    ("MSK", 180),
    ("TRT", 180),
    ("GST", 240),
    ("PKT", 300),
    ("IST", 330),
    ("NPT", 345),
    ("ICT", 420),
    ("WIB", 420),
    ("SGT", 480),
    ("HKT", 480),
    ("MYT", 480),
    ("PHT", 480),
    ("AWST", 480),
    ("JST", 540),
    ("KST", 540),
    ("ACST", 570),
    ("AEST", 600),
    ("ACDT", 630),
    ("AEDT", 660),
    ("NZST", 720),
    ("NZDT", 780),
    ("NDT", -150),
    ("NST", -210),
    ("BRST", -120),
    ("BRT", -180),
    ("ART", -180),
    ("CLST", -180),
    ("UYT", -180),
    ("ADT", -180),
    ("AST", -240),
    ("CLT", -240),
    ("BOT", -240),
    ("VET", -240),
    ("EDT", -240),
    ("EST", -300),
    ("CDT", -300),
    ("COT", -300),
    ("PET", -300),
    ("CST", -360),
    ("MDT", -360),
    ("MST", -420),
    ("PDT", -420),
    ("PST", -480),
    ("AKDT", -480),
    ("AKST", -540),
    ("HST", -600),
];
