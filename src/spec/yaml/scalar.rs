//! What a plain scalar stands for: PyYAML's resolvers and constructors.

use crate::value::ConstantKind;
use num_bigint::BigInt;
use regex::Regex;
use std::sync::LazyLock;

/// How many characters a number may have: CPython reads no longer decimal integer either.
const LONGEST_NUMBER: usize = 4300;

/// The kinds a tag or the form of a plain scalar can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScalarKind {
    Null,
    Bool,
    Int,
    Float,
    Timestamp,
    Text,
}

impl ScalarKind {
    /// The kind of a tag of YAML's core (`tag:yaml.org,2002:` and this name); `None` for one that is not a scalar's or
    /// that specs cannot hold (`binary`).
    pub(super) fn of_tag(name: &str) -> Option<ScalarKind> {
        Some(match name {
            "null" => ScalarKind::Null,
            "bool" => ScalarKind::Bool,
            "int" => ScalarKind::Int,
            "float" => ScalarKind::Float,
            "timestamp" => ScalarKind::Timestamp,
            "str" => ScalarKind::Text,
            _ => return None,
        })
    }

    /// The name for messages, with its article.
    pub(super) fn name(self) -> &'static str {
        match self {
            ScalarKind::Null => "null",
            ScalarKind::Bool => "a boolean",
            ScalarKind::Int => "an integer",
            ScalarKind::Float => "a float",
            ScalarKind::Timestamp => "a date",
            ScalarKind::Text => "text",
        }
    }

    /// The kind of an untagged plain scalar, by its form (PyYAML's `resolver.py`).
    pub(super) fn of_plain(text: &str) -> ScalarKind {
        match text.as_bytes().first() {
            None => ScalarKind::Null,
            Some(b'~' | b'n' | b'N') if is_null(text) => ScalarKind::Null,
            Some(b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O') if truth(text).is_some() => {
                ScalarKind::Bool
            }
            Some(b'-' | b'+' | b'.' | b'0'..=b'9') => of_number(text),
            Some(_) => ScalarKind::Text,
        }
    }

    /// The value of a scalar of this kind; `None` where the text has not the form.
    pub(super) fn value(self, text: &str) -> Option<ConstantKind> {
        match self {
            ScalarKind::Null => Some(ConstantKind::Null),
            ScalarKind::Bool => any_case_truth(text).map(ConstantKind::Bool),
            ScalarKind::Int => integer(text),
            ScalarKind::Float => float(text).map(ConstantKind::Float),
            ScalarKind::Timestamp => timestamp(text).map(|text| ConstantKind::Text(text.into())),
            ScalarKind::Text => Some(ConstantKind::Text(text.into())),
        }
    }
}

fn is_null(text: &str) -> bool {
    matches!(text, "~" | "null" | "Null" | "NULL")
}

/// The resolver takes three cases of each word: `yes`, `Yes`, `YES`.
fn truth(text: &str) -> Option<bool> {
    let (first, rest) = text.split_at_checked(1)?;
    let lower = rest.bytes().all(|byte| byte.is_ascii_lowercase());
    let upper =
        first.bytes().all(|byte| byte.is_ascii_uppercase()) && rest.bytes().all(|byte| byte.is_ascii_uppercase());
    if lower || upper { any_case_truth(text) } else { None }
}

/// The constructor, which an explicit `!!bool` reaches, takes any case.
fn any_case_truth(text: &str) -> Option<bool> {
    const TRUE: [&str; 3] = ["yes", "true", "on"];
    const FALSE: [&str; 3] = ["no", "false", "off"];
    let is = |word: &&str| word.eq_ignore_ascii_case(text);
    match (TRUE.iter().any(is), FALSE.iter().any(is)) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

fn pattern(text: &'static str) -> Regex {
    Regex::new(text).expect("the patterns of this file are valid, a test compiles each")
}

static FLOAT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?",
        r"|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?",
        r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*",
        r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
    ))
});

static INTEGER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+",
        r"|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$"
    ))
});

static TIMESTAMP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"^(?<year>[0-9]{4})-(?<month>[0-9]{1,2})-(?<day>[0-9]{1,2})",
        r"(?:(?:[Tt]|[ \t]+)(?<hour>[0-9]{1,2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})(?:\.(?<fraction>[0-9]*))?",
        r"(?:[ \t]*(?:(?<utc>Z)|(?<sign>[-+])(?<zone_hour>[0-9]{1,2})(?::(?<zone_minute>[0-9]{2}))?))?)?$"
    ))
});

fn of_number(text: &str) -> ScalarKind {
    // PyYAML asks in this order; no text has two of the forms.
    if FLOAT.is_match(text) {
        ScalarKind::Float
    } else if INTEGER.is_match(text) {
        ScalarKind::Int
    } else if TIMESTAMP.is_match(text) && text.len() >= "2000-01-01".len() {
        // The resolver wants two digits for month and day where no time follows; any time makes it longer.
        ScalarKind::Timestamp
    } else {
        ScalarKind::Text
    }
}

fn integer(text: &str) -> Option<ConstantKind> {
    let digits = text.replace('_', "");
    let (negative, digits) = signed(&digits);
    if digits.len() > LONGEST_NUMBER {
        return None;
    }
    let magnitude = if let Some(binary) = digits.strip_prefix("0b") {
        whole(binary, 2)?
    } else if let Some(hexadecimal) = digits.strip_prefix("0x") {
        whole(hexadecimal, 16)?
    } else if digits.starts_with('0') {
        whole(digits, 8)?
    } else {
        sixties(digits)?
    };
    let value = if negative { -magnitude } else { magnitude };
    Some(match i64::try_from(&value) {
        Ok(value) => ConstantKind::Int(value),
        Err(_) => ConstantKind::BigInt(value.to_string().into()),
    })
}

fn signed(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn whole(digits: &str, radix: u32) -> Option<BigInt> {
    digits.starts_with(|first: char| first.is_ascii_alphanumeric()).then_some(())?;
    BigInt::parse_bytes(digits.as_bytes(), radix)
}

/// `1:30` is 90: the parts count sixty of the next. A lone part is decimal.
fn sixties(text: &str) -> Option<BigInt> {
    text.split(':').try_fold(BigInt::ZERO, |sum, part| Some(sum * 60 + whole(part, 10)?))
}

fn float(text: &str) -> Option<f64> {
    let digits = text.replace('_', "").to_ascii_lowercase();
    let (negative, digits) = signed(&digits);
    if digits.len() > LONGEST_NUMBER {
        return None;
    }
    let magnitude = match digits {
        ".inf" => f64::INFINITY,
        ".nan" => f64::NAN,
        _ if digits.contains(':') => float_sixties(digits)?,
        // What Rust's parser takes and a scalar may not say: `inf`, `nan`, `infinity`.
        _ if digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') => digits.parse().ok()?,
        _ => return None,
    };
    Some(if negative { -magnitude } else { magnitude })
}

/// Summed from the last part on, as PyYAML does: the rounding is the same.
fn float_sixties(digits: &str) -> Option<f64> {
    let mut base = 1.0;
    digits.rsplit(':').try_fold(0.0, |sum, part| {
        let sum = sum + part.parse::<f64>().ok()? * base;
        base *= 60.0;
        Some(sum)
    })
}

/// The text `str()` gives the date or datetime that PyYAML makes.
fn timestamp(text: &str) -> Option<String> {
    let parts = TIMESTAMP.captures(text)?;
    let number = |name: &str| parts.name(name).and_then(|part| part.as_str().parse::<i16>().ok());
    let small = |name: &str| number(name).and_then(|number| i8::try_from(number).ok());
    let year = number("year").filter(|year| *year > 0)?;
    let date = jiff::civil::Date::new(year, small("month")?, small("day")?).ok()?;
    let Some(hour) = small("hour") else { return Some(date.to_string()) };
    let (minute, second) = (small("minute")?, small("second")?);
    // jiff takes a leap second, Python does not.
    (second < 60).then(|| jiff::civil::Time::new(hour, minute, second, 0).ok()).flatten()?;
    let mut out = format!("{date} {hour:02}:{minute:02}:{second:02}");
    let fraction = parts.name("fraction").map_or("", |part| part.as_str());
    let micros: String = fraction.chars().chain("000000".chars()).take(6).collect();
    if micros != "000000" {
        out.push('.');
        out.push_str(&micros);
    }
    out.push_str(&zone(&parts)?);
    Some(out)
}

fn zone(parts: &regex::Captures<'_>) -> Option<String> {
    if parts.name("utc").is_some() {
        return Some("+00:00".to_owned());
    }
    let Some(sign) = parts.name("sign") else { return Some(String::new()) };
    let number = |name: &str| parts.name(name).map_or(Some(0), |part| part.as_str().parse::<u32>().ok());
    let minutes = number("zone_hour")? * 60 + number("zone_minute")?;
    let sign = if minutes == 0 { "+" } else { sign.as_str() };
    // Python's zones end before a day.
    (minutes < 24 * 60).then(|| format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60))
}
