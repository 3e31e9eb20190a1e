//! A partition of the topic that this worker has: what was fetched of it and is not yet taken by every sink, within a bound of memory.

mod note;

pub use note::Note;

use crate::arrival::Arrival;
use crate::event_id::Origin;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A message of the partition.
#[derive(Debug, PartialEq, Eq)]
pub struct Part {
    /// Its place in the partition.
    pub offset: u64,
    /// When it was received, in milliseconds since 1970, as the one who stored it says.
    pub received: i64,
    /// What stands beside it; why it cannot be read, where somebody else has stored it.
    pub note: Result<Note, String>,
    /// Its records.
    pub body: Vec<u8>,
}

impl Part {
    /// What its records are, and how they are found.
    pub fn arrival(&self) -> Result<Arrival, String> {
        self.note.as_ref().map(|note| note.arrival.clone()).map_err(Clone::clone)
    }

    /// About how many bytes it takes in memory.
    fn bytes(&self) -> usize {
        size_of::<Part>() + self.body.len()
    }
}

/// A partition. Parts come in one after the other; each reader takes all of them, at its own pace.
#[derive(Debug)]
pub struct Partition {
    /// What the consumer group calls this stretch of its work: names of files have it.
    id: [u8; 16],
    /// The topic and the number, for people.
    name: String,
    /// The id from which ids of events are made where a part has none.
    foreign: [u8; 16],
    state: Mutex<State>,
    came: Condvar,
}

#[derive(Debug, Default)]
struct State {
    parts: VecDeque<Arc<Part>>,
    bytes: usize,
    /// How many parts came before the first of these.
    gone: u64,
    readers: Vec<Progress>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Progress {
    /// How many parts the reader has taken.
    taken: u64,
    /// Up to which offset it has stored everything.
    stored: Option<u64>,
}

impl Partition {
    /// A partition of a topic, which the consumer group knows by this id.
    pub fn new(id: [u8; 16], topic: &str, number: i32) -> Arc<Self> {
        let hash = blake3::hash(format!("{topic}\n{number}").as_bytes());
        let mut foreign = [0; 16];
        foreign.copy_from_slice(&hash.as_bytes()[..16]);
        let name = format!("{topic}-{number}");
        Arc::new(Partition { id, name, foreign, state: Mutex::default(), came: Condvar::new() })
    }

    /// What the consumer group calls it.
    pub fn id(&self) -> [u8; 16] {
        self.id
    }

    /// The topic and the number.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What ids of a part's events are made from: what it was sent with, so that a part that is there twice has the same ids twice; else
    /// its place in the topic.
    pub fn origin(&self, part: &Part) -> Origin {
        let own = |note: &Note| Some(Origin { log: note.log()?, sequence: note.sequence });
        let own = part.note.as_ref().ok().and_then(own);
        own.unwrap_or(Origin { log: self.foreign, sequence: part.offset })
    }

    /// A reader. All are to be there before the first part comes.
    pub fn reader(self: &Arc<Self>) -> PartitionReader {
        let mut state = self.lock();
        state.readers.push(Progress::default());
        PartitionReader { partition: Arc::clone(self), number: state.readers.len() - 1 }
    }

    /// Adds the part that comes next.
    pub fn push(&self, part: Part) {
        let mut state = self.lock();
        state.bytes += part.bytes();
        state.parts.push_back(Arc::new(part));
        drop(state);
        self.came.notify_all();
    }

    /// How many bytes wait for readers.
    pub fn waiting_bytes(&self) -> usize {
        self.lock().bytes
    }

    /// How many parts a reader has not taken.
    pub fn waiting(&self, reader: usize) -> u64 {
        let state = self.lock();
        let taken = state.readers.get(reader).map_or(0, |progress| progress.taken);
        state.gone + state.parts.len() as u64 - taken
    }

    /// The offset up to which every reader has stored everything; nothing where one has stored nothing yet.
    pub fn stored(&self) -> Option<u64> {
        let state = self.lock();
        let stored = state.readers.iter().map(|progress| progress.stored).min();
        stored.flatten()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Forgets what all have taken.
    fn trim(&mut self) {
        let taken = self.readers.iter().map(|progress| progress.taken).min().unwrap_or(self.gone);
        while self.gone < taken {
            let Some(part) = self.parts.pop_front() else { break };
            self.bytes -= part.bytes();
            self.gone += 1;
        }
    }
}

/// A reader of a partition.
#[derive(Debug)]
pub struct PartitionReader {
    partition: Arc<Partition>,
    number: usize,
}

impl PartitionReader {
    /// The next part; nothing where none came within this time.
    pub fn next(&mut self, wait: Duration) -> Option<Arc<Part>> {
        let until = Instant::now() + wait;
        let mut state = self.partition.lock();
        loop {
            let taken = state.readers[self.number].taken;
            if let Some(part) = state.parts.get((taken - state.gone) as usize).map(Arc::clone) {
                state.readers[self.number].taken += 1;
                state.trim();
                return Some(part);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            state = self.partition.came.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Says that all before an offset is stored.
    pub fn save(&self, offset: u64) {
        let stored = &mut self.partition.lock().readers[self.number].stored;
        *stored = (*stored).max(Some(offset));
    }

    /// The partition.
    pub fn partition(&self) -> &Partition {
        &self.partition
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(offset: u64) -> Part {
        Part { offset, received: 0, note: Err("none".to_owned()), body: vec![0; 1_000] }
    }

    #[test]
    fn each_reader_takes_all_parts_and_the_slowest_decides_what_is_kept_and_committed() {
        let partition = Partition::new([7; 16], "raw", 3);
        let (mut fast, mut slow) = (partition.reader(), partition.reader());
        assert_eq!(partition.stored(), None);
        (10..15).for_each(|offset| partition.push(part(offset)));
        let all = |reader: &mut PartitionReader| -> Vec<u64> {
            std::iter::from_fn(|| reader.next(Duration::ZERO)).map(|part| part.offset).collect()
        };
        assert_eq!(all(&mut fast), [10, 11, 12, 13, 14]);
        fast.save(15);
        assert_eq!((partition.stored(), partition.waiting(0), partition.waiting(1)), (None, 0, 5));
        assert!(partition.waiting_bytes() >= 5_000);
        assert_eq!(slow.next(Duration::ZERO).map(|part| part.offset), Some(10));
        slow.save(11);
        assert_eq!(partition.stored(), Some(11));
        assert_eq!(all(&mut slow), [11, 12, 13, 14]);
        assert_eq!(partition.waiting_bytes(), 0);
        slow.save(15);
        slow.save(12);
        assert_eq!(partition.stored(), Some(15), "what is stored stays so");
    }

    #[test]
    fn a_reader_wakes_when_a_part_comes() {
        let partition = Partition::new([7; 16], "raw", 3);
        let mut reader = partition.reader();
        std::thread::scope(|scope| {
            let reading = scope.spawn(move || reader.next(Duration::from_secs(60)));
            partition.push(part(1));
            assert_eq!(reading.join().expect("no panic").map(|part| part.offset), Some(1));
        });
    }

    #[test]
    fn a_part_that_is_sent_twice_has_the_same_origin_and_one_of_somebody_else_its_place() {
        use crate::arrival::{Encoding, Framing};
        let partition = Partition::new([7; 16], "raw", 3);
        let arrival = Arrival {
            intake: "web".to_owned(),
            encoding: Encoding::Identity,
            framing: Framing::Lines,
            records: 1,
            record_bytes: 1_000,
            timestamp: None,
        };
        let own = |offset| Part { note: Ok(Note::new([9; 16], 5, arrival.clone())), ..part(offset) };
        let expected = Origin { log: [9; 16], sequence: 5 };
        assert_eq!([own(1), own(8)].map(|part| partition.origin(&part)), [expected; 2]);
        let Origin { log, sequence } = partition.origin(&part(8));
        assert_eq!(sequence, 8);
        assert_ne!(log, Partition::new([7; 16], "raw", 4).origin(&part(8)).log);
    }
}
