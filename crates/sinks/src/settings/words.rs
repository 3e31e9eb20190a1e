//! Sizes and times in words.

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A number of bytes: `128MB`, `64 MiB`, `900kB`, or a plain number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

/// A length of time: `5min`, `30s`, `500ms`, `1h`, `2d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub Duration);

const SIZES: &[(&str, u64)] = &[
    ("", 1),
    ("B", 1),
    ("kB", 1_000),
    ("KB", 1_000),
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

impl FromStr for Bytes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bytes = number_with_unit(text, SIZES);
        bytes
            .map(Bytes)
            .ok_or_else(|| format!("`{text}` is no size: write a number and B, kB, MB, GB, KiB, MiB or GiB"))
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let time = number_with_unit(text, TIMES).map(Duration::from_millis);
        time.map(Span).ok_or_else(|| format!("`{text}` is no time: write a number and ms, s, min, h or d"))
    }
}

fn number_with_unit(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let (_, factor) = units.iter().find(|(name, _)| *name == unit.trim())?;
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
    let fitting = units.iter().rev().filter(|(_, factor)| *factor > 1 && number > 0 && number % factor == 0);
    let (unit, factor) = fitting.max_by_key(|(_, factor)| *factor).copied().unwrap_or((smallest, 1));
    write!(f, "{}{unit}", number / factor)
}

macro_rules! in_words {
    ($name:ident, $expected:literal) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Words;
                impl Visitor<'_> for Words {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expected)
                    }

                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$name, E> {
                        text.parse().map_err(E::custom)
                    }

                    fn visit_u64<E: de::Error>(self, number: u64) -> Result<$name, E> {
                        number.to_string().parse().map_err(E::custom)
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

in_words!(Bytes, "a size such as 128MB");
in_words!(Span, "a time such as 5min");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_read_and_written_in_words() {
        for (text, bytes) in [("128MB", 128_000_000), ("64 MiB", 64 << 20), ("900kB", 900_000), ("17", 17), ("0", 0)] {
            assert_eq!(text.parse(), Ok(Bytes(bytes)), "{text}");
        }
        for (text, millis) in
            [("5min", 300_000), ("30s", 30_000), ("500ms", 500), ("1h", 3_600_000), ("2d", 172_800_000)]
        {
            let span = Span(Duration::from_millis(millis));
            assert_eq!(text.parse(), Ok(span), "{text}");
            assert_eq!(span.to_string(), text.to_owned());
        }
        assert_eq!(Bytes(128_000_000).to_string(), "128MB");
        assert_eq!(Bytes(1 << 20).to_string(), "1MiB");
    }

    #[test]
    fn what_is_no_size_or_time_says_what_would_be_one() {
        for text in ["", "MB", "-1MB", "1.5MB", "5 parsecs", "99999999999999GB"] {
            let error = text.parse::<Bytes>().expect_err(text);
            assert!(error.contains("MiB") || text.is_empty(), "{error}");
        }
        assert!("5".parse::<Span>().expect_err("no unit").contains("min"));
        let error = serde_yaml::from_str::<Span>("5 fortnights").expect_err("no unit of time");
        assert!(error.to_string().contains("is no time"), "{error}");
        assert_eq!(serde_yaml::from_str::<Bytes>("4096").expect("a plain number"), Bytes(4096));
    }
}
