//! What a server answered to `_bulk`, item by item.

use serde::Deserialize;
use uuid::Uuid;

/// What became of an event.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is there, now or from before.
    Stored,
    /// It would be refused each time.
    Refused { code: String, reason: String },
    /// It is not taken now.
    Later { reason: String },
}

#[derive(Deserialize)]
struct Bulk {
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    create: Created,
}

#[derive(Deserialize)]
struct Created {
    #[serde(default, rename = "_id")]
    id: Option<String>,
    status: u16,
    #[serde(default)]
    error: Option<Problem>,
}

#[derive(Deserialize)]
struct Problem {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    reason: String,
}

/// What became of the events with these ids, in their order.
pub(super) fn outcomes(body: &[u8], ids: impl ExactSizeIterator<Item = u128>) -> Result<Vec<Outcome>, String> {
    let bulk: Bulk = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    if bulk.items.len() != ids.len() {
        return Err(format!("{} items for {} events", bulk.items.len(), ids.len()));
    }
    let with_id = |(item, id): (Item, u128)| match item.create.id.as_deref().map(Uuid::parse_str) {
        Some(Ok(other)) if other.as_u128() != id => Err("its items are not in the order of the events".to_owned()),
        _ => Ok(outcome(item.create)),
    };
    bulk.items.into_iter().zip(ids).map(with_id).collect()
}

/// Errors with status 400 that are the index's and not the event's: they pass, or somebody has to do something.
const OF_THE_INDEX: &[&str] = &["index_closed_exception", "validation_exception"];

fn outcome(item: Created) -> Outcome {
    let Created { status, error, .. } = item;
    let Problem { kind, reason } = error.unwrap_or(Problem { kind: String::new(), reason: String::new() });
    match status {
        // A conflict of versions: a document with this id is there.
        200..=299 | 409 => Outcome::Stored,
        400 if !OF_THE_INDEX.contains(&kind.as_str()) => Outcome::Refused { code: kind, reason },
        _ => Outcome::Later { reason: format!("{status} {kind}: {reason}") },
    }
}
