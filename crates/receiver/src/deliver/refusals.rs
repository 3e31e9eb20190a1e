//! An event that a destination refuses, as a dead letter.

use super::mapped::Mapped;
use crate::dead_letters::{DeadLetter, Original, Stage};
use uuid::Uuid;
use weir::json::raw;
use weir_sinks::Refused;

/// The dead letter of an event that the destination of a sink refuses. The bytes of its record are those of the event's `message`.
/// What else is known of it is in the batch that the sink was given last, unless it has gathered the event longer.
pub(super) fn letter_of(refused: Refused, sink: &str, last: Option<&Mapped>) -> DeadLetter {
    let Refused { place, id, code, reason, event } = refused;
    let known = last.and_then(|mapped| mapped.batch.events().find(|event| event.place == place));
    let (format, received) = known.map_or((None, 0), |event| (Some(event.format.to_owned()), event.received));
    let spec = last.zip(format.as_deref()).and_then(|(mapped, format)| mapped.spec_of(format)).map(str::to_owned);
    let intake = last.filter(|_| received != 0).and_then(|mapped| mapped.intake_of(place.sequence));
    let event = String::from_utf8_lossy(&event).into_owned();
    let message = text_of(&event, "message");
    DeadLetter {
        sequence: place.sequence,
        record: place.record,
        id: Uuid::from_u128(id).to_string(),
        stage: Stage::Store,
        entry: None,
        code,
        reason,
        intake: intake.map(|intake| intake.to_string()).unwrap_or_default(),
        format,
        spec,
        candidates: Vec::new(),
        sink: Some(sink.to_owned()),
        received,
        timestamp: None,
        original: Original::Text(message.unwrap_or_default()),
        event: Some(event),
    }
}

/// A member of an object that is text.
pub(super) fn text_of(object: &str, wanted: &str) -> Option<String> {
    let (_, json) = raw::members(object).ok()?.into_iter().find(|(name, _)| name == wanted)?;
    raw::string(json).ok().map(|text| text.into_owned())
}
