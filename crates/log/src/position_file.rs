//! The file with a reader's position: made once, whole and on the disk before it counts, and then written in place.

use crate::files::{File, Files, read_full, uninterrupted, write_full};
use crate::layout::{BLOCK, BLOCK_BYTES, Position, SLOTS, choose_position, position_name};
use std::io;
use std::sync::Arc;

/// How the name of a file ends that becomes one with a position.
pub(crate) const POSITION_PART: &str = ".position-part";

/// A file of two slots, which are written in turn: a write that a crash cuts leaves the position before it.
pub(crate) struct PositionFile {
    file: Arc<dyn File>,
    position: Position,
}

/// A file's position as it was found.
pub(crate) struct FoundPosition {
    pub position: Option<Position>,
    pub damaged_slots: usize,
}

impl PositionFile {
    /// Makes the file for a reader, in place of one that may be there.
    pub fn create(files: &dyn Files, reader: &str, position: Position) -> io::Result<Self> {
        let (name, part) = (position_name(reader), format!("{reader}{POSITION_PART}"));
        let made = make(files, &part, position);
        let file = match made {
            Ok(file) => file,
            Err(error) => {
                drop(files.remove(&part));
                return Err(error);
            }
        };
        uninterrupted(|| files.rename(&part, &name))?;
        uninterrupted(|| files.sync_names())?;
        Ok(PositionFile { file, position })
    }

    /// Opens the file of a reader with the position that was found in it.
    pub fn open(files: &dyn Files, reader: &str, position: Position) -> io::Result<Self> {
        let name = position_name(reader);
        Ok(PositionFile { file: uninterrupted(|| files.open(&name))?, position })
    }

    /// Where the reader goes on, as the file says.
    pub fn position(&self) -> Position {
        self.position
    }

    /// Writes another position. It may be on the disk from now on, and is when [`PositionFile::sync`] returns.
    pub fn write(&mut self, next: u64, number: u64) -> io::Result<()> {
        let position = Position { generation: self.position.generation + 1, next, number, ..self.position };
        write_full(&*self.file, &position.encode(), position.generation % SLOTS * BLOCK)?;
        self.position = position;
        Ok(())
    }

    /// Returns when what was written is on the disk.
    pub fn sync(&self) -> io::Result<()> {
        uninterrupted(|| self.file.sync())
    }
}

/// Both slots, in the order of their generations.
fn make(files: &dyn Files, part: &str, position: Position) -> io::Result<Arc<dyn File>> {
    let file = uninterrupted(|| files.create(part))?;
    uninterrupted(|| file.allocate(SLOTS * BLOCK))?;
    let other = Position { generation: position.generation.wrapping_sub(1), ..position };
    let mut slots = [position.encode(), other.encode()];
    if position.generation % SLOTS == 1 {
        slots.reverse();
    }
    write_full(&*file, &slots.concat(), 0)?;
    uninterrupted(|| file.sync())?;
    Ok(file)
}

/// The position in the file of a reader.
pub(crate) fn find_position(files: &dyn Files, reader: &str) -> io::Result<FoundPosition> {
    let name = position_name(reader);
    let file = uninterrupted(|| files.open(&name))?;
    let mut bytes = vec![0; SLOTS as usize * BLOCK_BYTES];
    let read = read_full(&*file, &mut bytes, 0)?;
    let (position, damaged_slots) = choose_position(&bytes[..read]);
    Ok(FoundPosition { position, damaged_slots })
}
