//! Any event over any fields comes back.

use crate::back;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use weir::taxonomy::{Field, FieldType, Origin};
use weir_columns::{Builder, Columns, Json};

const KEYS: [&str; 5] = ["a", "b", "A", "é", "rest"];

fn name() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&KEYS[..]), 1..4).prop_map(|parts| parts.join("."))
}

fn fields() -> impl Strategy<Value = Vec<Field>> {
    let field = (name(), prop::sample::select(FieldType::ALL), any::<bool>());
    let field = field.prop_map(|(name, kind, many)| Field { many, ..Field::new(name, kind, Origin::Ecs) });
    prop::collection::vec(field, 0..8)
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-5_i64..5).prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        prop::num::f64::NORMAL.prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
        Just(json!("2026-11-30T23:59:59.123456Z")),
        Just(json!("2026-11-30T23:59:59Z")),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let member = (prop::sample::select(&KEYS[..]), inner.clone());
        let dict = prop::collection::vec(member, 0..4);
        let dict = dict
            .prop_map(|members| members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>());
        prop_oneof![prop::collection::vec(inner, 0..4).prop_map(Value::from), dict.prop_map(Value::from)]
    })
}

fn event() -> impl Strategy<Value = Value> {
    prop::collection::vec((prop::sample::select(&KEYS[..]), value()), 0..5).prop_map(|members| {
        members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>().into()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn columns_and_rest_are_the_event(fields in fields(), events in prop::collection::vec(event(), 1..5)) {
        let columns = Columns::new(&fields);
        let mut builder = Builder::new(&columns);
        for event in &events {
            builder.push(&Json::new(event.to_string().as_bytes()).expect("an event")).expect("it fits");
        }
        let back = back::events(&columns, &builder.finish());
        prop_assert_eq!(back.len(), events.len());
        for (event, back) in events.iter().zip(&back) {
            prop_assert!(back::is_same(event, back), "{} came back as {}", event, back);
        }
    }
}
