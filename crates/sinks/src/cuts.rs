//! Cuts: stretches of the log that are stored as a whole, noted down before they are stored.
//!
//! Why so: `docs/decisions/0141`.

use crate::batch::Place;
use crate::files::{Appending, read_full};
use serde::{Deserialize, Serialize};
use std::io::{self, ErrorKind};
use std::sync::Arc;
use weir_log::files::Files;

/// The file of the notes, and what it is made as.
const NOTES: &str = "cuts";
const FRESH: &str = "cuts-part";
/// Notes that cannot be read are kept, for people.
const DAMAGED: &str = "cuts-damaged";

/// What a sink knows of its cuts, in memory and on the disk.
pub(crate) struct Cuts {
    files: Arc<dyn Files>,
    notes: Notes,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Notes {
    /// Everything before is stored for good.
    stored: Place,
    /// What follows it, where it is being stored, or was when the process ended.
    cut: Option<Cut>,
}

/// A stretch of the log, from where everything is stored up to a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cut {
    /// Where it ends.
    pub to: Place,
    /// The names of what is stored of it, also by processes before this one.
    pub names: Vec<String>,
}

impl Cuts {
    /// Reads the notes. Where there are none, or none that can be read, nothing counts as stored.
    pub fn open(files: Arc<dyn Files>) -> io::Result<Self> {
        let notes = match read(&*files)? {
            None => Notes::default(),
            Some(bytes) => match serde_json::from_slice(&bytes) {
                Ok(notes) => notes,
                Err(_) => {
                    files.rename(NOTES, DAMAGED)?;
                    Notes::default()
                }
            },
        };
        Ok(Cuts { files, notes })
    }

    /// Up to where everything is stored.
    pub fn stored(&self) -> Place {
        self.notes.stored
    }

    /// The end of the cut that was noted and is not known to be stored.
    pub fn noted(&self) -> Option<Place> {
        self.notes.cut.as_ref().map(|cut| cut.to)
    }

    /// Nothing is to be stored up to a place.
    pub fn pass(&mut self, to: Place) {
        self.notes.stored = self.notes.stored.max(to);
    }

    /// Notes a cut and the names under which it will be stored. Returns when that is on the disk.
    pub fn note(&mut self, to: Place, names: &[String]) -> io::Result<()> {
        let mut cut = self.notes.cut.clone().filter(|cut| cut.to == to).unwrap_or(Cut { to, names: Vec::new() });
        cut.names.extend(names.iter().cloned());
        cut.names.sort();
        cut.names.dedup();
        let notes = Notes { stored: self.notes.stored, cut: Some(cut) };
        if notes != self.notes {
            self.write(&notes)?;
            self.notes = notes;
        }
        Ok(())
    }

    /// The names that an attempt before noted, and that are none of these: another version of a format made them.
    pub fn stale(&self, names: &[String]) -> Vec<String> {
        let noted = self.notes.cut.iter().flat_map(|cut| &cut.names);
        noted.filter(|name| !names.contains(name)).cloned().collect()
    }

    /// The noted cut is stored for good.
    pub fn done(&mut self) -> io::Result<()> {
        let Some(cut) = &self.notes.cut else { return Ok(()) };
        let notes = Notes { stored: cut.to, cut: None };
        self.write(&notes)?;
        self.notes = notes;
        Ok(())
    }

    fn write(&self, notes: &Notes) -> io::Result<()> {
        let mut file = Appending::new(self.files.create(FRESH)?);
        file.append(&serde_json::to_vec(notes).expect("places and names are JSON"))?;
        file.sync()?;
        self.files.rename(FRESH, NOTES)?;
        self.files.sync_names()
    }
}

/// Notes have a name for each file of a cut; more than this is no note.
const MOST: usize = 64 << 20;

fn read(files: &dyn Files) -> io::Result<Option<Vec<u8>>> {
    let file = match files.open(NOTES) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let length = usize::try_from(file.bytes()?).unwrap_or(MOST).min(MOST);
    let mut bytes = vec![0; length];
    let read = read_full(&*file, &mut bytes, 0)?;
    bytes.truncate(read);
    Ok(Some(bytes))
}
