//! What the validation API is sent: a parser, its fields and events, each as the text that was written.

use crate::refusal::{Reason, Refusal};
use serde::Deserialize;
use serde_json::value::RawValue;

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

#[derive(Deserialize)]
struct Members<'b> {
    #[serde(borrow)]
    parser: Option<&'b RawValue>,
    #[serde(borrow)]
    taxonomy: Option<&'b RawValue>,
    #[serde(borrow)]
    events: Option<&'b RawValue>,
}

impl<'b> Request<'b> {
    /// Takes a body apart. Other keys are passed over.
    ///
    /// # Errors
    /// Where the body is not JSON, a part is missing or has a wrong type, or there are more events than `most`.
    pub fn read(body: &'b [u8], most: usize) -> Result<Self, Refusal> {
        let no_text = |error| Reason::BadJson.because(format!("the body is not UTF-8: {error}"));
        let body = std::str::from_utf8(body).map_err(no_text)?;
        let whole = parse::<&RawValue>(body)?.get();
        expect(whole, '{', "the body")?;
        let Members { parser, taxonomy, events } = parse(whole)?;
        let parser = expect(required(parser, "parser")?, '{', "`parser`")?;
        let taxonomy = expect(taxonomy.map_or("[]", RawValue::get), '[', "`taxonomy`")?;
        let events = expect(required(events, "events")?, '[', "`events`")?;
        let events = parse::<Vec<&RawValue>>(events)?;
        if events.len() > most {
            let reason = format!("there are {} events; the most is {most}", events.len());
            return Err(Reason::TooManyEvents.because(reason));
        }
        let event = |(index, event): (usize, &'b RawValue)| expect(event.get(), '{', &format!("`events[{index}]`"));
        let events = events.into_iter().enumerate().map(event).collect::<Result<_, _>>()?;
        Ok(Request { body, parser, taxonomy, events })
    }

    /// Where in the body a part of it begins.
    pub fn offset(&self, part: &str) -> usize {
        // A part borrows from the body: the difference of their addresses is its place.
        (part.as_ptr() as usize).saturating_sub(self.body.as_ptr() as usize).min(self.body.len())
    }
}

fn parse<'b, T: Deserialize<'b>>(text: &'b str) -> Result<T, Refusal> {
    serde_json::from_str(text).map_err(|error| Reason::BadJson.because(format!("the body cannot be read: {error}")))
}

fn required<'b>(part: Option<&'b RawValue>, key: &str) -> Result<&'b str, Refusal> {
    part.map(RawValue::get).ok_or_else(|| Reason::WrongShape.because(format!("the body needs `{key}`")))
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
    Err(Reason::WrongShape.because(format!("{what} must be {expected}, this is {found}")))
}
