//! The answer to a body that is in the log: the ids of its events, written while they are sent, since there may be a million.

use crate::event_id::Placed;
use axum::body::{Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use std::convert::Infallible;
use std::fmt::Write;
use std::pin::Pin;
use std::task::{Context, Poll};

/// How many ids are written at once.
const AT_ONCE: u32 = 1024;

/// How many bytes an id takes, with its quotes.
const ID: u64 = 38;

/// `{"event_ids":[…]}`, with `null` in the place of an event that was rejected, and `"rejected":[…]` where there is one.
#[derive(Debug)]
pub(crate) struct Ids {
    placed: Option<Placed>,
    records: u32,
    oversize: Vec<u32>,
    /// What the end of the answer is.
    end: String,
    next: u32,
    passed: usize,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Begin,
    Ids,
    Ended,
}

impl Ids {
    /// The ids of a body's records, but for those that are too large.
    pub fn new(placed: Placed, records: u32, oversize: Vec<u32>) -> Self {
        let end = format!("]{}}}", rejected(&oversize));
        Ids { placed: Some(placed), records, oversize, end, next: 0, passed: 0, state: State::Begin }
    }

    /// No ids: nothing was stored.
    pub fn none() -> Self {
        let (end, state) = ("]}".to_owned(), State::Begin);
        Ids { placed: None, records: 0, oversize: Vec::new(), end, next: 0, passed: 0, state }
    }

    fn bytes(&self) -> u64 {
        let (records, nulls) = (u64::from(self.records), self.oversize.len() as u64);
        let commas = records.saturating_sub(1);
        BEGIN.len() as u64 + (records - nulls) * ID + nulls * 4 + commas + self.end.len() as u64
    }

    fn piece(&mut self) -> Option<String> {
        let mut out = String::new();
        if self.state == State::Begin {
            out.push_str(BEGIN);
            self.state = State::Ids;
        }
        if self.state == State::Ended {
            return None;
        }
        let end = self.records.min(self.next.saturating_add(AT_ONCE));
        for number in self.next..end {
            if number > 0 {
                out.push(',');
            }
            if self.oversize.get(self.passed) == Some(&number) {
                self.passed += 1;
                out.push_str("null");
            } else if let Some(placed) = &self.placed {
                // Writing to a String cannot fail.
                let _ = write!(out, "\"{}\"", placed.id(number, self.passed as u32));
            }
        }
        self.next = end;
        if end == self.records {
            out.push_str(&self.end);
            self.state = State::Ended;
        }
        Some(out)
    }
}

const BEGIN: &str = "{\"event_ids\":[";

/// The member that says which events were rejected, with a comma before; nothing where none was.
pub(crate) fn rejected(oversize: &[u32]) -> String {
    let events: Vec<String> = oversize
        .iter()
        .map(|index| format!("{{\"index\":{index},\"status\":413,\"code\":\"event-too-large\"}}"))
        .collect();
    if events.is_empty() { String::new() } else { format!(",\"rejected\":[{}]", events.join(",")) }
}

impl HttpBody for Ids {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.piece().map(|piece| Ok(Frame::data(Bytes::from(piece)))))
    }

    fn is_end_stream(&self) -> bool {
        self.state == State::Ended
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(if self.state == State::Begin { self.bytes() } else { 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_id::event_id;
    use serde_json::Value;

    fn ids(records: u32, oversize: Vec<u32>) -> Ids {
        Ids::new(Placed::entry([7; 16], 5), records, oversize)
    }

    fn text(mut ids: Ids) -> String {
        let announced = ids.bytes();
        let text: String = std::iter::from_fn(|| ids.piece()).collect();
        assert_eq!(text.len() as u64, announced);
        text
    }

    #[test]
    fn ids_are_in_the_order_of_the_records_whatever_their_number() {
        for records in [0, 1, 2, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 3 * AT_ONCE] {
            let answer: Value = serde_json::from_str(&text(ids(records, Vec::new()))).expect("JSON");
            let ids: Vec<Value> = (0..records).map(|number| event_id([7; 16], 5, number).to_string().into()).collect();
            assert_eq!(answer, serde_json::json!({ "event_ids": ids }));
        }
    }

    #[test]
    fn a_rejected_event_has_a_status_and_no_id() {
        let answer: Value = serde_json::from_str(&text(ids(3, vec![0, 2]))).expect("JSON");
        assert_eq!(answer["event_ids"], serde_json::json!([null, event_id([7; 16], 5, 1).to_string(), null]));
        assert_eq!(answer["rejected"][1], serde_json::json!({"index": 2, "status": 413, "code": "event-too-large"}));
    }
}
