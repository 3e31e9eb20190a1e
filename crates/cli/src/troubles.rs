//! The first records of each kind of trouble, for the end of a run.
//!
//! Why so: `docs/decisions/0105`.

use std::fmt::{self, Display, Formatter};
use std::sync::Arc;
use weir_author::words::{cut, plural};
use weir_formats::{Trouble, Verdict};

/// How many kinds are told apart; the records of others are counted.
const KINDS: usize = 8;

/// How many characters of a reason are shown.
const SHOWN: usize = 300;

/// What went wrong, by kind, in the order in which it was met.
#[derive(Clone, Default)]
pub struct Troubles {
    kinds: Vec<Kind>,
    /// Records whose trouble is of none of these kinds.
    others: u64,
}

/// One kind: the same verdict and code at the same place of the format.
#[derive(Clone)]
struct Kind {
    verdict: &'static str,
    first: Trouble,
    /// The first record, from 1, and its file.
    record: u64,
    file: Arc<str>,
    records: u64,
}

impl Troubles {
    /// Adds a record, by what went wrong with it first.
    pub fn add(&mut self, verdict: &Verdict, record: u64, file: &Arc<str>) {
        if let [first, ..] = verdict.troubles() {
            let kind =
                Kind { verdict: verdict.name(), first: first.clone(), record, file: Arc::clone(file), records: 1 };
            self.merge_kind(kind);
        }
    }

    /// Adds those of later records, which were counted from `before`.
    pub fn merge(&mut self, other: &Troubles, before: u64) {
        self.others += other.others;
        for kind in &other.kinds {
            self.merge_kind(Kind { record: before + kind.record, ..kind.clone() });
        }
    }

    fn merge_kind(&mut self, kind: Kind) {
        let is_full = self.kinds.len() >= KINDS;
        match self.kinds.iter_mut().find(|known| known.is_same(&kind)) {
            Some(known) => known.records += kind.records,
            None if is_full => self.others += kind.records,
            None => self.kinds.push(kind),
        }
    }
}

impl Kind {
    fn is_same(&self, other: &Kind) -> bool {
        let place = |kind: &Kind| (kind.first.action, kind.verdict, kind.first.code);
        place(self) == place(other) && self.first.stage == other.first.stage && self.first.field == other.first.field
    }
}

/// A line for each kind: `  failed: record 3 of a.ndjson, and 4 more like it: parsed: not JSON`.
impl Display for Troubles {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for Kind { verdict, first, record, file, records } in &self.kinds {
            let more = match records - 1 {
                0 => String::new(),
                more => format!(" and {more} more like it"),
            };
            let place = Some(first.place()).filter(|place| !place.is_empty());
            let place = place.map(|place| format!("{place}: ")).unwrap_or_default();
            let file = if &**file == "-" { "standard input" } else { file };
            let text = cut(&format!("{place}{}", first.reason), SHOWN);
            write!(f, "\n  {verdict}: record {record} ({file}){more}: {text}")?;
        }
        match self.others {
            0 => Ok(()),
            others => write!(f, "\n  and {others} {} of other kinds", plural(others, "record", "records")),
        }
    }
}
