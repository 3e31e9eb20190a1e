//! Events of a cut on the disk, until they are sorted.

use crate::batch::{Event, Place};
use crate::files::{Appending, read_full};
use std::io::{self, ErrorKind};
use std::sync::Arc;
use weir_log::files::{File, Files};

/// Where an event is: 16 bytes, for there are millions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kept {
    /// In microseconds since 1970.
    time: i64,
    /// The number of its file, and where it begins in the spool: 24 and 40 bits.
    file_and_offset: u64,
}

const OFFSET_BITS: u32 = 40;

impl Kept {
    /// The number of its file.
    pub fn file(self) -> usize {
        (self.file_and_offset >> OFFSET_BITS) as usize
    }

    fn offset(self) -> u64 {
        self.file_and_offset & ((1 << OFFSET_BITS) - 1)
    }
}

/// A file of events that nobody needs after the process. Before the JSON of each stand its length, its place and its id.
pub(super) struct Spool {
    parts: Arc<dyn Files>,
    name: String,
    file: Option<(Arc<dyn File>, Appending)>,
    /// What is not in the file yet.
    waiting: Vec<u8>,
    kept: Vec<Kept>,
}

/// Length, record's number, sequence number and id.
const HEADER: usize = 32;

/// An event that is read again.
pub(super) struct Spooled<'s> {
    pub place: Place,
    pub id: u128,
    pub json: &'s [u8],
}

impl Spool {
    pub fn new(parts: Arc<dyn Files>, name: String) -> Self {
        Spool { parts, name, file: None, waiting: Vec::new(), kept: Vec::new() }
    }

    /// Takes an event into memory.
    pub fn push(&mut self, file: usize, event: &Event<'_>, time: i64) {
        self.kept.push(Kept { time, file_and_offset: (file as u64) << OFFSET_BITS | self.bytes() });
        // A record has 16 MiB at most, and its event not much more.
        let length = u32::try_from(event.json.len()).expect("an event is shorter than 4 GiB");
        self.waiting.extend_from_slice(&length.to_le_bytes());
        self.waiting.extend_from_slice(&event.place.record.to_le_bytes());
        self.waiting.extend_from_slice(&event.place.sequence.to_le_bytes());
        self.waiting.extend_from_slice(&event.id.to_le_bytes());
        self.waiting.extend_from_slice(event.json);
    }

    /// Takes to the file what is in memory.
    pub fn drain(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let (_, file) = match &mut self.file {
            Some(file) => file,
            None => {
                let file = self.parts.create(&self.name)?;
                self.file.insert((Arc::clone(&file), Appending::new(file)))
            }
        };
        file.append(&self.waiting)?;
        self.waiting.clear();
        Ok(())
    }

    /// How many bytes the events take.
    pub fn bytes(&self) -> u64 {
        self.file.as_ref().map_or(0, |(_, file)| file.bytes()) + self.waiting.len() as u64
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Sorts the events by file and time; those of the same time stay in the order of the log.
    pub fn sort(&mut self) {
        self.kept.sort_unstable_by_key(|kept| (kept.file(), kept.time, kept.offset()));
    }

    /// Where the events are.
    pub fn kept(&self) -> &[Kept] {
        &self.kept
    }

    /// Reads events, which were drained.
    pub fn reader(&self) -> Option<Window> {
        let (file, appended) = self.file.as_ref()?;
        Some(Window { file: Arc::clone(file), end: appended.bytes(), bytes: Vec::new(), offset: 0 })
    }

    /// Forgets all events.
    pub fn clear(&mut self) {
        self.kept.clear();
        self.waiting.clear();
        if self.file.take().is_some() {
            // Its room comes back at the next start, if not now.
            drop(self.parts.remove(&self.name));
        }
    }
}

/// A stretch of the spool in memory. Events mostly come in the order of their times, so that the next one is in it, too.
pub(super) struct Window {
    file: Arc<dyn File>,
    end: u64,
    bytes: Vec<u8>,
    offset: u64,
}

const WINDOW: usize = 256 << 10;

impl Window {
    /// An event.
    pub fn read(&mut self, kept: Kept) -> io::Result<Spooled<'_>> {
        let header = self.bytes(kept.offset(), HEADER)?;
        let (length, place) = header.split_at(4);
        let (record, place) = place.split_at(4);
        let (sequence, id) = place.split_at(8);
        let length = u32::from_le_bytes(length.try_into().expect("4 bytes")) as usize;
        let record = u32::from_le_bytes(record.try_into().expect("4 bytes"));
        let sequence = u64::from_le_bytes(sequence.try_into().expect("8 bytes"));
        let id = u128::from_le_bytes(id.try_into().expect("16 bytes"));
        let json = self.bytes(kept.offset() + HEADER as u64, length)?;
        Ok(Spooled { place: Place { sequence, record }, id, json })
    }

    fn bytes(&mut self, offset: u64, length: usize) -> io::Result<&[u8]> {
        let end = offset + length as u64;
        if offset < self.offset || end > self.offset + self.bytes.len() as u64 {
            self.fill(offset, length)?;
        }
        // Inside the window, as was just checked.
        let start = (offset - self.offset) as usize;
        Ok(&self.bytes[start..start + length])
    }

    fn fill(&mut self, offset: u64, length: usize) -> io::Result<()> {
        let left = usize::try_from(self.end.saturating_sub(offset)).unwrap_or(usize::MAX);
        if left < length {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        self.bytes.resize(WINDOW.max(length).min(left), 0);
        self.offset = offset;
        let read = read_full(&*self.file, &mut self.bytes, offset);
        self.bytes.truncate(*read.as_ref().unwrap_or(&0));
        match read? >= length {
            true => Ok(()),
            false => Err(ErrorKind::UnexpectedEof.into()),
        }
    }
}
