//! Files that become segments: made when they are needed, or prepared before.

use crate::files::{File, Files, uninterrupted, write_full};
use crate::layout::{SegmentHeader, segment_name};
use std::io;
use std::sync::Arc;

/// The name of a file that is prepared to become the next segment.
pub(crate) const SPARE: &str = "spare";

/// The name of a file that becomes a segment at once.
pub(crate) const FRESH: &str = "fresh";

/// How many zeros are written at once.
const ZEROS: usize = 1 << 20;

/// What was tried, and what the system said.
type Failed = (&'static str, io::Error);

/// A file that becomes a segment.
pub(crate) struct NewSegment {
    file: Arc<dyn File>,
    name: &'static str,
}

impl NewSegment {
    /// Makes a file of this length, with room for all of it.
    pub fn allocate(files: &dyn Files, bytes: u64) -> Result<Self, Failed> {
        let file = allocated(files, FRESH, bytes).map_err(|error| ("make", error))?;
        Ok(NewSegment { file, name: FRESH })
    }

    /// Gives it its header, and then its name, both on the disk when this returns. Where that fails, it is removed.
    pub fn become_segment(&self, files: &dyn Files, header: &SegmentHeader) -> Result<(), Failed> {
        self.try_to_become(files, header).inspect_err(|_| drop(files.remove(self.name)))
    }

    fn try_to_become(&self, files: &dyn Files, header: &SegmentHeader) -> Result<(), Failed> {
        let name = segment_name(header.base);
        write_full(&*self.file, &header.encode(), 0).map_err(|error| ("write", error))?;
        // Whatever a sync fails with, it is never for now.
        uninterrupted(|| self.file.sync()).map_err(|error| ("sync", io::Error::other(error)))?;
        uninterrupted(|| files.rename(self.name, &name)).map_err(|error| ("name", error))?;
        uninterrupted(|| files.sync_names()).map_err(|error| ("sync the name of", io::Error::other(error)))
    }

    pub fn into_file(self) -> Arc<dyn File> {
        self.file
    }
}

impl From<Spare> for NewSegment {
    fn from(spare: Spare) -> Self {
        NewSegment { file: spare.file, name: SPARE }
    }
}

/// A file that is prepared to become the next segment.
pub struct Spare {
    file: Arc<dyn File>,
}

impl Spare {
    /// Prepares a file of this length, full of zeros on the disk where they are wanted.
    ///
    /// # Errors
    /// As the system says; nothing is left then.
    pub fn prepare(files: &dyn Files, bytes: u64, zeros: bool) -> io::Result<Self> {
        let file = allocated(files, SPARE, bytes)?;
        let filled = if zeros { fill(&*file, bytes) } else { Ok(()) };
        match filled {
            Ok(()) => Ok(Spare { file }),
            Err(error) => {
                drop(files.remove(SPARE));
                Err(error)
            }
        }
    }
}

fn fill(file: &dyn File, bytes: u64) -> io::Result<()> {
    let zeros = vec![0; ZEROS];
    let mut at = 0;
    while at < bytes {
        let length = (bytes - at).min(ZEROS as u64);
        write_full(file, &zeros[..length as usize], at)?;
        at += length;
    }
    uninterrupted(|| file.sync())
}

/// A new file with room for so many bytes.
fn allocated(files: &dyn Files, name: &str, bytes: u64) -> io::Result<Arc<dyn File>> {
    let file = uninterrupted(|| files.create(name))?;
    match uninterrupted(|| file.allocate(bytes)) {
        Ok(()) => Ok(file),
        Err(error) => {
            drop(file);
            drop(files.remove(name));
            Err(error)
        }
    }
}
