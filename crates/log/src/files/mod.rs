//! The files that the log stands on: a small set of calls, so that tests can put a disk below it that fails or loses power.

mod disk;

pub use disk::{Disk, make_folder};

use std::any::Any;
use std::io::{self, ErrorKind};
use std::sync::Arc;

/// The folder of a log. Names are those of files in it; those that begin with [`QUARANTINE`] may be in a folder below.
///
/// Every call may fail, be interrupted, or be the last before a crash. What is not synced may be lost then: bytes of a file until
/// [`File::sync`], names until [`Files::sync_names`].
pub trait Files: Send + Sync {
    /// Makes a new file, empty also if there was one of that name, to be read and written.
    ///
    /// # Errors
    /// As the system says.
    fn create(&self, name: &str) -> io::Result<Arc<dyn File>>;

    /// Opens a file that is there, to be read, and written unless all are read only.
    ///
    /// # Errors
    /// As the system says, `NotFound` among others.
    fn open(&self, name: &str) -> io::Result<Arc<dyn File>>;

    /// The names of all files, in no order.
    ///
    /// # Errors
    /// As the system says.
    fn names(&self) -> io::Result<Vec<String>>;

    /// Gives a file another name, in one step, and replaces the file that has it.
    ///
    /// # Errors
    /// As the system says.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// As the system says, `NotFound` among others.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// Returns when all names are on the disk as they are now.
    ///
    /// # Errors
    /// As the system says; nothing is known then of what is on the disk.
    fn sync_names(&self) -> io::Result<()>;

    /// Keeps all other processes out until the value is dropped.
    ///
    /// # Errors
    /// `WouldBlock` where another one is in; else as the system says.
    fn lock(&self) -> io::Result<Box<dyn Any + Send + Sync>>;

    /// Bytes that nobody can guess.
    ///
    /// # Errors
    /// As the system says.
    fn random(&self) -> io::Result<[u8; 32]>;
}

/// An open file.
pub trait File: Send + Sync {
    /// Reads some bytes at an offset; none at the end.
    ///
    /// # Errors
    /// As the system says.
    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Writes some of the bytes at an offset.
    ///
    /// # Errors
    /// As the system says.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize>;

    /// The length in bytes.
    ///
    /// # Errors
    /// As the system says.
    fn bytes(&self) -> io::Result<u64>;

    /// Cuts the file, or makes it longer with zeros.
    ///
    /// # Errors
    /// As the system says.
    fn set_bytes(&self, bytes: u64) -> io::Result<()>;

    /// Makes the file this long, with room for all of it, so that writing it needs none.
    ///
    /// # Errors
    /// As the system says; `StorageFull` where there is no room.
    fn allocate(&self, bytes: u64) -> io::Result<()>;

    /// Returns when all bytes are on the disk.
    ///
    /// # Errors
    /// As the system says; nothing is known then of what is on the disk, and asking again would not tell.
    fn sync(&self) -> io::Result<()>;
}

/// What the names of files in quarantine begin with.
pub const QUARANTINE: &str = "quarantine/";

/// Calls again for as long as a signal interrupts.
pub(crate) fn uninterrupted<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// Reads until the bytes are full or the file ends, and says how many there were.
pub(crate) fn read_full(file: &dyn File, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut full = 0;
    while full < bytes.len() {
        match uninterrupted(|| file.read_at(&mut bytes[full..], offset + full as u64))? {
            0 => break,
            read => full += read,
        }
    }
    Ok(full)
}

/// Writes all of the bytes.
pub(crate) fn write_full(file: &dyn File, bytes: &[u8], offset: u64) -> io::Result<()> {
    let mut written = 0;
    while written < bytes.len() {
        match uninterrupted(|| file.write_at(&bytes[written..], offset + written as u64))? {
            0 => return Err(ErrorKind::WriteZero.into()),
            more => written += more,
        }
    }
    Ok(())
}

/// Whether an error says that there is no room now, or of something else that may change by itself.
///
/// Anything else means that the disk cannot be trusted.
pub(crate) fn is_for_now(error: &io::Error) -> bool {
    let kinds =
        [ErrorKind::StorageFull, ErrorKind::QuotaExceeded, ErrorKind::OutOfMemory, ErrorKind::ReadOnlyFilesystem];
    kinds.contains(&error.kind()) || error.raw_os_error().is_some_and(|code| TOO_MANY_FILES.contains(&code))
}

/// `ENFILE` and `EMFILE`: too many files are open, which many connections can bring about.
const TOO_MANY_FILES: [i32; 2] = [23, 24];
