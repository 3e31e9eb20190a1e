//! What workers make of the topic.

use crate::setup::{Setup, files, lines, push, until};
use std::collections::BTreeSet;

/// The ids of the events of numbers that follow each other, as the senders were told them.
fn told(pushed: &[Vec<String>]) -> Vec<String> {
    pushed.concat()
}

#[test]
fn what_is_pushed_comes_out_of_workers_that_come_and_go_with_the_ids_that_were_told() {
    let setup = Setup::new(4);
    let receiver = setup.receiver();
    let mut pushed = Vec::new();
    let mut push_more = |count: u64| {
        for _ in 0..count {
            let from = pushed.len() as u64 * 100;
            pushed.push(push(&receiver, &lines(from..from + 100)));
        }
        pushed.len() as u64 * 100
    };
    let first = setup.worker("first");
    let count = push_more(20);
    until("the first worker has delivered all", || setup.events().len() as u64 == count);
    let second = setup.worker("second");
    let count = push_more(40);
    until("two workers have delivered all", || setup.events().len() as u64 == count);
    first.stop();
    let count = push_more(20);
    until("the second worker has delivered all", || setup.events().len() as u64 == count);
    second.stop();
    // Who comes later finds nothing to do: all was committed.
    let third = setup.worker("third");
    let count = push_more(1);
    until("the third worker has delivered all", || setup.events().len() as u64 == count);
    third.stop();
    receiver.stop();
    let events = setup.events();
    let ids: Vec<String> = events.values().flat_map(|ids| ids.iter().cloned()).collect();
    assert_eq!(ids, told(&pushed), "each event is there once, with its id");
}

#[test]
fn a_worker_that_cannot_begin_ends_and_another_one_delivers_all() {
    let setup = Setup::new(2);
    let receiver = setup.receiver();
    let pushed = push(&receiver, &lines(0..500));
    // A file stands where the folder of events should be: nothing can be stored.
    std::fs::write(setup.folder.path().join("blocked"), "").expect("a file");
    let config = setup.config("first", "  other: {type: ndjson, to: blocked/events, age: 300ms}");
    let started = weir_receiver::Worker::start(config, std::sync::Arc::new(silent()));
    let worker = started.expect("it starts, and fails once it has a partition");
    until("the worker says that it cannot go on", || worker.look().is_some());
    worker.stop();
    let worker = setup.worker("second");
    until("another worker delivers all", || setup.events().len() == 500);
    worker.stop();
    let ids: BTreeSet<String> = setup.events().into_values().flatten().collect();
    assert_eq!(ids, pushed.into_iter().collect());
    receiver.stop();
}

#[test]
fn what_becomes_no_event_is_a_dead_letter_of_its_partition_with_the_id_that_was_told() {
    let setup = Setup::new(1);
    let receiver = setup.receiver();
    let ids = push(&receiver, "{\"n\":1}\nnot JSON\n");
    let worker = setup.worker("first");
    let folder = setup.folder.path().join("first/dead-letters/raw-0/mapping");
    until("there is a dead letter", || !files(&folder).is_empty());
    let text = std::fs::read_to_string(&files(&folder)[0]).expect("a file");
    let letter: weir_receiver::dead_letters::DeadLetter = serde_json::from_str(text.trim_end()).expect("one letter");
    assert_eq!((letter.id.as_str(), letter.sequence, letter.record), (ids[1].as_str(), 0, 1));
    assert_eq!(letter.original.bytes().as_deref(), Some(&b"not JSON"[..]));
    worker.stop();
    receiver.stop();
}

fn silent() -> weir_receiver::notices::Notices {
    weir_receiver::notices::Notices::to(weir_receiver::notices::NoticeForm::Text, Box::new(std::io::sink()))
}
