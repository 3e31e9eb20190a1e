//! The tables beside this file: operators, text, numbers and JSON, row by row. CPython 3.11 says what is right.

use proptest::prelude::*;
use serde::Deserialize;
use std::cmp::Ordering;
use weir::json::{self, Projection};
use weir::value::ops::{self, Arithmetic};
use weir::value::text::{self, Repr, Str};
use weir::value::{Arena, Fault, FaultCode, NESTING, Value};

#[derive(Deserialize)]
struct Table {
    rows: Vec<Vec<String>>,
}

/// Runs every row of a table; the last `results` columns are compared with what `run` makes of the others.
fn check(table: &str, results: usize, run: impl for<'a> Fn(&'a Arena, &'a [String]) -> Vec<String>) {
    let rows = toml::from_str::<Table>(table).expect("the table is TOML").rows;
    let mut wrong = Vec::new();
    for row in &rows {
        let (given, expected) = row.split_at(row.len() - results);
        let got = run(&Arena::default(), given);
        if got != expected {
            wrong.push(format!("{given:?}\n  expected {expected:?}\n       got {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

/// A literal, or one of the values that have none.
fn value<'a>(arena: &'a Arena, written: &'a str) -> Value<'a> {
    match written {
        "undefined" => Value::Undefined,
        "nan" => Value::Float(f64::NAN),
        "[undefined]" => arena.list([Value::Undefined]).expect("a short list"),
        "[nan]" => arena.list([Value::Float(f64::NAN)]).expect("a short list"),
        "(1, nan)" => arena.tuple([Value::Int(1), Value::Float(f64::NAN)]).expect("a short list"),
        _ => text::literal(arena, written).expect("within budget").expect(written),
    }
}

fn shown(result: Result<Value<'_>, Fault>) -> String {
    match result {
        Ok(value) => Repr(value).to_string(),
        Err(fault) => format!("!{}", fault.code().name()),
    }
}

fn operate<'a>(arena: &'a Arena, left: &'a str, operator: &str, right: &'a str) -> Result<Value<'a>, Fault> {
    let right = value(arena, right);
    if left.is_empty() {
        return match operator {
            "bool" => Ok(Value::Bool(ops::truth(right))),
            _ => ops::negate(arena, right),
        };
    }
    let left = value(arena, left);
    let operator = match operator {
        "==" => return Ok(Value::Bool(ops::equal(left, right)?)),
        "<" => return Ok(Value::Bool(ops::order(left, right)? == Some(Ordering::Less))),
        "in" => return ops::contains(right, left).map(Value::Bool),
        "~" => return ops::concat(arena, left, right),
        "+" => Arithmetic::Add,
        "-" => Arithmetic::Subtract,
        "*" => Arithmetic::Multiply,
        "/" => Arithmetic::Divide,
        "//" => Arithmetic::FloorDivide,
        "%" => Arithmetic::Remainder,
        "**" => Arithmetic::Power,
        _ => return Err(Fault::new(FaultCode::Unsupported, operator)),
    };
    ops::arithmetic(arena, operator, left, right)
}

fn access<'a>(arena: &'a Arena, of: &'a str, how: &'a str) -> Result<Value<'a>, Fault> {
    let of = value(arena, of);
    match how {
        "len" => return ops::length(of).map(|length| Value::Int(length as i64)),
        "list" => return ops::iterate(arena, of),
        _ => {}
    }
    if let Some(name) = how.strip_prefix('.') {
        return ops::attribute(of, name);
    }
    let within = &how[1..how.len() - 1];
    if !within.contains(':') {
        return ops::subscript(arena, of, value(arena, within));
    }
    let mut bounds = [Value::None; 3];
    for (bound, written) in bounds.iter_mut().zip(within.split(':')) {
        *bound = if written.is_empty() { Value::None } else { value(arena, written) };
    }
    ops::slice(arena, of, bounds[0], bounds[1], bounds[2])
}

#[test]
fn arithmetic_is_pythons() {
    check(include_str!("arithmetic.toml"), 1, |arena, row| vec![shown(operate(arena, &row[0], &row[1], &row[2]))]);
}

#[test]
fn comparison_is_pythons() {
    check(include_str!("compare.toml"), 1, |arena, row| vec![shown(operate(arena, &row[0], &row[1], &row[2]))]);
}

#[test]
fn subscripts_and_slices_are_pythons() {
    check(include_str!("access.toml"), 1, |arena, row| vec![shown(access(arena, &row[0], &row[1]))]);
}

#[test]
fn str_and_repr_are_pythons() {
    check(include_str!("show.toml"), 2, |arena, row| {
        let value = value(arena, &row[0]);
        assert_eq!(text::string(arena, value).expect("within budget"), Str(value).to_string());
        vec![Repr(value).to_string(), Str(value).to_string()]
    });
}

#[test]
fn literals_are_those_of_literal_eval() {
    check(include_str!("literal.toml"), 1, |arena, row| {
        let literal = text::literal(arena, &row[0]).expect("within budget");
        vec![literal.map_or_else(|| "!".to_owned(), |value| Repr(value).to_string())]
    });
}

#[test]
fn numbers_in_text_are_those_of_int_and_float() {
    check(include_str!("number.toml"), 1, |arena, row| {
        let number = match &*row[0] {
            "int" => text::parse_int(arena, &row[1], row[2].parse().expect("a base")).expect("within budget"),
            _ => text::parse_float(&row[1]).map(Value::Float),
        };
        vec![number.map_or_else(|| "!".to_owned(), |value| Repr(value).to_string())]
    });
}

#[test]
fn json_is_read_as_by_json_loads() {
    check(include_str!("read.toml"), 1, |arena, row| vec![shown(json::read(arena, &row[0], &Projection::WHOLE))]);
}

#[test]
fn json_is_written_compactly() {
    check(include_str!("write.toml"), 1, |arena, row| {
        let mut out = Vec::new();
        json::write(&mut out, value(arena, &row[0])).expect("a small value");
        vec![String::from_utf8(out).expect("JSON is UTF-8")]
    });
}

#[test]
fn every_byte_is_escaped_wherever_it_stands() {
    for byte in 0..0x80 {
        for place in 0..24 {
            let text = format!("{}{}{}", "é".repeat(place % 3), "x".repeat(place), char::from(byte)).repeat(2);
            let mut out = Vec::new();
            json::write_text(&mut out, &text);
            assert_eq!(String::from_utf8(out).ok(), serde_json::to_string(&text).ok(), "{byte} at {place}");
        }
    }
}

#[test]
fn json_faults_say_where() {
    let arena = Arena::default();
    for (document, place) in [
        ("", "line 1 column 1"),
        ("{\"a\": 1,\n \"b\": x}", "line 2 column 7"),
        ("[1] x", "line 1 column 5"),
        ("[NaN,\n 12345678901234567890123, 1e400, x]", "line 2 column 34"),
    ] {
        let fault = json::read(&arena, document, &Projection::WHOLE).expect_err(document);
        assert!(fault.reason().ends_with(place), "{document:?}: {fault}");
    }
}

#[test]
fn only_what_is_wanted_is_read() {
    let arena = Arena::default();
    let mut wanted = Projection::nothing();
    wanted.add(["a", "b"]);
    wanted.add(["n"]);
    for (document, expected) in [
        (r#"{"a": {"b": [1, {"c": 2}], "x": [1.5]}, "n": 7, "y": {"a": 1}}"#, "{'a': {'b': [1, {'c': 2}]}, 'n': 7}"),
        (r#"{"y": [NaN, 1e999, {"a": -0}], "a": {"x": 1e30, "b": 2.5}, "n": -0}"#, "{'a': {'b': 2.5}, 'n': 0}"),
        (r#"{"a": [{"b": 1, "c": 2}], "n": 1, "n": 2}"#, "{'a': [{'b': 1, 'c': 2}], 'n': 2}"),
        (r#"{"y": "\ud800 \n", "n": "\ud800"}"#, "{'n': '\u{fffd}'}"),
        ("[1]", "[1]"),
    ] {
        assert_eq!(shown(json::read(&arena, document, &wanted)), expected);
    }
    assert_eq!(shown(json::read(&arena, r#"{"y": [1,}, "n": 1}"#, &wanted)), "!parse");
}

#[test]
fn deep_documents_are_faults_not_crashes() {
    let mut wanted = Projection::nothing();
    wanted.add(["a"]);
    for open in ["[", "{\"a\":", "[{\"b\":"] {
        for document in [open.repeat(100_000), format!("{{\"b\":{}", open.repeat(100_000))] {
            let arena = Arena::default();
            assert_eq!(shown(json::read(&arena, &document, &Projection::WHOLE)), "!limit", "{open}");
            assert!(json::read(&arena, &document, &wanted).is_err());
            assert!(text::literal(&arena, &document).expect("within budget").is_none());
        }
    }
}

#[test]
fn a_list_may_hold_itself() {
    let arena = Arena::default();
    let itself = || {
        let list = arena.list([Value::Int(1)]).expect("within budget");
        let Value::List(items) = list else { unreachable!("a list") };
        items.push(&arena, list).expect("within budget");
        list
    };
    let (one, other) = (itself(), itself());
    assert_eq!(Repr(one).to_string(), "[1, [...]]");
    assert_eq!(format!("{one:?}"), "List([1, [...]])");
    assert_eq!(ops::equal(one, one), Ok(true));
    assert!(json::write(&mut Vec::new(), one).is_err_and(|fault| fault.code() == FaultCode::Limit));
    assert!(ops::equal(one, other).is_err_and(|fault| fault.code() == FaultCode::Limit));
    assert!(arena.spend(1).is_err(), "the endless comparison used up the budget");
    assert!(ops::order(one, other).is_err());
}

#[test]
fn shared_items_do_not_multiply() {
    let arena = Arena::default();
    let doubled = |depth| {
        let first = arena.tuple([]).expect("within budget");
        (0..depth).fold(first, |inner, _| arena.tuple([inner, inner]).expect("within budget"))
    };
    let (one, other) = (doubled(60), doubled(60));
    assert!(ops::check_hashable(one).is_err_and(|fault| fault.code() == FaultCode::Limit));
    assert!(ops::equal(one, other).is_err_and(|fault| fault.code() == FaultCode::Limit));
    assert!(text::string(&arena, one).is_err());
    assert!(Repr(one).to_string().len() < 1 << 20);
    assert!(json::write(&mut Vec::new(), one).is_err_and(|fault| fault.code() == FaultCode::Limit));
}

#[test]
fn nesting_is_walked_as_deep_as_promised() {
    let arena = Arena::default();
    let nested = |depth| {
        (1..depth)
            .fold(arena.tuple([]).expect("within budget"), |inner, _| arena.tuple([inner]).expect("within budget"))
    };
    let (one, other) = (nested(NESTING), nested(NESTING));
    assert_eq!(ops::equal(one, other), Ok(true));
    assert!(ops::check_hashable(one).is_ok());
    assert!(matches!(ops::order(one, other), Ok(Some(Ordering::Equal))));
    assert!(!Repr(one).to_string().contains("..."));
    assert!(json::write(&mut Vec::new(), one).is_ok());
    let deeper = nested(NESTING + 1);
    assert!(Repr(deeper).to_string().contains("(...,)"));
    assert!(json::write(&mut Vec::new(), deeper).is_err());
    assert!(ops::check_hashable(deeper).is_err());
}

#[test]
fn a_large_dict_is_found_changed_and_emptied() {
    let arena = Arena::default();
    let map = arena.map();
    for number in 0..1000 {
        map.insert(&arena, Value::Int(number), Value::Int(-number)).expect("within budget");
    }
    for number in (0..1000).step_by(3) {
        let key = Value::Float(number as f64);
        let taken = map.remove(&arena, key).expect("within budget").expect("an entry");
        assert_eq!(ops::equal(taken, Value::Int(-number)), Ok(true));
        assert!(map.get(key).is_none());
    }
    for number in 0..1000 {
        assert_eq!(map.get(Value::Int(number)).is_some(), number % 3 != 0, "{number}");
    }
    map.insert(&arena, Value::Int(0), Value::None).expect("within budget");
    assert!(matches!(map.at(map.len() - 1), Some((Value::Int(0), Value::None))));
    map.clear();
    assert!(map.is_empty() && map.get(Value::Int(1)).is_none());
}

/// A value without an arena, for proptest to make and shrink.
#[derive(Clone, Debug)]
enum Made {
    None,
    Bool(bool),
    Int(i64),
    Big(String),
    Float(f64),
    Text(String),
    List(Vec<Made>),
    Map(Vec<(String, Made)>),
}

impl Made {
    fn value<'a>(&'a self, arena: &'a Arena) -> Value<'a> {
        match self {
            Made::None => Value::None,
            Made::Bool(value) => Value::Bool(*value),
            Made::Int(value) => Value::Int(*value),
            Made::Big(digits) => Value::BigInt(digits),
            Made::Float(value) => Value::Float(*value),
            Made::Text(text) => Value::Text(text),
            Made::List(items) => arena.list(items.iter().map(|item| item.value(arena))).expect("within budget"),
            Made::Map(entries) => {
                let map = arena.map();
                for (key, value) in entries {
                    map.insert(arena, Value::Text(key), value.value(arena)).expect("within budget");
                }
                Value::Map(map)
            }
        }
    }
}

fn made() -> impl Strategy<Value = Made> {
    let scalar = prop_oneof![
        Just(Made::None),
        any::<bool>().prop_map(Made::Bool),
        any::<i64>().prop_map(Made::Int),
        // Integers that 64 bits cannot tell are not read back: they are held to what 64 bits can.
        (u64::MAX / 2 + 1..).prop_map(|large| Made::Big(large.to_string())),
        (proptest::num::f64::NORMAL | proptest::num::f64::ZERO | proptest::num::f64::SUBNORMAL).prop_map(Made::Float),
        any::<String>().prop_map(Made::Text),
    ];
    scalar.prop_recursive(5, 60, 20, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..20).prop_map(Made::List),
            prop::collection::vec((any::<String>(), inner), 0..20).prop_map(Made::Map),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(made in made()) {
        let arena = Arena::default();
        let value = made.value(&arena);
        let mut out = Vec::new();
        json::write(&mut out, value).expect("a small value");
        let written = String::from_utf8(out).expect("JSON is UTF-8");
        let read = json::read(&arena, &written, &Projection::WHOLE).expect("what was written is JSON");
        prop_assert_eq!(Repr(read).to_string(), Repr(value).to_string());
        prop_assert_eq!(ops::equal(read, value), Ok(true));
    }

    #[test]
    fn a_repr_is_a_literal_of_its_value(made in made()) {
        let arena = Arena::default();
        let shown = Repr(made.value(&arena)).to_string();
        let read = text::literal(&arena, &shown).expect("within budget").expect("a literal");
        prop_assert_eq!(Repr(read).to_string(), shown.clone());
    }

    #[test]
    fn no_text_makes_a_reader_panic(text in "[\\[\\](){},:'\"\\\\0-9a-fnrxuTNI.eE+ \n#%*s-]{0,40}|.{0,40}") {
        let arena = Arena::default();
        let _ = text::literal(&arena, &text);
        let _ = text::parse_int(&arena, &text, 0);
        let _ = text::parse_float(&text);
        let _ = json::read(&arena, &text, &Projection::WHOLE);
        let _ = text::percent(&arena, &text, Value::Int(5));
    }
}
