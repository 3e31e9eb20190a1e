//! Sizes and times as people write them: `250 KiB`, `10 s`.

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use std::fmt::{self, Formatter};
use std::time::Duration;

/// A number of bytes: a whole number, or text such as `250 KiB` or `5 MB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bytes(pub u64);

/// A time: text such as `250 ms`, `10 s`, `5 min`, `2 h` or `1 d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time(pub Duration);

const SIZES: [(&str, u64); 9] = [
    ("", 1),
    ("B", 1),
    ("kB", 1_000),
    ("KiB", 1 << 10),
    ("MB", 1_000_000),
    ("MiB", 1 << 20),
    ("GB", 1_000_000_000),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

/// In milliseconds.
const TIMES: [(&str, u64); 6] =
    [("ms", 1), ("s", 1_000), ("min", 60_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Quantity { what: "a size, such as 250 KiB,", units: &SIZES }).map(Bytes)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let quantity = Quantity { what: "a time, such as 10 s,", units: &TIMES };
        deserializer.deserialize_any(quantity).map(|milliseconds| Time(Duration::from_millis(milliseconds)))
    }
}

struct Quantity {
    what: &'static str,
    units: &'static [(&'static str, u64)],
}

impl Visitor<'_> for Quantity {
    type Value = u64;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<u64, E> {
        let is_allowed = self.units.iter().any(|(unit, _)| unit.is_empty());
        let unexpected = serde::de::Unexpected::Unsigned(value);
        if is_allowed { Ok(value) } else { Err(E::invalid_value(unexpected, &self)) }
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<u64, E> {
        let unexpected = serde::de::Unexpected::Signed(value);
        u64::try_from(value).map_err(|_| E::invalid_value(unexpected, &self)).and_then(|value| self.visit_u64(value))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<u64, E> {
        let text = text.trim();
        let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let unit = self.units.iter().find(|(known, _)| known.eq_ignore_ascii_case(unit.trim()));
        let value = number.parse::<u64>().ok().zip(unit).and_then(|(number, (_, unit))| number.checked_mul(*unit));
        value.ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json};

    #[test]
    fn quantities_are_read_as_people_write_them() {
        let bytes = |value| from_value::<Bytes>(value).ok().map(|bytes| bytes.0);
        assert_eq!(bytes(json!(5)), Some(5));
        assert_eq!(bytes(json!("250 KiB")), Some(256_000));
        assert_eq!(bytes(json!("5mb")), Some(5_000_000));
        assert_eq!(bytes(json!(-1)), None);
        assert_eq!(bytes(json!("5 kilos")), None);
        assert_eq!(bytes(json!("99999999999 TiB")), None);
        let time = |value| from_value::<Time>(value).ok().map(|time| time.0.as_millis());
        assert_eq!(time(json!("250 ms")), Some(250));
        assert_eq!(time(json!("10min")), Some(600_000));
        assert_eq!(time(json!(10)), None, "seconds or minutes?");
        assert_eq!(time(json!("s")), None);
    }
}
