//! Formats that change while records come.

use crate::setup::{PARSER, Setup, lines, until};
use crate::test_sink::TestSink;
use std::fs;
use std::time::Duration;
use weir_formats::RulePaths;
use weir_receiver::formats::Reloaded;

const LONG: Duration = Duration::from_secs(30);

/// Looks at the files as the receiver does, until something was loaded.
fn reloaded(setup: &Setup) -> Reloaded {
    let mut all = Vec::new();
    until("the change is seen", || {
        all = setup.formats.reload_changed();
        !all.is_empty()
    });
    all.remove(0)
}

#[test]
fn a_new_version_runs_and_a_broken_one_does_not_take_the_place_of_what_runs() {
    let setup = Setup::new();
    let sink = TestSink::default();
    sink.lock().keeps_events = true;
    let kind = |sink: &TestSink| sink.lock().events.last().map(|event| event["event"]["kind"].clone());
    let delivery = setup.start(&[("only", &sink)]);
    setup.append(&lines(0..1));
    until("the first has come", || sink.count() == 1);
    assert_eq!(kind(&sink).expect("an event"), "event");
    let before = setup.formats.stat()[0].clone();

    fs::write(setup.parser(), PARSER.replace("kind: event", "kind: alert")).expect("it is written");
    assert_eq!(reloaded(&setup).trouble, None);
    setup.append(&lines(1..2));
    until("the second has come", || sink.count() == 2);
    assert_eq!(kind(&sink).expect("an event"), "alert");
    assert_ne!(setup.formats.stat()[0].formats[0].stamp, before.formats[0].stamp, "another stamp");

    fs::write(setup.parser(), PARSER.replace("- name: set_fields", "- name: nothing")).expect("it is written");
    let trouble = reloaded(&setup).trouble.expect("it does not run");
    assert!(trouble.contains("does not compile") && trouble.contains("parser.yml"), "{trouble}");
    setup.append(&lines(2..3));
    until("the third has come", || sink.count() == 3);
    assert_eq!(kind(&sink).expect("an event"), "alert", "the old one runs on");
    assert!(setup.formats.stat()[0].trouble.is_some());

    fs::write(setup.parser(), PARSER).expect("it is written");
    assert_eq!(reloaded(&setup).trouble, None);
    assert!(setup.formats.stat()[0].trouble.is_none());
    delivery.stop(LONG);
}

#[test]
fn a_format_that_does_not_run_keeps_the_receiver_from_starting_and_says_why() {
    let setup = Setup::new();
    fs::write(setup.parser(), "name: [").expect("it is written");
    let from = weir_receiver::formats::FormatPath { path: setup.folder.path().join("format"), prefer: Vec::new() };
    let Err(troubles) = weir_receiver::formats::IntakeFormats::load(&[("web".to_owned(), from)], &RulePaths::default())
    else {
        unreachable!("it is no YAML")
    };
    assert!(troubles[0].contains("web") && troubles[0].contains("parser.yml:1"), "{troubles:?}");
}
