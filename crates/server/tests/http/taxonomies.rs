//! What a taxonomy lacks for a parser, and what it has in vain: a table.

use crate::server::Server;
use serde_json::{Value, json};

/// A case: the claim, what the parser sets, what is declared, what is missing, what is unused.
type Case = (&'static str, Value, Value, &'static [&'static str], &'static [&'static str]);

fn cases() -> Vec<Case> {
    vec![
        ("a base field needs no declaration", json!({"source.ip": "1.1.1.1"}), json!({}), &[], &[]),
        (
            "a set field that nobody declares is missing",
            json!({"acme.b": 1, "acme.a": 1}),
            json!({}),
            &["acme.a", "acme.b"],
            &[],
        ),
        ("a declared field that is set is neither", json!({"acme.a": 1}), json!({"acme.a": "long"}), &[], &[]),
        (
            "a declared field that is not set is unused",
            json!({}),
            json!({"acme.b": "long", "acme.a": "long"}),
            &[],
            &["acme.a", "acme.b"],
        ),
        ("a base field declared again in vain is unused", json!({}), json!({"source.ip": "ip"}), &[], &["source.ip"]),
        (
            "a name that begins alike is another",
            json!({"acme.ab": 1}),
            json!({"acme.a": "long"}),
            &["acme.ab"],
            &["acme.a"],
        ),
        (
            "a dict goes to the fields below it",
            json!({"acme": "{{ original }}"}),
            json!({"acme.a": "long", "acme.b.c": "long", "other": "long"}),
            &[],
            &["other"],
        ),
        ("a field inside an object needs no declaration", json!({"acme.a": 1}), json!({"acme": "object"}), &[], &[]),
        ("a number holds no fields", json!({"acme.a": 1}), json!({"acme": "long"}), &["acme.a"], &["acme"]),
        (
            "an inferred field is not unused",
            json!({"source.ip": "1.1.1.1"}),
            json!({"related.ip": "ip", "source.address": "keyword", "user_agent.name": "keyword"}),
            &[],
            &["user_agent.name"],
        ),
    ]
}

#[test]
fn missing_and_unused_fields_are_found() {
    let server = Server::start();
    for (claim, set, declared, missing, unused) in cases() {
        let answer = server.post(&body(&json!([{"set": set}]), &declared)).well();
        assert_eq!(answer["taxonomy"], json!({"missing": missing, "unused": unused}), "{claim}");
    }
}

#[test]
fn translations_set_fields_and_deletions_do_not() {
    let server = Server::start();
    let translate = json!({"translate": null, "dictionary": {"a": "b"}, "mapping": {"original.message": "acme.to"}});
    let actions = json!([translate, {"delete": ["acme.gone"]}]);
    let answer = server.post(&body(&actions, &json!({"acme.gone": "long", "acme.other": "long"}))).well();
    assert_eq!(answer["taxonomy"], json!({"missing": ["acme.to"], "unused": ["acme.gone", "acme.other"]}));
}

#[test]
fn a_stage_that_nothing_runs_sets_nothing() {
    let server = Server::start();
    let mut sent = body(&json!([{"set": {"acme.a": 1}}]), &json!({"acme.idle": "long"}));
    sent["parser"]["stages"]["idle"] = json!({"actions": [{"set": {"acme.idle": 1, "acme.idle_too": 1}}]});
    let answer = server.post(&sent).well();
    assert_eq!(answer["taxonomy"], json!({"missing": ["acme.a"], "unused": ["acme.idle"]}));
}

/// A parser of one stage, and declarations by name and type.
fn body(actions: &Value, declared: &Value) -> Value {
    let declared = declared.as_object().expect("an object").iter();
    let taxonomy: Vec<Value> =
        declared.map(|(name, kind)| json!({"name": name, "type": kind, "description": ""})).collect();
    let parser = json!({"name": "x", "pipeline": [{"name": "s"}], "stages": {"s": {"actions": actions}}});
    json!({"parser": parser, "taxonomy": taxonomy, "events": []})
}
