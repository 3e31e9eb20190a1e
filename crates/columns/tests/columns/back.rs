//! A batch, read back into events.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field};
use serde_json::{Map, Value, json};
use weir_columns::{Columns, Kind, Scalar};

/// The events of a batch: each row's columns with what is in `rest` put over them.
pub fn events(columns: &Columns, batch: &RecordBatch) -> Vec<Value> {
    (0..batch.num_rows()).map(|row| event(columns, batch, row)).collect()
}

fn event(columns: &Columns, batch: &RecordBatch, row: usize) -> Value {
    let mut event = Map::new();
    let schema = batch.schema();
    for (field, column) in schema.fields().iter().zip(batch.columns()) {
        if field.name() != "rest" && column.is_valid(row) {
            event.insert(field.name().clone(), value(columns, field, column, row, field.name()));
        }
    }
    let rest = batch.column_by_name("rest").expect("the last column").as_string::<i32>();
    let mut event = Value::Object(event);
    if rest.is_valid(row) {
        put(&mut event, serde_json::from_str(rest.value(row)).expect("rest is JSON"));
    }
    event
}

/// Puts one value over another: dicts are put together.
fn put(into: &mut Value, other: Value) {
    match (into, other) {
        (Value::Object(into), Value::Object(other)) => {
            for (key, value) in other {
                match into.get_mut(&key) {
                    Some(below) if below.is_object() && value.is_object() => put(below, value),
                    // Both a column and `rest` have it: the key was there twice.
                    Some(below) => *below = value,
                    None => drop(into.insert(key, value)),
                }
            }
        }
        (into, other) => *into = other,
    }
}

fn value(columns: &Columns, field: &Field, column: &ArrayRef, row: usize, path: &str) -> Value {
    match field.data_type() {
        DataType::Struct(below) => {
            let column = column.as_struct();
            let child = |(field, child): (&std::sync::Arc<Field>, &ArrayRef)| {
                let name = format!("{path}.{}", field.name());
                child.is_valid(row).then(|| (field.name().clone(), value(columns, field, child, row, &name)))
            };
            Value::Object(below.iter().zip(column.columns()).filter_map(child).collect())
        }
        DataType::List(element) => {
            assert_eq!(element.name(), "element");
            let items = column.as_list::<i32>().value(row);
            Value::Array((0..items.len()).map(|item| scalar(columns.kind(path), &items, item)).collect())
        }
        _ => scalar(columns.kind(path), column, row),
    }
}

fn scalar(kind: Option<Kind>, column: &ArrayRef, row: usize) -> Value {
    match kind.expect("a leaf").scalar {
        Scalar::Text => json!(column.as_string::<i32>().value(row)),
        Scalar::Json => serde_json::from_str(column.as_string::<i32>().value(row)).expect("JSON"),
        Scalar::Integer => json!(column.as_primitive::<Int64Type>().value(row)),
        Scalar::Float => json!(column.as_primitive::<Float64Type>().value(row)),
        Scalar::Boolean => json!(column.as_boolean().value(row)),
        Scalar::Moment => json!(moment(column.as_primitive::<TimestampMicrosecondType>().value(row))),
    }
}

/// As the fields of an event have it.
fn moment(microseconds: i64) -> String {
    let (second, fraction) = (microseconds.div_euclid(1_000_000), microseconds.rem_euclid(1_000_000));
    let (day, time) = (second.div_euclid(86_400), second.rem_euclid(86_400));
    // Howard Hinnant's `civil_from_days`.
    let z = day + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let (date, month) = (doy - (153 * mp + 2) / 5 + 1, if mp < 10 { mp + 3 } else { mp - 9 });
    let year = yoe + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60);
    let fraction = if fraction == 0 { String::new() } else { format!(".{fraction:06}") };
    format!("{year:04}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

/// Whether what was read back says the same as the event: numbers by their value, and a single value as a list of it.
pub fn is_same(event: &Value, back: &Value) -> bool {
    match (event, back) {
        (Value::Object(event), Value::Object(back)) => {
            event.len() == back.len()
                && event.iter().all(|(key, value)| back.get(key).is_some_and(|other| is_same(value, other)))
        }
        (Value::Array(event), Value::Array(back)) => {
            event.len() == back.len() && event.iter().zip(back).all(|(one, other)| is_same(one, other))
        }
        (Value::Number(event), Value::Number(back)) => event == back || event.as_f64() == back.as_f64(),
        (scalar, Value::Array(back)) => back.len() == 1 && !scalar.is_array() && is_same(scalar, &back[0]),
        (one, other) => one == other,
    }
}
