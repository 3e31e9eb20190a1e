//! The extractors: text → values. Each is a description with one function.

mod cef;
mod date;
mod description;
mod dict;
mod dsv;
mod extractor;
mod finder;
pub mod findings;
mod grok;
mod header;
mod json;
mod kv;
mod leef;
mod properties;
mod separator;
mod sink;
mod text;
mod xml;

pub use description::{Description, Example, Property};
pub use extractor::{CompiledExtractor, Extractor, InputAlternative, ResultKeys};
pub use grok::{KnownGrok, expanded_grok, grok_library};
pub use properties::Properties;
pub use sink::{MOST_REMARKS, Observed, ResultSink};

/// The extractors by file, in the manual's order. A new one is named here.
const TABLE: &[&[Description]] = &[
    json::EXTRACTORS,
    kv::EXTRACTORS,
    dsv::EXTRACTORS,
    grok::EXTRACTORS,
    date::EXTRACTORS,
    cef::EXTRACTORS,
    leef::EXTRACTORS,
    dict::EXTRACTORS,
    xml::EXTRACTORS,
    xml::windows_event::EXTRACTORS,
];

/// The extractor under a name in any of its spellings: `json.parse-json`, `json.parse_json`, `json.parseJSON`; without its
/// room, `parse-json`, where no other extractor has that verb.
pub fn find(name: &str) -> Option<&'static Description> {
    let with_room = name.contains('.');
    let mut matching = all().filter(|extractor| {
        let known = if with_room { extractor.name } else { verb(extractor.name) };
        spelling(known).eq(spelling(name))
    });
    let extractor = matching.next()?;
    matching.next().is_none().then_some(extractor)
}

/// All extractors, in the manual's order.
pub fn all() -> impl Iterator<Item = &'static Description> {
    TABLE.iter().copied().flatten()
}

/// The names of all extractors, for a "did you mean".
pub fn names() -> impl Iterator<Item = &'static str> {
    all().map(|extractor| extractor.name)
}

fn verb(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// What is left of a name once case and the marks between words do not count.
fn spelling(name: &str) -> impl Iterator<Item = char> {
    name.trim().chars().filter(|letter| !matches!(letter, '-' | '_')).map(|letter| letter.to_ascii_lowercase())
}
