//! Real files in a real folder.
//!
//! Why so: `docs/decisions/0111`.

use super::{File, Files, QUARANTINE};
use rustix::fs::FallocateFlags;
use std::any::Any;
use std::fs::{self, DirBuilder, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const LOCK: &str = "lock";

/// Records and the log's mark are nobody else's to read.
const OWN_FOLDER: u32 = 0o700;
const OWN_FILE: u32 = 0o600;

/// A folder of the file system.
#[derive(Debug)]
pub struct Disk {
    folder: PathBuf,
    is_read_only: bool,
}

impl Disk {
    /// A folder for a log, which is made if it is not there.
    ///
    /// # Errors
    /// Where it cannot be made, or its name and those of new folders above it cannot be brought to the disk.
    pub fn create(folder: &Path) -> io::Result<Self> {
        let is_new = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.is_dir();
        let new: Vec<&Path> = folder.ancestors().take_while(is_new).collect();
        make_folder(folder)?;
        // A folder's name is on the disk when the folder that it is in is.
        for made in new {
            sync_folder(made.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")))?;
        }
        Ok(Disk { folder: folder.to_owned(), is_read_only: false })
    }

    /// A folder that is there, in which nothing can be changed.
    ///
    /// # Errors
    /// Where there is none.
    pub fn read_only(folder: &Path) -> io::Result<Self> {
        fs::read_dir(folder)?;
        Ok(Disk { folder: folder.to_owned(), is_read_only: true })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn quarantine(&self) -> PathBuf {
        self.folder.join(QUARANTINE)
    }

    /// Makes the folder that a name is in, which the folder itself always has but for quarantine.
    fn make_room_for(&self, name: &str) -> io::Result<()> {
        match name.starts_with(QUARANTINE) && !self.quarantine().is_dir() {
            true => DirBuilder::new().mode(OWN_FOLDER).create(self.quarantine()),
            false => Ok(()),
        }
    }
}

impl Files for Disk {
    fn create(&self, name: &str) -> io::Result<Arc<dyn File>> {
        self.make_room_for(name)?;
        let file = to_be_made().truncate(true).open(self.path(name))?;
        Ok(Arc::new(file))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn File>> {
        Ok(Arc::new(OpenOptions::new().read(true).write(!self.is_read_only).open(self.path(name))?))
    }

    fn names(&self) -> io::Result<Vec<String>> {
        let mut names = names_in(&self.folder, "")?;
        if self.quarantine().is_dir() {
            names.extend(names_in(&self.quarantine(), QUARANTINE)?);
        }
        Ok(names)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.make_room_for(to)?;
        fs::rename(self.path(from), self.path(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path(name))
    }

    fn sync_names(&self) -> io::Result<()> {
        if self.quarantine().is_dir() {
            sync_folder(&self.quarantine())?;
        }
        sync_folder(&self.folder)
    }

    fn lock(&self) -> io::Result<Box<dyn Any + Send + Sync>> {
        let file = to_be_made().truncate(false).open(self.path(LOCK))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(ErrorKind::WouldBlock.into()),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // For people who look; the lock itself goes with the process.
        drop(file.set_len(0).and_then(|()| writeln!(&file, "{}", std::process::id())));
        Ok(Box::new(file))
    }

    fn random(&self) -> io::Result<[u8; 32]> {
        let mut bytes = [0; 32];
        fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

/// Makes a folder, and those above it that are missing, for their owner alone. Their names may not be on the disk yet.
///
/// # Errors
/// As the system says.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(OWN_FOLDER).create(folder)
}

fn to_be_made() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).mode(OWN_FILE);
    options
}

fn names_in(folder: &Path, prefix: &str) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // A name that is no UTF-8 is none of ours.
        if let Some(name) = entry.file_name().to_str().filter(|_| entry.path().is_file()) {
            names.push(format!("{prefix}{name}"));
        }
    }
    Ok(names)
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

impl File for fs::File {
    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        FileExt::read_at(self, bytes, offset)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        FileExt::write_at(self, bytes, offset)
    }

    fn bytes(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn set_bytes(&self, bytes: u64) -> io::Result<()> {
        self.set_len(bytes)
    }

    fn allocate(&self, bytes: u64) -> io::Result<()> {
        match rustix::fs::fallocate(self, FallocateFlags::empty(), 0, bytes) {
            // Not all file systems can; room is then found missing when it is needed.
            Err(rustix::io::Errno::OPNOTSUPP) => self.set_len(bytes),
            result => Ok(result?),
        }
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }
}
