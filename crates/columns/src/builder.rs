//! Events become rows.

use crate::column::Column;
use crate::columns::{Columns, Dict, Node};
use crate::error::Error;
use crate::kind::{Kind, Scalar};
use crate::rest::Rest;
use crate::value::{Read, Value};
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions, StructArray};
use arrow_buffer::NullBufferBuilder;
use arrow_schema::{DataType, Fields};
use std::sync::Arc;

/// The most bytes of events in a batch: offsets of texts have 31 bits, and escapes may take more room than what they stand for.
const MOST: usize = 1 << 30;

/// A record batch while it is filled.
#[derive(Debug)]
pub struct Builder {
    columns: Columns,
    event: Struct,
    rest: Rest,
    rest_column: Column,
    rows: usize,
    bytes: usize,
}

/// A struct's rows and what is below it.
#[derive(Debug)]
struct Struct {
    valid: NullBufferBuilder,
    children: Vec<Filled>,
}

#[derive(Debug)]
enum Filled {
    Dict(Struct),
    Leaf(Column),
}

impl Builder {
    /// A batch without rows.
    pub fn new(columns: &Columns) -> Self {
        let rest_column = Column::new(Kind { scalar: Scalar::Json, many: false });
        let event = Struct::of(&columns.root);
        Builder { columns: columns.clone(), event, rest: Rest::default(), rest_column, rows: 0, bytes: 0 }
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
        if self.bytes + event.size() > MOST {
            return Err(Error::Full);
        }
        let outcome = self.event.put(&self.columns.root, self.rows, event, &mut self.rest);
        let (rows, column) = (self.rows, &mut self.rest_column);
        self.rest.take(|json| {
            column.put(rows, &Rested(json));
        });
        self.bytes += event.size();
        self.rows += 1;
        outcome
    }

    /// The rows so far as a batch; the next one begins.
    pub fn finish(&mut self) -> RecordBatch {
        let schema = Arc::clone(self.columns.schema());
        let last = schema.fields().len() - 1;
        let mut columns = self.event.finish_children(self.rows, &Fields::from(schema.fields()[..last].to_vec()));
        columns.push(self.rest_column.finish(self.rows, &DataType::Utf8));
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        (self.rows, self.bytes) = (0, 0);
        self.event.valid = NullBufferBuilder::new(0);
        RecordBatch::try_new_with_options(schema, columns, &options).expect("the columns are those of the schema")
    }
}

impl Struct {
    fn of(dict: &Dict) -> Self {
        let filled = |node: &Node| match node {
            Node::Dict(dict) => Filled::Dict(Struct::of(dict)),
            Node::Leaf(kind) => Filled::Leaf(Column::new(*kind)),
        };
        let children = dict.children.iter().map(|child| filled(&child.node)).collect();
        Struct { valid: NullBufferBuilder::new(0), children }
    }

    /// Puts a dict's members into a row; what has no place goes to the rest.
    fn put(&mut self, dict: &Dict, row: usize, value: &dyn Value, rest: &mut Rest) -> Result<(), Error> {
        self.valid.append_n_nulls(row - self.valid.len());
        self.valid.append_non_null();
        let mut next = 0;
        value.each_member(&mut |key, member| {
            let Some(at) = dict.find(key, next) else {
                rest.put(key, member);
                return Ok(());
            };
            next = at + 1;
            self.children[at].put(&dict.children[at].node, row, key, member, rest)
        })
    }

    /// The column with so many rows; starts over.
    fn finish(&mut self, rows: usize, fields: &Fields) -> ArrayRef {
        self.valid.append_n_nulls(rows - self.valid.len());
        let children = self.finish_children(rows, fields);
        let valid = std::mem::replace(&mut self.valid, NullBufferBuilder::new(0)).build();
        Arc::new(StructArray::new(fields.clone(), children, valid))
    }

    fn finish_children(&mut self, rows: usize, fields: &Fields) -> Vec<ArrayRef> {
        let finish = |(child, field): (&mut Filled, &Arc<arrow_schema::Field>)| match (child, field.data_type()) {
            (Filled::Dict(child), DataType::Struct(below)) => child.finish(rows, below),
            (Filled::Leaf(column), data_type) => column.finish(rows, data_type),
            (Filled::Dict(_), _) => unreachable!("a dict is a struct in the schema"),
        };
        self.children.iter_mut().zip(fields).map(finish).collect()
    }
}

impl Filled {
    fn put(&mut self, node: &Node, row: usize, key: &str, value: &dyn Value, rest: &mut Rest) -> Result<(), Error> {
        let is_taken = match (self, node) {
            (Filled::Dict(below), Node::Dict(dict)) if below.valid.len() <= row && value.read() == Read::Dict => {
                rest.enter(key);
                let outcome = below.put(dict, row, value, rest);
                rest.leave();
                return outcome;
            }
            (Filled::Leaf(column), _) => column.put(row, value),
            _ => false,
        };
        if !is_taken {
            rest.put(key, value);
        }
        Ok(())
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
