//! Where the records of a body begin and end, for the framings that need no document: one, lines, counted.

use super::error::BodyError;
use super::window::Window;
use memchr::memchr;
use std::io::Read;
use std::ops::Range;

/// A record that was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// It is held at this place.
    Held(Range<usize>),
    /// It has more bytes than a record may have, this many, and is passed over.
    Oversize(u64),
}

/// The rest of the body as one record, without its last line ending. A blank body has none.
pub(super) fn one<R: Read>(window: &mut Window<R>, most: usize) -> Result<Option<Found>, BodyError> {
    while !window.has_ended() {
        if window.held().len() > most + 2 {
            return window.drain().map(|bytes| Some(Found::Oversize(bytes)));
        }
        window.more()?;
    }
    let length = without_line_ending(window.held()).len();
    let range = window.take(length, usize::MAX >> 1);
    Ok(match window.at(range.clone()) {
        blank if is_blank(blank) => None,
        record if record.len() > most => Some(Found::Oversize(length as u64)),
        _ => Some(Found::Held(range)),
    })
}

/// The next line that is not blank, without its ending.
pub(super) fn line<R: Read>(window: &mut Window<R>, most: usize) -> Result<Option<Found>, BodyError> {
    // Up to here there is no newline.
    let mut searched = 0;
    loop {
        let held = window.held();
        let newline = memchr(b'\n', &held[searched..]).map(|at| searched + at);
        searched = held.len();
        match newline {
            // A line may be one byte longer if its ending turns out to have two.
            None if held.len() > most + 1 => return oversize_line(window).map(Some),
            None if !window.has_ended() => window.more()?,
            None if held.is_empty() => return Ok(None),
            _ => {
                let line = without_line_ending(&held[..newline.map_or(held.len(), |at| at + 1)]).len();
                let range = window.take(line, newline.map_or(searched, |at| at + 1));
                match window.at(range.clone()) {
                    record if record.len() > most => return Ok(Some(Found::Oversize(record.len() as u64))),
                    blank if is_blank(blank) => searched = 0,
                    _ => return Ok(Some(Found::Held(range))),
                }
            }
        }
    }
}

/// Passes over a line that is too long, blanks or not, and counts it.
fn oversize_line<R: Read>(window: &mut Window<R>) -> Result<Found, BodyError> {
    let (mut bytes, mut last) = (0, None);
    loop {
        let held = window.held();
        let newline = memchr(b'\n', held);
        let passed = newline.unwrap_or(held.len());
        last = held[..passed].last().copied().or(last);
        bytes += passed as u64;
        window.pass(newline.map_or(passed, |at| at + 1));
        if newline.is_some() || window.has_ended() {
            return Ok(Found::Oversize(bytes - u64::from(last == Some(b'\r'))));
        }
        window.more()?;
    }
}

/// The longest number before a message, in digits.
const DIGITS: usize = 10;

/// The next message after its length.
pub(super) fn counted<R: Read>(window: &mut Window<R>, most: usize) -> Result<Option<Found>, BodyError> {
    while !window.has_ended() && window.held().len() <= DIGITS {
        window.more()?;
    }
    if window.held().is_empty() {
        return Ok(None);
    }
    let (length, head) = count(window.held()).ok_or(BodyError::Counts)?;
    window.pass(head);
    if length > most as u64 {
        return pass_over(window, length).map(|()| Some(Found::Oversize(length)));
    }
    let length = length as usize;
    while window.held().len() < length {
        if window.has_ended() {
            return Err(BodyError::Counts);
        }
        window.more()?;
    }
    Ok(Some(Found::Held(window.take(length, length))))
}

/// The number before a message, and how many bytes it takes with the space behind it.
pub fn count(bytes: &[u8]) -> Option<(u64, usize)> {
    let digits = bytes.iter().take(DIGITS).take_while(|byte| byte.is_ascii_digit()).count();
    let is_count = digits > 0 && bytes.get(digits) == Some(&b' ');
    let number = str::from_utf8(&bytes[..digits]).ok()?.parse().ok()?;
    is_count.then_some((number, digits + 1))
}

fn pass_over<R: Read>(window: &mut Window<R>, mut left: u64) -> Result<(), BodyError> {
    loop {
        let passed = (window.held().len() as u64).min(left);
        window.pass(passed as usize);
        left -= passed;
        match left {
            0 => return Ok(()),
            _ if window.has_ended() => return Err(BodyError::Counts),
            _ => window.more()?,
        }
    }
}

fn without_line_ending(bytes: &[u8]) -> &[u8] {
    let line = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_whitespace)
}
