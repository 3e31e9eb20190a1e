//! `leef.parse-leef`: QRadar's Log Event Extended Format, versions 1.0 and 2.0.
//!
//! The rules follow 51 recorded events: the header's keys are those of CEF but for the version's, which no event reads and
//! which the public documentation calls `LEEFVersion`; and a tab that a syslog relay wrote out as
//! `#011` separates where no tab does (7). As in CEF, which no LEEF event contradicts, the marker may be missing and the
//! first of equal keys counts. White space around keys and values goes.

use super::description::{Description, Example, MESSAGE};
use super::extractor::{CompiledExtractor, Extractor};
use super::header::Header;
use super::properties::Properties;
use super::sink::{KeyValueSink, MOST_REMARKS, ResultSink};
use super::text::{short, text_input, trim};
use crate::diagnostic::Diagnostics;
use crate::value::{Fault, Value};

pub(super) const EXTRACTORS: &[Description] = &[Description {
    name: "leef.parse-leef",
    properties: &[],
    summary: "Reads a LEEF event: its header as `LEEFVersion`, `DeviceVendor`, `DeviceProduct`, `DeviceVersion` and \
              `DeviceEventClassID`, then its attributes, between tabs or what version 2 names as its delimiter.",
    examples: &[
        Example {
            properties: "{}",
            input: "LEEF:1.0|Acme|Wall|1.2|deny|src=192.0.2.1\tusrName=Jane Doe\tpolicy=",
            result: r#"{"LEEFVersion": "1.0", "DeviceVendor": "Acme", "DeviceProduct": "Wall", "DeviceVersion": "1.2",
                "DeviceEventClassID": "deny", "src": "192.0.2.1", "usrName": "Jane Doe"}"#,
        },
        Example {
            properties: "{}",
            input: "<13>host LEEF:2.0|Acme|Wall|1.2|deny|0x5E|src=192.0.2.1^url=/a?b=c",
            result: r#"{"LEEFVersion": "2.0", "DeviceVendor": "Acme", "DeviceProduct": "Wall", "DeviceVersion": "1.2",
                "DeviceEventClassID": "deny", "src": "192.0.2.1", "url": "/a?b=c"}"#,
        },
    ],
    default_input: MESSAGE,
    compile,
}];

const HEADER: Header = Header {
    marker: "LEEF:",
    fields: &["LEEFVersion", "DeviceVendor", "DeviceProduct", "DeviceVersion", "DeviceEventClassID"],
    least: 5,
};

/// How some syslog relays write a tab.
const WRITTEN_TAB: &str = "#011";

fn compile(_: &Properties<'_>, _: &mut Diagnostics) -> Option<CompiledExtractor> {
    Some(CompiledExtractor::new(Leef))
}

#[derive(Debug)]
struct Leef;

impl Extractor for Leef {
    fn extract<'a>(&self, input: Value<'a>, sink: &ResultSink<'_, 'a>) -> Result<Value<'a>, Fault> {
        let text = text_input(input)?;
        sink.remark(|| remarks(text));
        let result = KeyValueSink::new(sink);
        match Attributes::of(text, HEADER.read(text, &result)?) {
            Attributes::Split(attributes, delimiter) => enter(attributes.split(delimiter), &result)?,
            Attributes::Written(attributes) => enter(attributes.split(WRITTEN_TAB), &result)?,
        }
        Ok(result.finish())
    }
}

fn remarks(text: &str) -> Vec<String> {
    let Some(rest) = HEADER.rest(text) else { return Vec::new() };
    let attributes: Vec<&str> = match Attributes::of(text, rest) {
        Attributes::Split(attributes, delimiter) => attributes.split(delimiter).collect(),
        Attributes::Written(attributes) => attributes.split(WRITTEN_TAB).collect(),
    };
    attributes.into_iter().filter_map(of_attribute).take(MOST_REMARKS).collect()
}

/// The attributes of an event, with what stands between them.
enum Attributes<'a> {
    Split(&'a str, char),
    /// Tabs, as some syslog relays write them.
    Written(&'a str),
}

impl<'a> Attributes<'a> {
    /// Those behind the header of an event.
    fn of(text: &str, rest: &'a str) -> Self {
        match if is_second(text) { delimiter(rest) } else { None } {
            Some((delimiter, attributes)) => Attributes::Split(attributes, delimiter),
            None if rest.contains('\t') => Attributes::Split(rest, '\t'),
            None => Attributes::Written(rest),
        }
    }
}

/// What to say of an attribute: it has no key or no value.
fn of_attribute(attribute: &str) -> Option<String> {
    match attribute.split_once('=') {
        _ if trim(attribute).is_empty() => None,
        Some((_, value)) if !trim(value).is_empty() => None,
        Some((key, _)) => Some(format!("ignored `{}`, which has no value", short(trim(key)))),
        None => Some(format!("ignored `{}`, which has no key", short(trim(attribute)))),
    }
}

/// Enters the attributes that are wanted and not empty; of equal keys the first counts.
fn enter<'a>(items: impl Iterator<Item = &'a str>, result: &KeyValueSink<'_, 'a>) -> Result<(), Fault> {
    for (key, value) in items.filter_map(|item| item.split_once('=')) {
        result.arena().spend(1)?;
        let (key, value) = (trim(key), trim(value));
        if !value.is_empty() {
            result.set_first(key, Value::Text(value))?;
        }
    }
    Ok(())
}

/// Whether the header says version 2, which names the delimiter.
fn is_second(text: &str) -> bool {
    let version = text.split_once(HEADER.marker).map_or(text, |(_, rest)| rest);
    trim(version).starts_with('2')
}

/// The delimiter field of version 2, a character, its code in hexadecimal (`x5E`, `0x5E`) or a tab written out (`\t`), and
/// the attributes behind it; an empty field is a tab. `None` where the field is left out.
fn delimiter(rest: &str) -> Option<(char, &str)> {
    let (field, attributes) = rest.split_once('|')?;
    let mut letters = field.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return Some((letter, attributes));
    }
    if matches!(field, "" | r"\t") {
        return Some(('\t', attributes));
    }
    let digits = field.strip_prefix('0').unwrap_or(field).strip_prefix(['x', 'X'])?;
    let code = u32::from_str_radix(digits, 16).ok()?;
    Some((char::from_u32(code)?, attributes))
}
