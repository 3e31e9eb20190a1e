//! A reader of the log: it has a name, and a position of its own that outlives it.

use crate::cursor::{Cursor, Item};
use crate::entry::Checkpoint;
use crate::files::{is_for_now, uninterrupted};
use crate::layout::{Position, is_reader_name, position_name};
use crate::position_file::PositionFile;
use crate::refusal::ReadError;
use crate::shared::{ReaderState, Shared};
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Where a reader begins that has no position yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// With the oldest entry that is there.
    #[default]
    Oldest,
    /// With the next entry that comes.
    Newest,
}

/// A named reader. What it has not passed, by [`Reader::save`], is not removed from the log.
pub struct Reader {
    shared: Arc<Shared>,
    name: String,
    cursor: Cursor,
    file: PositionFile,
}

impl Reader {
    pub(crate) fn open(shared: &Arc<Shared>, name: &str, start: Start) -> Result<Self, ReadError> {
        if !is_reader_name(name) {
            return Err(ReadError::Name(name.to_owned()));
        }
        let known = claim(shared, name, start)?;
        let file = open_file(shared, name, &known).inspect_err(|_| release(shared, name))?;
        let cursor = begin(shared, saved(&file));
        Ok(Reader { shared: Arc::clone(shared), name: name.to_owned(), cursor, file })
    }

    /// Removes the position of a reader that nobody has.
    pub(crate) fn forget(shared: &Shared, name: &str) -> Result<(), ReadError> {
        if !is_reader_name(name) {
            return Err(ReadError::Name(name.to_owned()));
        }
        claim(shared, name, Start::Oldest)?;
        match uninterrupted(|| shared.files.remove(&position_name(name))) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                release(shared, name);
                return Err(ReadError::io("remove the position of", name)(error));
            }
            _ => shared.state().readers.remove(name),
        };
        shared.remove_passed();
        Ok(())
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What comes next: at once if it is there, or else as soon as it is on the disk. Nothing if that takes longer than `wait`,
    /// or the log was closed and all was read.
    ///
    /// Damage is put into quarantine before it is given.
    ///
    /// # Errors
    /// Where the log cannot be read now. The reader stays where it is.
    pub fn next(&mut self, wait: Duration) -> Result<Option<Item>, ReadError> {
        let item = next(&self.shared, &mut self.cursor, wait)?;
        if let Some(Item::Damage(damage)) = &item {
            self.shared.quarantine(damage);
        }
        Ok(item)
    }

    /// Goes back to where the position is saved: what was read since then comes again.
    pub fn rewind(&mut self) {
        self.cursor = begin(&self.shared, self.saved());
    }

    /// Up to where the position is saved.
    pub fn saved(&self) -> Checkpoint {
        saved(&self.file)
    }

    /// Saves that everything before a checkpoint is done, on the disk when this returns. What no reader needs any more is removed;
    /// where it cannot be, [`crate::Usage`] says so. A checkpoint before the one that was saved changes nothing.
    ///
    /// # Errors
    /// Where it cannot be saved: [`ReadError::Broken`] for good, and else for now, with the position as it was.
    pub fn save(&mut self, checkpoint: Checkpoint) -> Result<(), ReadError> {
        let Checkpoint { next, number } = checkpoint;
        if next <= self.file.position().next {
            return Ok(());
        }
        if let Some(why) = self.shared.state().broken.clone() {
            return Err(ReadError::Broken(why));
        }
        self.file.write(next, number).map_err(|error| self.failed("write", error))?;
        self.file.sync().map_err(|error| broken(&self.shared, "sync", &self.name, &error))?;
        if let Some(reader) = self.shared.state().readers.get_mut(&self.name) {
            (reader.next, reader.number) = (next, number);
        }
        self.shared.remove_passed();
        Ok(())
    }

    fn failed(&self, what: &'static str, source: io::Error) -> ReadError {
        match is_for_now(&source) {
            true => ReadError::io(what, &self.name)(source),
            false => broken(&self.shared, what, &self.name, &source),
        }
    }
}

/// Reads on from a checkpoint, for whoever prepares what named readers will come to: it has no name, and saves no position. It does not
/// keep the log from removing what the named ones have passed.
pub struct LookAhead {
    shared: Arc<Shared>,
    cursor: Cursor,
}

impl LookAhead {
    pub(crate) fn new(shared: &Arc<Shared>, from: Checkpoint) -> Self {
        LookAhead { shared: Arc::clone(shared), cursor: begin(shared, from) }
    }

    /// What comes next, as [`Reader::next`]; damage is given, and not put into quarantine.
    ///
    /// # Errors
    /// As [`Reader::next`].
    pub fn next(&mut self, wait: Duration) -> Result<Option<Item>, ReadError> {
        next(&self.shared, &mut self.cursor, wait)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        release(&self.shared, &self.name);
    }
}

fn saved(file: &PositionFile) -> Checkpoint {
    let Position { next, number, .. } = file.position();
    Checkpoint { next, number }
}

/// What reads from a checkpoint on.
fn begin(shared: &Arc<Shared>, from: Checkpoint) -> Cursor {
    // At the beginning of all, how many entries were before is what the first segment says.
    Cursor::new(Arc::clone(shared), from.next, (from.next > 0).then_some(from.number))
}

/// What comes next, at most so long later.
fn next(shared: &Shared, cursor: &mut Cursor, wait: Duration) -> Result<Option<Item>, ReadError> {
    let until = Instant::now() + wait;
    loop {
        let seen = shared.state().durable;
        let item = cursor.next()?;
        let left = until.saturating_duration_since(Instant::now());
        if item.is_some() || !shared.wait_beyond(seen, left) {
            return Ok(item);
        }
    }
}

fn broken(shared: &Shared, what: &str, name: &str, error: &io::Error) -> ReadError {
    let why = format!("cannot {what} the position of {name}: {error}");
    shared.breaks(&why);
    ReadError::Broken(why)
}

/// Takes the name, with its position or the one that it begins with.
fn claim(shared: &Shared, name: &str, start: Start) -> Result<ReaderState, ReadError> {
    let mut state = shared.state();
    let newest = ReaderState { next: state.durable, number: state.number, is_in_use: false };
    let begin = match start {
        Start::Oldest => ReaderState { next: 0, number: 0, is_in_use: false },
        Start::Newest => newest,
    };
    let reader = state.readers.entry(name.to_owned()).or_insert(begin);
    if reader.is_in_use {
        return Err(ReadError::InUse(name.to_owned()));
    }
    reader.is_in_use = true;
    Ok(*reader)
}

fn release(shared: &Shared, name: &str) {
    if let Some(reader) = shared.state().readers.get_mut(name) {
        reader.is_in_use = false;
    }
}

/// The file with the position; a new one where there is none or only damage.
fn open_file(shared: &Shared, name: &str, known: &ReaderState) -> Result<PositionFile, ReadError> {
    let files = &*shared.files;
    let found = match crate::position_file::find_position(files, name) {
        Ok(found) => found.position.filter(|position| position.identity == shared.identity),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(ReadError::io("read the position of", name)(error)),
    };
    let file = match found {
        Some(position) => PositionFile::open(files, name, position),
        None => {
            let identity = shared.identity;
            PositionFile::create(
                files,
                name,
                Position { identity, generation: 1, next: known.next, number: known.number },
            )
        }
    };
    file.map_err(|error| match is_for_now(&error) {
        true => ReadError::io("make the position of", name)(error),
        false => broken(shared, "make", name, &error),
    })
}
