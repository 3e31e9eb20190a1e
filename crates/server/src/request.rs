//! What the validation API is sent: a parser, its fields and events, each as the text that was written.

use crate::refusal::{Reason, Refusal};
use std::fmt::Display;
use weir::json::raw;

/// The body of a request. Its parts are parts of the body's text.
#[derive(Debug)]
pub(crate) struct Request<'b> {
    /// The body.
    pub body: &'b str,
    /// The spec, an object.
    pub parser: &'b str,
    /// The declarations of fields, a list.
    pub taxonomy: &'b str,
    /// The events, objects each.
    pub events: Vec<&'b str>,
}

/// What is read of a body. Other keys are passed over.
const KEYS: [&str; 3] = ["parser", "taxonomy", "events"];

impl<'b> Request<'b> {
    /// Takes a body apart.
    ///
    /// # Errors
    /// Where the body is not JSON, a part is missing or has a wrong type, or there are more events than `most`.
    pub fn read(body: &'b [u8], most: usize) -> Result<Self, Refusal> {
        let no_text = |error| Reason::BadJson.because(format!("the body is not UTF-8: {error}"));
        let body = std::str::from_utf8(body).map_err(no_text)?;
        let whole = expect(raw::value(body).map_err(cannot_be_read)?, '{', "the body")?;
        let [parser, taxonomy, events] = parts(whole)?;
        let parser = expect(required(parser, "parser")?, '{', "`parser`")?;
        let taxonomy = expect(taxonomy.unwrap_or("[]"), '[', "`taxonomy`")?;
        let events = expect(required(events, "events")?, '[', "`events`")?;
        let events = raw::items(events).map_err(cannot_be_read)?;
        if events.len() > most {
            let reason = format!("there are {} events; the limit is {most}", events.len());
            return Err(Reason::TooManyEvents.because(reason));
        }
        let event = |(index, event): (usize, &'b str)| expect(event, '{', &format!("`events[{index}]`"));
        let events = events.into_iter().enumerate().map(event).collect::<Result<_, _>>()?;
        Ok(Request { body, parser, taxonomy, events })
    }

    /// Where in the body a part of it begins.
    pub fn offset(&self, part: &str) -> usize {
        raw::offset(self.body, part)
    }
}

/// The values under the keys that are read; `null` stands for none.
fn parts(body: &str) -> Result<[Option<&str>; KEYS.len()], Refusal> {
    let mut parts = [None; KEYS.len()];
    for (key, value) in raw::members(body).map_err(cannot_be_read)? {
        let Some(place) = KEYS.iter().position(|known| *known == key) else { continue };
        if parts[place].replace(value).is_some() {
            return Err(cannot_be_read(format_args!("duplicate field `{key}`")));
        }
    }
    Ok(parts.map(|part| part.filter(|value| *value != "null")))
}

fn cannot_be_read(reason: impl Display) -> Refusal {
    Reason::BadJson.because(format!("the body cannot be read: {reason}"))
}

fn required<'b>(part: Option<&'b str>, key: &str) -> Result<&'b str, Refusal> {
    part.ok_or_else(|| Reason::WrongShape.because(format!("the body needs `{key}`")))
}

fn expect<'b>(text: &'b str, opening: char, what: &str) -> Result<&'b str, Refusal> {
    let found = text.chars().next();
    if found == Some(opening) {
        return Ok(text);
    }
    let expected = if opening == '{' { "an object" } else { "a list" };
    let found = match found {
        Some('{') => "an object",
        Some('[') => "a list",
        Some('"') => "text",
        Some('t' | 'f') => "a boolean",
        Some('n') => "null",
        _ => "a number",
    };
    Err(Reason::WrongShape.because(format!("{what} must be {expected}, but this is {found}")))
}
