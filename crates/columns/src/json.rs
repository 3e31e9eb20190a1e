//! An event as JSON text.

use crate::error::Error;
use crate::value::{Read, Value};
use weir::json::raw;

/// A JSON object that was checked. Numbers that go to `rest` keep their spelling.
#[derive(Clone, Copy, Debug)]
pub struct Json<'j>(pub(crate) &'j str);

impl<'j> Json<'j> {
    /// Checks the text of an event.
    ///
    /// # Errors
    /// Where it is no JSON object.
    pub fn new(text: &'j [u8]) -> Result<Self, Error> {
        let text = raw::utf8(text).and_then(raw::value).map_err(malformed)?;
        let json = Json(text);
        match json.read() {
            // A key may have an escape that stands for no character; without one, reading cannot fail any more.
            Read::Dict if text.contains("\\u") => json.check_keys().map(|()| json),
            Read::Dict => Ok(json),
            _ => Err(Error::Malformed { why: "this is another value".to_owned() }),
        }
    }

    fn check_keys(self) -> Result<(), Error> {
        self.each_member(&mut |_, value| value.each_member(&mut |_, _| Ok(())))
    }
}

fn malformed(error: weir::json::Error) -> Error {
    Error::Malformed { why: error.to_string() }
}

impl Value for Json<'_> {
    fn read(&self) -> Read<'_> {
        match self.0.as_bytes().first() {
            // Most texts have no escape, and their grammar was checked: read again, each would be indexed once more.
            Some(b'"') if !self.0.contains('\\') => Read::Text(self.0[1..self.0.len() - 1].into()),
            Some(b'"') => raw::string(self.0).map_or(Read::Other, Read::Text),
            Some(b'{') => Read::Dict,
            Some(b'[') => Read::List,
            Some(b't') => Read::Boolean(true),
            Some(b'f') => Read::Boolean(false),
            Some(b'-' | b'0'..=b'9') => number(self.0),
            _ => Read::Other,
        }
    }

    fn each_item(&self, visit: &mut dyn FnMut(&dyn Value)) {
        for item in raw::items(self.0).unwrap_or_default() {
            visit(&Json(item));
        }
    }

    fn each_member(&self, visit: &mut dyn FnMut(&str, &dyn Value) -> Result<(), Error>) -> Result<(), Error> {
        if !self.0.starts_with('{') {
            return Ok(());
        }
        let mut outcome = Ok(());
        raw::each_member(self.0, |key, value| {
            if outcome.is_ok() {
                outcome = visit(&key, &Json(value));
            }
        })
        .map_err(malformed)?;
        outcome
    }

    fn write_json(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.0.as_bytes());
    }

    fn size(&self) -> usize {
        self.0.len()
    }
}

/// How many digits every double keeps.
const EXACT_DIGITS: usize = 15;

pub(crate) fn number(text: &str) -> Read<'_> {
    // Minus zero is no integer.
    if let Some(integer) = text.parse().ok().filter(|&integer: &i64| integer != 0 || text == "0") {
        return Read::Integer(integer);
    }
    let digits = text.bytes().take_while(|byte| !matches!(byte, b'e' | b'E')).filter(u8::is_ascii_digit).count();
    match text.parse::<f64>() {
        Ok(float) if float.is_finite() && (digits <= EXACT_DIGITS || is_spelt(float, text)) => Read::Float(float),
        _ => Read::Other,
    }
}

/// Whether a double is written with exactly these digits: then it is what was written, to the last of them.
fn is_spelt(float: f64, text: &str) -> bool {
    let as_events_have_it = weir::value::text::Float(float).to_string();
    as_events_have_it == text || format!("{float}") == text || format!("{float:e}") == text
}
