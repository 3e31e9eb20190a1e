//! Many records, a line each, counted as `weir run` counts them.

use serde::Serialize;
use std::collections::BTreeMap;
use weir::diagnostic::{Diagnostics, SourceId};
use weir::{Format, Input, Record, Scratch};
use weir_author::FormatFolder;
use weir_author::pairs::NOW;
use weir_formats::{Unread, Verdict};

/// The most records that are told of one by one.
const MOST: usize = 5000;

/// The answer.
#[derive(Debug, Default, Serialize)]
pub struct Tally {
    records: usize,
    whole: usize,
    partial: usize,
    unread: usize,
    failed: usize,
    /// What became of each.
    lines: Vec<Line>,
    /// What went wrong, each kind once.
    troubles: Vec<Trouble>,
}

/// What became of a record.
#[derive(Clone, Debug, Serialize)]
struct Line {
    /// Its line, from 1.
    line: usize,
    verdict: &'static str,
    /// What went wrong first.
    #[serde(skip_serializing_if = "String::is_empty")]
    reason: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    place: String,
}

/// Something that went wrong with some records.
#[derive(Debug, Serialize)]
struct Trouble {
    /// How many of them.
    count: usize,
    /// The first.
    #[serde(flatten)]
    first: Line,
}

/// Runs each line that is not blank.
pub fn tally(folder: &FormatFolder, format: &Format, text: &str, scratch: &mut Scratch) -> Tally {
    let mut tally = Tally::default();
    let Some(plan) = &format.plan else { return tally };
    let unread = Unread::of(format.spec.as_ref(), plan);
    let contract = folder
        .contract
        .as_ref()
        .and_then(|(_, text)| weir_dataset::read_contract(text, SourceId(0), &mut Diagnostics::new()));
    let mut kinds: BTreeMap<(&'static str, &'static str, String), usize> = BTreeMap::new();
    let mut event = Vec::new();
    for (number, line) in text.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.bytes().all(|byte| byte.is_ascii_whitespace()) {
            continue;
        }
        event.clear();
        let record = Record { input: Input::Message(line.as_bytes()), now: NOW, event_id: None };
        let report = plan.run(scratch, &record, &mut event);
        let verdict = unread.verdict(plan, contract.as_ref(), &record, &event, report);
        tally.records += 1;
        *match verdict {
            Verdict::Whole => &mut tally.whole,
            Verdict::Partial(_) => &mut tally.partial,
            Verdict::Unread(_) => &mut tally.unread,
            Verdict::Failed(_) => &mut tally.failed,
        } += 1;
        let first = verdict.troubles().first();
        let told = Line {
            line: number + 1,
            verdict: verdict.name(),
            reason: first.map(|trouble| trouble.reason.clone()).unwrap_or_default(),
            place: first.map(|trouble| trouble.place()).unwrap_or_default(),
        };
        if let Some(trouble) = first {
            let next = tally.troubles.len();
            let kind = *kinds.entry((told.verdict, trouble.code, told.place.clone())).or_insert(next);
            match tally.troubles.get_mut(kind) {
                Some(known) => known.count += 1,
                None => tally.troubles.push(Trouble { count: 1, first: told.clone() }),
            }
        }
        if tally.lines.len() < MOST {
            tally.lines.push(told);
        }
    }
    tally
}
