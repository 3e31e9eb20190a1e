//! Answers of the validation API: their shape, and what they say.

use crate::server::{Answer, Server, agent, body, event, parser, taxonomy};
use serde_json::{Value, json};

const NIL: &str = "00000000-0000-0000-0000-000000000000";

#[test]
fn an_answer_has_the_documented_shape() {
    let server = Server::start();
    let mut answer = server.post(&body(&[json!({"who": "ada", "from": "192.0.2.7"})])).well();
    let duration = answer["parsed_messages"][0]["sekoiaio"]["intake"]["parsing_duration_ms"].take();
    assert!(duration.as_f64().is_some_and(|duration| (0.0..60_000.0).contains(&duration)), "{duration}");
    let intake = json!({
        "parsing_status": "success", "dialect": "test", "dialect_uuid": NIL, "parsing_duration_ms": null
    });
    let expected = json!({
        "parsed_messages": [{
            "message": "{\"who\":\"ada\",\"from\":\"192.0.2.7\"}",
            "event": {"id": NIL, "kind": "event"},
            "related": {"ip": ["192.0.2.7"], "user": ["ada"]},
            "sekoiaio": {"intake": intake},
            "source": {"address": "192.0.2.7", "ip": "192.0.2.7"},
            "user": {"name": "ada"}
        }],
        "coverage": 0.7143,
        "taxonomy": {"missing": [], "unused": []}
    });
    assert_eq!(answer, expected);
}

#[test]
fn what_went_wrong_is_said_in_its_message_and_the_others_come_out() {
    let server = Server::start();
    let events = json!([event(&json!({"who": "ada"})), {"message": "no JSON"}, event(&json!({"from": "nowhere"})), {}]);
    let answer = server.post(&json!({"parser": parser(), "taxonomy": taxonomy(), "events": events})).well();
    let messages = answer["parsed_messages"].as_array().expect("a list");
    let intakes: Vec<&Value> = messages.iter().map(|message| &message["sekoiaio"]["intake"]).collect();
    let statuses: Vec<&Value> = intakes.iter().map(|intake| &intake["parsing_status"]).collect();
    assert_eq!(statuses, ["success", "failure", "success", "success"]);
    for place in [0, 2] {
        let keys: Vec<&String> = intakes[place].as_object().expect("an object").keys().collect();
        assert_eq!(keys, ["parsing_status", "dialect", "dialect_uuid", "parsing_duration_ms"], "{}", intakes[place]);
    }
    assert!(intakes[1]["parsing_error"].as_str().is_some_and(|error| error.starts_with("parsed: ")), "{}", intakes[1]);
    assert_eq!(messages[2].get("source"), None, "`nowhere` is no address");
    assert_eq!(messages[1]["message"], "no JSON");
    for intake in intakes {
        assert_eq!((&intake["dialect"], &intake["dialect_uuid"]), (&json!("test"), &json!(NIL)));
    }
    assert!(messages.iter().all(|message| message["event"]["id"] == NIL));
}

#[test]
fn what_a_format_says_of_itself_gives_way() {
    let server = Server::start();
    let set = json!({"event": ["x"], "sekoiaio.intake.dialect": "mine", "sekoiaio.intake.coverage": 7});
    let parser = json!({"name": "x", "pipeline": [{"name": "s"}], "stages": {"s": {"actions": [{"set": set}]}}});
    let input = json!({"message": "m", "sekoiaio": {"intake": {"dialect": "theirs", "dialect_uuid": "1"}}});
    let answer = server.post(&json!({"parser": parser, "events": [input]})).well();
    let message = &answer["parsed_messages"][0];
    assert_eq!(message["event"]["id"], NIL);
    let intake = message["sekoiaio"]["intake"].as_object().expect("an object");
    assert_eq!((&intake["dialect"], &intake["dialect_uuid"]), (&json!("test"), &json!(NIL)));
    assert_eq!(answer["taxonomy"]["missing"], json!(["sekoiaio.intake.coverage"]));
    let text = server.post(&json!({"parser": parser, "events": [input]})).text;
    assert_eq!(text.matches("\"dialect\":").count(), 1, "{text}");
}

#[test]
fn ten_thousand_events_come_back_in_order() {
    let server = Server::start();
    let names = ["ada", "Ωμέγα", "\u{1f600}", "a\u{0}\u{1f}\"\\", "\u{202e}\u{fffe}"];
    let messages: Vec<Value> = (0..10_000).map(|n| json!({"who": format!("{}{n}", names[n % names.len()])})).collect();
    let answer = server.post(&body(&messages)).well();
    let parsed = answer["parsed_messages"].as_array().expect("a list");
    assert_eq!(parsed.len(), messages.len());
    for (sent, message) in messages.iter().zip(parsed) {
        assert_eq!(message["user"]["name"], sent["who"]);
    }
}

#[test]
fn numbers_and_texts_come_out_as_the_engine_writes_them() {
    let server = Server::start();
    let parser = json!({"name": "x", "pipeline": [{"name": "s"}], "stages": {"s": {"actions": [
        {"set": {"x.big": "{{ original.log.n }}", "x.text": "{{ original.message }}"}}]}}});
    let taxonomy = json!([{"name": "x.big", "type": "flattened"}, {"name": "x.text", "type": "keyword"}]);
    let event = r#"{"message": "\ud800 \u00e9", "log": {"n": [123456789012345678901234567890, 1.10, 1e2]}}"#;
    let body = format!(r#"{{"parser": {parser}, "taxonomy": {taxonomy}, "events": [{event}]}}"#);
    let text = server.post_bytes(body.as_bytes(), &[]).text;
    assert!(text.contains(r#""big":[9223372036854775807,1.1,100.0]"#), "{text}");
    assert!(text.contains("é"), "{text}");
}

#[test]
fn coverage_is_the_share_of_the_parser_that_events_take() {
    let server = Server::start();
    // 14 points: three entries, three actions, four fields, and both sides of two filters.
    let (plain, named, high) = (json!({}), json!({"who": "ada"}), json!({"level": 5}));
    for (messages, share) in [
        (vec![], 0.0),
        (vec![plain.clone()], 0.4286),
        (vec![plain, named.clone(), high.clone()], 0.9286),
        (vec![named.clone(), named], 0.6429),
        (vec![high], 0.5714),
    ] {
        let answer = server.post(&body(&messages)).well();
        assert_eq!(answer["coverage"].as_f64(), Some(share), "{messages:?}");
        let mut parsed = answer["parsed_messages"].as_array().expect("a list").iter();
        assert!(parsed.all(|message| message["sekoiaio"]["intake"].get("coverage").is_none()), "{answer}");
    }
}

#[test]
fn dates_without_a_year_are_read_against_the_time_that_the_server_was_told() {
    let server = Server::start();
    let parser = json!({"name": "dates", "pipeline": [
        {"name": "date", "external": {"name": "date.parse", "properties":
            {"input_field": "original.message", "output_field": "at", "format": "%b %d %H:%M"}}},
        {"name": "s"}
    ], "stages": {"s": {"actions": [{"set": {"@timestamp": "{{ date.at }}"}}]}}});
    let answer = server.post(&json!({"parser": parser, "events": [{"message": "Feb 03 04:05"}]})).well();
    assert_eq!(answer["parsed_messages"][0]["@timestamp"], "2026-02-03T04:05:00Z");
}

#[test]
fn a_client_needs_no_taxonomy_and_may_send_keys_and_headers_of_its_own() {
    let server = Server::start();
    let mut sent = json!({"parser": parser(), "events": [{"message": "{}"}], "other": [1]});
    for headers in [&[("Authorization", "Bearer x"), ("Content-Type", "text/plain")][..], &[]] {
        server.post_bytes(sent.to_string().as_bytes(), headers).well();
    }
    sent["taxonomy"] = json!({"gate.level": {"name": "gate.level", "type": "long"}});
    assert_eq!(server.post(&sent).refused(400), "wrong-shape");
}

#[test]
fn the_server_says_that_it_is_well() {
    let server = Server::start();
    let answer = Answer::of(agent().get(server.url("/healthz")).call().expect("an answer"));
    assert_eq!(answer.well(), json!({"status": "ok"}));
}
