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
    /// It is refused, by itself or because of its index or a pipeline: what became of the others tells.
    Unclear { code: String, reason: String },
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

/// Errors with status 400 that are the event's. Any other may be the index's, or that of a pipeline: where no event is taken, it passes, or
/// somebody has to do something, and until then no event is given up for it.
const OF_THE_EVENT: &[&str] = &[
    "document_parsing_exception",
    "mapper_parsing_exception",
    "strict_dynamic_mapping_exception",
    "parsing_exception",
    "parse_exception",
    "json_parse_exception",
    "x_content_parse_exception",
];

/// Errors with status 400 that are the index's, and pass.
const OF_THE_INDEX: &[&str] = &["index_closed_exception", "validation_exception"];

/// An error that is both the event's and the index's, and in which words it is the event's: a text that is too long, a value that does
/// not go with the field's type, too many fields.
const OF_EITHER: &str = "illegal_argument_exception";
const WORDS_OF_THE_EVENT: &[&str] = &[
    "immense term",
    "cannot be changed from type",
    "merge a non object mapping",
    "Limit of total fields",
    "Limit of mapping depth",
];

fn is_of_the_event(kind: &str, reason: &str) -> bool {
    let has_words = || WORDS_OF_THE_EVENT.iter().any(|words| reason.contains(words));
    OF_THE_EVENT.contains(&kind) || (kind == OF_EITHER && has_words())
}

fn outcome(item: Created) -> Outcome {
    let Created { status, error, .. } = item;
    let Problem { kind, reason } = error.unwrap_or(Problem { kind: String::new(), reason: String::new() });
    match status {
        // A conflict of versions: a document with this id is there.
        200..=299 | 409 => Outcome::Stored,
        400 if is_of_the_event(&kind, &reason) => Outcome::Refused { code: kind, reason },
        400 if !OF_THE_INDEX.contains(&kind.as_str()) => Outcome::Unclear { code: kind, reason },
        _ => Outcome::Later { reason: format!("{status} {kind}: {reason}") },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_the_events_the_indexs_or_unclear() {
        for (kind, reason, whose) in [
            ("mapper_parsing_exception", "failed to parse field [a] of type [long]", "event"),
            ("strict_dynamic_mapping_exception", "mapping set to strict", "event"),
            ("illegal_argument_exception", "Document contains at least one immense term in field=\"a\"", "event"),
            ("illegal_argument_exception", "mapper [a] cannot be changed from type [long] to [text]", "event"),
            ("illegal_argument_exception", "pipeline with id [geo] does not exist", "unclear"),
            ("illegal_argument_exception", "no write index is defined for alias [a]", "unclear"),
            ("invalid_index_name_exception", "Invalid index name [A]", "unclear"),
            ("index_closed_exception", "closed", "index"),
            ("validation_exception", "this action would add [2] shards", "index"),
            ("", "", "unclear"),
        ] {
            let body =
                serde_json::json!({"items": [{"create": {"status": 400, "error": {"type": kind, "reason": reason}}}]});
            let outcomes = outcomes(body.to_string().as_bytes(), [1].into_iter()).expect("an answer");
            let found = match outcomes[0] {
                Outcome::Stored => "stored",
                Outcome::Refused { .. } => "event",
                Outcome::Unclear { .. } => "unclear",
                Outcome::Later { .. } => "index",
            };
            assert_eq!(found, whose, "{kind}: {reason}");
        }
    }
}
