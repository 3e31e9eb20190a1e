//! Indicators as they were read, each in the form in which it is compared. What cannot be used is named with the reason.

use super::harmless::WarningLists;
use super::kind::{self, KindId};
use super::pattern::Pattern;
use super::value;
use crate::event::as_time;
use crate::findings::beginning;
use jiff::Timestamp;
use std::collections::BTreeMap;
use weir::value::Arena;

/// How many indicators are read at most.
const MOST: usize = 20_000_000;

/// How many patterns that are more than one value are kept: each event is held against all of them.
const MOST_PATTERNS: usize = 10_000;

/// How many of the refused are named under each reason.
const NAMED: usize = 20;

/// How many reasons are told apart, and the longest, in bytes.
const MOST_REASONS: usize = 100;
const LONGEST_REASON: usize = 300;

/// Indicators as they were read.
#[derive(Debug, Default)]
pub struct Indicators {
    pub(super) values: String,
    pub(super) stored: Vec<Stored>,
    pub(super) abouts: Vec<IndicatorAbout>,
    pub(super) patterns: Vec<(Pattern, u32, Validity)>,
    pub(super) harmless: WarningLists,
    refused: BTreeMap<String, Refusal>,
}

/// What an indicator says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndicatorAbout {
    /// The file that it came from.
    pub provider: String,
    /// Its id.
    pub id: Option<String>,
    /// What it is called, or what it is about.
    pub name: Option<String>,
}

/// A value of an indicator.
#[derive(Clone, Copy, Debug)]
pub struct Stored {
    pub start: u32,
    pub length: u16,
    pub kind: KindId,
    pub about: u32,
    pub validity: Validity,
}

impl Stored {
    /// Its value, among those of all.
    pub fn value(self, values: &str) -> &str {
        &values[self.start as usize..][..usize::from(self.length)]
    }
}

/// When an indicator holds, in milliseconds since 1970-01-01T00:00:00Z: from the first, and before the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// The first time.
    pub from: i64,
    /// The first time behind it.
    pub until: i64,
}

/// Indicators that were not taken for one reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// How many there are.
    pub count: u64,
    /// The first of them: their ids, or where they stand.
    pub named: Vec<String>,
}

impl Validity {
    /// At any time.
    pub const ALWAYS: Validity = Validity { from: i64::MIN, until: i64::MAX };

    /// Whether it holds at a time, `grace` milliseconds behind its end, too.
    pub fn holds(self, time: i64, grace: i64) -> bool {
        self.from <= time && time < self.until.saturating_add(grace)
    }

    /// Between two times as feeds write them; what is missing is no bound.
    ///
    /// # Errors
    /// The reason, where one is no time.
    pub fn between(from: Option<&str>, until: Option<&str>) -> Result<Self, String> {
        let bound = |text: Option<&str>, open: i64| match text.map(str::trim).filter(|text| !is_open(text)) {
            Some(text) => milliseconds(text).ok_or_else(|| format!("the time `{text}` cannot be read")),
            None => Ok(open),
        };
        Ok(Validity { from: bound(from, i64::MIN)?, until: bound(until, i64::MAX)? })
    }
}

/// How feeds write that there is no bound.
fn is_open(text: &str) -> bool {
    ["", "-", "n/a", "none", "null", "never"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// A number above this is of milliseconds: as seconds it would be behind the year 5138.
const MOST_SECONDS: i64 = 100_000_000_000;

/// A time, or seconds or milliseconds since 1970, in milliseconds.
fn milliseconds(text: &str) -> Option<i64> {
    match text.trim().parse::<i64>() {
        Ok(number) if number.abs() > MOST_SECONDS => Some(number),
        Ok(seconds) => seconds.checked_mul(1000),
        Err(_) => as_time(text).map(Timestamp::as_millisecond),
    }
}

impl Indicators {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.stored.len() + self.patterns.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What was not taken, by the reason.
    pub fn refused(&self) -> impl Iterator<Item = (&str, &Refusal)> {
        self.refused.iter().map(|(reason, refusal)| (&**reason, refusal))
    }

    /// Takes out those that warning lists call harmless, and tells how many they are.
    pub(super) fn leave_out_harmless(&mut self) -> usize {
        let Indicators { values, stored, harmless, .. } = self;
        let before = stored.len();
        if !harmless.is_empty() {
            let mut arena = Arena::default();
            stored.retain(|stored| {
                !harmless.has(kind::all()[usize::from(stored.kind)].compare, stored.value(values), &mut arena)
            });
        }
        before - stored.len()
    }

    pub(super) fn about(&mut self, about: IndicatorAbout) -> u32 {
        self.abouts.push(about);
        self.abouts.len() as u32 - 1
    }

    /// Adds a value of a kind; `name` tells which it is where it is refused.
    pub(super) fn add(&mut self, kind: KindId, text: &str, about: u32, validity: Validity, name: &dyn Fn() -> String) {
        let known = &kind::all()[usize::from(kind)];
        let Some(value) = value::canonical(known.compare, text) else {
            return self.refuse(format!("the value is no {}", known.name), name());
        };
        if self.len() >= MOST || self.values.len() + value.len() > u32::MAX as usize {
            return self.refuse(format!("there are more than {MOST} indicators, or 4 GiB of them"), name());
        }
        let start = self.values.len() as u32;
        self.values.push_str(&value);
        self.stored.push(Stored { start, length: value.len() as u16, kind, about, validity });
    }

    /// Adds a pattern; one that is only values is taken apart.
    pub(super) fn add_pattern(&mut self, pattern: Pattern, about: u32, validity: Validity, name: &dyn Fn() -> String) {
        if let Some(values) = pattern.values() {
            return values.into_iter().for_each(|(kind, value)| self.add(kind, value, about, validity, name));
        }
        if self.patterns.len() >= MOST_PATTERNS {
            return self.refuse(format!("there are more than {MOST_PATTERNS} patterns of several conditions"), name());
        }
        self.patterns.push((pattern, about, validity));
    }

    pub(super) fn refuse(&mut self, reason: impl Into<String>, name: String) {
        let reason: String = reason.into();
        let mut reason = beginning(&reason, LONGEST_REASON).to_owned();
        if self.refused.len() >= MOST_REASONS && !self.refused.contains_key(&reason) {
            reason = "there are too many other reasons".to_owned();
        }
        let refusal = self.refused.entry(reason).or_default();
        refusal.count += 1;
        if refusal.named.len() < NAMED {
            refusal.named.push(name);
        }
    }
}
