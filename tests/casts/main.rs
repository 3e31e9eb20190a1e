//! The tables beside this file: what a field of a type makes of a value, row by row.

use serde::Deserialize;
use weir::taxonomy::{Field, FieldType, Origin, Taxonomy, cast};
use weir::value::text::{self, Repr};
use weir::value::{Arena, Fault, FaultCode, Value};

#[derive(Deserialize)]
struct Table {
    rows: Vec<[String; 3]>,
}

/// Runs every row: a type or a field, a literal, and the `repr` of what comes out or `!` and the fault's code.
fn check(table: &str, run: impl for<'a> Fn(&'a Arena, &str, Value<'a>) -> Result<Value<'a>, Fault>) {
    let rows = toml::from_str::<Table>(table).expect("the table is TOML").rows;
    assert!(!rows.is_empty());
    let mut wrong = Vec::new();
    for [kind, given, expected] in &rows {
        let arena = Arena::default();
        let value = text::literal(&arena, given).expect("within budget").expect(given);
        let got = match run(&arena, kind, value) {
            Ok(value) => Repr(value).to_string(),
            Err(fault) => format!("!{}", fault.code().name()),
        };
        if got != *expected {
            wrong.push(format!("{kind} of {given}\n  expected {expected}\n       got {got}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

fn by_type<'a>(arena: &'a Arena, kind: &str, value: Value<'a>) -> Result<Value<'a>, Fault> {
    cast(arena, FieldType::parse(kind).expect(kind), value)
}

#[test]
fn text_and_what_is_kept() {
    check(include_str!("text.toml"), by_type);
}

#[test]
fn numbers_and_booleans() {
    check(include_str!("numbers.toml"), by_type);
}

#[test]
fn addresses() {
    check(include_str!("addresses.toml"), by_type);
}

#[test]
fn dates() {
    check(include_str!("dates.toml"), by_type);
}

#[test]
fn objects_with_the_fields_inside() {
    let own = [
        ("acme.parts", FieldType::Nested),
        ("acme.parts.size", FieldType::Long),
        ("acme.parts.seen", FieldType::Date),
        ("acme.parts.host.ip", FieldType::Ip),
        ("acme.free", FieldType::Object),
    ];
    let taxonomy = Taxonomy::base().with(own.map(|(name, kind)| Field::new(name, kind, Origin::Format)));
    check(include_str!("objects.toml"), |arena, name, value| {
        taxonomy.fit(arena, taxonomy.get(name).expect("a declared field"), value)
    });
}

#[test]
fn canonical_text_is_borrowed() {
    let canonical = [
        (FieldType::Keyword, "a"),
        (FieldType::Ip, "192.0.2.1"),
        (FieldType::Ip, "2001:db8::1"),
        (FieldType::Date, "2024-02-29T23:59:59Z"),
        (FieldType::Date, "2024-02-29T23:59:59.000001Z"),
    ];
    for (kind, text) in canonical {
        let arena = Arena::default();
        let got = cast(&arena, kind, Value::Text(text)).expect(text).as_text().expect(text);
        assert!(std::ptr::eq(got, text), "{kind} {text} was copied");
    }
}

#[test]
fn a_misfit_names_the_type_and_the_value() {
    let arena = Arena::default();
    let fault = cast(&arena, FieldType::Ip, Value::Text("router")).expect_err("no address");
    assert_eq!(fault.code(), FaultCode::Cast);
    assert_eq!(fault.reason(), "a field of type ip does not take the str `router`");
    let long = "é".repeat(500);
    let fault = cast(&arena, FieldType::Long, Value::Text(&long)).expect_err("no number");
    assert!(fault.reason().len() < 300, "{}", fault.reason());
}

#[test]
fn every_type_that_is_declared_has_a_name_of_its_own() {
    for kind in FieldType::ALL {
        assert_eq!(FieldType::parse(kind.name()), Some(*kind));
    }
    assert_eq!(FieldType::parse("keywrod"), None);
}
