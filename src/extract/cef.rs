//! `cef.parse-cef`: ArcSight's Common Event Format.
//!
//! The rules follow 203 recorded events; the numbers count the events that tell.
//! - The header may stand behind a syslog header, and `CEF:` itself may be missing (5).
//! - Escapes (`\=`, `\|`, `\\`) stay as they are written (14): specs undo them where they need to. A backslash before the
//!   blank that ends a value escapes nothing, and goes (4); one that is escaped itself stays.
//! - A key is a word of letters, digits and `_.-[]` behind white space and before `=`; other marks make none (2). Blanks
//!   before the `=` do not hinder it where the value follows at once (no event tells).
//! - Of equal keys the first one counts (9). A value in quotes loses them (4). White space around values goes.
//! - A key's value is there under the text of its label too: `cs1=x cs1Label=Rule` gives `Rule` as well (35).

use super::description::{Description, Example, MESSAGE};
use super::extractor::{CompiledExtractor, Extractor};
use super::header::{Header, backslashes_before};
use super::properties::Properties;
use super::sink::{KeyValueSink, MOST_REMARKS, ResultSink};
use super::text::{short, text_input, trim, unquote};
use crate::diagnostic::Diagnostics;
use crate::value::text::is_space;
use crate::value::{Fault, Map, Value};
use bumpalo::collections::Vec as ArenaVec;
use memchr::memchr;

pub(super) const EXTRACTORS: &[Description] = &[Description {
    name: "cef.parse-cef",
    properties: &[],
    summary: "Reads a CEF event: its header as `CEFVersion`, `DeviceVendor`, `DeviceProduct`, `DeviceVersion`, \
              `DeviceEventClassID`, `Name` and `Severity`, then its extension's keys and labels.",
    examples: &[
        Example {
            properties: "{}",
            input: "<134>host CEF:0|Acme|Wall|1.2|42|Flow denied|5|src=192.0.2.1 msg=no rule matched cs1=deny-all cs1Label=Rule",
            result: r#"{"CEFVersion": "0", "DeviceVendor": "Acme", "DeviceProduct": "Wall", "DeviceVersion": "1.2",
                "DeviceEventClassID": "42", "Name": "Flow denied", "Severity": "5", "src": "192.0.2.1",
                "msg": "no rule matched", "cs1": "deny-all", "cs1Label": "Rule", "Rule": "deny-all"}"#,
        },
        Example {
            properties: "{}",
            input: r"0|Acme|Wall|1|7|Login|3|suser=CN\=jane dn:=x act=",
            result: r#"{"CEFVersion": "0", "DeviceVendor": "Acme", "DeviceProduct": "Wall", "DeviceVersion": "1",
                "DeviceEventClassID": "7", "Name": "Login", "Severity": "3", "suser": "CN\\=jane dn:=x"}"#,
        },
    ],
    default_input: MESSAGE,
    compile,
}];

const HEADER: Header = Header {
    marker: "CEF:",
    fields: &["CEFVersion", "DeviceVendor", "DeviceProduct", "DeviceVersion", "DeviceEventClassID", "Name", "Severity"],
    least: 7,
};

fn compile(_: &Properties<'_>, _: &mut Diagnostics) -> Option<CompiledExtractor> {
    Some(CompiledExtractor::new(Cef))
}

#[derive(Debug)]
struct Cef;

impl Extractor for Cef {
    fn extract<'a>(&self, input: Value<'a>, sink: &ResultSink<'_, 'a>) -> Result<Value<'a>, Fault> {
        let text = text_input(input)?;
        sink.remark(|| remarks(text));
        let (result, arena) = (KeyValueSink::new(sink), sink.arena);
        let extension = HEADER.read(text, &result)?;
        let (mut pairs, mut is_label_wanted) = (ArenaVec::with_capacity_in(COMMON, arena.bump()), false);
        for CefPair { key, value, .. } in CefPairs::new(extension).filter(|pair| !pair.value.is_empty()) {
            arena.spend(size_of::<(&str, &str)>() as u64)?;
            pairs.push((key, value));
            result.set_first(key, Value::Text(value))?;
            is_label_wanted |= labelled(key).is_some() && result.wants(value);
        }
        if is_label_wanted {
            enter_labelled(&pairs, &result)?;
        }
        Ok(result.finish())
    }
}

fn remarks(text: &str) -> Vec<String> {
    let Some(extension) = HEADER.rest(text) else { return Vec::new() };
    let lead = trim(&extension[..next_key(extension, 0).map_or(extension.len(), |key| key.start)]);
    let lead = (!lead.is_empty()).then(|| format!("ignored `{}` before the first key", short(lead)));
    lead.into_iter().chain(CefPairs::new(extension).flat_map(of_pair)).take(MOST_REMARKS).collect()
}

/// What to say of a pair: it has no value, a backslash was taken off, or a part looks like a pair of its own.
fn of_pair(pair: CefPair<'_>) -> impl Iterator<Item = String> {
    let key = short(pair.key);
    let empty = pair.value.is_empty().then(|| format!("ignored `{key}`, which has no value"));
    let cut = pair.is_cut.then(|| format!("ignored the backslash at the end of `{key}`, which escapes nothing"));
    let words = pair.value.match_indices('=').filter(|(at, _)| backslashes_before(pair.value, *at).is_multiple_of(2));
    let words =
        words.filter_map(|(at, _)| pair.value[..at].split(is_space).next_back().filter(|word| !word.is_empty()));
    let inside = words.filter(|word| word.len() < pair.value.len()).map(|word| format!("`{}=`", short(word)));
    let inside: Vec<String> = inside.collect();
    let inside = (!inside.is_empty()).then(|| format!("{} is text inside `{key}`, not a new pair", inside.join(", ")));
    empty.into_iter().chain(cut).chain(inside)
}

/// How many pairs an extension has at most, as a rule.
const COMMON: usize = 32;

/// The key that a key labels.
fn labelled(key: &str) -> Option<&str> {
    key.strip_suffix("Label").filter(|labelled| !labelled.is_empty())
}

/// Sets labelled values under their labels; of two labels for one key the first counts, wanted or not.
fn enter_labelled<'a>(pairs: &[(&'a str, &'a str)], result: &KeyValueSink<'_, 'a>) -> Result<(), Fault> {
    let arena = result.arena();
    let labels = Map::new(arena);
    for (key, label) in pairs {
        if let Some(key) = labelled(key) {
            labels.insert_first(arena, Value::Text(key), Value::Text(label))?;
        }
    }
    for (key, value) in pairs {
        if let Some(Value::Text(label)) = labels.get_text(key) {
            result.set_first(label, Value::Text(value))?;
        }
    }
    Ok(())
}

/// Walks over the pairs of an extension: a key is a word behind white space and before `=`, its value all up to the next.
struct CefPairs<'a> {
    text: &'a str,
    next: Option<CefKey>,
}

/// A key, and its value without the white space and quotes around it.
#[derive(Clone, Copy)]
struct CefPair<'a> {
    key: &'a str,
    value: &'a str,
    /// Whether a backslash at the value's end was taken off.
    is_cut: bool,
}

/// Where a key's letters begin and end, and where its value begins.
#[derive(Clone, Copy)]
struct CefKey {
    start: usize,
    end: usize,
    value: usize,
}

impl<'a> CefPairs<'a> {
    fn new(text: &'a str) -> Self {
        CefPairs { text, next: next_key(text, 0) }
    }
}

impl<'a> Iterator for CefPairs<'a> {
    type Item = CefPair<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let CefKey { start, end, value } = self.next?;
        self.next = next_key(self.text, value);
        let key = &self.text[start..end];
        // One space separates the pairs; further ones belong to the value, whose quotes then do not enclose it.
        let Some(CefKey { start: next, .. }) = self.next else {
            return Some(CefPair { key, value: trim(unquote(&self.text[value..])), is_cut: false });
        };
        let value = trim(unquote(without_last(&self.text[value..next])));
        let is_cut = !backslashes_before(value, value.len()).is_multiple_of(2);
        Some(CefPair { key, value: &value[..value.len() - usize::from(is_cut)], is_cut })
    }
}

fn without_last(text: &str) -> &str {
    let mut letters = text.chars();
    letters.next_back();
    letters.as_str()
}

fn next_key(text: &str, from: usize) -> Option<CefKey> {
    let bytes = text.as_bytes();
    let mut lower = from;
    loop {
        let equals = lower + memchr(b'=', bytes.get(lower..)?)?;
        let end = key_end(text, lower, equals);
        let letters = bytes[lower..end].iter().rev().take_while(|byte| IN_KEY[usize::from(**byte)]).count();
        let start = key_start(text, end - letters, end);
        if start < end && (start == 0 || text[..start].ends_with(is_space)) {
            return Some(CefKey { start, end, value: equals + 1 });
        }
        lower = equals + 1;
    }
}

/// Where the key ends that an equals sign may have: before the blanks in front of it, if none are behind it.
fn key_end(text: &str, from: usize, equals: usize) -> usize {
    let before = &text[from..equals];
    if !before.ends_with(is_space) || text[equals + 1..].chars().next().is_none_or(is_space) {
        return equals;
    }
    from + before.trim_end_matches(is_space).len()
}

/// Where a key begins: its bytes may begin there, but beyond ASCII only letters and digits are of it.
fn key_start(text: &str, start: usize, end: usize) -> usize {
    match text.get(start..end) {
        Some(key) if key.is_ascii() => start,
        Some(key) => {
            let is_of_key = |letter: char| letter.is_alphanumeric() || letter.is_ascii();
            end - (key.len() - key.trim_end_matches(is_of_key).len())
        }
        None => end,
    }
}

/// The bytes that a key may have.
static IN_KEY: [bool; 256] = {
    let mut in_key = [false; 256];
    let mut byte = 0;
    while byte < in_key.len() {
        let letter = byte as u8;
        in_key[byte] = letter.is_ascii_alphanumeric() || matches!(letter, b'_' | b'.' | b'-' | b'[' | b']' | 0x80..);
        byte += 1;
    }
    in_key
};
