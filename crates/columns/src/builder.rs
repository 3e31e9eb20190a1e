//! Events become rows.

use crate::binding::{Binding, Place, Target};
use crate::column::Column;
use crate::columns::{Child, Columns, Dict, Node};
use crate::error::Error;
use crate::json::Json;
use crate::kind::{Kind, Scalar};
use crate::native::Own;
use crate::rest::Rest;
use crate::value::{Read, Value};
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions, StructArray};
use arrow_buffer::NullBufferBuilder;
use arrow_schema::{DataType, Field};
use std::sync::Arc;
use weir::EventView;
use weir::run::{EventPart, EventParts};

/// The most bytes of events in a batch: offsets of texts have 31 bits, and escapes may take more room than what they stand for.
const MOST: usize = 1 << 30;

/// A record batch while it is filled.
#[derive(Debug)]
pub struct Builder {
    columns: Columns,
    filled: Vec<Filled>,
    rest: Rest,
    rest_column: Column,
    rows: usize,
    bytes: usize,
}

/// A column while it is filled.
#[derive(Debug)]
enum Filled {
    /// A struct: in which rows it is.
    Struct(NullBufferBuilder),
    Leaf(Column),
}

impl Builder {
    /// A batch without rows.
    pub fn new(columns: &Columns) -> Self {
        let filled = |kind: Option<Kind>| match kind {
            Some(kind) => Filled::Leaf(Column::new(kind)),
            None => Filled::Struct(NullBufferBuilder::new(0)),
        };
        let filled = columns.kinds().into_iter().map(filled).collect();
        let rest_column = Column::new(Kind { scalar: Scalar::Json, many: false });
        Builder { columns: columns.clone(), filled, rest: Rest::default(), rest_column, rows: 0, bytes: 0 }
    }

    /// How many events were put in.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// About how many bytes the events have.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Puts an event into the next row.
    ///
    /// # Errors
    /// Where the batch has no room for it, or it is no dict that can be read; then no row was made.
    pub fn push(&mut self, event: &dyn Value) -> Result<(), Error> {
        if event.read() != Read::Dict {
            return Err(Error::Malformed { why: "this is another value".to_owned() });
        }
        self.check(event.size())?;
        let root = Arc::clone(&self.columns.root);
        let outcome = self.put_members(&root, event);
        self.end_row(event.size());
        outcome
    }

    /// Puts an event that was just run into the next row, by the columns that were found for its keys.
    ///
    /// # Errors
    /// As [`Builder::push`].
    pub fn push_event(&mut self, binding: &Binding, event: &EventView<'_, '_>) -> Result<(), Error> {
        let Some(EventParts { parts, size }) = event.parts() else {
            return self.push(&Json::new(event.line())?);
        };
        self.check(size)?;
        for part in parts {
            match *part {
                EventPart::Enter(number) => self.enter(&binding.targets[number as usize]),
                EventPart::Leave => self.rest.leave(),
                EventPart::Value(number, value) => {
                    self.put_at(binding, number as usize, &Own(value))?;
                }
                EventPart::Constant(number) => {
                    let json = binding.keys().constant(number as usize).unwrap_or_default();
                    self.put_at(binding, number as usize, &Json(json))?;
                }
            }
        }
        self.end_row(size);
        Ok(())
    }

    /// Adds a row without an event.
    pub fn push_null(&mut self) {
        self.rows += 1;
    }

    fn check(&self, size: usize) -> Result<(), Error> {
        if self.bytes + size > MOST { Err(Error::Full) } else { Ok(()) }
    }

    fn end_row(&mut self, size: usize) {
        let (rows, column) = (self.rows, &mut self.rest_column);
        self.rest.take(|json| {
            column.put(rows, &Rested(json));
        });
        self.bytes += size;
        self.rows += 1;
    }

    fn enter(&mut self, target: &Target) {
        if let Place::Struct(at) = target.place {
            self.filled[at].begin(self.rows);
        }
        self.rest.enter_json(&target.json);
    }

    fn put_at(&mut self, binding: &Binding, number: usize, value: &dyn Value) -> Result<(), Error> {
        let row = self.rows;
        let is_taken = match (binding.targets[number].place, value.read()) {
            (Place::Leaf(at), _) => self.filled[at].put(row, value),
            (Place::Struct(at), Read::Dict) => {
                self.enter(&binding.targets[number]);
                let columns = self.columns.clone();
                let dict = columns.dict(at).expect("a struct has columns below it");
                self.put_members(dict, value)?;
                self.rest.leave();
                true
            }
            _ => false,
        };
        if !is_taken {
            self.rest.put(binding.keys().key(number), value);
        }
        Ok(())
    }

    /// Puts a dict's members into the row; what has no place goes to the rest.
    fn put_members(&mut self, dict: &Dict, value: &dyn Value) -> Result<(), Error> {
        let mut next = 0;
        value.each_member(&mut |key, member| {
            let Some(number) = dict.find(key, next) else {
                self.rest.put(key, member);
                return Ok(());
            };
            next = number + 1;
            self.put_member(&dict.children[number], key, member)
        })
    }

    fn put_member(&mut self, child: &Child, key: &str, value: &dyn Value) -> Result<(), Error> {
        let (row, filled) = (self.rows, &mut self.filled[child.at]);
        let is_taken = match &child.node {
            Node::Dict(dict) if value.read() == Read::Dict && filled.begin(row) => {
                self.rest.enter(key);
                let outcome = self.put_members(dict, value);
                self.rest.leave();
                return outcome;
            }
            Node::Dict(_) => false,
            Node::Leaf(_) => filled.put(row, value),
        };
        if !is_taken {
            self.rest.put(key, value);
        }
        Ok(())
    }

    /// The rows so far as a batch; the next one begins.
    pub fn finish(&mut self) -> RecordBatch {
        let schema = Arc::clone(self.columns.schema());
        let last = schema.fields().len() - 1;
        let mut filled = self.filled.iter_mut();
        let mut columns = finish(&mut filled, self.rows, &schema.fields()[..last]);
        columns.push(self.rest_column.finish(self.rows, &DataType::Utf8));
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        (self.rows, self.bytes) = (0, 0);
        RecordBatch::try_new_with_options(schema, columns, &options).expect("the columns are those of the schema")
    }
}

/// Columns with so many rows, each before those below it; they start over.
fn finish(filled: &mut std::slice::IterMut<'_, Filled>, rows: usize, fields: &[Arc<Field>]) -> Vec<ArrayRef> {
    let mut finish_one = |field: &Arc<Field>| match (filled.next(), field.data_type()) {
        (Some(Filled::Struct(valid)), DataType::Struct(below)) => {
            let mut valid = std::mem::replace(valid, NullBufferBuilder::new(0));
            valid.append_n_nulls(rows - valid.len());
            let children = finish(filled, rows, below);
            Arc::new(StructArray::new(below.clone(), children, valid.build())) as ArrayRef
        }
        (Some(Filled::Leaf(column)), data_type) => column.finish(rows, data_type),
        _ => unreachable!("the columns are those of the schema"),
    };
    fields.iter().map(&mut finish_one).collect()
}

impl Filled {
    /// Notes that a struct is in a row; says no where it is already.
    fn begin(&mut self, row: usize) -> bool {
        let Filled::Struct(valid) = self else { return false };
        let is_new = valid.len() <= row;
        if is_new {
            if valid.len() < row {
                valid.append_n_nulls(row - valid.len());
            }
            valid.append_non_null();
        }
        is_new
    }

    fn put(&mut self, row: usize, value: &dyn Value) -> bool {
        match self {
            Filled::Leaf(column) => column.put(row, value),
            Filled::Struct(_) => false,
        }
    }
}

/// JSON that was written.
struct Rested<'r>(&'r str);

impl Value for Rested<'_> {
    fn read(&self) -> Read<'_> {
        Read::Dict
    }

    fn each_item(&self, _: &mut dyn FnMut(&dyn Value)) {}

    fn each_member(&self, _: &mut dyn FnMut(&str, &dyn Value) -> Result<(), Error>) -> Result<(), Error> {
        Ok(())
    }

    fn write_json(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.0.as_bytes());
    }

    fn size(&self) -> usize {
        self.0.len()
    }
}
