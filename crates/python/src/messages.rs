//! Arrow columns as records: their messages, and the times against which incomplete dates are read.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, TimeUnit};

/// Checks that a column of this type has messages.
///
/// # Errors
/// Where it has none, in words.
pub fn check_messages(data_type: &DataType) -> Result<(), String> {
    let values = match data_type {
        DataType::Dictionary(_, values) => values,
        other => other,
    };
    match values {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => Ok(()),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => Ok(()),
        _ => Err(format!("is of type {data_type}, and messages are texts or bytes")),
    }
}

/// Checks that a column of this type has times.
///
/// # Errors
/// Where it has none, in words.
pub fn check_times(data_type: &DataType) -> Result<(), String> {
    match data_type {
        DataType::Timestamp(..) | DataType::Int64 | DataType::Null => Ok(()),
        _ => Err(format!("is of type {data_type}, and times are timestamps or 64-bit integers of seconds")),
    }
}

/// A column of messages.
pub struct Messages {
    values: ArrayRef,
    /// Where each row's value is among the values, if they are a dictionary's.
    keys: Option<Vec<Option<usize>>>,
}

impl Messages {
    /// The messages of a column that [`check_messages`] let through.
    pub fn new(column: &ArrayRef) -> Self {
        let (values, keys) = match column.data_type() {
            DataType::Dictionary(_, _) => {
                let dictionary = column.as_any_dictionary();
                let keys = match dictionary.values().is_empty() {
                    true => vec![None; column.len()],
                    false => {
                        let places = dictionary.normalized_keys();
                        let is_valid = |row: usize| column.is_valid(row);
                        places.into_iter().enumerate().map(|(row, place)| is_valid(row).then_some(place)).collect()
                    }
                };
                (dictionary.values(), Some(keys))
            }
            _ => (column, None),
        };
        Messages { values: values.clone(), keys }
    }

    /// The message of a row; nothing where it is null.
    pub fn get(&self, row: usize) -> Option<&[u8]> {
        let row = match &self.keys {
            Some(keys) => keys[row]?,
            None => row,
        };
        if self.values.is_null(row) {
            return None;
        }
        match self.values.data_type() {
            DataType::Utf8 => Some(self.values.as_string::<i32>().value(row).as_bytes()),
            DataType::LargeUtf8 => Some(self.values.as_string::<i64>().value(row).as_bytes()),
            DataType::Utf8View => Some(self.values.as_string_view().value(row).as_bytes()),
            DataType::Binary => Some(self.values.as_binary::<i32>().value(row)),
            DataType::LargeBinary => Some(self.values.as_binary::<i64>().value(row)),
            DataType::BinaryView => Some(self.values.as_binary_view().value(row)),
            DataType::FixedSizeBinary(_) => Some(self.values.as_fixed_size_binary().value(row)),
            // A column of the type null has nulls alone, though no row is marked as one.
            _ => None,
        }
    }
}

/// The times of a column that [`check_times`] let through, in seconds since 1970-01-01T00:00:00Z; nothing where one is null.
pub fn times(column: &ArrayRef) -> Vec<Option<i64>> {
    let (values, per_second): (Vec<Option<i64>>, i64) = match column.data_type() {
        DataType::Timestamp(TimeUnit::Second, _) => (column.as_primitive::<TimestampSecondType>().iter().collect(), 1),
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            (column.as_primitive::<TimestampMillisecondType>().iter().collect(), 1_000)
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            (column.as_primitive::<TimestampMicrosecondType>().iter().collect(), 1_000_000)
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            (column.as_primitive::<TimestampNanosecondType>().iter().collect(), 1_000_000_000)
        }
        DataType::Int64 => (column.as_primitive::<Int64Type>().iter().collect(), 1),
        _ => (vec![None; column.len()], 1),
    };
    values.into_iter().map(|value| value.map(|value| value.div_euclid(per_second))).collect()
}
