//! The Parquet files of one cut: events wait on the disk until it ends, and are sorted then.
//!
//! Why so: `docs/decisions/0142`.

use super::spool::{Spool, Spooled};
use super::table::{PushError, Table};
use crate::batch::Event;
use crate::context::FieldsOf;
use crate::files::Appending;
use crate::gather::{CloseError, Writer};
use crate::sink::Refused;
use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use weir_columns::Columns;
use weir_log::files::Files;

/// The most events and files of a cut: 16 bytes of each event are in memory. And the most bytes of events on the disk.
const MOST_EVENTS: usize = 1 << 22;
const MOST_FILES: usize = 1_000;
const MOST_BYTES: u64 = 4 << 30;

/// How many bytes of JSON become one of Parquet, as long as nothing was measured, and between what bounds.
const FIRST_RATIO: f64 = 8.0;
const LEAST_RATIO: f64 = 1.0;
const HIGHEST_RATIO: f64 = 40.0;

pub(super) struct Tables {
    parts: Arc<dyn Files>,
    prefix: String,
    fields: FieldsOf,
    spool: Spool,
    files: Vec<TableFile>,
    /// Bytes of JSON a byte of Parquet, in the last cut.
    ratio: f64,
    refused: Vec<Refused>,
}

struct TableFile {
    format: String,
    bytes: u64,
}

impl Tables {
    pub fn new(parts: Arc<dyn Files>, prefix: String, fields: FieldsOf) -> Self {
        let spool = Spool::new(Arc::clone(&parts), format!("{prefix}spool"));
        Tables { parts, prefix, fields, spool, files: Vec::new(), ratio: FIRST_RATIO, refused: Vec::new() }
    }

    fn part(&self, file: usize) -> String {
        format!("{}{file}", self.prefix)
    }

    fn table(&self, file: usize, columns: &Columns) -> io::Result<Table> {
        Table::new(Appending::new(self.parts.create(&self.part(file))?), columns)
    }

    /// Writes the files, one after the other. How many bytes they have, and what none of them takes.
    fn write(&mut self) -> Result<(u64, Vec<Refused>), CloseError> {
        self.spool.drain().map_err(CloseError::Later)?;
        self.spool.sort();
        let (mut bytes, mut refused) = (0, Vec::new());
        let Some(mut events) = self.spool.reader() else { return Ok((bytes, refused)) };
        let mut columns: HashMap<&str, Columns> = HashMap::new();
        for rows in self.spool.kept().chunk_by(|one, other| one.file() == other.file()) {
            let file = rows[0].file();
            let format = self.files[file].format.as_str();
            let fields = || Columns::new(&(self.fields)(format).unwrap_or_default());
            let columns = columns.entry(format).or_insert_with(fields);
            let mut table = self.table(file, columns).map_err(CloseError::Later)?;
            for row in rows {
                // What cannot be read again now may never be; the log has it.
                let Spooled { place, id, json } = events.read(*row).map_err(|_| CloseError::Lost)?;
                match table.push(json) {
                    Ok(()) => {}
                    Err(PushError::Io(error)) => return Err(CloseError::Later(error)),
                    Err(PushError::Refused(why)) => {
                        let (code, reason) = ("no_event".to_owned(), why.to_string());
                        refused.push(Refused { place, id, code, reason, event: json.to_vec() });
                    }
                }
            }
            bytes += table.finish().map_err(CloseError::Later)?;
        }
        Ok((bytes, refused))
    }
}

impl Writer for Tables {
    const BY_FORMAT: bool = true;
    const BY_TIME: bool = true;

    fn push(&mut self, file: usize, event: &Event<'_>, time: i64) {
        if self.files.len() <= file {
            self.files.push(TableFile { format: event.format.to_owned(), bytes: 0 });
        }
        self.files[file].bytes += event.json.len() as u64;
        self.spool.push(file, event, time);
    }

    fn drain(&mut self) -> io::Result<()> {
        self.spool.drain()
    }

    fn close(&mut self) -> Result<Vec<String>, CloseError> {
        let (bytes, refused) = self.write()?;
        self.refused = refused;
        let json: u64 = self.files.iter().map(|file| file.bytes).sum();
        self.ratio = (json as f64 / bytes.max(1) as f64).clamp(LEAST_RATIO, HIGHEST_RATIO);
        Ok((0..self.files.len()).map(|file| self.part(file)).collect())
    }

    fn largest(&self) -> u64 {
        let largest = self.files.iter().map(|file| file.bytes).max().unwrap_or_default();
        (largest as f64 / self.ratio) as u64
    }

    fn is_full(&self) -> bool {
        self.spool.len() >= MOST_EVENTS || self.files.len() >= MOST_FILES || self.spool.bytes() >= MOST_BYTES
    }

    fn ending(&self) -> &str {
        "parquet"
    }

    fn refused(&mut self) -> Vec<Refused> {
        std::mem::take(&mut self.refused)
    }

    fn clear(&mut self) {
        self.files.clear();
        self.spool.clear();
    }
}
