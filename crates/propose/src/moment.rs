//! Which values say when something was.

use crate::leaf::Leaf;
use crate::probe;
use crate::step::Step;
use weir_dataset::{ValueType, split};

/// Words of a name that holds a moment, the surest first.
const MOMENTS: &[&str] =
    &["timestamp", "datetime", "eventtime", "time", "ts", "date", "at", "when", "created", "rt", "start", "published"];

/// Words of a name that holds the end of something, or what happened after the event.
const LATER: &[&str] = &[
    "end",
    "ended",
    "closed",
    "expires",
    "expiry",
    "received",
    "ingested",
    "ingest",
    "processed",
    "updated",
    "modified",
];

/// A moment of records.
#[derive(Clone, Debug, Default)]
pub struct Moment {
    /// What it is called.
    pub name: String,
    /// The expressions that it is read from.
    pub reads: Vec<String>,
    /// What `date.parse` reads: a path, or a template.
    pub input: String,
    /// The expression that must be true for it to be read.
    pub filter: Option<String>,
    /// Whether its dates have a year.
    pub has_year: bool,
    /// Whether they say in which time zone they are.
    pub has_zone: bool,
}

/// The moments among leaves, the one first that most likely is the event's time.
pub fn moments(leaves: &[Leaf]) -> Vec<Moment> {
    let mut found: Vec<(Rank, Moment)> = leaves.iter().filter_map(|leaf| moment(leaf, leaves)).collect();
    // What says its year goes first.
    found.sort_by_key(|(rank, moment)| (rank.0, !moment.has_year, *rank));
    found.into_iter().map(|(_, moment)| moment).collect()
}

/// What orders moments: ends after beginnings, plain names before those that say more, what lies higher first.
type Rank = (bool, usize, usize, usize);

fn rank(leaf: &Leaf) -> Rank {
    let words = split(leaf.path.last().map_or("", String::as_str));
    let named = MOMENTS.iter().position(|word| words.iter().any(|other| other == word)).unwrap_or(MOMENTS.len());
    let is_later = words.iter().any(|word| LATER.contains(&&**word));
    (is_later, named, leaf.path.len(), words.len())
}

fn moment(leaf: &Leaf, leaves: &[Leaf]) -> Option<(Rank, Moment)> {
    if !matches!(leaf.kind(), ValueType::Int | ValueType::Float | ValueType::Text | ValueType::Unknown) {
        return None;
    }
    if let Some(joined) = joined(leaf, leaves) {
        return Some((rank(leaf), joined));
    }
    let is_named = rank(leaf).1 < MOMENTS.len();
    let reads_so = |value: &String| is_written(value) || (is_named && (is_count(value) || is_day(value)));
    if leaf.values.is_empty() || !leaf.values.iter().all(reads_so) || !all_parse(&leaf.values) {
        return None;
    }
    let is_digits = leaf.values.iter().all(|value| is_count(value));
    let moment = Moment {
        name: leaf.name(),
        reads: vec![leaf.read.clone()],
        input: leaf.read.clone(),
        filter: None,
        has_year: is_digits || leaf.values.iter().all(|value| has_year(value)),
        has_zone: is_digits || leaf.values.iter().all(|value| has_zone(value)),
    };
    Some((rank(leaf), moment))
}

/// A day and, beside it, the time of the day, perhaps with a zone.
fn joined(day: &Leaf, leaves: &[Leaf]) -> Option<Moment> {
    let beside = |name: &str, fits: &dyn Fn(&str) -> bool| {
        leaves.iter().find(|leaf| {
            leaf.path.len() == day.path.len()
                && leaf.path.split_last().map(|(_, above)| above) == day.path.split_last().map(|(_, above)| above)
                && leaf.path.last().is_some_and(|key| key.eq_ignore_ascii_case(name))
                && !leaf.values.is_empty()
                && leaf.values.iter().all(|value| fits(value))
        })
    };
    let is_named = day.path.last().is_some_and(|key| key.eq_ignore_ascii_case("date"));
    if !is_named || day.values.is_empty() || !day.values.iter().all(|value| is_day(value)) {
        return None;
    }
    let time = beside("time", &is_clock)?;
    let zone = beside("tz", &|value| value.starts_with(['+', '-']) && value.len() >= 5);
    let mut input = format!("{{{{{} ~ ' ' ~ {}}}}}", day.read, time.read);
    let mut reads = vec![day.read.clone(), time.read.clone()];
    if let Some(zone) = zone {
        input = format!("{{{{{} ~ ' ' ~ {} ~ ' ' ~ {}}}}}", day.read, time.read, zone.read);
        reads.push(zone.read.clone());
    }
    let name = format!("{} and {}", day.name(), time.name());
    let has_year = day.values.iter().all(|value| has_year(value));
    let filter = Some(format!("{} is defined", day.read));
    Some(Moment { name, reads, input, filter, has_year, has_zone: zone.is_some() })
}

/// Ten or more digits, perhaps with a fraction, which count from 1970 to a moment after 2001.
pub fn is_count(value: &str) -> bool {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_digits(whole) && is_digits(fraction) && matches!(whole.len(), 10 | 13 | 16 | 19) && whole.starts_with('1')
}

/// `08:30:12`, perhaps with a fraction.
fn is_clock(value: &str) -> bool {
    let bytes = value.as_bytes();
    bytes.len() >= 7 && bytes.len() <= 18 && value.matches(':').count() == 2 && bytes[0].is_ascii_digit()
}

/// A day: eight digits or so between marks, and no clock.
fn is_day(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let marks = value.matches(['-', '/', '.']).count();
    (4..=8).contains(&digits) && marks == 2 && value.len() <= 11 && !value.contains(':')
}

/// A day with a clock: what has two colons between digits, and digits for a day.
fn is_written(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let bytes = value.as_bytes();
    let has_clock =
        bytes.windows(3).any(|part| part[0].is_ascii_digit() && part[1] == b':' && part[2].is_ascii_digit());
    has_clock && digits >= 7 && (14..=40).contains(&value.len())
}

fn has_year(value: &str) -> bool {
    let mut run = 0;
    for byte in value.bytes() {
        run = if byte.is_ascii_digit() { run + 1 } else { 0 };
        if run == 4 {
            return true;
        }
    }
    false
}

fn has_zone(value: &str) -> bool {
    let (_, clock) = value.split_once(':').unwrap_or(("", value));
    value.ends_with(['Z', 'z'])
        || clock.contains('+')
        || clock.rsplit_once('-').is_some()
        || ["UTC", "GMT"].iter().any(|zone| value.contains(zone))
}

/// Whether the engine reads all values as dates.
fn all_parse(values: &[String]) -> bool {
    probe::takes_all(&Step { output: "datetime", ..Step::new("at", "date.parse", "original.message") }, values)
}

#[cfg(test)]
mod tests {
    use super::{has_year, has_zone, is_clock, is_count, is_day, is_written};

    #[test]
    fn moments_are_told_from_other_numbers_and_texts() {
        for value in ["2024-05-14T08:30:12Z", "14/May/2024:08:30:12 +0000", "May 14 08:30:12 2024"] {
            assert!(is_written(value), "{value}");
        }
        for value in ["10.0.19041.1", "host:8080", "fe80::1", "12:30", "may the 4th"] {
            assert!(!is_written(value), "{value}");
        }
        assert!(is_count("1715675412") && is_count("1715675412.25") && !is_count("4421") && !is_count("9999999999"));
        assert!(is_clock("08:30:12") && is_day("2024-05-14") && !is_day("192.0.2.17"));
        assert!(has_year("14/May/2024:08:30:12") && !has_year("May 14 08:30:12"));
        assert!(has_zone("2024-05-14T08:30:12-05:00") && !has_zone("2024-05-14 08:30:12"));
    }
}
