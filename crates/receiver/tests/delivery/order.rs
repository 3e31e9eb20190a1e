//! What comes out, in which order, how often, and with which ids.

use crate::setup::{INTAKE, Setup, arrival, lines, quick, until};
use crate::test_sink::TestSink;
use std::collections::BTreeSet;
use std::time::Duration;
use weir_receiver::{Arrival, Encoding, Framing, event_id};

const LONG: Duration = Duration::from_secs(30);

#[test]
fn all_records_come_once_in_the_order_of_the_log_to_each_sink() {
    let setup = Setup::new();
    let (first, second) = (TestSink::default(), TestSink::default());
    setup.append(&lines(0..10));
    setup.append_gzip(lines(10..20_000).as_bytes());
    let delivery = setup.start(&[("first", &first), ("second", &second)]);
    for n in 20_000..20_100 {
        setup.append(&lines([n]));
    }
    until("all have come", || first.count() == 20_100 && second.count() == 20_100);
    assert_eq!(delivery.stop(LONG), Vec::<String>::new());
    for sink in [&first, &second] {
        let state = sink.lock();
        assert!(state.numbers.iter().copied().eq(0..20_100), "in order, each once");
        assert_eq!(state.ids.iter().collect::<BTreeSet<_>>().len(), 20_100);
        assert!(state.batches >= 5, "batches are bounded: {}", state.batches);
    }
    assert_eq!(setup.log.usage().readers.iter().map(|reader| reader.entries_behind).sum::<u64>(), 0);
}

#[test]
fn an_event_has_the_id_of_its_record_and_the_time_that_the_sender_gave() {
    let setup = Setup::new();
    let sink = TestSink::default();
    sink.lock().keeps_events = true;
    let given = Some("2026-01-02T03:04:05Z".to_owned());
    let arrival = Arrival { timestamp: given, ..arrival(Encoding::Identity) };
    let sequence = setup.append_as(b"\n{\"n\":1}\r\n\n{\"n\":2}", &arrival);
    let delivery = setup.start(&[("only", &sink)]);
    until("both have come", || sink.count() == 2);
    delivery.stop(LONG);
    let state = sink.lock();
    for (number, event) in state.events.iter().enumerate() {
        assert_eq!(event["event"]["id"], event_id(setup.log.id(), sequence, number as u32).to_string());
        assert_eq!(event["@timestamp"], "2026-01-02T03:04:05Z", "{event}");
        assert_eq!(event["sekoiaio"]["intake"]["parsing_status"], "success", "{event}");
    }
}

#[test]
fn validation_uploads_and_oversize_records_are_no_events_and_hold_up_nothing() {
    let setup = Setup::new();
    let sink = TestSink::default();
    setup.append("{\"content\":\"tests\"}\n");
    let small = Arrival { record_bytes: 20, ..arrival(Encoding::Identity) };
    setup.append_as(format!("{{\"n\":1}}\n{}\n{{\"n\":2}}\n", "x".repeat(100)).as_bytes(), &small);
    let delivery = setup.start(&[("only", &sink)]);
    until("both have come", || sink.count() == 2);
    until("the log is passed", || setup.log.usage().readers.iter().all(|reader| reader.entries_behind == 0));
    delivery.stop(LONG);
    assert_eq!(sink.lock().numbers, [1, 2]);
    assert!(setup.letters_in("mapping").is_empty());
}

#[test]
fn entries_without_any_record_are_passed() {
    let setup = Setup::new();
    let sink = TestSink::default();
    for _ in 0..20 {
        setup.append("\n\n");
    }
    let delivery = setup.start(&[("only", &sink)]);
    until("the log is passed", || setup.log.usage().readers.iter().all(|reader| reader.entries_behind == 0));
    delivery.stop(LONG);
    assert_eq!(sink.count(), 0);
}

#[test]
fn a_sink_that_was_behind_goes_the_same_way_as_the_other_from_some_place_on() {
    let setup = Setup::new();
    let (ahead, behind) = (TestSink::default(), TestSink::default());
    setup.append_gzip(lines(0..30_000).as_bytes());
    // The one that is behind stored a part of an entry before the process ended.
    behind.lock().takes = Duration::from_millis(1);
    ahead.lock().takes = Duration::from_millis(1);
    let first = setup.start(&[("behind", &behind)]);
    until("a part has come", || behind.count() > 0);
    first.stop(LONG);
    let had = behind.count();
    assert!(had < 30_000, "it was stopped on its way: {had}");
    let delivery = setup.start(&[("ahead", &ahead), ("behind", &behind)]);
    until("all have come", || ahead.count() == 30_000 && behind.count() == 30_000);
    delivery.stop(LONG);
    assert!(behind.lock().numbers.iter().copied().eq(0..30_000));
    assert!(ahead.lock().numbers.iter().copied().eq(0..30_000));
}

#[test]
fn what_was_gathered_and_not_stored_comes_again_after_a_crash() {
    let setup = Setup::new();
    let sink = TestSink::default();
    sink.lock().gathers = true;
    setup.append(&lines(0..100));
    let delivery = setup.start(&[("only", &sink)]);
    until("all have come", || sink.count() == 100);
    assert_eq!(setup.log.usage().readers[0].entries_behind, 1, "it is not passed before it is stored");
    // A crash: the sink forgets what it gathered, and nobody flushes.
    let after = TestSink::default();
    std::mem::forget(delivery);
    let delivery = setup.start_again(&after);
    until("all have come again", || after.count() == 100);
    delivery.stop(LONG);
    assert_eq!(after.lock().ids, sink.lock().ids, "with the same ids");
}

#[test]
fn a_document_of_json_is_delivered_element_by_element() {
    let setup = Setup::new();
    let sink = TestSink::default();
    let framing = Framing::Json { path: None };
    let arrival = Arrival { framing, intake: INTAKE.to_owned(), ..arrival(Encoding::Identity) };
    setup.append_as(br#"[{"n":1},"{\"n\":2}"]"#, &arrival);
    let delivery = setup.start_with(&[("only", &sink)], quick());
    until("both have come", || sink.count() == 2);
    delivery.stop(LONG);
    assert_eq!(sink.lock().numbers, [1, 2]);
}
