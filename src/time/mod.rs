//! Moments: read from text and numbers, written as RFC 3339 in UTC.
//!
//! The extractor of dates, the filters and the casts all read by this room's rules. What they agree on is dateutil's
//! reading of text, `strptime`'s of formats and the recorded results' of numbers. Regions' rules come with `jiff`.

mod civil;
mod clock;
mod date_words;
mod detect;
mod epoch;
mod fields;
mod fixed;
mod format;
mod letters;
mod rfc3339;
mod tokens;
mod uncommon;
mod written;
mod zone;

pub use clock::Moment;
pub use epoch::{from_detected, from_float, from_integer, from_text};
pub use format::DateFormat;
pub use letters::from_letters;
pub use written::{in_brief, in_full};
pub use zone::Zone;

/// Reads a date in any usual notation, or seconds since 1970 by their number of digits. Without a zone of its own it is
/// in `zone`, else in UTC; what it leaves out comes from the day of `now`, in seconds since 1970-01-01T00:00:00Z.
pub fn read(text: &str, zone: Option<&Zone>, now: i64) -> Option<Moment> {
    rfc3339::read(text, zone)
        .or_else(|| from_detected(text, zone))
        .or_else(|| detect::read(text, zone, Some(now)))
        .or_else(|| uncommon::read(text, zone, Some(now)))
}

/// As [`read`], where nothing says what the date leaves out: it must name its day with month and whole year.
pub fn read_whole(text: &str) -> Option<Moment> {
    rfc3339::read(text, None)
        .or_else(|| from_detected(text, None))
        .or_else(|| detect::read(text, None, None))
        .or_else(|| uncommon::read(text, None, None))
}

/// The microseconds since 1970 of a moment as the fields of an event have it: RFC 3339 in UTC, without a fraction or with six digits.
/// `None` for any other text.
pub fn microseconds(text: &str) -> Option<i64> {
    rfc3339::read(text, None).filter(|moment| moment.is_brief(text)).map(|moment| moment.microseconds())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn microseconds_are_those_of_a_field() {
        assert_eq!(microseconds("1970-01-01T00:00:01Z"), Some(1_000_000));
        assert_eq!(microseconds("1969-12-31T23:59:59.999999Z"), Some(-1));
        assert_eq!(microseconds("2026-11-30T12:00:00.000001Z"), Some(1_796_040_000_000_001));
        for other in
            ["2026-11-30T12:00:00.000Z", "2026-11-30T12:00:00.1Z", "2026-11-30T12:00:00+00:00", "1970-01-01", ""]
        {
            assert_eq!(microseconds(other), None, "{other}");
        }
    }
}
