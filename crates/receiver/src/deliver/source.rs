//! Where entries come from: a log on this machine's disk, or a partition of a topic.

use crate::arrival::Arrival;
use crate::event_id::Origin;
use crate::partition::{Part, Partition, PartitionReader};
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;
use weir_log::{Damage, Item, Log, ReadError, Start};

/// Where entries come from.
#[derive(Clone)]
pub enum Source {
    /// A log on this machine's disk.
    Log(Arc<Log>),
    /// A partition of a topic.
    Partition(Arc<Partition>),
}

/// A reader of a source, with a position of its own.
pub(super) enum Reader {
    Log(Box<weir_log::Reader>),
    Partition(PartitionReader),
}

/// What a reader gives.
pub(super) enum Next {
    Entry(Entry),
    /// A place that cannot be read, and is passed over.
    Damage(Damage),
}

/// An entry: a body, or a part of one, with what was noted beside it.
pub(super) enum Entry {
    Log(weir_log::Entry),
    Part(Arc<Part>),
}

/// Where a reader goes on after an entry.
#[derive(Clone, Copy, Debug)]
pub(super) enum Checkpoint {
    Log(weir_log::Checkpoint),
    Offset(u64),
}

impl Source {
    /// What tells it from others: names of files are made from it.
    pub fn id(&self) -> [u8; 16] {
        match self {
            Source::Log(log) => log.id(),
            Source::Partition(partition) => partition.id(),
        }
    }

    /// The reader of a sink.
    pub(super) fn reader(&self, sink: &str) -> Result<Reader, ReadError> {
        Ok(match self {
            Source::Log(log) => Reader::Log(Box::new(log.reader(sink, Start::Oldest)?)),
            Source::Partition(partition) => Reader::Partition(partition.reader()),
        })
    }
}

impl Reader {
    /// What comes next; nothing where nothing came within this time.
    pub fn next(&mut self, wait: Duration) -> Result<Option<Next>, ReadError> {
        Ok(match self {
            Reader::Log(reader) => reader.next(wait)?.map(|item| match item {
                Item::Entry(entry) => Next::Entry(Entry::Log(entry)),
                Item::Damage(damage) => Next::Damage(damage),
            }),
            Reader::Partition(reader) => reader.next(wait).map(|part| Next::Entry(Entry::Part(part))),
        })
    }

    /// Up to where the position in a log is saved.
    pub fn saved(&self) -> Option<weir_log::Checkpoint> {
        match self {
            Reader::Log(reader) => Some(reader.saved()),
            Reader::Partition(_) => None,
        }
    }

    /// Goes back to where it has saved last. Whether it can: of a partition nobody has what was taken.
    pub fn rewind(&mut self) -> bool {
        match self {
            Reader::Log(reader) => {
                reader.rewind();
                true
            }
            Reader::Partition(_) => false,
        }
    }

    /// Saves that all before a place is stored.
    pub fn save(&mut self, checkpoint: Checkpoint) -> Result<(), ReadError> {
        match (self, checkpoint) {
            (Reader::Log(reader), Checkpoint::Log(checkpoint)) => reader.save(checkpoint),
            (Reader::Partition(reader), Checkpoint::Offset(offset)) => {
                reader.save(offset);
                Ok(())
            }
            // A reader has only checkpoints that it gave.
            _ => Ok(()),
        }
    }
}

impl Entry {
    /// Its number in the source: it grows from entry to entry, but not by ones.
    pub fn sequence(&self) -> u64 {
        match self {
            Entry::Log(entry) => entry.sequence().0,
            Entry::Part(part) => part.offset,
        }
    }

    /// What ids of its events are made from.
    pub fn origin(&self, source: &Source) -> Origin {
        match (self, source) {
            (Entry::Part(part), Source::Partition(partition)) => partition.origin(part),
            _ => Origin { log: source.id(), sequence: self.sequence() },
        }
    }

    /// When it was received, in milliseconds since 1970.
    pub fn received(&self) -> i64 {
        match self {
            Entry::Log(entry) => entry.received(),
            Entry::Part(part) => part.received,
        }
    }

    /// Who sent it, and how its records are found; why that cannot be told.
    pub fn arrival(&self) -> Result<Arrival, String> {
        match self {
            Entry::Log(entry) => serde_json::from_slice(entry.metadata())
                .map_err(|error| format!("what is noted beside it cannot be read: {error}")),
            Entry::Part(part) => part.arrival(),
        }
    }

    /// Its body, as a stream.
    pub fn body(&self) -> Box<dyn Read + '_> {
        match self {
            Entry::Log(entry) => Box::new(entry.body()),
            Entry::Part(part) => Box::new(&*part.body),
        }
    }

    /// Its body, where nothing else keeps it: a log has its own.
    pub fn only_copy(&self) -> &[u8] {
        match self {
            Entry::Log(_) => &[],
            Entry::Part(part) => &part.body,
        }
    }

    /// Where to go on after it.
    pub fn checkpoint(&self) -> Checkpoint {
        match self {
            Entry::Log(entry) => Checkpoint::Log(entry.checkpoint()),
            Entry::Part(part) => Checkpoint::Offset(part.offset + 1),
        }
    }
}
