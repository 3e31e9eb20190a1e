//! Dead letters and stretches of the log through another version of the format.

use crate::setup::{PARSER, Setup, lines, until};
use crate::test_sink::TestSink;
use std::convert::Infallible;
use std::fs;
use std::sync::Arc;
use std::time::Duration;
use weir_log::files::Disk;
use weir_log::{Inspection, Item};
use weir_receiver::dead_letters::Stage;
use weir_receiver::replay::Replay;

const LONG: Duration = Duration::from_secs(30);

#[test]
fn a_better_format_makes_of_dead_letters_the_events_that_they_would_have_been() {
    let setup = Setup::new();
    let sink = TestSink::default();
    setup.append("{\"n\":1}\n[2]\nnot json\n");
    let delivery = setup.start(&[("only", &sink)]);
    until("it has come", || sink.count() >= 1);
    until("the log is passed", || setup.log.usage().readers.iter().all(|reader| reader.entries_behind == 0));
    delivery.stop(LONG);
    let letters = setup.letters_in("mapping");
    let bad: Vec<_> = letters.iter().filter(|letter| letter.record == 2).collect();
    assert_eq!(bad.len(), 1, "{letters:?}");

    // Now a failure to read JSON is none any more.
    fs::write(setup.parser(), PARSER.replace("raise_errors: true", "raise_errors: false")).expect("it is written");
    setup.formats.reload_all();
    let version_of = |intake: &str| setup.formats.of(intake);
    let mut replay = Replay::new([0; 16], &version_of);
    let mut ids = Vec::new();
    for letter in &letters {
        let taken = replay.letter(letter, &mut |mapped| {
            ids.extend(mapped.batch.events().map(|event| uuid::Uuid::from_u128(event.id).to_string()));
            Ok::<(), Infallible>(())
        });
        taken.expect("all is taken");
    }
    let replayed = replay.finish();
    assert_eq!((replayed.events, replayed.failed()), (letters.len() as u64, 0), "{replayed:?}");
    assert_eq!(ids, letters.iter().map(|letter| letter.id.clone()).collect::<Vec<_>>(), "the same ids");
}

#[test]
fn what_still_fails_is_told_by_kind_with_the_first_of_each() {
    let setup = Setup::new();
    let sink = TestSink::default();
    let sequence = setup.append("a\nb\n{\"n\":1}\n");
    setup.append(&lines(2..12));
    let delivery = setup.start(&[("only", &sink)]);
    until("the log is passed", || setup.log.usage().readers.iter().all(|reader| reader.entries_behind == 0));
    delivery.stop(LONG);

    let disk = Disk::read_only(&setup.folder.path().join("log")).expect("the log is there");
    let inspection = Inspection::of(Arc::new(disk)).expect("it is a log");
    let version_of = |intake: &str| setup.formats.of(intake);
    let mut replay = Replay::new(setup.log.id(), &version_of);
    let mut ids = Vec::new();
    for item in inspection.entries(None) {
        let Item::Entry(entry) = item.expect("it can be read") else { continue };
        let taken = replay.entry(&entry, &mut |mapped| {
            ids.extend(mapped.batch.events().map(|event| event.id));
            Ok::<(), Infallible>(())
        });
        taken.expect("all is taken");
    }
    let replayed = replay.finish();
    assert_eq!((replayed.events, replayed.failed(), replayed.failing.len()), (11, 2, 1));
    assert_eq!(ids, sink.lock().ids, "the same ids as at first");
    let (failing, failures) = replayed.failing.first_key_value().expect("one kind");
    assert_eq!((failing.stage, failing.entry.as_deref()), (Stage::Parse, Some("parsed")));
    let first = weir_receiver::event_id(setup.log.id(), sequence, 0).to_string();
    assert_eq!((failures.records, &failures.first), (2, &first));
}
