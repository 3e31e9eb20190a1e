//! Calls with what CPython 3.11 and Jinja2 3.1 give (`calls.tsv`): kind, name, value, arguments, named arguments and
//! result as literals. `undefined` is an undefined value, `!` a fault.

use super::{LibraryEntry, LibraryKind, MOST_PARAMETERS, Patterns, all, call, find};
use crate::value::text::{Repr, literal};
use crate::value::{Arena, Value};
use std::collections::HashSet;

/// 2026-07-01T00:00:00Z
const NOW: i64 = 1_782_864_000;

#[test]
fn every_call_gives_what_python_gives() {
    let mut wrong = Vec::new();
    let rows = include_str!("calls.tsv").lines();
    for row in rows.filter(|row| !row.is_empty()) {
        let arena = Arena::default();
        let found = run(&arena, row).unwrap_or_else(|reason| format!("cannot run: {reason}"));
        let expected = row.rsplit('\t').next().unwrap_or_default();
        if found != expected && !(expected == "!" && found.starts_with('!')) {
            wrong.push(format!("{row}\n    gives {found}"));
        }
    }
    assert!(wrong.is_empty(), "{} calls differ:\n{}", wrong.len(), wrong.join("\n"));
}

fn run(arena: &Arena, row: &str) -> Result<String, String> {
    let cells: Vec<&str> = row.split('\t').collect();
    let [kind, name, value, arguments, named, _] = cells[..] else { return Err("six cells".to_owned()) };
    let kind = [LibraryKind::Filter, LibraryKind::Test, LibraryKind::Method, LibraryKind::Global]
        .into_iter()
        .find(|known| known.name() == kind || (*known == LibraryKind::Global && kind == "global"));
    let entry = find(kind.ok_or("kind")?, name).ok_or("no such entry")?;
    let read = |text| match text {
        "undefined" => Ok(Value::Undefined),
        _ => literal(arena, text).ok().flatten().ok_or(format!("literal {text}")),
    };
    let mut positional = Vec::new();
    if entry.kind != LibraryKind::Global {
        positional.push(read(value)?);
    }
    if let Value::List(list) = read(arguments)? {
        positional.extend(list.iter());
    }
    let Value::Map(map) = read(named)? else { return Err("named".to_owned()) };
    let named: Vec<_> = map.iter().filter_map(|(key, value)| Some((key.as_text()?, value))).collect();
    Ok(match call(entry, arena, &Patterns::default(), NOW, &positional, &named) {
        Ok(value) if value.is_undefined() => "undefined".to_owned(),
        Ok(value) => Repr(value).to_string(),
        Err(fault) => format!("! {fault}"),
    })
}

#[test]
fn entries_are_complete_and_named_once() {
    let mut names = HashSet::new();
    for entry in all() {
        assert!(entry.parameters.len() <= MOST_PARAMETERS, "{entry:?} has too many parameters");
        assert!(entry.summary.ends_with('.'), "{entry:?} is not described");
        for name in entry.names {
            assert!(names.insert((entry.kind, *name)), "{entry:?} is there twice");
        }
    }
    let shown = |entry: &&LibraryEntry| entry.examples.is_empty() && !entry.summary.starts_with("Not run");
    assert_eq!(all().filter(shown).map(|entry| entry.name()).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn growth_and_loops_meet_the_budget() {
    let calls = [
        ("filter\tcenter\t'a'\t(1000000000,)\t{}\t!"),
        ("filter\tindent\t'a\\nb'\t(1000000000,)\t{}\t!"),
        ("filter\tslice\t[1]\t(1000000000,)\t{}\t!"),
        ("filter\tbatch\t[1]\t(1000000000, 'x')\t{}\t!"),
        ("filter\tround\t1.5\t(1000000000,)\t{}\t1.5"),
        ("method\tzfill\t'a'\t(1000000000,)\t{}\t!"),
        ("method\tformat\t'{:1000000000}'\t('a',)\t{}\t!"),
        ("method\tformat\t'{:.1000000000f}'\t(1.5,)\t{}\t!"),
        ("method\tljust\t'a'\t(9223372036854775807,)\t{}\t!"),
        ("method\tcenter\t'a'\t(9223372036854775807,)\t{}\t!"),
        ("global\trange\t\t(1000000000,)\t{}\t!"),
        ("global\trange\t\t(-9223372036854775808, 9223372036854775807)\t{}\t!"),
        ("filter\ttruncate\t'a'\t(-9223372036854775808,)\t{}\t!"),
    ];
    for row in calls {
        let arena = Arena::new(1 << 20);
        let found = run(&arena, row).expect("a call");
        assert!(found.starts_with(row.rsplit('\t').next().expect("a result")), "{row} gives {found}");
    }
}
