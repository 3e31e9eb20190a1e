//! The tables beside this file: the fields of an event, and what the rules of inference add or replace.

use serde::Deserialize;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use toml::Value as Toml;
use weir::infer::{Caches, Fields, Places, rules};
use weir::taxonomy::Taxonomy;
use weir::value::text::Repr;
use weir::value::{Arena, Value};

#[derive(Deserialize)]
struct Table {
    case: Vec<Case>,
}

/// One event: its fields, and those that are new or different after the rules.
#[derive(Deserialize)]
struct Case {
    given: BTreeMap<String, Toml>,
    #[serde(default)]
    then: BTreeMap<String, Toml>,
}

fn check(table: &str) {
    let cases = toml::from_str::<Table>(table).expect("the table is TOML").case;
    assert!(!cases.is_empty());
    // The caches stay from case to case, and each case runs twice: a cached result is the same.
    let mut caches = Caches::new();
    let mut wrong = Vec::new();
    for case in cases.iter().chain(&cases) {
        let arena = Arena::default();
        let got = infer(&arena, &mut caches, &case.given);
        let expected = case.given.iter().chain(&case.then);
        let expected: BTreeMap<_, _> = expected.map(|(name, value)| (name.clone(), shown(&arena, value))).collect();
        if got != expected {
            wrong.push(format!("{:?}\n  expected {expected:?}\n       got {got:?}", case.given));
        }
    }
    assert!(wrong.is_empty(), "{} failures over {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// Applies all rules, as a plan does: slots by place, none by name.
fn infer(arena: &Arena, caches: &mut Caches, given: &BTreeMap<String, Toml>) -> BTreeMap<String, String> {
    let named = rules().iter().flat_map(|rule| rule.reads.iter().chain(rule.writes).copied());
    let names: BTreeSet<&str> = given.keys().map(String::as_str).chain(named).collect();
    let slots: Vec<Cell<Value<'_>>> =
        names.iter().map(|name| Cell::new(given.get(*name).map_or(Value::Undefined, |it| value(arena, it)))).collect();
    let places = |fields: &[&str]| -> Box<[Option<u32>]> {
        fields.iter().map(|field| names.iter().position(|name| name == field).map(|place| place as u32)).collect()
    };
    for rule in rules() {
        let (reads, writes) = (places(rule.reads), places(rule.writes));
        (rule.apply)(&mut Fields::new(&slots, &Places::new(reads, writes), arena, caches)).expect(rule.name);
    }
    let set = names.iter().zip(&slots).filter(|(_, slot)| !slot.get().is_undefined());
    set.map(|(name, slot)| ((*name).to_owned(), Repr(slot.get()).to_string())).collect()
}

fn value<'a>(arena: &'a Arena, toml: &Toml) -> Value<'a> {
    match toml {
        Toml::Integer(number) => Value::Int(*number),
        Toml::Array(items) => arena.list(items.iter().map(|item| value(arena, item))).expect("a short list"),
        other => Value::Text(arena.text(other.as_str().expect("text")).expect("a short text")),
    }
}

fn shown(arena: &Arena, toml: &Toml) -> String {
    Repr(value(arena, toml)).to_string()
}

#[test]
fn related_lists() {
    check(include_str!("related.toml"));
}

#[test]
fn addresses_and_domain_parts() {
    check(include_str!("domains.toml"));
}

#[test]
fn parts_of_urls() {
    check(include_str!("urls.toml"));
}

#[test]
fn user_agents_files_and_copies() {
    check(include_str!("others.toml"));
}

#[test]
fn rules_name_known_fields_once_and_say_what_they_do() {
    let taxonomy = Taxonomy::base();
    let mut names = BTreeSet::new();
    for rule in rules() {
        assert!(names.insert(rule.name), "two rules are called {}", rule.name);
        assert!(rule.summary.ends_with('.') && rule.evidence.contains("public pairs"), "{}", rule.name);
        // What a Windows event has below `action.properties`, each format declares for itself.
        let own = |field: &str| format!("{field}.").starts_with("action.properties.");
        for field in rule.reads.iter().filter(|field| !own(field)).chain(rule.writes) {
            assert!(taxonomy.get(field).is_some(), "{} names {field}, which the base taxonomy lacks", rule.name);
        }
    }
}

#[test]
fn a_field_that_the_event_cannot_have_is_left_alone() {
    let arena = Arena::default();
    let mut caches = Caches::new();
    for rule in rules() {
        let (reads, writes) = (vec![None; rule.reads.len()].into(), vec![None; rule.writes.len()].into());
        (rule.apply)(&mut Fields::new(&[], &Places::new(reads, writes), &arena, &mut caches)).expect(rule.name);
    }
}
