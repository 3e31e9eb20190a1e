//! Parts of a JSON document as they are written: numbers of any size and notation stay what they are.
//!
//! What is read here is JSON as RFC 8259 has it, of any depth, each string inside with its grammar checked.

use super::cursor::{Cursor, JsonDialect, Read, Stopped};
use super::error::{Error, Problem};
use super::structural;
use std::borrow::Cow;

/// A document's value, without white space around it.
///
/// # Errors
/// Where the text is no JSON.
pub fn value(text: &str) -> Result<&str, Error> {
    whole(text, |cursor| cursor.raw())
}

/// The value at the beginning of a text, whatever follows.
///
/// # Errors
/// Where none is there.
pub fn first(text: &str) -> Result<&str, Error> {
    walk(text, |cursor| cursor.raw())
}

/// The members of an object in their order, equal keys too, each with its value.
///
/// # Errors
/// Where the text is no JSON object, or a key has an escape that stands for no character.
pub fn members(text: &str) -> Result<Vec<(Cow<'_, str>, &str)>, Error> {
    let mut members = Vec::new();
    each_member(text, |key, value| members.push((key, value)))?;
    Ok(members)
}

/// Visits what [`members`] gives, one by one.
///
/// # Errors
/// As [`members`]; what stands before the mistake was visited.
pub fn each_member<'t>(text: &'t str, mut visit: impl FnMut(Cow<'t, str>, &'t str)) -> Result<(), Error> {
    whole(text, |cursor| {
        let mut goes_on = cursor.opens_as(b'{', Problem::NoObject)?;
        while goes_on {
            let key = cursor.key()?;
            visit(key, cursor.raw()?);
            goes_on = cursor.goes_on(b'}')?;
        }
        Ok(())
    })
}

/// The first member of an object with a key. What follows it is not looked at.
///
/// # Errors
/// Where the text up to there does not begin a JSON object.
pub fn member<'t>(text: &'t str, wanted: &str) -> Result<Option<&'t str>, Error> {
    walk(text, |cursor| {
        let mut goes_on = cursor.opens_as(b'{', Problem::NoObject)?;
        while goes_on {
            let (key, value) = (cursor.key()?, cursor.raw()?);
            if key == wanted {
                return Ok(Some(value));
            }
            goes_on = cursor.goes_on(b'}')?;
        }
        Ok(None)
    })
}

/// The items of a list.
///
/// # Errors
/// Where the text is no JSON list.
pub fn items(text: &str) -> Result<Vec<&str>, Error> {
    first_items(text, usize::MAX)
}

/// At most so many items of a list; the others are checked and passed over.
///
/// # Errors
/// Where the text is no JSON list.
pub fn first_items(text: &str, most: usize) -> Result<Vec<&str>, Error> {
    let mut items = Vec::new();
    whole(text, |cursor| {
        let mut goes_on = cursor.opens_as(b'[', Problem::NoList)?;
        while goes_on {
            let item = cursor.raw()?;
            if items.len() < most {
                items.push(item);
            }
            goes_on = cursor.goes_on(b']')?;
        }
        Ok(())
    })?;
    Ok(items)
}

/// The text of a string.
///
/// # Errors
/// Where the text is no JSON string, or it has an escape that stands for no character.
pub fn string(text: &str) -> Result<Cow<'_, str>, Error> {
    whole(text, |cursor| match cursor.peek() {
        Some(b'"') => cursor.string(),
        _ => cursor.stop(Problem::NoString),
    })
}

/// The text that bytes are.
///
/// # Errors
/// Where they are not UTF-8.
pub fn utf8(bytes: &[u8]) -> Result<&str, Error> {
    str::from_utf8(bytes).map_err(|error| Error::new(Problem::NotUtf8, bytes, error.valid_up_to()))
}

/// Where in a text a part of it begins, in bytes.
pub fn offset(text: &str, part: &str) -> usize {
    // A part borrows from the text: the difference of their addresses is its place.
    part.as_ptr().addr().saturating_sub(text.as_ptr().addr()).min(text.len())
}

/// Reads a text by a walk that must end where the text does.
fn whole<'t, T>(text: &'t str, read: impl FnOnce(&mut Cursor<'t, '_>) -> Read<T>) -> Result<T, Error> {
    walk(text, |cursor| {
        let found = read(cursor)?;
        cursor.end()?;
        Ok(found)
    })
}

/// Reads a text by a walk over it.
pub(crate) fn walk<'t, T>(text: &'t str, read: impl FnOnce(&mut Cursor<'t, '_>) -> Read<T>) -> Result<T, Error> {
    let mut index = vec![0; structural::blocks(text.len())];
    structural::fill(&mut index, text.as_bytes());
    let mut cursor = Cursor::new(text, &index, JsonDialect::Json);
    read(&mut cursor).map_err(|Stopped| cursor.error())
}

impl<'t> Cursor<'t, '_> {
    /// Takes an opening bracket; whether anything is inside.
    fn opens_as(&mut self, open: u8, problem: Problem) -> Read<bool> {
        if self.peek() == Some(open) { Ok(self.opens(open + 2)) } else { self.stop(problem) }
    }

    /// A key with the colon behind it and space around that.
    fn key(&mut self) -> Read<Cow<'t, str>> {
        let key = self.string()?;
        self.colon()?;
        Ok(key)
    }
}
