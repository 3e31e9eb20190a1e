//! Where records are kept that became no event, and events that a destination refuses: files of lines, each record once.
//!
//! ```text
//! dead-letters/mapping/LOG-SEQUENCE.ndjson     what is without an event
//! dead-letters/sink-NAME/LOG-SEQUENCE.ndjson   what the destination of this sink refuses
//! ```
//!
//! LOG are four digits of the log's id, SEQUENCE is the first number of the 16,384 that the file is for: as many as a segment of the log
//! has by default. A letter's place in the log says in which file it is, so that a record that is mapped again finds its letter there.

mod file;
mod last;
mod letter;
mod places;

pub use last::LastFailures;
pub use letter::{DeadLetter, Original, Stage};

use file::LetterFile;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use weir_log::files::Disk;

/// How many sequence numbers a file is for.
const NUMBERS: u64 = 1 << 14;

/// How many files are kept open.
const OPEN: usize = 8;

/// The folder of dead letters.
pub struct DeadLetters {
    folder: PathBuf,
    log: [u8; 16],
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    files: BTreeMap<PathBuf, (LetterFile, u64)>,
    /// Grows with each use, so that the file that was not used for longest is closed.
    uses: u64,
}

/// Whose letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind<'n> {
    /// Records without an event.
    Mapping,
    /// Events that the destination of the sink with this name refuses.
    Sink(&'n str),
}

impl DeadLetters {
    /// The dead letters in this folder, of the log with this id. The folder is made.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn open(folder: &Path, log: [u8; 16]) -> io::Result<Self> {
        Disk::create(folder)?;
        Ok(DeadLetters { folder: folder.to_owned(), log, state: Mutex::default() })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Keeps letters, in the order of their places, and says how many are new. All are on the disk then.
    ///
    /// # Errors
    /// Where the system refuses something. Some may be kept; all can be given again.
    pub fn keep(&self, kind: Kind<'_>, letters: &[DeadLetter]) -> io::Result<usize> {
        let mut new = 0;
        for letters in letters.chunk_by(|one, other| one.sequence / NUMBERS == other.sequence / NUMBERS) {
            let Some(first) = letters.first() else { continue };
            let path = self.path(kind, first.sequence);
            let letters: Vec<&DeadLetter> = letters.iter().collect();
            new += self.lock().add(&path, &letters)?;
        }
        Ok(new)
    }

    fn path(&self, kind: Kind<'_>, sequence: u64) -> PathBuf {
        let folder = match kind {
            Kind::Mapping => "mapping".to_owned(),
            Kind::Sink(name) => format!("sink-{name}"),
        };
        let [.., a, b] = self.log;
        let first = sequence / NUMBERS * NUMBERS;
        self.folder.join(folder).join(format!("{a:02x}{b:02x}-{first:012}.ndjson"))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn add(&mut self, path: &Path, letters: &[&DeadLetter]) -> io::Result<usize> {
        self.uses += 1;
        let mut file = match self.files.remove(path) {
            Some((file, _)) if file.is_in_place() => file,
            _ => {
                Disk::create(path.parent().unwrap_or(path))?;
                LetterFile::open(path)?
            }
        };
        let added = file.add(letters)?;
        self.files.insert(path.to_owned(), (file, self.uses));
        if self.files.len() > OPEN {
            let oldest = self.files.iter().min_by_key(|(_, (_, used))| *used).map(|(path, _)| path.clone());
            oldest.map(|path| self.files.remove(&path));
        }
        Ok(added)
    }
}
