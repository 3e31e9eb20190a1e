//! Files of the user, written so that the old one stays whole until the new one is: beside it first, then in its place.
//!
//! Why so: `docs/decisions/0091`.

use crate::stop::Stop;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

/// How many links are followed from one to the next, as the system does.
const MOST_LINKS: usize = 40;

/// A file that is being written. Where it is dropped before [`Replaced::finish`], what was there before is left as it was.
pub struct Replaced {
    file: File,
    /// Where it goes at the end, and where it is until then; nothing where it is written in place.
    way: Option<Way>,
}

struct Way {
    beside: PathBuf,
    target: PathBuf,
    is_finished: bool,
}

impl Replaced {
    /// A file that is seen once it is whole. A device or a pipe is written to directly.
    ///
    /// # Errors
    /// Where it cannot be created.
    pub fn whole(path: &Path) -> io::Result<Self> {
        let target = followed(path)?;
        match fs::metadata(&target) {
            Ok(there) if !there.is_file() => Replaced::in_place(&target),
            there => Replaced::beside(target, there.ok().as_ref()),
        }
    }

    /// A file that may be watched as it grows: only one that is there already is kept until the new one is whole.
    ///
    /// # Errors
    /// Where it cannot be created.
    pub fn growing(path: &Path) -> io::Result<Self> {
        let target = followed(path)?;
        match fs::metadata(&target) {
            Ok(there) if there.is_file() => Replaced::beside(target, Some(&there)),
            _ => Replaced::in_place(&target),
        }
    }

    /// Puts the file where it belongs.
    ///
    /// # Errors
    /// Where not all of it is on the disk.
    pub fn finish(mut self) -> io::Result<()> {
        let Some(way) = &mut self.way else { return self.file.flush() };
        self.file.sync_all()?;
        fs::rename(&way.beside, &way.target)?;
        way.is_finished = true;
        Ok(())
    }

    fn in_place(target: &Path) -> io::Result<Self> {
        Ok(Replaced { file: File::create(target)?, way: None })
    }

    fn beside(target: PathBuf, there: Option<&fs::Metadata>) -> io::Result<Self> {
        if there.is_some() {
            // A file that must not be written is not replaced either.
            OpenOptions::new().write(true).open(&target)?;
        }
        let beside = name_beside(&target);
        let file = OpenOptions::new().write(true).create_new(true).open(&beside)?;
        let replaced = Replaced { file, way: Some(Way { beside, target, is_finished: false }) };
        if let Some(there) = there {
            keep_owner(&replaced.file, there);
            replaced.file.set_permissions(Permissions::clone(&there.permissions()))?;
        }
        Ok(replaced)
    }
}

impl Write for Replaced {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        if !self.is_finished {
            // What cannot be taken away is no worse than what stopped the writing.
            let _ = fs::remove_file(&self.beside);
        }
    }
}

/// Writes a whole file, or leaves what is there as it is.
///
/// # Errors
/// Where it cannot be written.
pub fn write(path: &Path, text: &[u8]) -> Result<(), Stop> {
    let replace = || {
        let mut file = Replaced::whole(path)?;
        file.write_all(text)?;
        file.finish()
    };
    replace().map_err(|error| Stop::cannot("write", path, &error))
}

/// The file behind links: the link stays, and what it leads to is replaced.
fn followed(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        if !fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink()) {
            return Ok(path);
        }
        let next = fs::read_link(&path)?;
        path = path.parent().unwrap_or(Path::new("")).join(next);
    }
    Err(io::Error::other("too many links lead from one to the next"))
}

/// A name that nothing else has, in the same directory: only there is putting it in place one step.
fn name_beside(target: &Path) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    target.with_file_name(format!(".weir-{}-{count}.part", process::id()))
}

/// Where a user with more rights writes, the file stays its owner's.
#[cfg(unix)]
fn keep_owner(file: &File, there: &fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    // Who may not give files away keeps them.
    let _ = fchown(file, Some(there.uid()), Some(there.gid()));
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &fs::Metadata) {}
