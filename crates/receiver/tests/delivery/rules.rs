//! Events that rules match, and rules that change while records come.

use crate::setup::{PARSER, Setup, lines, until};
use crate::test_sink::TestSink;
use std::fs;
use std::time::Duration;
use weir_receiver::formats::Loaded;

const LONG: Duration = Duration::from_secs(30);

/// A rule that matches one number.
fn rule(number: u64) -> String {
    format!(
        "title: Number {number}
id: 00000000-0000-4000-8000-{number:012}
logsource: {{product: counted}}
detection:
    selection: {{event.sequence: {number}}}
    condition: selection
"
    )
}

/// The names of the rules that each event has, in order.
fn names(sink: &TestSink) -> Vec<Option<String>> {
    let name = |event: &serde_json::Value| event["rule"]["name"][0].as_str().map(str::to_owned);
    sink.lock().events.iter().map(name).collect()
}

#[test]
fn events_carry_the_rules_that_match_them_and_other_rules_hold_from_their_change_on() {
    let setup = Setup::new();
    let path = setup.detect(&rule(1));
    let sink = TestSink::default();
    sink.lock().keeps_events = true;
    let delivery = setup.start(&[("only", &sink)]);
    setup.append(&lines(0..3));
    until("three have come", || sink.count() == 3);
    assert_eq!(names(&sink), [None, Some("Number 1".to_owned()), None]);
    assert!(setup.counters.text().contains("weir_matched_events_total{intake=\"web\",format=\"counted\"} 1\n"));

    // A format that is loaded again is held against the same rules.
    fs::write(setup.parser(), PARSER.replace("kind: event", "kind: alert")).expect("it is written");
    assert_eq!(changed(&setup), (Loaded::Formats, None));
    setup.append(&lines(1..2));
    until("the fourth has come", || sink.count() == 4);
    assert_eq!(names(&sink)[3].as_deref(), Some("Number 1"));

    fs::write(&path, rule(7)).expect("it is written");
    assert_eq!(changed(&setup), (Loaded::Rules, None));
    setup.append("{\"n\":1}\n{\"n\":7}\n");
    until("two more have come", || sink.count() == 6);
    assert_eq!(names(&sink)[4..], [None, Some("Number 7".to_owned())]);

    fs::remove_file(&path).expect("it is removed");
    let (of, trouble) = changed(&setup);
    assert_eq!(of, Loaded::Rules);
    assert!(trouble.expect("there are none").contains("rules.yml"));
    setup.append(&lines(7..8));
    until("one more has come", || sink.count() == 7);
    assert_eq!(names(&sink)[6].as_deref(), Some("Number 7"), "those before hold");
    delivery.stop(LONG);
}

#[test]
fn a_rule_that_cannot_be_used_and_a_correlation_are_named() {
    let setup = Setup::new();
    let correlation = "title: Many\ncorrelation: {type: event_count, rules: [00000000-0000-4000-8000-000000000001], group-by: [event.kind], timespan: 5m, condition: {gte: 3}}";
    let broken = "title: Broken\nlogsource: {product: counted}";
    // Whether it can be used is known when it is compiled for a format.
    let unnamed = "title: Unnamed\nlogsource: {product: counted}\ndetection: {selection: {event.sequence|expand: '%nobody%'}, condition: selection}";
    setup.detect(&[&rule(1), correlation, broken, unnamed].join("\n---\n"));
    let told = setup.formats.rules().not_used();
    let is_told = |words: &str| told.iter().any(|line| line.contains(words));
    assert!(is_told("`Many`") && is_told("detection") && is_told("nobody"), "{told:?}");
    assert_eq!(told.len(), 3, "{told:?}");
}

fn changed(setup: &Setup) -> (Loaded, Option<String>) {
    let mut all = Vec::new();
    until("the change is seen", || {
        all = setup.formats.reload_changed();
        !all.is_empty()
    });
    let reloaded = all.remove(0);
    (reloaded.of, reloaded.trouble)
}
