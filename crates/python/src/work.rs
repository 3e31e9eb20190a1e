//! Arrow data through what was compiled: tables in, batches out, cut by size.

use crate::compiled::Compiled;
use crate::guard::guarded;
use crate::messages::{Messages, times};
use crate::options::{Now, Options};
use crate::rows::Rows;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchOptions, StructArray};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Schema, SchemaRef};
use pyo3_arrow::ffi::ArrayReader;
use std::sync::Arc;
use weir::run::BATCH;
use weir::{Input, Record};

/// About how many bytes of events a batch has at most: as many as Spark's own batches have.
const LARGEST: usize = 64 << 20;

/// How many values a batch has at most, nulls among them: a wide format has thousands of columns.
const MOST_VALUES: usize = 16 << 20;

/// The input, and what is left to run of it.
pub struct Work {
    compiled: Arc<Compiled>,
    options: Options,
    reader: Box<dyn ArrayReader + Send>,
    kept: Vec<usize>,
    schema: SchemaRef,
    /// The time, where records have none of their own.
    now: i64,
    most_rows: usize,
    table: Option<Table>,
    rows: Rows,
}

/// A piece of the input.
struct Table {
    columns: Vec<ArrayRef>,
    messages: Messages,
    times: Option<Vec<Option<i64>>>,
    rows: usize,
    /// The first row that was not run yet.
    next: usize,
}

/// The columns of an input: those of its structs, or the one that it is.
pub fn input_schema(field: &Field, column: &str) -> Schema {
    match field.data_type() {
        DataType::Struct(fields) => Schema::new(fields.clone()),
        _ => Schema::new(vec![field.clone().with_name(column)]),
    }
}

impl Work {
    /// Begins.
    ///
    /// # Errors
    /// Where the input's columns do not fit, in words.
    pub fn new(compiled: Arc<Compiled>, options: Options, reader: Box<dyn ArrayReader + Send>) -> Result<Self, String> {
        let input = input_schema(&reader.field(), &options.column);
        let (kept, schema) = options.schema(&compiled, &input)?;
        let now = options.now.seconds();
        let width = if options.typed { compiled.columns.count() } else { 1 };
        let most_rows = (MOST_VALUES / width.max(1)).max(BATCH);
        let rows = Rows::new(&compiled, &options);
        Ok(Work { compiled, options, reader, kept, schema, now, most_rows, table: None, rows })
    }

    /// The schema of the batches.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The next batch.
    fn batch(&mut self) -> Result<Option<RecordBatch>, ArrowError> {
        loop {
            if self.table.as_ref().is_none_or(|table| table.next == table.rows) {
                let Some(array) = self.reader.next() else { return Ok(None) };
                self.table = Some(self.open(&array?)?);
            }
            if let Some(batch) = self.run()? {
                return Ok(Some(batch));
            }
        }
    }

    fn open(&self, array: &ArrayRef) -> Result<Table, ArrowError> {
        let columns = match array.data_type() {
            DataType::Struct(_) if array.null_count() > 0 => {
                return Err(ArrowError::InvalidArgumentError("a row of the input is null as a whole".to_owned()));
            }
            DataType::Struct(_) => array.as_struct().columns().to_vec(),
            _ => vec![Arc::clone(array)],
        };
        let input = input_schema(&self.reader.field(), &self.options.column);
        let column = |name: &str| self.options.place(&input, name).map(|place| &columns[place]);
        let column = |name: &str| column(name).map_err(ArrowError::InvalidArgumentError);
        let messages = Messages::new(column(&self.options.column)?);
        let times = match &self.options.now {
            Now::Column(name) => Some(times(column(name)?)),
            Now::At(_) | Now::Clock => None,
        };
        Ok(Table { columns, messages, times, rows: array.len(), next: 0 })
    }

    /// Runs what is left of the piece of the input, up to what a batch may have.
    fn run(&mut self) -> Result<Option<RecordBatch>, ArrowError> {
        let Work { compiled, options, table, rows, now, .. } = self;
        let Some(table) = table else { return Ok(None) };
        let from = table.next;
        let end = table.rows.min(from + self.most_rows);
        let mut window = Vec::with_capacity(BATCH);
        while table.next < end && rows.bytes() < LARGEST {
            window.clear();
            for row in table.next..end.min(table.next + BATCH) {
                let Some(message) = table.messages.get(row) else { break };
                let own = table.times.as_ref().and_then(|times| times[row]);
                window.push(Record { input: Input::Message(message), now: own.unwrap_or(*now), event_id: None });
            }
            if window.is_empty() {
                rows.push_null();
                table.next += 1;
                continue;
            }
            let (mut told, mut outcome) = (window.iter(), Ok(()));
            table.next += compiled.run(&window, options.typed, |ran| {
                if let (Ok(()), Some(record)) = (&outcome, told.next()) {
                    outcome = rows.push(&ran, record);
                }
            });
            outcome.map_err(|error| ArrowError::ComputeError(error.to_string()))?;
        }
        let count = table.next - from;
        if count == 0 {
            return Ok(None);
        }
        let mut columns: Vec<ArrayRef> =
            self.kept.iter().map(|place| table.columns[*place].slice(from, count)).collect();
        columns.extend(rows.finish());
        let size = RecordBatchOptions::new().with_row_count(Some(count));
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &size).map(Some)
    }
}

/// The next batch; what goes wrong in it is an error and no panic.
impl Iterator for Work {
    type Item = Result<ArrayRef, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = guarded(|| self.batch()).map_err(ArrowError::ComputeError).flatten();
        batch.transpose().map(|batch| Ok(Arc::new(StructArray::from(batch?)) as ArrayRef))
    }
}

impl ArrayReader for Work {
    fn field(&self) -> FieldRef {
        Arc::new(Field::new_struct("", self.schema.fields().clone(), false))
    }
}
