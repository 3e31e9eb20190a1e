//! Bodies with keys inside: they are read whole, their keys are looked up, and what goes on has none.

use super::endpoint::Endpoint;
use super::refusal::{Reason, Refusal};
use crate::arrival::Encoding;
use crate::body::{check_event, is_validation};
use crate::keys::{Intake, Keys};
use axum::body::Bytes;
use flate2::read::MultiGzDecoder;
use std::io::Read;
use std::sync::Arc;
use weir::json::raw;

/// The largest body with keys inside, as it is sent and as it is decoded, in bytes: it is read before anybody knows whose it is.
pub(crate) const MOST: usize = 10 << 20;

/// Events by intake.
#[derive(Debug, Default)]
pub(crate) struct Sorted {
    pub parts: Vec<Part>,
    /// For each event in the order of the body: its part, and its number there.
    pub order: Vec<(u32, u32)>,
    /// Whether the body is what a sender uploads to see whether it may.
    pub is_validation: bool,
}

/// The events of one intake, as [`crate::Framing::Events`] has them.
#[derive(Debug)]
pub(crate) struct Part {
    pub intake: Arc<Intake>,
    pub body: String,
    pub count: u32,
}

/// Sorts the events of a body by the intakes of their keys. An event without a key belongs to `otherwise`.
///
/// # Errors
/// Where the body is not of the form, or any key in it is none.
pub(crate) fn sort(
    body: &[u8],
    endpoint: Endpoint,
    keys: &Keys,
    otherwise: Option<&Arc<Intake>>,
) -> Result<Sorted, Refusal> {
    let tries = body.trim_ascii();
    let is_validation = is_validation(tries);
    if is_validation || (tries.is_empty() && !endpoint.is_single()) {
        otherwise.ok_or_else(Refusal::unauthorized)?;
        return Ok(Sorted { is_validation, ..Sorted::default() });
    }
    let text = raw::utf8(body).and_then(|text| raw::value(text.trim_start_matches('\u{feff}')));
    let text = text.map_err(|error| Reason::BadJson.because(format!("the body is no JSON: {error}")))?;
    let mut sorted = Sorted::default();
    let intake = |object: &Object<'_>| match object.text("intake_key")? {
        Some(key) => keys.find(key.as_bytes()).cloned().ok_or_else(Refusal::unauthorized),
        None => otherwise.cloned().ok_or_else(Refusal::unauthorized),
    };
    match endpoint {
        Endpoint::Events => {
            let object = Object::new(text)?;
            let intake = intake(&object)?;
            let events = object.get("jsons").ok_or_else(|| shape("the body has no `jsons`"))?;
            for event in raw::items(events).map_err(|error| shape(&format!("`jsons` is no list: {error}")))? {
                sorted.push(&intake, event, None)?;
            }
        }
        Endpoint::Array => {
            for item in raw::items(text).map_err(|error| shape(&format!("the body is no list: {error}")))? {
                let object = Object::new(item)?;
                sorted.push(&intake(&object)?, object.event()?, object.get("timestamp"))?;
            }
            if sorted.order.is_empty() {
                // No event has a key, and neither has the request.
                otherwise.ok_or_else(Refusal::unauthorized)?;
            }
        }
        _ => {
            let object = Object::new(text)?;
            sorted.push(&intake(&object)?, object.event()?, object.get("@timestamp"))?;
        }
    }
    sorted.parts.iter_mut().for_each(|part| part.body.push(']'));
    sorted.parts.iter().try_for_each(Part::check)?;
    Ok(sorted)
}

impl Sorted {
    /// Adds an event. All of a body is checked before any of it is stored.
    fn push(&mut self, intake: &Arc<Intake>, event: &str, time: Option<&str>) -> Result<(), Refusal> {
        check_event(event, time)?;
        let known = self.parts.iter().position(|part| Arc::ptr_eq(&part.intake, intake));
        let number = known.unwrap_or_else(|| {
            self.parts.push(Part { intake: Arc::clone(intake), body: String::from("["), count: 0 });
            self.parts.len() - 1
        });
        let part = &mut self.parts[number];
        if part.count > 0 {
            part.body.push(',');
        }
        part.body.push_str("{\"json\":");
        part.body.push_str(event);
        if let Some(time) = time {
            part.body.push_str(",\"timestamp\":");
            part.body.push_str(time);
        }
        part.body.push('}');
        self.order.push((number as u32, part.count));
        part.count += 1;
        Ok(())
    }
}

impl Part {
    /// Whether its intake takes a body of this size.
    fn check(&self) -> Result<(), Refusal> {
        let settings = &self.intake.settings;
        let most = settings.encoded_bytes.min(settings.decoded_bytes);
        match self.body.len() as u64 > most {
            true => Err(Reason::BodyTooLarge.because(format!("the events of a key have more than {most} bytes"))),
            false => Ok(()),
        }
    }
}

/// An object of a body. Of equal members the last one counts.
struct Object<'b>(Vec<(std::borrow::Cow<'b, str>, &'b str)>);

impl<'b> Object<'b> {
    fn new(text: &'b str) -> Result<Self, Refusal> {
        raw::members(text).map(Object).map_err(|error| shape(&format!("this is no object: {error}")))
    }

    fn get(&self, name: &str) -> Option<&'b str> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| *value)
    }

    fn text(&self, name: &str) -> Result<Option<std::borrow::Cow<'b, str>>, Refusal> {
        let value = self.get(name).filter(|value| *value != "null");
        value.map(raw::string).transpose().map_err(|_| shape(&format!("`{name}` is no text")))
    }

    fn event(&self) -> Result<&'b str, Refusal> {
        self.get("json").ok_or_else(|| shape("an event has no `json`"))
    }
}

fn shape(message: &str) -> Refusal {
    Reason::WrongShape.because(message)
}

/// The decoded body. This is the one decoding before a key is known, and so within narrow bounds.
///
/// # Errors
/// Where it is damaged, or decodes to more than [`MOST`].
pub(crate) fn decode(body: Vec<u8>, encoding: Encoding) -> Result<Bytes, Refusal> {
    let mut decoded = Vec::new();
    let mut take = |reader: &mut dyn Read| reader.take(MOST as u64 + 1).read_to_end(&mut decoded).map(drop);
    let read = match encoding {
        Encoding::Identity => return Ok(body.into()),
        Encoding::Gzip => take(&mut MultiGzDecoder::new(&*body)),
        Encoding::Zstd => zstd::stream::read::Decoder::with_buffer(&*body).and_then(|mut decoder| {
            decoder.window_log_max(23)?;
            take(&mut decoder)
        }),
    };
    read.map_err(|error| Reason::BadEncoding.because(format!("the body is not {}: {error}", encoding.name())))?;
    match decoded.len() > MOST {
        true => Err(Reason::BodyTooLarge.because(format!("a body with keys inside decodes to at most {MOST} bytes"))),
        false => Ok(decoded.into()),
    }
}
