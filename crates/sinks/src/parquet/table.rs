//! One Parquet file.

use crate::files::Appending;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use std::io;
use weir_columns::{Builder, Columns, Error, Json};

/// How many rows, and bytes of events, become columns at once.
const BATCH_ROWS: usize = 8_192;
const BATCH_BYTES: usize = 8 << 20;

/// When a row group is written: this much of it is in memory.
const GROUP: usize = 32 << 20;

/// A file while it is written. Rows come in the order of their times.
pub(super) struct Table {
    writer: ArrowWriter<Appending>,
    builder: Builder,
}

impl Table {
    pub fn new(file: Appending, columns: &Columns) -> io::Result<Self> {
        let writer = ArrowWriter::try_new(file, columns.schema().clone(), Some(properties(columns)));
        Ok(Table { writer: writer.map_err(io_error)?, builder: Builder::new(columns) })
    }

    /// Puts an event into the next row.
    pub fn push(&mut self, json: &[u8]) -> Result<(), PushError> {
        let event = Json::new(json).map_err(PushError::Refused)?;
        if self.builder.rows() >= BATCH_ROWS || self.builder.bytes() + json.len() > BATCH_BYTES {
            self.write().map_err(PushError::Io)?;
        }
        self.builder.push(&event).map_err(PushError::Refused)
    }

    fn write(&mut self) -> io::Result<()> {
        if self.builder.rows() > 0 {
            self.writer.write(&self.builder.finish()).map_err(io_error)?;
        }
        match self.writer.in_progress_size() > GROUP {
            true => self.writer.flush().map_err(io_error),
            false => Ok(()),
        }
    }

    /// Writes what is left, and how the file is read. How many bytes the file has.
    pub fn finish(mut self) -> io::Result<u64> {
        self.write()?;
        self.writer.finish().map_err(io_error)?;
        Ok(self.writer.inner().bytes())
    }
}

/// Why an event is not in the file.
pub(super) enum PushError {
    /// It never will be.
    Refused(Error),
    /// The file cannot be written.
    Io(io::Error),
}

fn properties(columns: &Columns) -> WriterProperties {
    let level = ZstdLevel::try_new(3).expect("zstd has a level 3");
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_created_by(concat!("weir ", env!("CARGO_PKG_VERSION")).to_owned())
        // Minima and maxima of raw texts are long and find nothing.
        .set_column_statistics_enabled(ColumnPath::from("message"), EnabledStatistics::None)
        .set_column_statistics_enabled(ColumnPath::from("rest"), EnabledStatistics::None);
    if columns.kind(TIME).is_some() {
        properties = properties.set_sorting_columns(sorting(columns));
    }
    properties.build()
}

const TIME: &str = "@timestamp";

/// Leaves are counted in the order of the schema.
fn sorting(columns: &Columns) -> Option<Vec<SortingColumn>> {
    let schema = parquet::arrow::ArrowSchemaConverter::new().convert(columns.schema()).ok()?;
    let place = schema.columns().iter().position(|column| column.path().parts() == [TIME])?;
    Some(vec![SortingColumn { column_idx: i32::try_from(place).ok()?, descending: false, nulls_first: false }])
}

/// What the file said, where it is what failed.
fn io_error(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(cause) => match cause.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(cause) => io::Error::other(cause),
        },
        other => io::Error::other(other),
    }
}
