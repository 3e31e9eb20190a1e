//! Records of which a format reads nothing, though nothing fails: they would pass for events without a word.
//!
//! Why so: `docs/decisions/0090`.

use crate::message::message;
use crate::verdict::{Trouble, Verdict};
use weir::json::raw;
use weir::spec::{EntryKind, Spec};
use weir::value::ConstantKind;
use weir::{Input, Plan, Record, Report, Scratch, Status};
use weir_dataset::{Contract, Observed, RawRecord, Unreadable};
use weir_propose::{Selected, selected};

/// The extractor of JSON.
const JSON: &str = "json.parse-json";

/// Where an extractor reads that is not told where.
const MESSAGE: &str = "original.message";

/// Messages with nothing in them: what comes out of them comes out of any record.
const NOTHING: [&str; 3] = ["", "{}", "null"];

/// What reads a list of records.
pub const HINT: &str = "--records '$[*]' makes a record of each item";

/// The id of the events that are compared; as long as any other.
const ID: &str = "00000000-0000-0000-0000-000000000000";

/// How an event begins.
const START: &[u8] = br#"{"message":"#;

/// The code of a record of which nothing was read.
const NOTHING_READ: &str = "nothing-read";

/// What a format gives for records of which it reads nothing.
pub struct Unread {
    /// Whether the whole message is read as JSON.
    is_json: bool,
    /// What follows the message in such events, and in those that say how they came about.
    rests: [Vec<Vec<u8>>; 2],
}

impl Unread {
    /// Finds out what a format gives for nothing.
    pub fn of(spec: Option<&Spec>, plan: &Plan) -> Self {
        let rests = [None, Some(ID)].map(|event_id| {
            let mut rests: Vec<Vec<u8>> = NOTHING.iter().filter_map(|message| rest(plan, message, event_id)).collect();
            rests.dedup();
            rests
        });
        Unread { is_json: spec.is_some_and(reads_json), rests }
    }

    /// What became of a record: what failed was told already, and what was left out says more than that nothing was read.
    pub fn verdict(
        &self,
        plan: &Plan,
        contract: Option<&Contract>,
        record: &Record<'_>,
        event: &[u8],
        report: &Report,
    ) -> Verdict {
        let verdict = Verdict::of(report);
        let unread = match verdict {
            Verdict::Failed(_) => None,
            Verdict::Whole => self.no_object(record.input).or_else(|| self.nothing(plan, contract, record, event)),
            _ => self.no_object(record.input),
        };
        unread.map_or(verdict, Verdict::Unread)
    }

    /// Why a record is nothing that the format could read, if so, whatever came out.
    pub fn no_object(&self, input: Input<'_>) -> Option<Trouble> {
        let Input::Message(message) = input else { return None };
        let (code, reason) = self.is_json.then(|| no_object(message))??;
        Some(Trouble { code, reason, ..Trouble::default() })
    }

    /// Why nothing was read of a record of whose run there is nothing to tell, if so. A field that the format reads or its
    /// contract documents may say what an empty record says, too.
    pub fn nothing(
        &self,
        plan: &Plan,
        contract: Option<&Contract>,
        record: &Record<'_>,
        event: &[u8],
    ) -> Option<Trouble> {
        if !self.is_nothing(event, record.event_id) || has_known_field(plan, contract, &message(record.input)) {
            return None;
        }
        let mut reason = "the event has only the message of the record".to_owned();
        if let Some(Selected { path, .. }) = selected(&message(record.input)) {
            reason += &format!("; the record holds a list of records: --records '{path}' makes a record of each");
        }
        Some(Trouble { code: NOTHING_READ, reason, ..Trouble::default() })
    }

    fn is_nothing(&self, event: &[u8], id: Option<&str>) -> bool {
        self.rests[usize::from(id.is_some())].iter().any(|rest| {
            let Some(start) = event.len().checked_sub(rest.len()) else { return false };
            let (message, end) = event.split_at(start);
            message.last() == Some(&b'"') && is_same(end, rest, id) && is_message(message)
        })
    }
}

/// What follows the message in the event of a message; nothing where the run fails.
fn rest(plan: &Plan, message: &str, event_id: Option<&str>) -> Option<Vec<u8>> {
    let mut event = Vec::new();
    let record = Record { input: Input::Message(message.as_bytes()), now: 0, event_id };
    let status = plan.run(&mut Scratch::default(), &record, &mut event).status();
    let message = serde_json::to_string(message).ok()?;
    let rest = event.strip_prefix(START)?.strip_prefix(message.as_bytes())?;
    (status == Status::Success).then(|| rest.to_vec())
}

/// Whether two ends of events are the same but for the id.
fn is_same(end: &[u8], rest: &[u8], id: Option<&str>) -> bool {
    match id {
        None => end == rest,
        Some(id) => str::from_utf8(end).is_ok_and(|end| end.replacen(id, ID, 1).as_bytes() == rest),
    }
}

/// Whether there is one text and nothing else behind the name of the message.
fn is_message(start: &[u8]) -> bool {
    start.strip_prefix(START).is_some_and(|text| raw::utf8(text).and_then(raw::value).is_ok())
}

/// Whether a record is a JSON object with a field that the format reads, or its contract documents, and something in it.
fn has_known_field(plan: &Plan, contract: Option<&Contract>, message: &str) -> bool {
    let is_documented = |name: &str| contract.is_some_and(|contract| contract.field(name).is_some());
    let is_known = |name: &str| is_documented(name) || plan.reads_of_message().any(|wanted| wanted.names(name));
    let is_filled = |value: &str| Observed::of(value).is_filled;
    RawRecord::read(message).is_ok_and(|read| read.members().any(|(name, value)| is_filled(value) && is_known(name)))
}

fn reads_json(spec: &Spec) -> bool {
    spec.pipeline.iter().any(|entry| {
        let EntryKind::Extractor(used) = &entry.work else { return false };
        let is_message = used.input_field.as_ref().is_none_or(|input| match &input.kind {
            ConstantKind::Text(text) => text.trim_matches(['{', '}', ' ']) == MESSAGE,
            _ => false,
        });
        used.name.text == JSON && is_message
    })
}

/// The code and the reason, where a message is JSON but no object with something in it.
fn no_object(message: &[u8]) -> Option<(&'static str, String)> {
    let message = message.trim_ascii();
    match message {
        [b'{', inner @ .., b'}'] if inner.trim_ascii().is_empty() => {
            Some(("empty-object", "the record is an empty JSON object".to_owned()))
        }
        b"{" | b"[" => {
            let items = if message == b"[" { "[*]" } else { "" };
            let reason = "the record is the first line of a JSON document that has several";
            Some(("not-an-object", format!("{reason}; --records '${items}' reads the whole document")))
        }
        [b'{', ..] | [] => None,
        _ => match RawRecord::read(str::from_utf8(message).ok()?) {
            Err(Unreadable::NotAnObject(_)) if message[0] == b'[' => {
                Some(("not-an-object", format!("the record is a JSON list, not an object; {HINT}")))
            }
            Err(Unreadable::NotAnObject(shape)) => {
                Some(("not-an-object", format!("the record is JSON, but not an object: {}", shape.name())))
            }
            _ => None,
        },
    }
}
