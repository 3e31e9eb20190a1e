//! Dead letters: what has no event is kept, once, before the position passes it.

use crate::setup::{Setup, arrival, lines, quick, until};
use crate::test_sink::TestSink;
use std::fs;
use std::time::Duration;
use weir_receiver::dead_letters::{Original, Stage};
use weir_receiver::{Arrival, Encoding, Framing, event_id};

const LONG: Duration = Duration::from_secs(30);

#[test]
fn what_does_not_parse_is_kept_with_its_reason_and_its_bytes() {
    let setup = Setup::new();
    let sink = TestSink::default();
    let sequence = setup.append_as(b"{\"n\":1}\nnot json\n{\"n\":2}\n\xff\xfe\n", &arrival(Encoding::Identity));
    let delivery = setup.start(&[("only", &sink)]);
    until("the log is passed", || setup.log.usage().readers.iter().all(|reader| reader.entries_behind == 0));
    delivery.stop(LONG);
    assert_eq!(sink.lock().numbers, [1, 2]);
    let letters = setup.letters_in("mapping");
    assert_eq!(letters.len(), 2);
    let letter = &letters[0];
    assert_eq!((letter.sequence, letter.record, letter.stage), (sequence, 1, Stage::Parse));
    assert_eq!(letter.id, event_id(setup.log.id(), sequence, 1).to_string());
    assert_eq!((letter.intake.as_str(), letter.format.as_deref()), ("web", Some("counted")));
    assert_eq!((letter.entry.as_deref(), letter.received), (Some("parsed"), 1_764_547_200_000));
    assert_eq!(letter.spec.as_deref(), Some(&*setup.formats.stat()[0].formats[0].stamp));
    assert_eq!(letter.original, Original::Text("not json".to_owned()));
    assert!(!letter.code.is_empty() && letter.reason.contains("expected a value"), "{letter:?}");
    assert_eq!(letters[1].original.bytes().as_deref(), Some(&b"\xff\xfe"[..]));
    let numbers = setup.counters.text();
    for number in [
        r#"weir_records_total{intake="web",format="counted",outcome="whole"} 2"#,
        r#"weir_records_total{intake="web",format="counted",outcome="failed"} 2"#,
        r#"weir_dead_letters_total{stage="parse"} 2"#,
        r#"weir_sink_events_total{sink="only"} 2"#,
    ] {
        assert!(numbers.contains(number), "{number} is not in\n{numbers}");
    }
}

/// T7: vector #20990: answered with 200, and every event was lost with an error.
#[test]
fn t7_a_batch_of_which_nothing_parses_is_all_in_the_dead_letters() {
    let setup = Setup::new();
    let sink = TestSink::default();
    let body: String = (0..10_000).map(|n| format!("no {n}\n")).collect();
    setup.append_gzip(body.as_bytes());
    let delivery = setup.start(&[("only", &sink), ("other", &TestSink::default())]);
    until("the log is passed", || setup.log.usage().readers.iter().all(|reader| reader.entries_behind == 0));
    delivery.stop(LONG);
    let letters = setup.letters_in("mapping");
    assert_eq!(letters.len(), 10_000, "once, whatever the number of sinks");
    assert!(letters.iter().map(|letter| letter.record).eq(0..10_000));
    let numbers = setup.counters.text();
    assert!(numbers.contains("weir_dead_letters_total{stage=\"parse\"} 10000\n"), "{numbers}");
    assert_eq!(setup.failures.all().len(), 20, "the last ones are there to be looked at");
}

#[test]
fn a_letter_is_not_doubled_when_its_record_comes_again() {
    let setup = Setup::new();
    let sink = TestSink::default();
    sink.lock().gathers = true;
    setup.append("one\n{\"n\":1}\ntwo\n");
    let delivery = setup.start(&[("only", &sink)]);
    until("it has come", || sink.count() == 1);
    assert_eq!(setup.letters_in("mapping").len(), 2);
    std::mem::forget(delivery);
    // As after a crash in the middle of a line.
    let file = fs::read_dir(setup.letters.folder().join("mapping")).expect("a folder").next().expect("a file");
    let path = file.expect("an entry").path();
    let text = fs::read(&path).expect("text");
    let cut = text.len() - 10;
    fs::write(&path, &text[..cut]).expect("it is written");
    let after = TestSink::default();
    let delivery = setup.start_again(&after);
    until("it has come again", || after.count() == 1);
    delivery.stop(LONG);
    let letters = setup.letters_in("mapping");
    assert_eq!(letters.iter().map(|letter| letter.record).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(fs::read(&path).expect("text"), text, "the cut line is whole again");
}

#[test]
fn what_a_destination_refuses_is_kept_with_the_event() {
    let setup = Setup::new();
    let sink = TestSink::default();
    sink.lock().refuses = vec![3, 5];
    setup.append(&lines(0..10));
    let delivery = setup.start(&[("picky", &sink)]);
    until("the log is passed", || setup.log.usage().readers.iter().all(|reader| reader.entries_behind == 0));
    delivery.stop(LONG);
    assert_eq!(sink.count(), 8);
    let letters = setup.letters_in("sink-picky");
    assert_eq!(letters.iter().map(|letter| letter.record).collect::<Vec<_>>(), [3, 5]);
    assert_eq!((letters[0].stage, letters[0].code.as_str()), (Stage::Store, "not-wanted"));
    assert_eq!(letters[0].original, Original::Text("{\"n\":3}".to_owned()));
    assert_eq!((letters[0].intake.as_str(), letters[0].format.as_deref()), ("web", Some("counted")));
    assert_eq!(letters[0].spec.as_deref(), Some(&*setup.formats.stat()[0].formats[0].stamp));
    assert!(letters[0].event.as_ref().is_some_and(|event| event.contains("\"sequence\":3")));
}

#[test]
fn records_of_an_intake_that_is_not_configured_any_more_are_kept() {
    let setup = Setup::new();
    let sink = TestSink::default();
    let gone = Arrival { intake: "gone".to_owned(), ..arrival(Encoding::Identity) };
    setup.append_as(lines(0..2).as_bytes(), &gone);
    setup.append(&lines(2..3));
    let delivery = setup.start(&[("only", &sink)]);
    until("the other has come", || sink.count() == 1);
    delivery.stop(LONG);
    let letters = setup.letters_in("mapping");
    assert!(letters.iter().all(|letter| letter.code == "unknown-intake" && letter.stage == Stage::Route));
    assert_eq!(letters.len(), 2);
}

#[test]
fn a_body_that_turns_out_damaged_gives_what_it_has_and_says_the_rest() {
    let setup = Setup::new();
    let sink = TestSink::default();
    // Nothing in the log is so, unless by a defect: ingest checks each body.
    setup.append_as(b"\x1f\x8bno gzip", &arrival(Encoding::Gzip));
    setup.append(&lines(0..1));
    let delivery = setup.start_with(&[("only", &sink)], quick());
    until("the other has come", || sink.count() == 1);
    delivery.stop(LONG);
    let letters = setup.letters_in("mapping");
    assert_eq!((letters.len(), letters[0].code.as_str()), (1, "unreadable-body"));
}

#[test]
fn nothing_is_passed_while_dead_letters_cannot_be_kept() {
    let setup = Setup::new();
    let sink = TestSink::default();
    // A file where the folder should be.
    fs::write(setup.letters.folder().join("mapping"), "").expect("it is written");
    setup.append("bad\n");
    let delivery = setup.start(&[("only", &sink)]);
    until("it is told", || delivery.sinks()[0].trouble().is_some());
    assert_eq!(setup.log.usage().readers[0].entries_behind, 1);
    fs::remove_file(setup.letters.folder().join("mapping")).expect("it is removed");
    until("the log is passed", || setup.log.usage().readers.iter().all(|reader| reader.entries_behind == 0));
    delivery.stop(LONG);
    assert_eq!(setup.letters_in("mapping").len(), 1);
}

#[test]
fn letters_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let setup = Setup::new();
    setup.append("no\n");
    let delivery = setup.start(&[("only", &TestSink::default())]);
    until("it is kept", || setup.letters_in("mapping").len() == 1);
    delivery.stop(LONG);
    let mode = |path: &std::path::Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    let mapping = setup.letters.folder().join("mapping");
    assert_eq!((mode(setup.letters.folder()), mode(&mapping)), (0o700, 0o700));
    for file in fs::read_dir(mapping).expect("a folder") {
        assert_eq!(mode(&file.expect("an entry").path()), 0o600);
    }
}

#[test]
fn a_letter_has_the_records_own_time_and_its_bytes() {
    let setup = Setup::new();
    let timed = Arrival { framing: Framing::Events, ..arrival(Encoding::Identity) };
    let body = br#"[{"json":"bad","timestamp":"2020-05-05T00:00:00Z"},{"json":"bad too"}]"#;
    setup.append_as(body, &Arrival { timestamp: Some("2021-01-01T00:00:00Z".to_owned()), ..timed });
    let all = Arrival { timestamp: Some("2022-02-02T00:00:00Z".to_owned()), ..arrival(Encoding::Identity) };
    setup.append_as(b"bad\xff\nb\xc3\xa4d\n", &all);
    setup.append_as(b"none\n", &arrival(Encoding::Identity));
    let delivery = setup.start(&[("only", &TestSink::default())]);
    until("all are kept", || setup.letters_in("mapping").len() == 5);
    delivery.stop(LONG);
    let letters = setup.letters_in("mapping");
    let of: Vec<_> = letters.iter().map(|letter| (letter.timestamp.as_deref(), letter.original.bytes())).collect();
    let bytes = |text: &[u8]| Some(text.to_vec());
    assert_eq!(
        of,
        [
            (Some("2020-05-05T00:00:00Z"), bytes(b"bad")),
            (Some("2021-01-01T00:00:00Z"), bytes(b"bad too")),
            (Some("2022-02-02T00:00:00Z"), bytes(b"bad\xff")),
            (Some("2022-02-02T00:00:00Z"), bytes("b\u{e4}d".as_bytes())),
            (None, bytes(b"none")),
        ]
    );
}
