//! Schemas: names, ids and batches of several rows.

use crate::back;
use arrow_array::Array;
use arrow_schema::{DataType, Field as ArrowField, Fields};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use weir::taxonomy::{Field, FieldType, Origin};
use weir_columns::{Builder, Columns, Json};

fn columns(names: &[&str]) -> Columns {
    let fields: Vec<Field> =
        names.iter().map(|name| Field::new((*name).to_owned(), FieldType::Keyword, Origin::Format)).collect();
    Columns::new(&fields)
}

#[test]
fn of_names_that_differ_only_in_case_the_later_one_goes_to_rest() {
    let columns = columns(&["a.ipAddress", "a.IPADDRESS", "A", "Rest", "b"]);
    let left_out: Vec<(&str, &str)> =
        columns.left_out().iter().map(|left| (left.name.as_str(), left.because_of.as_str())).collect();
    assert_eq!(left_out, [("a.IPADDRESS", "a.ipAddress"), ("A", "a"), ("Rest", "rest")]);
    let event = json!({"a": {"ipAddress": "1", "IPADDRESS": "2"}, "A": "3", "Rest": "4", "b": "5"});
    let mut builder = Builder::new(&columns);
    builder.push(&Json::new(event.to_string().as_bytes()).expect("an event")).expect("it fits");
    assert_eq!(back::events(&columns, &builder.finish()), [event]);
}

/// The id of each column, by its path.
fn ids(fields: &Fields, path: &str, ids: &mut BTreeMap<String, i32>) {
    let mut add = |field: &ArrowField| {
        let path = format!("{path}/{}", field.name());
        let id = field.metadata().get("PARQUET:field_id").unwrap_or_else(|| panic!("{path} has no id"));
        let id = id.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(ids.insert(path.clone(), id).is_none());
        match field.data_type() {
            DataType::Struct(below) => self::ids(below, &path, ids),
            DataType::List(element) => self::ids(&vec![element.clone()].into(), &path, ids),
            _ => {}
        }
    };
    fields.iter().for_each(|field| add(field));
}

#[test]
fn ids_follow_from_names_and_no_two_are_alike() {
    let base: Vec<Field> = weir::taxonomy::Taxonomy::base().iter().cloned().collect();
    let (mut all, mut some) = (BTreeMap::new(), BTreeMap::new());
    ids(Columns::new(&base).schema().fields(), "", &mut all);
    let distinct: std::collections::BTreeSet<i32> = all.values().copied().collect();
    assert_eq!(distinct.len(), all.len());
    // Half of the fields, in another order: the ids stay.
    let half: Vec<Field> = base.iter().rev().step_by(2).cloned().collect();
    ids(Columns::new(&half).schema().fields(), "", &mut some);
    let moved = some.iter().filter(|(path, id)| all.get(*path) != Some(id)).count();
    assert_eq!(moved, 0, "of {} columns", some.len());
    assert!(some.len() > 700, "{}", some.len());
}

#[test]
fn rows_are_filled_up_whatever_the_rows_before_had() {
    let columns = columns(&["a.b", "a.c", "d"]);
    let events = [
        json!({}),
        json!({"d": "1"}),
        json!({"a": {"c": "2"}}),
        json!({"a": {}}),
        json!({"x": 3}),
        json!({"a": {"b": "4"}, "d": "5"}),
        json!({}),
    ];
    let mut builder = Builder::new(&columns);
    for _ in 0..2 {
        for event in &events {
            builder.push(&Json::new(event.to_string().as_bytes()).expect("an event")).expect("it fits");
        }
        assert_eq!((builder.rows(), builder.bytes() > 30), (events.len(), true));
        let batch = builder.finish();
        assert_eq!(back::events(&columns, &batch), events);
        assert_eq!((builder.rows(), builder.bytes()), (0, 0));
    }
    assert_eq!(builder.finish().num_rows(), 0);
}

#[test]
fn a_format_without_fields_has_rest_alone() {
    let columns = Columns::new(&[]);
    let event = json!({"a": {"b": [1]}});
    let mut builder = Builder::new(&columns);
    builder.push(&Json::new(event.to_string().as_bytes()).expect("an event")).expect("it fits");
    let batch = builder.finish();
    assert_eq!((batch.num_columns(), batch.column(0).len()), (1, 1));
    assert_eq!(back::events(&columns, &batch), [event]);
}

#[test]
fn a_field_with_fields_below_it_is_a_struct_and_its_own_value_goes_to_rest() {
    let columns = columns(&["a", "a.b"]);
    let events: [Value; 3] = [json!({"a": "x"}), json!({"a": {"b": "y"}}), json!({"a": [{"b": "z"}]})];
    let mut builder = Builder::new(&columns);
    for event in &events {
        builder.push(&Json::new(event.to_string().as_bytes()).expect("an event")).expect("it fits");
    }
    assert_eq!(back::events(&columns, &builder.finish()), events);
}
