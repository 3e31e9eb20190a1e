//! Sinks that fail, are slow, or end in a panic: nothing is lost, and nobody else waits.

use crate::setup::{Setup, lines, until};
use crate::test_sink::TestSink;
use std::time::{Duration, Instant};

const LONG: Duration = Duration::from_secs(30);

#[test]
fn a_sink_that_is_down_gets_everything_once_it_is_up_and_the_other_does_not_wait() {
    let setup = Setup::new();
    let (up, down) = (TestSink::default(), TestSink::default());
    down.fails("403 Forbidden", None);
    let delivery = setup.start(&[("up", &up), ("down", &down)]);
    for part in 0..50 {
        setup.append_gzip(lines(part * 200..part * 200 + 200).as_bytes());
    }
    until("the other has all", || up.count() == 10_000);
    until("it was tried some times", || down.lock().failed >= 5);
    assert_eq!(down.count(), 0);
    let trouble = delivery.sinks()[1].trouble().expect("it is known to fail");
    assert!(trouble.why.contains("403") && trouble.tries >= 5, "{trouble:?}");
    down.works();
    until("it has all", || down.count() == 10_000);
    until("it is known to work", || delivery.sinks()[1].trouble().is_none());
    delivery.stop(LONG);
    assert!(down.lock().numbers.iter().copied().eq(0..10_000));
    assert!(setup.notices.text().contains("cannot store events: 403 Forbidden sink=down"), "{}", setup.notices.text());
}

#[test]
fn a_destination_that_asks_for_time_gets_it() {
    let setup = Setup::new();
    let sink = TestSink::default();
    sink.fails("429 Too Many Requests", Some(Duration::from_millis(700)));
    setup.append(&lines(0..1));
    let delivery = setup.start(&[("only", &sink)]);
    until("it was tried", || sink.lock().failed == 1);
    let begun = Instant::now();
    until("it was tried again", || sink.lock().failed == 2);
    assert!(begun.elapsed() > Duration::from_millis(600), "{:?}", begun.elapsed());
    sink.works();
    delivery.stop(LONG);
}

#[test]
fn a_sink_that_loses_what_it_gathered_gets_it_again() {
    let setup = Setup::new();
    let sink = TestSink::default();
    sink.lock().gathers = true;
    let delivery = setup.start(&[("only", &sink)]);
    for part in 0..10 {
        setup.append(&lines(part * 10..part * 10 + 10));
    }
    until("it has gathered all", || sink.count() == 100);
    sink.lock().loses = true;
    setup.append(&lines(100..110));
    until("it has all again", || sink.count() == 110);
    delivery.stop(LONG);
    assert!(sink.lock().numbers.iter().copied().eq(0..110));
    assert!(setup.notices.text().contains("gets it again"), "{}", setup.notices.text());
}

#[test]
fn a_stop_does_not_wait_for_a_sink_that_fails() {
    let setup = Setup::new();
    let sink = TestSink::default();
    sink.fails("no route to host", Some(Duration::from_secs(500)));
    setup.append(&lines(0..1));
    let delivery = setup.start(&[("only", &sink)]);
    until("it was tried", || sink.lock().failed == 1);
    let begun = Instant::now();
    assert_eq!(delivery.stop(LONG), Vec::<String>::new());
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_stop_names_who_did_not_stop_in_time() {
    let setup = Setup::new();
    let (slow, quick) = (TestSink::default(), TestSink::default());
    slow.lock().takes = Duration::from_secs(4);
    setup.append(&lines(0..1));
    let delivery = setup.start(&[("slow", &slow), ("quick", &quick)]);
    until("the other has it", || quick.count() == 1);
    assert_eq!(delivery.stop(Duration::from_millis(600)), ["slow"]);
}

#[test]
fn a_sink_that_ends_in_a_panic_ends_the_process_with_a_failure_and_loses_nothing() {
    let setup = Setup::new();
    let sink = TestSink::default();
    sink.lock().panics = true;
    setup.append(&lines(0..10));
    let delivery = setup.start(&[("only", &sink)]);
    until("it is told", || delivery.failure().is_some());
    delivery.stop(LONG);
    let setup = setup.restart();
    let delivery = setup.start(&[("only", &sink)]);
    until("all have come", || sink.count() == 10);
    delivery.stop(LONG);
}

/// Down for long, as seen by the log: more than it may have comes meanwhile.
#[test]
fn a_log_that_is_full_refuses_what_is_new_and_drops_nothing() {
    let log = weir_log::Options { segment_bytes: 1 << 20, log_bytes: 4 << 20, ..weir_log::Options::default() };
    let setup = Setup::with(log);
    let sink = TestSink::default();
    sink.fails("down", None);
    let delivery = setup.start(&[("only", &sink)]);
    let mut accepted = 0;
    let text = "x".repeat(1_000);
    while setup.log.refusal().is_none() && accepted < 100_000 {
        let lines: String = (accepted..accepted + 50).map(|n| format!("{{\"n\":{n},\"text\":\"{text}\"}}\n")).collect();
        let Ok(mut entry) = setup.log.append() else { break };
        let metadata = serde_json::to_vec(&crate::setup::arrival(weir_receiver::Encoding::Identity)).expect("JSON");
        match entry.write(lines.as_bytes()).and_then(|()| entry.commit(&metadata, 0)) {
            Ok(_) => accepted += 50,
            Err(_) => break,
        }
    }
    assert!(accepted > 1_000 && accepted < 100_000, "{accepted} were accepted");
    sink.works();
    until("all have come", || sink.count() as u64 == accepted);
    until("the log takes more", || setup.log.append().is_ok());
    delivery.stop(LONG);
    assert!(sink.lock().numbers.iter().copied().eq(0..accepted));
}
