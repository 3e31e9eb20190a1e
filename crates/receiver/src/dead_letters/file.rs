//! A file of dead letters, which has each of them once: lines are appended, synced, and known by their places.

use super::letter::DeadLetter;
use super::places::Places;
use memchr::memmem;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use weir_sinks::Place;

/// How a line begins.
const START: &str = "{\"sequence\":";

/// What stands between the two numbers of a place.
const BETWEEN: &str = ",\"record\":";

/// A file of dead letters that is open.
pub(super) struct LetterFile {
    file: File,
    path: PathBuf,
    /// Up to where it has whole lines.
    length: u64,
    known: Places,
}

impl LetterFile {
    /// Opens the file at a path, or makes it. A line that a crash has cut is cut off: it was not promised to anybody.
    ///
    /// # Errors
    /// Where the system refuses something.
    pub fn open(path: &Path) -> io::Result<Self> {
        let is_new = !path.exists();
        // Records are nobody else's to read.
        let file = OpenOptions::new().create(true).append(true).read(true).mode(0o600).open(path)?;
        if is_new {
            sync_folders(path)?;
        }
        let mut opened = LetterFile { file, path: path.to_owned(), length: 0, known: Places::default() };
        opened.read()?;
        if opened.file.metadata()?.len() > opened.length {
            opened.file.set_len(opened.length)?;
        }
        Ok(opened)
    }

    /// Whether the file is still what stands at its path: somebody may have taken it away, or put another one there, as one does with
    /// letters that are dealt with.
    pub fn is_in_place(&self) -> bool {
        let (Ok(own), Ok(there)) = (self.file.metadata(), fs::metadata(&self.path)) else { return false };
        is_same(&own, &there)
    }

    /// Appends those letters that it does not have, and says how many these were. All are on the disk then.
    ///
    /// # Errors
    /// Where the system refuses something; then the file is as it was, or is to be opened again.
    pub fn add(&mut self, letters: &[&DeadLetter]) -> io::Result<usize> {
        let new: Vec<&&DeadLetter> = letters.iter().filter(|letter| !self.known.has(letter.place())).collect();
        if new.is_empty() {
            return Ok(0);
        }
        let mut lines = Vec::new();
        for letter in &new {
            serde_json::to_writer(&mut lines, letter)?;
            lines.push(b'\n');
        }
        if let Err(error) = self.file.write_all(&lines) {
            // What was written of it is a line, or a piece of one, that nobody counts on.
            self.file.set_len(self.length)?;
            return Err(error);
        }
        if let Err(error) = self.file.sync_data() {
            self.set_aside();
            return Err(error);
        }
        self.length += lines.len() as u64;
        new.iter().for_each(|letter| self.known.add(letter.place()));
        Ok(new.len())
    }

    /// After a sync that failed nobody knows what of a file is on the disk, and asking again does not tell: it keeps what it has under
    /// another name, and the letters that were not synced come again into a new one.
    fn set_aside(&self) {
        let mut name = self.path.clone().into_os_string();
        name.push(".unsynced");
        // Where that fails too, opening the file again takes what it shows for written: there is no more to be had.
        drop(fs::rename(&self.path, name));
    }

    /// Reads which letters there are.
    fn read(&mut self) -> io::Result<()> {
        let mut lines = BufReader::with_capacity(1 << 16, &self.file);
        let mut line = Vec::new();
        let (mut length, mut known) = (0, Places::default());
        while lines.read_until(b'\n', &mut line)? > 0 && line.ends_with(b"\n") {
            length += line.len() as u64;
            if let Some(place) = place_of(&line) {
                known.add(place);
            }
            line.clear();
        }
        (self.length, self.known) = (length, known);
        Ok(())
    }
}

/// The place of a line. Somebody may have changed a line; then it is none of ours.
fn place_of(line: &[u8]) -> Option<Place> {
    let rest = line.strip_prefix(START.as_bytes())?;
    let between = memmem::find(rest, BETWEEN.as_bytes())?;
    let number = |bytes: &[u8]| {
        let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
        str::from_utf8(&bytes[..digits]).ok()?.parse::<u64>().ok()
    };
    let record = number(&rest[between + BETWEEN.len()..])?;
    Some(Place { sequence: number(&rest[..between])?, record: u32::try_from(record).ok()? })
}

/// Brings the name of a new file to the disk, and those of its folder and of that of all letters: a crash may have come before theirs
/// were there.
fn sync_folders(path: &Path) -> io::Result<()> {
    path.ancestors()
        .skip(1)
        .take(3)
        .filter(|folder| folder.is_dir())
        .try_for_each(|folder| File::open(folder)?.sync_all())
}

fn is_same(one: &Metadata, other: &Metadata) -> bool {
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}
