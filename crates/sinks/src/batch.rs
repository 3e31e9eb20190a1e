//! Events on their way to a sink, in the order of the log.

use std::ops::Range;
use std::sync::Arc;

/// A place between two records of the log. Places grow from record to record, across entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The sequence number of an entry.
    pub sequence: u64,
    /// How many records of this entry are before it.
    pub record: u32,
}

/// An event of a batch.
#[derive(Clone, Copy, Debug)]
pub struct Event<'b> {
    /// The event as one line of JSON, without the newline.
    pub json: &'b [u8],
    /// Its `event.id`, which the same record has after each replay.
    pub id: u128,
    /// The name of the format that made it.
    pub format: &'b str,
    /// The record that it was made of.
    pub place: Place,
    /// When the record was received, in milliseconds since 1970.
    pub received: i64,
}

/// Events that follow each other in the log. Some records between its places have no event: they are dead letters.
#[derive(Debug, Default)]
pub struct Batch {
    /// The events' lines, each with its newline.
    lines: Vec<u8>,
    events: Vec<Stored>,
    formats: Vec<Arc<str>>,
    from: Place,
    to: Place,
}

#[derive(Debug)]
struct Stored {
    line: Range<usize>,
    id: u128,
    format: usize,
    place: Place,
    received: i64,
}

impl Batch {
    /// The place before its first record.
    pub fn from(&self) -> Place {
        self.from
    }

    /// The place after its last record. What comes next begins here, or with a later entry.
    pub fn to(&self) -> Place {
        self.to
    }

    /// All events as NDJSON.
    pub fn ndjson(&self) -> &[u8] {
        &self.lines
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether there is no event.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The events, in the order of the log.
    pub fn events(&self) -> impl ExactSizeIterator<Item = Event<'_>> {
        self.events.iter().map(|event| Event {
            json: &self.lines[event.line.clone()],
            id: event.id,
            format: &self.formats[event.format],
            place: event.place,
            received: event.received,
        })
    }
}

/// A batch that is being made.
#[derive(Debug)]
pub struct BatchBuilder {
    batch: Batch,
}

impl BatchBuilder {
    /// Begins at a place, with the names of the formats that its events can have.
    pub fn new(from: Place, formats: Vec<Arc<str>>) -> Self {
        BatchBuilder { batch: Batch { formats, from, to: from, ..Batch::default() } }
    }

    /// Adds an event of the format with this number, whose line `write` appends.
    pub fn push(&mut self, id: u128, format: usize, place: Place, received: i64, write: impl FnOnce(&mut Vec<u8>)) {
        let begin = self.batch.lines.len();
        write(&mut self.batch.lines);
        let line = begin..self.batch.lines.len();
        self.batch.lines.push(b'\n');
        self.batch.events.push(Stored { line, id, format, place, received });
    }

    /// How many bytes the lines have so far.
    pub fn bytes(&self) -> usize {
        self.batch.lines.len()
    }

    /// The batch, which ends at a place.
    pub fn finish(mut self, to: Place) -> Batch {
        self.batch.to = to;
        self.batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_gives_its_events_as_they_were_added() {
        let place = |record| Place { sequence: 7, record };
        let mut builder = BatchBuilder::new(place(0), vec![Arc::from("a"), Arc::from("b")]);
        builder.push(1, 1, place(0), 5, |out| out.extend_from_slice(b"{}"));
        builder.push(2, 0, place(2), 6, |out| out.extend_from_slice(br#"{"x":1}"#));
        let batch = builder.finish(place(3));
        assert_eq!((batch.from(), batch.to(), batch.len()), (place(0), place(3), 2));
        assert_eq!(batch.ndjson(), b"{}\n{\"x\":1}\n");
        let events: Vec<_> = batch.events().map(|event| (event.id, event.format, event.json, event.place)).collect();
        assert_eq!(events, [(1, "b", &b"{}"[..], place(0)), (2, "a", &br#"{"x":1}"#[..], place(2))]);
    }
}
