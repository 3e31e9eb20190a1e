//! Which bytes of the message a value came from: shown under it, and as data.
//!
//! Why so: `docs/decisions/0175`.

use super::explained::Explained;
use super::words::Words;
use crate::dotted::is_related;
use crate::styled::Writer;
use serde::Serialize;
use std::fmt::{self, Write};
use std::ops::Range;
use weir::diagnostic::Span;
use weir::run::{ByteOrigin, Effect, Finish, Relation, WorkTrace};

/// How many characters of the message are shown on a line.
const SHOWN: usize = 100;

/// How many characters stand before the bytes that are marked.
const BEFORE: usize = 30;

/// How many lines with marks are shown.
const LINES: usize = 5;

/// Where a field of the event got its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldOrigin {
    /// The field.
    pub field: String,
    /// `same`: the bytes are the value, as the message writes it. `converted`: it is the value in another notation. `made`: the
    /// format made the value, of these bytes if there are any.
    pub relation: &'static str,
    /// Ranges of bytes in the message, each with its first byte and the one after the last.
    pub bytes: Vec<(usize, usize)>,
    /// What of the spec set the field; nothing where a rule of inference did.
    pub written: Option<Place>,
}

/// A place in a text of the format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The name of the text.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The character in its line, from 1.
    pub column: u32,
    /// The place itself.
    #[serde(skip)]
    pub span: Span,
}

/// Where fields got their values: the field of a name and those below it, or all.
pub fn origins(explained: &Explained<'_>, name: Option<&str>) -> Vec<FieldOrigin> {
    let all = explained.trace.origins.iter();
    let named = all.filter(|(field, _)| name.is_none_or(|name| is_asked(field, name)));
    let found = named.map(|(field, ByteOrigin { relation, bytes })| FieldOrigin {
        field: field.clone(),
        relation: relation.name(),
        bytes: bytes.iter().map(|range| (range.start, range.end)).collect(),
        written: written(explained, field).and_then(|span| place(explained, span)),
    });
    found.collect()
}

fn is_asked(field: &str, name: &str) -> bool {
    field == name || (field.len() > name.len() && is_related(field, name))
}

fn place(explained: &Explained<'_>, span: Span) -> Option<Place> {
    let (file, place) = explained.format.sources.locate(span)?;
    Some(Place { file: file.to_owned(), line: place.line, column: place.column, span })
}

/// The statement that gave a field the value that it has.
fn written(explained: &Explained<'_>, field: &str) -> Option<Span> {
    let is_of_field = |step: &Finish| step.field() == field;
    if explained.trace.finish.iter().any(|step| matches!(step, Finish::Inferred { .. }) && is_of_field(step)) {
        return None;
    }
    let stages = explained.trace.entries.iter().flat_map(|entry| match &entry.work {
        WorkTrace::Stage(actions) => &actions[..],
        _ => &[],
    });
    let steps = stages.flat_map(|action| &action.fields);
    let mut set = steps.filter(|step| {
        let spread = || step.then.iter().any(|then| matches!(then, Finish::Spread { .. }) && is_of_field(then));
        matches!(step.effect, Effect::Set { .. }) && (step.field == field || spread())
    });
    set.next_back().map(|step| step.span)
}

/// Shows the message with the bytes of a field marked.
///
/// # Errors
/// Where the text cannot be written.
pub fn tell(out: &mut Writer<'_>, words: &Words<'_>, explained: &Explained<'_>, name: &str) -> fmt::Result {
    let found: Vec<&ByteOrigin> =
        explained.trace.origins.iter().filter(|(field, _)| is_asked(field, name)).map(|(_, origin)| origin).collect();
    let Some(relation) = found.iter().map(|origin| origin.relation).max() else { return Ok(()) };
    let mut bytes: Vec<Range<usize>> = found.iter().flat_map(|origin| origin.bytes.iter().cloned()).collect();
    bytes.sort_by_key(|range| range.start);
    bytes.dedup();
    let what = match (relation, &bytes[..]) {
        (Relation::Made, []) => "made here, of no byte of the message",
        (Relation::Made, _) => "made here, of these bytes of the message",
        (Relation::Converted, _) => "these bytes of the message, in another notation",
        (Relation::Same, _) => "these bytes of the message",
    };
    let ranges: Vec<String> = bytes.iter().take(LINES).map(|range| format!("{}..{}", range.start, range.end)).collect();
    let more = if bytes.len() > LINES { format!(" and {} more", bytes.len() - LINES) } else { String::new() };
    let (colon, ranges) = if bytes.is_empty() { ("", String::new()) } else { (": ", ranges.join(", ")) };
    writeln!(out, "  {}{colon}{ranges}{more}", words.name(what))?;
    let mut rest = &bytes[..];
    for _ in 0..LINES {
        rest = line(out, words, &explained.trace.message, rest)?;
    }
    Ok(())
}

/// Shows the line of the message that the first range is on, and marks what is seen of the ranges; gives those behind it.
fn line<'r>(
    out: &mut Writer<'_>,
    words: &Words<'_>,
    message: &str,
    ranges: &'r [Range<usize>],
) -> Result<&'r [Range<usize>], fmt::Error> {
    let Some(first) = ranges.first() else { return Ok(ranges) };
    let (Some(before), Some(from_first)) = (message.get(..first.start), message.get(first.start..)) else {
        return Ok(&[]);
    };
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let cut = before[start..].char_indices().rev().nth(BEFORE - 1).map_or(start, |(place, _)| start + place);
    let left = SHOWN - message[cut..first.start].chars().count();
    // What is marked shows its breaks of lines; what follows ends with the line.
    let end = from_first.char_indices().find(|(place, letter)| *letter == '\n' && first.start + place >= first.end);
    let end = end.map_or(message.len(), |(place, _)| first.start + place);
    let end = message[first.start..end].char_indices().nth(left).map_or(end, |(place, _)| first.start + place);
    let (mut shown, mut marks) = (String::new(), String::new());
    if cut > start {
        shown.push('…');
        marks.push(' ');
    }
    for (place, letter) in message[cut..end].char_indices() {
        let is_marked = ranges.iter().any(|range| range.contains(&(cut + place)));
        shown.push(if letter.is_control() { ' ' } else { letter });
        marks.extend(std::iter::repeat_n(if is_marked { '^' } else { ' ' }, columns(letter)));
    }
    if message[end..].chars().next().is_some_and(|next| next != '\n') {
        shown.push('…');
    }
    writeln!(out, "    {shown}\n    {}", words.good(marks.trim_end()))?;
    Ok(&ranges[ranges.iter().take_while(|range| range.start < end.max(first.end)).count()..])
}

/// How many columns of a terminal a letter takes: those of East Asia and pictures take two.
fn columns(letter: char) -> usize {
    let is_wide = matches!(
        u32::from(letter),
        0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFE30..=0xFE6F | 0xFF00..=0xFF60
            | 0xFFE0..=0xFFE6 | 0x1F300..=0x1F64F | 0x1F900..=0x1F9FF | 0x20000..=0x3FFFD
    );
    if is_wide { 2 } else { 1 }
}
