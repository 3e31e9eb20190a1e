//! Indicators by their files: which are taken and which refused, and the events that have one.

use std::sync::Arc;
use weir::diagnostic::{Diagnostics, Sources};
use weir::{FormatText, Input, Plan, Record};
use weir_detect::correlate::CorrelationState;
use weir_detect::indicators::{IndicatorSet, Indicators};
use weir_detect::mapping::FormatFacts;
use weir_detect::{Detection, Scratch, rule};

/// Sets fields of many types from those of a record.
const PARSER: &str = "
name: gate
pipeline:
  - name: read
    external: {name: json.parse-json, properties: {input_field: original.message, output_field: json}}
  - name: set
stages:
  set:
    actions:
      - set:
          '@timestamp': '{{read.json.time}}'
          source.ip: '{{read.json.from}}'
          destination.ip: '{{read.json.to}}'
          url.domain: '{{read.json.domain}}'
          url.full: '{{read.json.url}}'
          user.email: '{{read.json.mail}}'
          file.hash.sha256: '{{read.json.hash}}'
          destination.port: '{{read.json.port}}'
          gate.peer: '{{read.json.peer}}'
";

const FIELDS: &str = "
gate.peer: {name: gate.peer, type: ip, description: the other side}
";

fn plan() -> Plan {
    let fields = vec![("fields.yml".to_owned(), FIELDS.to_owned())];
    let format = weir::compile(&FormatText { parser: ("parser.yml".to_owned(), PARSER.to_owned()), fields });
    assert!(!format.findings.has_errors(), "{:?}", format.findings);
    format.plan.expect("a plan")
}

fn read(files: &[&str]) -> Indicators {
    let mut indicators = Indicators::default();
    files.iter().for_each(|text| indicators.read("feed", text));
    indicators
}

/// The alerts of one record, as JSON.
fn alerts(set: IndicatorSet, record: &str, at_any_time: bool) -> Vec<serde_json::Value> {
    let plan = plan();
    let detection = Detection { indicators: Some(Arc::new(set)), at_any_time, ..Detection::default() };
    let mut findings = Diagnostics::new();
    let detector = detection.of_format(&plan, &FormatFacts::default(), &mut findings);
    assert!(!findings.has_errors(), "{findings:?}");
    let record = Record { input: Input::Message(record.as_bytes()), now: 1_700_000_000, event_id: None };
    let mut found = Vec::new();
    plan.run_batch_viewed(&mut weir::Scratch::default(), &[record], |view, _| {
        if let Some(matched) = detector.look(&mut Scratch::default(), view, 1_700_000_000) {
            let mut state = CorrelationState::default();
            for alert in detector.alerts(&mut state, &matched) {
                found.push(serde_json::from_slice(&alert.line(view.line())).expect("an alert is JSON"));
            }
        }
    });
    found
}

/// The fields of a record's events in which an indicator is found.
fn fields(file: &str, record: &str) -> Vec<String> {
    let found = alerts(read(&[file]).build(), record, false);
    let enrichments = found.iter().flat_map(|alert| alert["threat"]["enrichments"].as_array().expect("a list"));
    enrichments.map(|one| one["matched"]["field"].as_str().unwrap_or("pattern").to_owned()).collect()
}

#[test]
fn values_are_found_in_the_fields_of_their_kind() {
    let hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    for (value, record, expected) in [
        ("192.0.2.7", r#"{"from": "192.0.2.7", "peer": "192.0.2.7"}"#, &["gate.peer", "source.ip"][..]),
        ("192.0.2.7", r#"{"from": "192.0.2.8", "domain": "192.0.2.7"}"#, &[]),
        ("192.0.2.0/24", r#"{"to": "192.0.2.8"}"#, &["destination.ip"]),
        ("2001:db8::/32", r#"{"to": "2001:DB8:0:0::1"}"#, &["destination.ip"]),
        ("2001:db8::/32", r#"{"to": "2001:db9::1"}"#, &[]),
        ("0.0.0.0/0", r#"{"to": "2001:db9::1"}"#, &[]),
        ("evil.example", r#"{"domain": "a.b.EVIL.example."}"#, &["url.domain"]),
        ("evil.example", r#"{"domain": "notevil.example"}"#, &[]),
        ("a.evil.example", r#"{"domain": "evil.example"}"#, &[]),
        ("http://evil.example/A", r#"{"url": "HTTP://Evil.example/A"}"#, &["url.full"]),
        ("http://evil.example/A", r#"{"url": "http://evil.example/a"}"#, &[]),
        ("Ada@evil.example", r#"{"mail": "ada@EVIL.example"}"#, &["user.email"]),
        (hash, &format!(r#"{{"hash": "{}"}}"#, hash.to_uppercase()), &["file.hash.sha256"]),
    ] {
        let mut found = fields(value, record);
        found.sort();
        assert_eq!(found, expected, "{value} in {record}");
    }
}

#[test]
fn lists_and_csv_name_what_they_do_not_know() {
    let list = read(&["# a feed\n192.0.2.7\n\nevil[.]example # seen today\nnothing\n10.0.0.0/33\n"]);
    assert_eq!(list.len(), 2);
    let refused: Vec<_> = list.refused().flat_map(|(_, refusal)| refusal.named.clone()).collect();
    assert_eq!(refused, ["feed:5", "feed:6"]);

    let csv = "type,value,valid_until,description\nip-dst,192.0.2.7,,\"a, b\"\ndomain,evil.example,2020-01-01,\nbtc,x,,\nsha256,abc,,\n";
    let csv = read(&[csv]);
    assert_eq!(csv.len(), 3);
    assert_eq!(csv.refused().map(|(reason, _)| reason).collect::<Vec<_>>(), ["there is no kind `btc`"]);
    let commented = read(&["# \"first_seen\",\"dst_ip\",\"malware\"\n\"2020-01-01\",\"192.0.2.7\",\"X\"\n"]);
    assert_eq!(commented.len(), 1, "{:?}", commented.refused().collect::<Vec<_>>());
}

#[test]
fn an_indicator_holds_while_it_is_valid_and_five_days_more_or_at_any_time() {
    let feed = "value,valid_from,valid_until\n192.0.2.7,2023-01-10T00:00:00Z,2023-02-10T00:00:00Z\n";
    for (time, is_found) in [
        ("2023-01-09T23:59:59Z", false),
        ("2023-01-10T00:00:00Z", true),
        ("2023-02-14T23:59:59Z", true),
        ("2023-02-15T00:00:00Z", false),
    ] {
        let record = format!(r#"{{"from": "192.0.2.7", "time": "{time}"}}"#);
        assert_eq!(alerts(read(&[feed]).build(), &record, false).len(), usize::from(is_found), "{time}");
        assert_eq!(alerts(read(&[feed]).build(), &record, true).len(), 1, "{time}");
    }
}

#[test]
fn stix_bundles_give_values_and_patterns() {
    let bundle = |pattern: &str| {
        serde_json::json!({"type": "bundle", "id": "bundle--1", "objects": [
            {"type": "malware", "id": "malware--1", "name": "M"},
            {"type": "indicator", "id": "indicator--1", "name": "I", "pattern_type": "stix", "pattern": pattern,
             "valid_from": "2020-01-01T00:00:00Z"},
        ]})
        .to_string()
    };
    for (pattern, record, is_found) in [
        ("[ipv4-addr:value = '192.0.2.7']", r#"{"peer": "192.0.2.7"}"#, true),
        ("[network-traffic:dst_ref.value = '192.0.2.7']", r#"{"from": "192.0.2.7"}"#, false),
        ("[network-traffic:dst_ref.value = '192.0.2.7']", r#"{"to": "192.0.2.7"}"#, true),
        ("[file:hashes.'SHA-256' = 'ab' OR domain-name:value = 'evil.example']", r#"{"domain": "evil.example"}"#, true),
        (
            "[ipv4-addr:value ISSUBSET '192.0.2.0/24' AND network-traffic:dst_port = 443]",
            r#"{"to": "192.0.2.7", "port": 443}"#,
            true,
        ),
        (
            "[ipv4-addr:value ISSUBSET '192.0.2.0/24' AND network-traffic:dst_port = 443]",
            r#"{"to": "192.0.2.7", "port": 80}"#,
            false,
        ),
        ("[url:value LIKE 'http://evil.example/%.exe']", r#"{"url": "http://evil.example/a.exe"}"#, true),
        ("[url:value LIKE 'http://evil.example/_.exe']", r#"{"url": "http://evil.example/ab.exe"}"#, false),
        ("[url:value MATCHES '/[0-9]+$']", r#"{"url": "http://evil.example/12"}"#, true),
        ("[domain-name:value != 'good.example']", r#"{"from": "192.0.2.7"}"#, false),
        ("[network-traffic:dst_port > 1024]", r#"{"port": 8080}"#, true),
        ("[network-traffic:dst_port > 1024]", r#"{"port": 80}"#, false),
    ] {
        let indicators = read(&[&bundle(pattern)]);
        assert_eq!(indicators.refused().count(), 0, "{pattern}");
        assert_eq!(alerts(indicators.build(), record, false).len(), usize::from(is_found), "{pattern} on {record}");
    }
    let refused = read(&[&bundle("[url:value = 'a'] FOLLOWEDBY [url:value = 'b']")]);
    let named: Vec<_> = refused.refused().map(|(reason, refusal)| (reason, refusal.named.clone())).collect();
    assert_eq!(named, [("`FOLLOWEDBY` is not supported", vec!["indicator--1".to_owned()])]);
    assert!(read(&[r#"{"type": "bundle", "objects": ["#]).refused().next().is_some(), "what is no JSON is named");
}

#[test]
fn misp_gives_what_is_meant_to_be_matched_and_warning_lists_take_out_what_is_harmless() {
    let event = serde_json::json!({"response": [{"Event": {"uuid": "e", "info": "E", "Attribute": [
        {"uuid": "1", "type": "ip-dst", "value": "192.0.2.7", "to_ids": true},
        {"uuid": "2", "type": "domain", "value": "a.evil.example", "to_ids": true},
        {"uuid": "3", "type": "ip-dst", "value": "198.51.100.7", "to_ids": false},
        {"uuid": "4", "type": "btc", "value": "x", "to_ids": true},
        {"uuid": "5", "type": "filename|sha256", "value": "a.exe|ab", "to_ids": true},
        {"uuid": "6", "type": "domain|ip", "value": "b.example|203.0.113.5", "to_ids": true},
        {"uuid": "7", "type": "ip-dst|port", "value": "203.0.113.9|443", "to_ids": true},
    ], "Object": [{"Attribute": [{"uuid": "8", "type": "url", "value": "http://good.example/x", "to_ids": true}]}]}}]})
    .to_string();
    let indicators = read(&[&event]);
    assert_eq!(indicators.len(), 7);
    assert_eq!(
        indicators.refused().map(|(reason, _)| reason).collect::<Vec<_>>(),
        ["no field is known for the type `btc`"]
    );
    let warning = |kind: &str, list: &str| format!(r#"{{"name": "W", "type": "{kind}", "list": ["{list}"]}}"#);
    for (kind, list, left) in [
        ("cidr", "192.0.2.0/24", 6),
        ("hostname", "example", 4),
        ("hostname", "evil.example", 6),
        ("string", "203.0.113.5", 6),
        ("substring", "evil", 6),
        ("regex", "/^ab$/", 6),
        ("cidr", "10.0.0.0/8", 7),
    ] {
        let set = read(&[&event, &warning(kind, list)]).build();
        assert_eq!((set.len(), set.left_out()), (left, 7 - left), "{kind} {list}");
    }
    for (kind, list) in [("cidr", "ten"), ("regex", "(["), ("other", "x")] {
        assert_eq!(read(&[&warning(kind, list)]).refused().count(), 1, "{kind}");
    }
}

#[test]
fn alerts_say_which_indicator_was_found_where() {
    let set = read(&["value,id,description\n192.0.2.7,i1,Command and control\n"]).build();
    let found = alerts(set, r#"{"from": "192.0.2.7"}"#, false);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["rule"]["name"], "Indicators of compromise");
    let expected = serde_json::json!({
        "indicator": {"type": "ipv4-addr", "name": "192.0.2.7", "description": "Command and control", "provider": "feed"},
        "matched": {"atomic": "192.0.2.7", "field": "source.ip", "id": "i1", "type": "indicator_match_rule"},
    });
    assert_eq!(found[0]["threat"]["enrichments"][0], expected);
}

#[test]
fn a_rule_of_the_user_about_indicators_is_what_they_are_told_as() {
    let text = "title: Ours\nid: x\nlevel: low\ndetection: {s: {'source.ip|expand': '%indicators%'}, condition: s}\n";
    let (plan, mut findings) = (plan(), Diagnostics::new());
    let mut detection = Detection::default();
    rule::read(text, Sources::new().add("rule.yml", text), &mut detection.documents, &mut findings);
    detection.indicators = Some(Arc::new(read(&["192.0.2.7"]).build()));
    let detector = detection.of_format(&plan, &FormatFacts::default(), &mut findings);
    assert!(findings.is_empty() && detector.is_empty() && detector.pruned() == 0);
    let record = Record { input: Input::Message(br#"{"from": "192.0.2.7"}"#), now: 0, event_id: None };
    plan.run_batch_viewed(&mut weir::Scratch::default(), &[record], |view, _| {
        let matched = detector.look(&mut Scratch::default(), view, 0).expect("a match");
        let mut line = view.line().to_vec();
        line = detector.with_matches(&matched, &line);
        let event: serde_json::Value = serde_json::from_slice(&line).expect("JSON");
        assert_eq!(event["rule"], serde_json::json!({"id": ["x"], "name": ["Ours"]}));
        assert_eq!(event["threat"]["enrichments"][0]["matched"]["field"], "source.ip");
    });
}

#[test]
fn hostile_files_are_refused_and_take_no_time() {
    for text in [
        "[".repeat(100_000),
        "{\"type\":\"bundle\",\"objects\":".to_owned() + &"[".repeat(100_000),
        "a,".repeat(100_000),
        "\"".repeat(100_000),
        "value\n\"".to_owned() + &"x\n".repeat(100_000),
        ".".repeat(100_000),
        "{\"list\":[\"(a+)+$\"],\"type\":\"regex\"}".to_owned(),
        "\0\u{feff}\u{202e}".to_owned(),
    ] {
        let indicators = read(&[&text]);
        assert!(indicators.len() < 10);
        indicators.build();
    }
    // An event with a name of nothing but dots.
    let set = read(&["evil.example"]).build();
    assert!(alerts(set, &format!(r#"{{"domain": "{}"}}"#, ".".repeat(60_000)), false).is_empty());
}

/// The values that are kept of a file, and the reasons of what is refused.
fn kept(text: &str) -> (usize, Vec<String>) {
    let indicators = read(&[text]);
    let reasons = indicators.refused().map(|(reason, _)| reason.to_owned()).collect();
    (indicators.len(), reasons)
}

#[test]
fn an_odd_part_of_a_feed_costs_itself_alone() {
    let good = r#"{"type":"indicator","id":"indicator--1","pattern":"[domain-name:value = 'evil.example']","pattern_type":"stix"}"#;
    let bundle = |other: &str| format!(r#"{{"type":"bundle","id":"bundle--1","objects":[{other},{good}]}}"#);
    for (text, refused) in [
        (bundle(r#"{"type":"malware","name":5}"#), 0),
        (bundle(r#"{"type":"x-custom","pattern":["a"]}"#), 0),
        (bundle(r#"{"type":["x"]}"#), 0),
        (bundle("5"), 0),
        (bundle(&good.replace("\"id\"", "\"revoked\":null,\"name\":7,\"id\"").replace("evil", "bad")), 0),
        (bundle(r#"{"type":"indicator","id":"indicator--2","pattern":["a"]}"#), 1),
        (format!(r#"{{"more":false,"objects":[{good}]}}"#), 0),
        (format!("[{good}]"), 0),
        (format!("{good}\n{}\n", good.replace("evil", "bad")), 0),
        (good.to_owned(), 0),
    ] {
        let (count, reasons) = kept(&text);
        assert!(count >= 1 && reasons.len() == refused, "{count} {reasons:?}: {text}");
    }
    let attribute = r#"{"uuid":"1","type":"domain","value":"evil.example","to_ids":true}"#;
    for (text, refused) in [
        (format!(r#"{{"Event":{{"info":null,"Object":null,"Attribute":[{attribute}]}}}}"#), 0),
        (format!(r#"{{"Event":{{"info":5,"Attribute":[7,{attribute}]}}}}"#), 1),
        (format!(r#"{{"Event":{{"Attribute":[{{"type":"port","value":443,"to_ids":true}},{attribute}]}}}}"#), 1),
        (format!(r#"{{"response":{{"Attribute":[{attribute}]}}}}"#), 0),
        (format!(r#"{{"response":[{{"Event":{{"Object":[{{"Attribute":[{attribute}]}},null]}}}}]}}"#), 0),
    ] {
        let (count, reasons) = kept(&text);
        assert_eq!((count, reasons.len()), (1, refused), "{reasons:?}: {text}");
    }
}

#[test]
fn files_of_values_are_read_in_the_forms_that_feeds_have() {
    for (text, count) in [
        ("evil.example,domain,high\n192.0.2.9,ip,low\n", 2),
        ("192.0.2.7,high\n", 1),
        ("ip,port\n192.0.2.7,443\n", 1),
        ("ip;port\n192.0.2.7;443\n", 1),
        ("type\tvalue\nip\t192.0.2.7\n", 1),
        ("0.0.0.0 evil.example\n127.0.0.1 localhost\n", 1),
        ("||evil.example^\n", 1),
        (".evil.example\n", 1),
        ("type,value\nip:port,192.0.2.7:8080\n", 1),
        ("type,value\ndomain,evil[.]example\n", 1),
        (
            "# \"first_seen_utc\",\"ioc_id\",\"ioc_value\",\"ioc_type\"\n\"2024-01-01 00:00:00\", \"1\", \"evil.example\", \"domain\"\n",
            1,
        ),
        ("value,valid_until\nevil.example,tomorrow\nbad.example,2030-01-01 00:00:00 UTC\n", 1),
    ] {
        let (found, reasons) = kept(text);
        assert_eq!(found, count, "{reasons:?}: {text}");
    }
    assert_eq!(kept("value,valid_until\nevil.example,tomorrow\n").1, ["the time `tomorrow` cannot be read"]);
    // Numbers of milliseconds are no seconds of the year 55970.
    let set = read(&["value,valid_from\n192.0.2.7,1704067200000\n"]).build();
    assert_eq!(alerts(set, r#"{"from": "192.0.2.7", "time": "2024-02-01T00:00:00Z"}"#, false).len(), 1);
}

#[test]
fn values_are_compared_in_one_form_on_both_sides() {
    for (value, record) in [
        ("https://b.example/", r#"{"url": "https://b.example:443/"}"#),
        ("http://evil.example:80/A", r#"{"url": "http://evil.example/A"}"#),
        ("http://evil.example/A", r#"{"url": "http://evil.example./A"}"#),
        ("hXXp://evil.example/A", r#"{"url": "http://evil.example/A"}"#),
        (".evil.example", r#"{"domain": "a.evil.example"}"#),
        ("192.0.2.7:8080", r#"{"from": "192.0.2.7"}"#),
    ] {
        assert_eq!(fields(value, record).len(), 1, "{value} in {record}");
    }
    for (value, record) in [
        ("https://b.example/", r#"{"url": "https://b.example:80/"}"#),
        ("http://evil.example/", r#"{"url": "http://evil.example@b.example/"}"#),
    ] {
        assert!(fields(value, record).is_empty(), "{value} in {record}");
    }
}

#[test]
fn a_warning_list_guards_with_all_that_can_be_read_of_it_and_against_nothing_else() {
    let list = |kind: &str, values: &str| format!(r#"{{"name": "W", "type": "{kind}", "list": {values}}}"#);
    let url = "http://google.com:x@evil.example/";
    for (feed, list, left) in [
        ("evil.example", list("regex", r#"["/^EVIL/i"]"#), 0),
        ("192.0.2.7", list("cidr", r#"["bad", 5, "192.0.2.0/24"]"#), 0),
        (url, list("hostname", r#"["google.com"]"#), 1),
        (url, list("hostname", r#"["evil.example"]"#), 0),
    ] {
        assert_eq!(read(&[feed, &list]).build().len(), left, "{feed}: {list}");
    }
}

#[test]
fn patterns_of_stix_are_read_as_feeds_write_them() {
    let bundle = |pattern: &str| {
        let object =
            serde_json::json!({"type": "indicator", "id": "indicator--1", "pattern": pattern, "pattern_type": "stix"});
        object.to_string()
    };
    let hash = "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855";
    let hashed = format!(r#"{{"hash": "{hash}"}}"#);
    for (pattern, record) in [
        (format!("[file:hashes.'SHA256' = '{hash}']"), &*hashed),
        (format!("[file:hashes.\"SHA-256\" = '{hash}']"), &*hashed),
        ("[domain-name:value LIKE 'EVIL.%'] /* seen */ // today".to_owned(), r#"{"domain": "evil.example"}"#),
    ] {
        let indicators = read(&[&bundle(&pattern)]);
        assert_eq!(indicators.refused().count(), 0, "{pattern}");
        assert_eq!(alerts(indicators.build(), record, false).len(), 1, "{pattern} on {record}");
    }
}
