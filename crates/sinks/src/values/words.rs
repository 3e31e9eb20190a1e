//! Sizes and times in words.

use serde::de::{self, Deserializer, Unexpected, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::time::Duration;

/// A number of bytes: `128MB`, `64 MiB`, `900kB`, or a plain number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

/// A length of time: `5min`, `30s`, `500ms`, `1h`, `2d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub Duration);

/// Units are read in capitals and small letters alike.
const SIZES: &[(&str, u64)] = &[
    ("", 1),
    ("B", 1),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

/// In milliseconds.
const TIMES: &[(&str, u64)] =
    &[("ms", 1), ("s", 1_000), ("min", 60_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

fn number_with_unit(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let (_, factor) = units.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit.trim()))?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_largest(f, self.0, SIZES, "B")
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_largest(f, u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX), TIMES, "ms")
    }
}

/// With the largest unit that leaves no fraction.
fn write_largest(f: &mut fmt::Formatter<'_>, number: u64, units: &[(&str, u64)], smallest: &str) -> fmt::Result {
    let fitting = units.iter().rev().filter(|(_, factor)| *factor > 1 && number > 0 && number.is_multiple_of(*factor));
    let (unit, factor) = fitting.max_by_key(|(_, factor)| *factor).copied().unwrap_or((smallest, 1));
    write!(f, "{}{unit}", number / factor)
}

impl Bytes {
    fn of(number: u64) -> Self {
        Bytes(number)
    }
}

impl Span {
    fn of(milliseconds: u64) -> Self {
        Span(Duration::from_millis(milliseconds))
    }
}

macro_rules! in_words {
    ($name:ident, $units:ident, $expected:literal) => {
        impl $name {
            /// Reads it as people write it; nothing where it is none.
            pub fn read(text: &str) -> Option<Self> {
                number_with_unit(text, $units).map($name::of)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Words;
                impl Visitor<'_> for Words {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expected)
                    }

                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$name, E> {
                        $name::read(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
                    }

                    fn visit_u64<E: de::Error>(self, number: u64) -> Result<$name, E> {
                        let unexpected = Unexpected::Unsigned(number);
                        $name::read(&number.to_string()).ok_or_else(|| E::invalid_value(unexpected, &self))
                    }

                    fn visit_i64<E: de::Error>(self, number: i64) -> Result<$name, E> {
                        let unexpected = Unexpected::Signed(number);
                        $name::read(&number.to_string()).ok_or_else(|| E::invalid_value(unexpected, &self))
                    }
                }
                deserializer.deserialize_any(Words)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

in_words!(Bytes, SIZES, "a size such as 128 MB");
in_words!(Span, TIMES, "a time such as 5 min");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_read_and_written_in_words() {
        let sizes = [
            ("128MB", 128_000_000),
            ("64 MiB", 64 << 20),
            ("900kb", 900_000),
            ("5mb", 5_000_000),
            ("17", 17),
            ("0", 0),
        ];
        for (text, bytes) in sizes {
            assert_eq!(Bytes::read(text), Some(Bytes(bytes)), "{text}");
        }
        let times = [("5min", 300_000), ("30s", 30_000), ("500ms", 500), ("1h", 3_600_000), ("2d", 172_800_000)];
        for (text, millis) in times {
            let span = Span(Duration::from_millis(millis));
            assert_eq!(Span::read(text), Some(span), "{text}");
            assert_eq!(span.to_string(), text.to_owned());
        }
        assert_eq!(Bytes(128_000_000).to_string(), "128MB");
        assert_eq!(Bytes(1 << 20).to_string(), "1MiB");
        assert_eq!(serde_yaml::from_str::<Bytes>("4096").expect("a plain number"), Bytes(4096));
    }

    #[test]
    fn what_is_no_size_or_time_says_what_would_be_one() {
        for text in ["", "MB", "-1MB", "1.5MB", "5 parsecs", "99999999999999GB", "-1"] {
            assert_eq!(Bytes::read(text), None, "{text}");
        }
        assert_eq!(Span::read("5"), None, "seconds or minutes?");
        let error = serde_yaml::from_str::<Span>("5 fortnights").expect_err("no unit of time").to_string();
        assert!(error.contains("a time such as 5 min"), "{error}");
        let error = serde_yaml::from_str::<Bytes>("-5").expect_err("no size").to_string();
        assert!(error.contains("a size such as 128 MB"), "{error}");
    }
}
