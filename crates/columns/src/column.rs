//! The values of one leaf, row by row.

use crate::kind::{ELEMENT, Kind, Scalar, UTC};
use crate::value::{Read, Value};
use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, ListArray, StringArray, TimestampMicrosecondArray,
};
use arrow_array::{new_null_array, types::TimestampMicrosecondType};
use arrow_buffer::{BooleanBufferBuilder, Buffer, NullBuffer, NullBufferBuilder, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field};
use std::sync::Arc;

/// The largest integer that every double around it can be told from.
const EXACT: i64 = 1 << 53;

/// A column while it is filled. Rows without a value are filled up when the next value comes: most columns of a wide format
/// are empty in most rows, and one that never has a value costs nothing.
#[derive(Debug)]
pub(crate) struct Column {
    kind: Kind,
    scalars: Scalars,
    /// Where the items of each row end, behind a zero, if it is a list.
    ends: Vec<i32>,
    valid: NullBufferBuilder,
}

#[derive(Debug)]
enum Scalars {
    Texts { bytes: Vec<u8>, ends: Vec<i32> },
    Integers(Vec<i64>),
    Floats(Vec<f64>),
    Booleans(BooleanBufferBuilder),
}

impl Column {
    pub fn new(kind: Kind) -> Self {
        Column { kind, scalars: Scalars::new(kind.scalar), ends: vec![0], valid: NullBufferBuilder::new(0) }
    }

    /// How many rows there are up to the last value.
    pub fn rows(&self) -> usize {
        self.valid.len()
    }

    /// Puts a value into a row that has none yet. Says no, and changes nothing, where it could not be read out of the column again.
    pub fn put(&mut self, row: usize, value: &dyn Value) -> bool {
        if self.rows() > row {
            // The same key twice.
            return false;
        }
        if self.kind.many {
            return self.put_items(row, value);
        }
        self.fill(row);
        let is_taken = self.scalars.push(self.kind.scalar, value);
        if is_taken {
            self.valid.append_non_null();
        }
        is_taken
    }

    fn put_items(&mut self, row: usize, value: &dyn Value) -> bool {
        self.fill(row);
        let (before, mut fits) = (self.scalars.len(), true);
        let scalar = self.kind.scalar;
        match value.read() {
            Read::List => value.each_item(&mut |item| fits = fits && self.scalars.push(scalar, item)),
            _ => fits = self.scalars.push(scalar, value),
        }
        if fits {
            self.ends.push(offset(self.scalars.len()));
            self.valid.append_non_null();
        } else {
            self.scalars.truncate(before);
        }
        fits
    }

    /// Fills up to this row.
    fn fill(&mut self, row: usize) {
        let missing = row - self.rows();
        if missing == 0 {
            return;
        }
        self.valid.append_n_nulls(missing);
        match self.kind.many {
            true => self.ends.extend(std::iter::repeat_n(offset(self.scalars.len()), missing)),
            false => self.scalars.fill(missing),
        }
    }

    /// Gives the column with so many rows and starts over.
    pub fn finish(&mut self, rows: usize, data_type: &DataType) -> ArrayRef {
        if self.rows() == 0 {
            return new_null_array(data_type, rows);
        }
        self.fill(rows);
        let whole = std::mem::replace(self, Column::new(self.kind));
        let valid = whole.valid.build();
        match data_type {
            DataType::List(element) => list(element, whole.ends, whole.scalars.array(self.kind.scalar, None), valid),
            _ => whole.scalars.array(self.kind.scalar, valid),
        }
    }
}

fn list(element: &Arc<Field>, ends: Vec<i32>, items: ArrayRef, valid: Option<NullBuffer>) -> ArrayRef {
    debug_assert_eq!(element.name(), ELEMENT);
    Arc::new(ListArray::new(Arc::clone(element), offsets(ends), items, valid))
}

fn offsets(ends: Vec<i32>) -> OffsetBuffer<i32> {
    OffsetBuffer::new(ScalarBuffer::from(ends))
}

/// A builder refuses events long before a batch has 2 GiB.
fn offset(bytes: usize) -> i32 {
    i32::try_from(bytes).expect("a batch has less than 2 GiB")
}

impl Scalars {
    fn new(scalar: Scalar) -> Self {
        match scalar {
            Scalar::Text | Scalar::Json => Scalars::Texts { bytes: Vec::new(), ends: vec![0] },
            Scalar::Integer | Scalar::Moment => Scalars::Integers(Vec::new()),
            Scalar::Float => Scalars::Floats(Vec::new()),
            Scalar::Boolean => Scalars::Booleans(BooleanBufferBuilder::new(0)),
        }
    }

    fn len(&self) -> usize {
        match self {
            Scalars::Texts { ends, .. } => ends.len() - 1,
            Scalars::Integers(integers) => integers.len(),
            Scalars::Floats(floats) => floats.len(),
            Scalars::Booleans(booleans) => booleans.len(),
        }
    }

    fn push(&mut self, scalar: Scalar, value: &dyn Value) -> bool {
        match (self, scalar) {
            (Scalars::Texts { bytes, ends }, Scalar::Json) => {
                value.write_json(bytes);
                ends.push(offset(bytes.len()));
            }
            (Scalars::Texts { bytes, ends }, _) => {
                let Read::Text(text) = value.read() else { return false };
                bytes.extend_from_slice(text.as_bytes());
                ends.push(offset(bytes.len()));
            }
            (Scalars::Integers(integers), Scalar::Moment) => {
                let Read::Text(text) = value.read() else { return false };
                let Some(moment) = weir::time::microseconds(&text) else { return false };
                integers.push(moment);
            }
            (Scalars::Integers(integers), _) => match value.read() {
                Read::Integer(integer) => integers.push(integer),
                _ => return false,
            },
            (Scalars::Floats(floats), _) => match value.read() {
                Read::Float(float) => floats.push(float),
                Read::Integer(integer) if integer.abs() <= EXACT => floats.push(integer as f64),
                _ => return false,
            },
            (Scalars::Booleans(booleans), _) => match value.read() {
                Read::Boolean(boolean) => booleans.append(boolean),
                _ => return false,
            },
        }
        true
    }

    /// Fills up with values that are not valid.
    fn fill(&mut self, missing: usize) {
        match self {
            Scalars::Texts { bytes, ends } => ends.extend(std::iter::repeat_n(offset(bytes.len()), missing)),
            Scalars::Integers(integers) => integers.resize(integers.len() + missing, 0),
            Scalars::Floats(floats) => floats.resize(floats.len() + missing, 0.0),
            Scalars::Booleans(booleans) => booleans.append_n(missing, false),
        }
    }

    fn truncate(&mut self, length: usize) {
        match self {
            Scalars::Texts { bytes, ends } => {
                ends.truncate(length + 1);
                bytes.truncate(ends[length].unsigned_abs() as usize);
            }
            Scalars::Integers(integers) => integers.truncate(length),
            Scalars::Floats(floats) => floats.truncate(length),
            Scalars::Booleans(booleans) => booleans.truncate(length),
        }
    }

    fn array(self, scalar: Scalar, valid: Option<NullBuffer>) -> ArrayRef {
        match self {
            Scalars::Texts { bytes, ends } => Arc::new(StringArray::new(offsets(ends), Buffer::from_vec(bytes), valid)),
            Scalars::Integers(integers) if scalar == Scalar::Moment => Arc::new(
                arrow_array::PrimitiveArray::<TimestampMicrosecondType>::new(integers.into(), valid).with_timezone(UTC)
                    as TimestampMicrosecondArray,
            ),
            Scalars::Integers(integers) => Arc::new(Int64Array::new(integers.into(), valid)),
            Scalars::Floats(floats) => Arc::new(Float64Array::new(floats.into(), valid)),
            Scalars::Booleans(mut booleans) => Arc::new(BooleanArray::new(booleans.finish(), valid)),
        }
    }
}
