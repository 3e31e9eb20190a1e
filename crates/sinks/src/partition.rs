//! Where in a destination the files of an event go: a template such as `{format}/date={date}/`.
//!
//! Why so: `docs/decisions/0145`.

use crate::batch::Event;
use serde::{Deserialize, Serialize};
use std::fmt::Write;
use std::str::FromStr;
use weir::json::raw;

/// A template of folders. Between braces stand `format`, `date`, `year`, `month`, `day` and `hour` of the event's `@timestamp` in UTC (of when it was
/// received, where it has none), or the dotted name of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Template {
    text: String,
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Format,
    Time(TimePart),
    Field(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TimePart {
    Date,
    Year,
    Month,
    Day,
    Hour,
}

const TIME_PARTS: &[(&str, TimePart)] = &[
    ("date", TimePart::Date),
    ("year", TimePart::Year),
    ("month", TimePart::Month),
    ("day", TimePart::Day),
    ("hour", TimePart::Hour),
];

/// What Hive, and all who read its layout, take for null.
const NONE: &str = "__HIVE_DEFAULT_PARTITION__";

/// The longest value of a field in a path, in bytes.
const LONGEST: usize = 100;

impl Template {
    /// Whether events of different formats are always in different folders.
    pub(crate) fn has_format(&self) -> bool {
        self.pieces.contains(&Piece::Format)
    }

    /// Whether the path depends on the time of an event.
    pub(crate) fn has_time(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Time(_)))
    }

    /// Appends the path for an event, with a slash at its end unless it is empty. `time` is in microseconds since 1970.
    pub(crate) fn write(&self, event: &Event<'_>, time: i64, path: &mut String) {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => path.push_str(text),
                Piece::Format => path.push_str(&escaped(event.format)),
                Piece::Time(part) => part.write(path, time),
                Piece::Field(name) => write_field(path, event.json, name),
            }
        }
    }
}

impl FromStr for Template {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text.trim_end_matches('/');
        while let Some((before, behind)) = rest.split_once('{') {
            let (name, after) = behind.split_once('}').ok_or_else(|| format!("`{text}`: a brace is not closed"))?;
            pieces.extend((!before.is_empty()).then(|| Piece::Text(before.to_owned())));
            pieces.push(placeholder(name).ok_or_else(|| format!("`{text}`: `{{{name}}}` is neither format, date, year, month, day, hour nor the dotted name of a field"))?);
            rest = after;
        }
        let end = if rest.is_empty() && pieces.is_empty() { String::new() } else { format!("{rest}/") };
        pieces.extend((!end.is_empty()).then_some(Piece::Text(end)));
        check(text)?;
        Ok(Template { text: text.to_owned(), pieces })
    }
}

fn placeholder(name: &str) -> Option<Piece> {
    let is_name = !name.is_empty() && name.split('.').all(|part| !part.is_empty() && !part.contains(['{', '/', ' ']));
    let time = TIME_PARTS.iter().find(|(known, _)| *known == name).map(|(_, part)| Piece::Time(*part));
    let format = (name == "format").then_some(Piece::Format);
    let field = (is_name && (name.contains('.') || name.starts_with('@'))).then(|| Piece::Field(name.to_owned()));
    time.or(format).or(field)
}

/// A path goes down from the destination, and nowhere else.
fn check(text: &str) -> Result<(), String> {
    let is_part = |part: &str| !part.is_empty() && !part.starts_with('.');
    let goes_down = text.is_empty() || text.trim_end_matches('/').split('/').all(is_part);
    match goes_down
        && !text.contains(['\\', '\0', '\n', '\r'])
        && text.matches('{').count() == text.matches('}').count()
    {
        true => Ok(()),
        false => Err(format!("`{text}` is no path below the destination: no part of it is empty or begins with a dot")),
    }
}

impl TimePart {
    fn write(self, path: &mut String, time: i64) {
        let moment = jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::from_microsecond(time).unwrap_or_default());
        let result = match self {
            TimePart::Date => write!(path, "{:04}-{:02}-{:02}", moment.year(), moment.month(), moment.day()),
            TimePart::Year => write!(path, "{:04}", moment.year()),
            TimePart::Month => write!(path, "{:02}", moment.month()),
            TimePart::Day => write!(path, "{:02}", moment.day()),
            TimePart::Hour => write!(path, "{:02}", moment.hour()),
        };
        result.expect("a String takes all that is written");
    }
}

fn write_field(path: &mut String, json: &[u8], name: &str) {
    let mut value = raw::utf8(json).ok();
    for part in name.split('.') {
        value = value.and_then(|value| raw::member(value, part).ok().flatten());
    }
    let text =
        value.and_then(|value| if value.starts_with('"') { raw::string(value).ok() } else { Some(value.into()) });
    match text {
        Some(text) if !text.is_empty() && !text.starts_with(['{', '[']) => path.push_str(&escaped(beginning(&text))),
        _ => path.push_str(NONE),
    }
}

/// The beginning of a text that is short enough for a path.
fn beginning(text: &str) -> &str {
    let ends = text.char_indices().map(|(at, letter)| at + letter.len_utf8());
    &text[..ends.take_while(|end| *end <= LONGEST).last().unwrap_or_default()]
}

/// As Hive writes values into paths: anything that is not a plain letter is escaped. So no value leaves its folder, and no two are alike.
pub(crate) fn escaped(value: &str) -> String {
    let mut path = String::with_capacity(value.len());
    for (at, byte) in value.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'+' | b'@' => path.push(char::from(byte)),
            b'.' if at > 0 => path.push('.'),
            _ => write!(path, "%{byte:02X}").expect("a String takes all that is written"),
        }
    }
    path
}

impl TryFrom<String> for Template {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Template> for String {
    fn from(template: Template) -> Self {
        template.text
    }
}

/// The time of an event, in microseconds since 1970: its `@timestamp`, else when it was received.
pub(crate) fn time_of(event: &Event<'_>) -> i64 {
    let text = raw::utf8(event.json).ok();
    let timestamp = text.and_then(|text| raw::member(text, "@timestamp").ok().flatten());
    let time = timestamp.and_then(|text| weir::time::microseconds(text.trim_matches('"')));
    time.unwrap_or_else(|| event.received.saturating_mul(1_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Place;

    fn path(template: &str, json: &str) -> String {
        let place = Place { sequence: 1, record: 0 };
        let event = Event { json: json.as_bytes(), id: 1, format: "a/b", place, received: 0 };
        let mut path = String::new();
        template.parse::<Template>().expect(template).write(&event, time_of(&event), &mut path);
        path
    }

    #[test]
    fn a_template_makes_a_path() {
        let json = r#"{"cloud":{"account":{"id":"12"}},"@timestamp":"2026-11-30T23:59:59.999999Z"}"#;
        assert_eq!(path("{format}/date={date}/", json), "a%2Fb/date=2026-11-30/");
        assert_eq!(path("x/{year}{month}{day}/h={hour}", json), "x/20261130/h=23/");
        assert_eq!(path("account={cloud.account.id}", json), "account=12/");
        assert_eq!(path("zone={cloud.zone}", json), "zone=__HIVE_DEFAULT_PARTITION__/");
        assert_eq!(path("", json), "");
        assert_eq!(path("{date}", "{}"), "1970-01-01/");
    }

    #[test]
    fn no_value_leaves_its_folder() {
        for value in ["../../etc", "/etc", "..", ".", "a\\u0000b", "a\\\\b", "a/b", "{", "%2e%2e"] {
            let path = path("x={a.b}", &format!(r#"{{"a":{{"b":"{value}"}}}}"#));
            let (folder, rest) = path.split_once('/').expect("a slash");
            assert!(rest.is_empty() && folder.starts_with("x=") && !folder.contains(['\\', '\0']), "{path}");
            assert!(!folder.contains("=."), "{path}");
        }
        assert!(path("{a.b}", &format!(r#"{{"a":{{"b":"{}"}}}}"#, "é".repeat(1000))).len() < 310);
    }

    #[test]
    fn what_is_no_template_is_refused_with_the_reason() {
        for wrong in ["/a", "a//b", "../a", "a/./b", "{", "{nothing}", "{a b}", "a}b", ".hidden", "a\\b"] {
            assert!(wrong.parse::<Template>().is_err(), "{wrong}");
        }
        assert!("{formt}".parse::<Template>().expect_err("no name").contains("format"));
    }
}
