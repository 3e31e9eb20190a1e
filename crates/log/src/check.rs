//! Looks at a log from outside, also at one that a process is using: what is in it, and what is damaged.

use crate::cursor::{Cursor, Item};
use crate::damage::Damage;
use crate::entry::{Entry, Sequence};
use crate::files::Files;
use crate::layout::{SegmentHeader, segment_name};
use crate::recovery::{DamagedPosition, Survey, Tail, look};
use crate::refusal::{OpenError, ReadError};
use crate::segments::Segment;
use crate::shared::Shared;
use std::sync::Arc;

/// A log that is looked at. Nothing of it is changed, and no other process is kept out.
pub struct Inspection {
    shared: Arc<Shared>,
    survey: Survey,
    tail: Option<Tail>,
}

/// What a log has, without reading its entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stat {
    /// The public name of the log; nothing where there are no files of one.
    pub id: Option<[u8; 16]>,
    /// The segments, the oldest first.
    pub segments: Vec<SegmentStat>,
    /// How many entries the log has had, those removed with them.
    pub entries: u64,
    /// The block after the last whole frame.
    pub end: u64,
    /// The block after what follows the end: a write that is going on, or what a crash left of one.
    pub torn: Option<u64>,
    /// The readers, by name.
    pub readers: Vec<ReaderStat>,
    /// Readers of whose position a slot is damaged.
    pub damaged_positions: Vec<DamagedPosition>,
}

/// A segment as its header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentStat {
    /// The name of the file.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Its header, unless both copies are damaged.
    pub header: Option<SegmentHeader>,
}

/// Where a reader is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderStat {
    /// Its name.
    pub name: String,
    /// The block that it goes on with.
    pub next: u64,
    /// How many entries are before that.
    pub number: u64,
}

/// What reading all of a log found.
#[derive(Debug, Default)]
pub struct Check {
    /// How many entries are whole.
    pub entries: u64,
    /// How many bytes their bodies have.
    pub body_bytes: u64,
    /// The first entry and the last one.
    pub range: Option<(Sequence, Sequence)>,
    /// What cannot be read, in its order.
    pub damage: Vec<Damage>,
    /// How much more damage there is than was kept.
    pub more_damage: u64,
}

/// How much damage a check keeps.
const MOST_DAMAGE: usize = 1_000;

impl Inspection {
    /// Looks at the log in these files.
    ///
    /// # Errors
    /// Where they cannot be read, or are not those of one log.
    pub fn of(files: Arc<dyn Files>) -> Result<Self, OpenError> {
        let (shared, survey, tail) = look(files)?;
        Ok(Inspection { shared, survey, tail })
    }

    /// What there is.
    pub fn stat(&self) -> Stat {
        let readers = self.survey.readers.iter();
        Stat {
            id: self.survey.identity.map(|identity| identity.log),
            segments: self.survey.segments.all().map(SegmentStat::of).collect(),
            entries: self.tail.as_ref().map_or(0, |tail| tail.number),
            end: self.tail.as_ref().map_or(0, |tail| tail.end),
            torn: self.tail.as_ref().and_then(|tail| tail.torn),
            readers: readers
                .map(|(name, reader)| ReaderStat { name: name.clone(), next: reader.next, number: reader.number })
                .collect(),
            damaged_positions: self.survey.opened.damaged_positions.clone(),
        }
    }

    /// Reads all entries.
    ///
    /// # Errors
    /// Where something cannot be read, which is no damage: it may be readable the next time.
    pub fn check(&self) -> Result<Check, ReadError> {
        let mut check = Check::default();
        for item in self.entries(None) {
            check.add(item?);
        }
        Ok(check)
    }

    /// All entries and all damage, from a sequence number on. After an error there is nothing more.
    pub fn entries(&self, from: Option<Sequence>) -> impl Iterator<Item = Result<Item, ReadError>> + use<> {
        let mut cursor = Cursor::new(Arc::clone(&self.shared), from.map_or(0, |sequence| sequence.0), None);
        let mut has_failed = false;
        std::iter::from_fn(move || {
            let item = if has_failed { None } else { cursor.next().transpose() };
            has_failed = item.as_ref().is_some_and(Result::is_err);
            item
        })
    }

    /// The entry with a sequence number.
    ///
    /// # Errors
    /// Where something cannot be read.
    pub fn entry(&self, sequence: Sequence) -> Result<Option<Entry>, ReadError> {
        let mut cursor = Cursor::new(Arc::clone(&self.shared), sequence.0, None);
        Ok(match cursor.next()? {
            Some(Item::Entry(entry)) if entry.sequence() == sequence => Some(entry),
            _ => None,
        })
    }
}

impl Check {
    fn add(&mut self, item: Item) {
        match item {
            Item::Entry(entry) => {
                self.entries += 1;
                self.body_bytes += entry.bytes();
                let first = self.range.map_or(entry.sequence(), |(first, _)| first);
                self.range = Some((first, entry.sequence()));
            }
            Item::Damage(damage) if self.damage.len() < MOST_DAMAGE => self.damage.push(damage),
            Item::Damage(_) => self.more_damage += 1,
        }
    }
}

impl SegmentStat {
    fn of(segment: &Segment) -> Self {
        SegmentStat { name: segment_name(segment.base), bytes: segment.bytes, header: segment.header }
    }
}
