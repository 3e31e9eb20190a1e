//! An event that a destination refuses, as a dead letter.

use super::mapped::Mapped;
use crate::dead_letters::{DeadLetter, Original, Stage};
use crate::event_id;
use weir::json::raw;
use weir_sinks::Refused;

/// The dead letter of an event that the destination of a sink refuses. The bytes of its record are those of the event's `message`.
/// What else is known of it is in the batch that the sink was given last, unless it has gathered the event longer.
pub(super) fn letter_of(refused: Refused, log: [u8; 16], sink: &str, last: Option<&Mapped>) -> DeadLetter {
    let Refused { place, code, reason, event } = refused;
    let known = last.and_then(|mapped| mapped.batch.events().find(|event| event.place == place));
    let (format, received) = known.map_or((None, 0), |event| (Some(event.format.to_owned()), event.received));
    let spec = last.zip(format.as_deref()).and_then(|(mapped, format)| mapped.spec_of(format)).map(str::to_owned);
    let intake = last.filter(|_| received != 0).and_then(|mapped| mapped.intake_of(place.sequence));
    let event = String::from_utf8_lossy(&event).into_owned();
    let message = member(&event, "message").and_then(|json| raw::string(json).ok().map(|text| text.into_owned()));
    DeadLetter {
        sequence: place.sequence,
        record: place.record,
        id: event_id(log, place.sequence, place.record).to_string(),
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

fn member<'t>(text: &'t str, wanted: &str) -> Option<&'t str> {
    raw::members(text).ok()?.into_iter().find(|(name, _)| name == wanted).map(|(_, json)| json)
}
