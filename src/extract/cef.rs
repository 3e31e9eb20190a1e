//! `cef.parse-cef`: ArcSight's Common Event Format.
//!
//! The rules follow 203 recorded events; the numbers count the events that tell.
//! - The header may stand behind a syslog header, and `CEF:` itself may be missing (5).
//! - Escapes (`\=`, `\|`, `\\`) stay as they are written (14): specs undo them where they need to.
//! - Of equal keys the first one counts (9). A value in quotes loses them (4). White space around values goes.
//! - A key's value is there under the text of its label too: `cs1=x cs1Label=Rule` gives `Rule` as well (35).

use super::header::Header;
use super::made::{KeyReader, Made};
use super::{Entry, Example, Extractor, Properties, trim, unquote};
use crate::diagnostic::Diagnostics;
use crate::value::{Fault, Map, Value};
use bumpalo::collections::Vec as ArenaVec;
use memchr::memchr;

pub(super) const ENTRIES: &[Entry] = &[Entry {
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
    compile,
}];

const HEADER: Header = Header {
    marker: "CEF:",
    fields: &["CEFVersion", "DeviceVendor", "DeviceProduct", "DeviceVersion", "DeviceEventClassID", "Name", "Severity"],
    least: 7,
};

fn compile(_: &Properties<'_>, _: &mut Diagnostics) -> Option<Box<dyn Extractor>> {
    Some(Box::new(Cef))
}

#[derive(Debug)]
struct Cef;

impl KeyReader for Cef {
    fn read<'a>(&self, text: &'a str, made: &Made<'_, 'a>) -> Result<(), Fault> {
        let extension = HEADER.read(text, made)?;
        let arena = made.job().arena;
        let (mut pairs, mut is_label_wanted) = (ArenaVec::with_capacity_in(COMMON, arena.bump()), false);
        for (key, value) in Pairs::new(extension).filter(|(_, value)| !value.is_empty()) {
            arena.spend(size_of::<(&str, &str)>() as u64)?;
            pairs.push((key, value));
            made.set_first(key, Value::Text(value))?;
            is_label_wanted |= labelled(key).is_some() && made.wants(value);
        }
        if is_label_wanted { enter_labelled(&pairs, made) } else { Ok(()) }
    }
}

/// How many pairs an extension has at most, as a rule.
const COMMON: usize = 32;

/// The key that a key labels.
fn labelled(key: &str) -> Option<&str> {
    key.strip_suffix("Label").filter(|labelled| !labelled.is_empty())
}

/// Sets labelled values under their labels; of two labels for one key the first counts, wanted or not.
fn enter_labelled<'a>(pairs: &[(&'a str, &'a str)], made: &Made<'_, 'a>) -> Result<(), Fault> {
    let arena = made.job().arena;
    let labels = Map::new(arena);
    for (key, label) in pairs {
        if let Some(key) = labelled(key) {
            labels.insert_first(arena, Value::Text(key), Value::Text(label))?;
        }
    }
    for (key, value) in pairs {
        if let Some(Value::Text(label)) = labels.get_text(key) {
            made.set_first(label, Value::Text(value))?;
        }
    }
    Ok(())
}

/// Walks over the pairs of an extension: a key is a word behind white space and before `=`, its value all up to the next.
struct Pairs<'a> {
    text: &'a str,
    /// The next key, as the range of its letters.
    key: Option<(usize, usize)>,
}

impl<'a> Pairs<'a> {
    fn new(text: &'a str) -> Self {
        Pairs { text, key: next_key(text, 0) }
    }
}

impl<'a> Iterator for Pairs<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let (start, end) = self.key?;
        let value = end + 1;
        self.key = next_key(self.text, value);
        // One space separates the pairs; further ones belong to the value, whose quotes then do not enclose it.
        let value = match self.key {
            // A backslash before the next pair escapes nothing, and goes.
            Some((next, _)) => trim(unquote(without_last(&self.text[value..next]))).trim_end_matches('\\'),
            None => trim(unquote(&self.text[value..])),
        };
        Some((&self.text[start..end], value))
    }
}

fn without_last(text: &str) -> &str {
    let mut letters = text.chars();
    letters.next_back();
    letters.as_str()
}

fn next_key(text: &str, from: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut lower = from;
    loop {
        let equals = lower + memchr(b'=', bytes.get(lower..)?)?;
        let letters = bytes[lower..equals].iter().rev().take_while(|byte| IN_KEY[usize::from(**byte)]).count();
        let start = equals - letters;
        if letters > 0 && (start == 0 || text[..start].ends_with(super::is_space)) {
            return Some((start, equals));
        }
        lower = equals + 1;
    }
}

/// The bytes that a key has.
static IN_KEY: [bool; 256] = {
    let mut in_key = [false; 256];
    let mut byte = 0;
    while byte < in_key.len() {
        in_key[byte] = (byte as u8).is_ascii_alphanumeric() || matches!(byte as u8, b'_' | b'.' | b'-' | b'[' | b']');
        byte += 1;
    }
    in_key
};
