//! Reading and writing all of some bytes, past interruptions and halves.

use std::io::{self, ErrorKind, Write};
use std::sync::Arc;
use weir_log::files::File;

/// A file that is written from its beginning.
pub(crate) struct Appending {
    file: Arc<dyn File>,
    offset: u64,
}

impl Appending {
    pub fn new(file: Arc<dyn File>) -> Self {
        Appending { file, offset: 0 }
    }

    /// How many bytes it has.
    pub fn bytes(&self) -> u64 {
        self.offset
    }

    /// Appends all of the bytes, or none as far as the next call is concerned: that writes over what is there of them.
    pub fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        write_full(&*self.file, bytes, self.offset)?;
        self.offset += bytes.len() as u64;
        Ok(())
    }

    /// Returns when all bytes are on the disk.
    pub fn sync(&self) -> io::Result<()> {
        loop {
            match self.file.sync() {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }
}

impl Write for Appending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.append(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes all of the bytes at an offset.
fn write_full(file: &dyn File, bytes: &[u8], offset: u64) -> io::Result<()> {
    let mut written = 0;
    while written < bytes.len() {
        match file.write_at(&bytes[written..], offset + written as u64) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(more) => written += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Reads until the bytes are full or the file ends, and says how many there were.
pub(crate) fn read_full(file: &dyn File, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut full = 0;
    while full < bytes.len() {
        match file.read_at(&mut bytes[full..], offset + full as u64) {
            Ok(0) => break,
            Ok(read) => full += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(full)
}
