//! A folder of this machine's.

use super::{PublishError, Store, cannot};
use crate::sink::SinkError;
use std::io::ErrorKind;
use std::sync::Arc;
use weir_log::files::Files;

/// A folder. Parts are hidden files in it, synced before they get their names.
pub(crate) struct Folder {
    files: Arc<dyn Files>,
}

impl Folder {
    /// What is left of parts of processes before goes: `prefix` is what their names begin with.
    pub fn open(files: Arc<dyn Files>, prefix: &str) -> std::io::Result<Self> {
        for name in files.names()?.into_iter().filter(|name| name.starts_with(prefix)) {
            files.remove(&name)?;
        }
        Ok(Folder { files })
    }
}

impl Store for Folder {
    fn parts(&self) -> &Arc<dyn Files> {
        &self.files
    }

    fn publish(&mut self, part: &str, name: &str) -> Result<(), PublishError> {
        let file = match self.files.open(part) {
            // It was renamed, and what came after that failed.
            Err(error) if error.kind() == ErrorKind::NotFound && self.files.open(name).is_ok() => return Ok(()),
            file => file.map_err(|error| PublishError::Later(cannot("cannot open a part", &error)))?,
        };
        loop {
            match file.sync() {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(PublishError::Damaged(cannot("cannot bring a part to the disk", &error))),
                Ok(()) => break,
            }
        }
        self.files
            .rename(part, name)
            .map_err(|error| PublishError::Later(cannot(&format!("cannot store {name}"), &error)))
    }

    fn remove(&mut self, name: &str) -> Result<(), SinkError> {
        match self.files.remove(name) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(cannot(&format!("cannot remove {name}"), &error)),
            _ => Ok(()),
        }
    }

    fn settle(&mut self) -> Result<(), SinkError> {
        self.files.sync_names().map_err(|error| cannot("cannot bring names of files to the disk", &error))
    }
}
