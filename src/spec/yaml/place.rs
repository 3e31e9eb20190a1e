//! From a place in a scalar's text to the place in the source where that letter was written.

use crate::diagnostic::{Marks, Source, Span};

/// The byte of the source at which the text's byte `offset` was written, for carets inside expressions.
///
/// `span` is the scalar's, quotes and block indicator included; `text` is what it was read as. Exact for every letter;
/// the letter an escape stands for is at the escape, folded white space at the white space it was folded from. Linear
/// in the scalar's length.
pub fn place_in_scalar(source_text: &str, span: Span, text: &str, offset: u32) -> u32 {
    place(source_text, span, text, offset, &mut Marks::new())
}

/// As [`place_in_scalar`], from the last mark before it on.
fn place(source_text: &str, span: Span, text: &str, offset: u32, marks: &mut Marks) -> u32 {
    let end = (span.end as usize).min(source_text.len());
    let start = (span.start as usize).min(end);
    let Some(scalar) = source_text.get(start..end) else { return start as u32 };
    let offset = letter_start(text, offset);
    let within = match scalar.as_bytes().first() {
        Some(b'|' | b'>') => in_block(scalar, text, offset, marks),
        Some(b'\'') => in_flow(scalar, 1, single_quoted, offset, marks),
        Some(b'"') => in_flow(scalar, 1, double_quoted, offset, marks),
        _ => in_flow(scalar, 0, plain, offset, marks),
    };
    (start + within.min(scalar.len())) as u32
}

/// The byte at which the letter begins that a byte belongs to.
fn letter_start(text: &str, byte: u32) -> usize {
    let mut byte = (byte as usize).min(text.len());
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    byte
}

/// The span of the bytes `start..end` of a scalar's text; see [`place_in_scalar`].
pub fn span_in_scalar(source_text: &str, span: Span, text: &str, start: u32, end: u32) -> Span {
    marked_span(source_text, span, text, (start, end), &mut Marks::new())
}

/// As [`span_in_scalar`], in a source that remembers where such walks have been.
pub fn span_in_source(source: &Source, span: Span, text: &str, start: u32, end: u32) -> Span {
    source.walked.through(span, |marks| marked_span(&source.text, span, text, (start, end), marks))
}

fn marked_span(source_text: &str, span: Span, text: &str, (start, end): (u32, u32), marks: &mut Marks) -> Span {
    let mut place = |offset| place(source_text, span, text, offset, marks);
    let first = place(start);
    // The end of a range is the end of its last letter: the letter after it may be lines away.
    let last = (end > start && !text.is_empty()).then(|| place(end.min(text.len() as u32) - 1));
    let written = last.and_then(|last| source_text.get(last as usize..)?.chars().next());
    let end = last.map_or(first, |last| last + written.map_or(0, |letter| letter.len_utf8() as u32));
    Span::new(span.source, first, end.clamp(first, span.end.max(first)))
}

/// How many bytes of the source the next unit takes, and how many bytes of text it stands for.
struct SourceUnit {
    written: usize,
    read: usize,
}

/// The closing quote.
const END: SourceUnit = SourceUnit { written: 0, read: 0 };

/// Walks the source of a plain or quoted scalar unit by unit, until the unit that makes the text's byte `offset`.
fn in_flow(scalar: &str, from: usize, unit: fn(&str) -> Option<SourceUnit>, offset: usize, marks: &mut Marks) -> usize {
    let (mut at, mut read) = mark_before(marks, offset).unwrap_or((from, 0));
    while let Some(rest) = scalar.get(at..).filter(|rest| !rest.is_empty()) {
        let unit = folded_break(rest).or_else(|| unit(rest)).unwrap_or_else(|| letter(rest));
        if read + unit.read > offset || unit.written == 0 {
            // Inside a letter or a run of breaks, the place is where that begins.
            return at;
        }
        at += unit.written;
        read += unit.read;
        mark(marks, at, read);
    }
    at
}

/// The last mark at or before a byte of the text.
fn mark_before(marks: &Marks, offset: usize) -> Option<(usize, usize)> {
    let place = marks.partition_point(|(_, read)| *read <= offset);
    marks.get(place.checked_sub(1)?).copied()
}

/// Marks a place, where it is far enough from the last mark.
fn mark(marks: &mut Marks, at: usize, read: usize) {
    const FAR: usize = 256;
    if marks.last().map_or(0, |(_, read)| *read) + FAR <= read {
        marks.push((at, read));
    }
}

fn letter(rest: &str) -> SourceUnit {
    let length = rest.chars().next().map_or(1, char::len_utf8);
    SourceUnit { written: length, read: length }
}

/// A line break with the white space around it: a space, or the breaks after the first.
fn folded_break(rest: &str) -> Option<SourceUnit> {
    if !rest.starts_with(is_space) {
        return None;
    }
    let written = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    match breaks(&rest[..written]) {
        0 => None,
        1 => Some(SourceUnit { written, read: 1 }),
        more => Some(SourceUnit { written, read: more - 1 }),
    }
}

fn breaks(space: &str) -> usize {
    space.matches('\n').count() + space.replace("\r\n", "").matches('\r').count()
}

fn plain(_: &str) -> Option<SourceUnit> {
    None
}

fn single_quoted(rest: &str) -> Option<SourceUnit> {
    match rest.as_bytes() {
        [b'\'', b'\'', ..] => Some(SourceUnit { written: 2, read: 1 }),
        [b'\'', ..] => Some(END),
        _ => None,
    }
}

fn double_quoted(rest: &str) -> Option<SourceUnit> {
    let escape = rest.strip_prefix('\\');
    let Some(escape) = escape else {
        return rest.starts_with('"').then_some(END);
    };
    Some(match escape.as_bytes().first() {
        Some(b'x') => code_point(escape, 2),
        Some(b'u') => pair(escape).unwrap_or_else(|| code_point(escape, 4)),
        Some(b'U') => code_point(escape, 8),
        // Next line and no-break space are two bytes, the line and paragraph separators three.
        Some(b'N' | b'_') => SourceUnit { written: 2, read: 2 },
        Some(b'L' | b'P') => SourceUnit { written: 2, read: 3 },
        Some(b'\n' | b'\r') => {
            let space = escape.len() - escape.trim_start_matches([' ', '\t', '\r', '\n']).len();
            SourceUnit { written: 1 + space, read: breaks(&escape[..space]).saturating_sub(1) }
        }
        _ => SourceUnit { written: 1 + letter(escape).written.min(escape.len()), read: 1 },
    })
}

/// Two escapes that stand for one character, as JSON writes what is beyond U+FFFF.
fn pair(escape: &str) -> Option<SourceUnit> {
    let half = |escape: &str| u16::from_str_radix(escape.strip_prefix('u')?.get(..4)?, 16).ok();
    let halves = [half(escape)?, half(escape.get(5..)?.strip_prefix('\\')?)?];
    char::decode_utf16(halves).next()?.ok().filter(|letter| letter.len_utf16() == 2)?;
    Some(SourceUnit { written: 12, read: 4 })
}

fn code_point(escape: &str, digits: usize) -> SourceUnit {
    let number = escape.get(1..=digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let read = number.and_then(char::from_u32).map_or(1, char::len_utf8);
    SourceUnit { written: (2 + digits).min(1 + escape.len()), read }
}

/// Block scalars have no escapes and fold nothing but white space: runs of white space stand for each other, what is
/// between them is the same in source and text.
fn in_block(scalar: &str, text: &str, offset: usize, marks: &mut Marks) -> usize {
    let (mut at, mut read) = mark_before(marks, offset).unwrap_or_else(|| (after_first_line(scalar), 0));
    loop {
        let (gap, read_gap) = (space(scalar, at), space(text, read));
        if offset < read + read_gap {
            return at + in_gap(scalar.get(at..at + gap).unwrap_or_default(), read_gap, offset - read);
        }
        at += gap;
        read += read_gap;
        let word = text[read..].find(is_space).unwrap_or(text.len() - read);
        if offset < read + word || word == 0 {
            return at + (offset - read);
        }
        at += word;
        read += word;
        mark(marks, at, read);
    }
}

/// A byte of a run of white space: up to the first break the run is as written, behind it the places are counted from the
/// end, where indentation that belongs to the text is.
fn in_gap(written: &str, read: usize, offset: usize) -> usize {
    let first_line = after_first_line(written);
    if offset < first_line { offset } else { written.len().saturating_sub(read - offset).max(first_line) }
}

/// The byte after the first line break.
fn after_first_line(text: &str) -> usize {
    match text.find(['\r', '\n']) {
        Some(end) if text[end..].starts_with("\r\n") => end + 2,
        Some(end) => end + 1,
        None => text.len(),
    }
}

fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\r' | '\n')
}

/// The white space at a byte.
fn space(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    rest.len() - rest.trim_start_matches(is_space).len()
}
