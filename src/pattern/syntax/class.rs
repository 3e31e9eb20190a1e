//! Reads classes in brackets: Python's are flat sets, so what the engines would read as set arithmetic is escaped.

use super::cursor::PatternCursor;
use super::token::{literal, wrong};
use crate::value::Fault;
use std::fmt::Write;

/// Reads a class after its `[`.
pub(super) fn read(cursor: &mut PatternCursor<'_>, place: usize) -> Result<String, Fault> {
    let mut class = String::from("[");
    if cursor.take("^") {
        class.push('^');
    }
    let mut first = true;
    loop {
        if !first && cursor.take("]") {
            class.push(']');
            return Ok(class);
        }
        first = false;
        match member(cursor, place)? {
            Member::Set(set) => class.push_str(&set),
            Member::Character(start) => range(cursor, place, start, &mut class)?,
        }
    }
}

enum Member {
    Set(String),
    Character(char),
}

fn member(cursor: &mut PatternCursor<'_>, place: usize) -> Result<Member, Fault> {
    if let Some(set) = posix(cursor) {
        return Ok(Member::Set(set));
    }
    let mut next = || cursor.characters.next().map(|(_, character)| character);
    let Some(character) = next() else { return Err(wrong("a `[` without its `]`", place)) };
    if character != '\\' {
        return Ok(Member::Character(character));
    }
    match next() {
        None => Err(wrong("a `\\` at the end", place)),
        Some('b') => Ok(Member::Character('\x08')),
        Some(digit @ '1'..='7') => Ok(Member::Character(cursor.octal(digit))),
        Some(other) => match cursor.class_escape(other, place)? {
            Some(set) => Ok(Member::Set(set)),
            None => cursor.character_escape(other, place).map(Member::Character),
        },
    }
}

/// `start`, or `start-end`. A hyphen before `]` or beside a set is a hyphen.
fn range(cursor: &mut PatternCursor<'_>, place: usize, start: char, class: &mut String) -> Result<(), Fault> {
    class.push_str(&inside(start));
    if !cursor.rest().starts_with('-') || cursor.rest().starts_with("-]") {
        return Ok(());
    }
    cursor.skip(1);
    match member(cursor, place)? {
        Member::Set(set) => class.push_str(&format!("\\-{set}")),
        Member::Character(end) if end < start => {
            return Err(wrong(&format!("a range from `{start}` to `{end}`"), place));
        }
        Member::Character(end) => {
            // Writing to a String cannot fail.
            let _ = write!(class, "-{}", inside(end));
        }
    }
    Ok(())
}

fn inside(character: char) -> String {
    match character {
        '-' | '&' | '~' | '[' | ']' | '^' | '\\' => format!("\\{character}"),
        ' ' | '#' => format!("\\x{:02x}", character as u32),
        other => literal(other),
    }
}

/// `[:alpha:]` and `[:^alpha:]`, as Oniguruma has them; Python would take the characters one by one.
fn posix(cursor: &mut PatternCursor<'_>) -> Option<String> {
    const NAMES: [&str; 14] = [
        "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper",
        "word", "xdigit",
    ];
    let inside = cursor.rest().strip_prefix("[:")?;
    let (name, _) = inside.split_once(":]")?;
    if !NAMES.contains(&name.trim_start_matches('^')) {
        return None;
    }
    cursor.skip(name.len() + 4);
    Some(format!("[:{name}:]"))
}
