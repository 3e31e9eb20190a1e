//! An event that a destination refuses, as a dead letter.

use crate::dead_letters::{DeadLetter, Original, Stage};
use crate::event_id;
use weir::json::raw;
use weir_sinks::Refused;

/// The dead letter of an event that the destination of a sink refuses. The bytes of its record are those of the event's `message`.
pub(super) fn letter_of(refused: Refused, log: [u8; 16], sink: &str) -> DeadLetter {
    let Refused { place, code, reason, event } = refused;
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
        intake: String::new(),
        format: None,
        spec: None,
        candidates: Vec::new(),
        sink: Some(sink.to_owned()),
        received: 0,
        timestamp: None,
        original: Original::Text(message.unwrap_or_default()),
        event: Some(event),
    }
}

fn member<'t>(text: &'t str, wanted: &str) -> Option<&'t str> {
    raw::members(text).ok()?.into_iter().find(|(name, _)| name == wanted).map(|(_, json)| json)
}
