//! What a run counts, shown while it goes on and at its end.

use crate::troubles::Troubles;
use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::sync::Arc;
use std::time::Instant;
use weir::Report;
use weir_author::words::plural;
use weir_formats::Verdict;

/// Counts of one run.
pub struct Tally {
    began: Instant,
    /// Records that ran.
    pub records: u64,
    /// Those whose run failed.
    pub failed: u64,
    /// Of the failed, those that fit no dataset, and those that fit several.
    pub unrouted: [u64; 2],
    /// Those whose event lacks what they had for it.
    pub partial: u64,
    /// Those of which nothing was read.
    pub unread: u64,
    /// Those with a date that names no year and so lies ahead.
    ahead: u64,
    /// Lines without anything in them.
    pub blank: u64,
    /// Lines that were longer than what is held.
    pub cut: u64,
    /// Bytes read, after decompression.
    pub read: u64,
    /// Bytes written.
    pub written: u64,
    warnings: BTreeMap<&'static str, u64>,
    troubles: Troubles,
}

impl Tally {
    /// Adds what was counted elsewhere, of later records.
    pub fn merge(&mut self, other: &Tally) {
        let Tally { began: _, records, failed, unrouted, partial, unread, ahead, blank, cut, read, written, .. } =
            other;
        self.troubles.merge(&other.troubles, self.records);
        for (own, other) in [
            (&mut self.records, records),
            (&mut self.failed, failed),
            (&mut self.partial, partial),
            (&mut self.unread, unread),
            (&mut self.ahead, ahead),
            (&mut self.blank, blank),
            (&mut self.cut, cut),
            (&mut self.read, read),
            (&mut self.written, written),
        ] {
            *own += other;
        }
        self.unrouted.iter_mut().zip(unrouted).for_each(|(own, other)| *own += other);
        for (kind, count) in &other.warnings {
            *self.warnings.entry(kind).or_default() += count;
        }
    }

    /// How far the run is, in a few words.
    pub fn so_far(&self) -> String {
        format!("{} records, {}/s", self.records, self.rate())
    }

    fn rate(&self) -> Bytes {
        Bytes((self.read as f64 / self.began.elapsed().as_secs_f64().max(1e-9)) as u64)
    }
}

/// Nothing counted; time runs from here.
impl Default for Tally {
    fn default() -> Self {
        Tally {
            began: Instant::now(),
            records: 0,
            failed: 0,
            unrouted: [0; 2],
            partial: 0,
            unread: 0,
            ahead: 0,
            blank: 0,
            cut: 0,
            read: 0,
            written: 0,
            warnings: BTreeMap::new(),
            troubles: Troubles::default(),
        }
    }
}

impl Tally {
    /// Counts one record's run.
    pub fn add(&mut self, verdict: &Verdict) {
        self.records += 1;
        match verdict {
            Verdict::Whole => {}
            Verdict::Partial(troubles) => {
                self.partial += 1;
                for trouble in troubles {
                    *self.warnings.entry(trouble.code).or_default() += 1;
                }
            }
            Verdict::Unread(_) => self.unread += 1,
            Verdict::Failed(_) => self.failed += 1,
        }
    }

    /// Counts a record with a date that names no year and so lies ahead.
    pub fn add_ahead(&mut self, report: &Report) {
        self.ahead += u64::from(report.dates_ahead() > 0);
    }

    /// Keeps what went wrong with the record that was counted last, to be told at the end.
    pub fn tell(&mut self, verdict: &Verdict, file: &Arc<str>) {
        self.troubles.add(verdict, self.records, file);
    }

    /// Whether anything went wrong with a record.
    pub fn has_trouble(&self) -> bool {
        self.failed + self.unread + self.partial + self.cut > 0
    }

    /// What went wrong, a line for each kind.
    pub fn troubles(&self) -> &Troubles {
        &self.troubles
    }

    /// Counts a record that has no format to run.
    pub fn add_unrouted(&mut self, is_ambiguous: bool) {
        self.records += 1;
        self.failed += 1;
        self.unrouted[usize::from(is_ambiguous)] += 1;
    }
}

impl Display for Tally {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Tally { records, failed, partial, .. } = self;
        write!(f, "{records} {}, {failed} failed", plural(*records, "record", "records"))?;
        match self.unrouted {
            [0, 0] => {}
            [none, several] => write!(f, " ({none} fit no dataset, {several} fit several)")?,
        }
        if self.unread > 0 {
            write!(f, ", {} not read", self.unread)?;
        }
        write!(f, ", {partial} partial")?;
        if !self.warnings.is_empty() {
            let kinds: Vec<String> = self.warnings.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
            write!(f, " (left out: {})", kinds.join(", "))?;
        }
        if self.ahead > 0 {
            let records = plural(self.ahead, "record has a date", "records have dates");
            write!(f, "; {} {records} without a year that is now in the future", self.ahead)?;
        }
        if self.blank > 0 {
            write!(f, "; {} blank {} skipped", self.blank, plural(self.blank, "line", "lines"))?;
        }
        if self.cut > 0 {
            write!(f, "; {} {} cut", self.cut, plural(self.cut, "line", "lines"))?;
        }
        let seconds = self.began.elapsed().as_secs_f64();
        write!(f, "; {} in, {} out, {seconds:.2} s, {}/s", Bytes(self.read), Bytes(self.written), self.rate())
    }
}

/// A number of bytes in units of a thousand.
struct Bytes(u64);

impl Display for Bytes {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            0..1_000 => write!(f, "{} B", self.0),
            1_000..1_000_000 => write!(f, "{:.1} kB", self.0 as f64 / 1e3),
            1_000_000..1_000_000_000 => write!(f, "{:.1} MB", self.0 as f64 / 1e6),
            _ => write!(f, "{:.2} GB", self.0 as f64 / 1e9),
        }
    }
}
