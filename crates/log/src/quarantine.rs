//! Keeps what was damaged, byte by byte, before the segment that it is in is removed.

use crate::damage::Damage;
use crate::files::{File, Files, QUARANTINE, read_full, uninterrupted, write_full};
use crate::layout::{BLOCK, segment_name};
use crate::shared::Shared;
use std::io;
use std::sync::{Arc, PoisonError};

/// How many bytes are copied at once.
const COPIED: usize = 1 << 20;

impl Shared {
    /// Copies the damaged blocks into a file of quarantine, with a text beside it that says what they are. A file that is there is
    /// left as it is: another reader, or an earlier run, met the same damage.
    ///
    /// Where they cannot be copied, as on a full disk, the segments that they are in will go there as a whole, in place of being
    /// removed, and the reader goes on.
    pub(crate) fn quarantine(&self, damage: &Damage) {
        let housekeeping = self.housekeeping.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = self.keep(&quarantine_name(damage.from, damage.to), &damage.blocks, &damage.to_string());
        drop(housekeeping);
        if kept.is_err() {
            self.keep_segments(damage);
        }
    }

    /// Copies blocks, and writes what they are.
    pub(crate) fn keep(&self, name: &str, blocks: &[(u64, u64)], text: &str) -> io::Result<()> {
        let files = &*self.files;
        let names = uninterrupted(|| files.names())?;
        let (content, note) = (format!("{name}.blocks"), format!("{name}.txt"));
        if names.contains(&note) {
            return Ok(());
        }
        let needed: u64 = blocks.iter().map(|(from, to)| (to - from) * BLOCK).sum();
        let is_kept = needed > 0 && quarantined_bytes(files, &names)? + needed <= self.options.quarantine_bytes;
        if is_kept {
            written(files, &content, |file| self.copy(blocks, file))?;
        }
        let not_kept = if is_kept || needed == 0 { "" } else { "\nnot kept: quarantine is full" };
        written(files, &note, |file| write_full(file, format!("{text}{not_kept}\n").as_bytes(), 0))?;
        uninterrupted(|| files.sync_names())
    }

    fn copy(&self, blocks: &[(u64, u64)], to: &dyn File) -> io::Result<()> {
        let mut written = 0;
        for (from, end) in blocks {
            let (mut at, mut bytes) = (*from, vec![0; COPIED.min(((end - from) * BLOCK) as usize)]);
            while at < *end {
                let wanted = bytes.len().min(((end - at) * BLOCK) as usize);
                let (file, offset) = self.segment_of(at)?;
                bytes.fill(0);
                read_full(&*file, &mut bytes[..wanted], offset)?;
                write_full(to, &bytes[..wanted], written)?;
                (at, written) = (at + wanted as u64 / BLOCK, written + wanted as u64);
            }
        }
        Ok(())
    }

    /// The file that a block is in, and its offset there.
    fn segment_of(&self, block: u64) -> io::Result<(Arc<dyn File>, u64)> {
        let base = self.state().segments.holding(block).map(|segment| segment.base).ok_or(io::ErrorKind::NotFound)?;
        let file = uninterrupted(|| self.files.open(&segment_name(base)))?;
        Ok((file, (block - base) * BLOCK))
    }

    fn keep_segments(&self, damage: &Damage) {
        let mut state = self.state();
        let bases: Vec<u64> = damage
            .blocks
            .iter()
            .filter_map(|(from, _)| state.segments.holding(*from).map(|segment| segment.base))
            .collect();
        state.kept.extend(bases);
    }
}

/// The name of a damaged piece, without ending.
pub(crate) fn quarantine_name(from: u64, to: u64) -> String {
    format!("{QUARANTINE}{from:016x}-{to:016x}")
}

/// Writes a file beside, brings it to the disk, and gives it its name.
fn written(files: &dyn Files, name: &str, write: impl Fn(&dyn File) -> io::Result<()>) -> io::Result<()> {
    let part = format!("{name}.part");
    let make = || {
        let file = uninterrupted(|| files.create(&part))?;
        write(&*file)?;
        uninterrupted(|| file.sync())?;
        uninterrupted(|| files.rename(&part, name))
    };
    let made = make();
    if made.is_err() {
        drop(files.remove(&part));
    }
    made
}

fn quarantined_bytes(files: &dyn Files, names: &[String]) -> io::Result<u64> {
    let mut bytes = 0;
    for name in names.iter().filter(|name| name.starts_with(QUARANTINE)) {
        bytes += uninterrupted(|| files.open(name))?.bytes()?;
    }
    Ok(bytes)
}
