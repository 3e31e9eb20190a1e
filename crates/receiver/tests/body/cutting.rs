//! Lines, single events and counted messages.

use crate::{Pieces, arrival, pack, records, texts};
use proptest::prelude::*;
use weir_receiver::{Encoding, Framing, RECORD_BYTES, Verdict};

const ENCODINGS: [Encoding; 3] = [Encoding::Identity, Encoding::Gzip, Encoding::Zstd];

#[test]
fn lines_end_as_senders_end_them_and_blank_ones_are_none() {
    let lines = |body: &str| texts(body, Framing::Lines).expect("lines");
    assert_eq!(lines("a\nb\n"), ["a", "b"]);
    assert_eq!(lines("a\nb"), ["a", "b"], "the last one may have no ending");
    assert_eq!(lines("a\r\nb\r\n"), ["a", "b"]);
    assert_eq!(lines("\n\r\n  \na\n\n\t\nb\n\n"), ["a", "b"]);
    assert_eq!(lines(" a \n"), [" a "], "white space of a record is its own");
    assert_eq!(lines(""), [""; 0]);
    assert_eq!(lines("\n \r\n"), [""; 0]);
}

#[test]
fn one_event_is_what_was_sent_without_its_line_ending() {
    let one = |body: &str| texts(body, Framing::One).expect("an event");
    assert_eq!(one("a\nb"), ["a\nb"]);
    assert_eq!(one("a\n"), ["a"]);
    assert_eq!(one("a\r\n"), ["a"]);
    assert_eq!(one(""), [""; 0]);
    assert_eq!(one(" \n"), [""; 0]);
}

/// T18: a job is not made unless these are answered with 200.
#[test]
fn t18_an_upload_that_only_tries_is_no_event() {
    for framing in [Framing::One, Framing::Lines, Framing::Json { path: None }] {
        for upload in [r#"{"content":"tests"}"#, "test"] {
            for ending in ["", "\n", "\r\n"] {
                let body = format!("{upload}{ending}");
                for encoding in ENCODINGS {
                    let seen =
                        records(&*pack(encoding, body.as_bytes()), &arrival(encoding, framing.clone(), RECORD_BYTES));
                    assert_eq!(
                        seen.expect("whole"),
                        [(0, Verdict::Validation, upload.to_owned(), None)],
                        "{framing:?} {body:?}"
                    );
                }
            }
        }
    }
    let verdicts = |body: &str| {
        let seen = records(body.as_bytes(), &arrival(Encoding::Identity, Framing::Lines, RECORD_BYTES)).expect("lines");
        seen.into_iter().map(|(_, verdict, ..)| verdict).collect::<Vec<_>>()
    };
    assert_eq!(verdicts("test\nmore\n"), [Verdict::Event; 2], "among others it is a record");
    assert_eq!(verdicts("more\ntest\n"), [Verdict::Event; 2]);
    assert_eq!(verdicts("test\n\n\n"), [Verdict::Validation]);
}

/// T6: a record of the largest size is taken, and one that is larger by a byte is passed over, alone.
#[test]
fn t6_records_up_to_the_limit_are_taken_and_larger_ones_passed_over() {
    for limit in [1 << 10, RECORD_BYTES, 1 << 20, 4 << 20] {
        let (fits, over) = ("x".repeat(limit as usize), "y".repeat(limit as usize + 1));
        for ending in ["\n", "\r\n"] {
            let body = [&*fits, &over, "z", &fits, &over].join(ending);
            let seen = records(body.as_bytes(), &arrival(Encoding::Identity, Framing::Lines, limit)).expect("lines");
            let oversize = Verdict::Oversize(u64::from(limit) + 1);
            let verdicts: Vec<_> = seen.iter().map(|(number, verdict, ..)| (*number, *verdict)).collect();
            let event = Verdict::Event;
            assert_eq!(
                verdicts,
                [(0, event), (1, oversize), (2, event), (3, event), (4, oversize)],
                "{limit} {ending:?}"
            );
            assert_eq!((&seen[0].2, &*seen[2].2), (&fits, "z"));
        }
        for (body, expected) in [(&fits, Verdict::Event), (&over, Verdict::Oversize(u64::from(limit) + 1))] {
            for framing in [Framing::One, Framing::Counted] {
                let body = if framing == Framing::Counted { format!("{} {body}", body.len()) } else { body.clone() };
                let seen = records(body.as_bytes(), &arrival(Encoding::Identity, framing, limit)).expect("an event");
                assert_eq!(seen.iter().map(|seen| seen.1).collect::<Vec<_>>(), [expected]);
            }
        }
    }
}

#[test]
fn counted_messages_may_have_anything_inside() {
    let counted = |body: &str| texts(body, Framing::Counted);
    assert_eq!(counted("3 a\nb5 12 345  test").expect("counted"), ["a\nb", "12 34", " test"]);
    for broken in ["x", "3", "3 ab", "3ab", "99999999999 a", "-1 a"] {
        assert!(counted(broken).is_err(), "{broken}");
    }
}

fn lines() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        4 => "[a-c ]{0,12}",
        1 => Just(String::new()),
        1 => Just("test".to_owned()),
        1 => (20usize..60).prop_map(|length| "x".repeat(length)),
        1 => (1020usize..1030).prop_map(|length| "y".repeat(length)),
        1 => (1020usize..1030).prop_map(|length| " ".repeat(length)),
        1 => Just("\r".to_owned()),
    ];
    let ending = prop_oneof![Just("\n"), Just("\r\n"), Just("\n\n"), Just("\r")];
    let whole = proptest::collection::vec((line, ending), 0..40);
    (whole, any::<bool>()).prop_map(|(lines, ends)| {
        let mut text: String = lines.into_iter().flat_map(|(line, ending)| [line, ending.to_owned()]).collect();
        if !ends {
            text.pop();
        }
        text.into_bytes()
    })
}

proptest! {
    #[test]
    fn a_body_has_the_same_records_however_it_comes(
        body in lines(),
        sizes in proptest::collection::vec(1usize..200, 1..8),
        framing in prop_oneof![Just(Framing::Lines), Just(Framing::One)],
        encoding in proptest::sample::select(&ENCODINGS),
    ) {
        let plain = records(&*body, &arrival(Encoding::Identity, framing.clone(), 1024)).expect("a body");
        let packed = pack(encoding, &body);
        let pieces = Pieces { bytes: &packed, sizes, next: 0 };
        let seen = records(pieces, &arrival(encoding, framing.clone(), 1024)).expect("a body");
        prop_assert_eq!(&seen, &plain);
        if framing == Framing::Lines {
            // An oracle without buffers.
            let text = String::from_utf8(body).expect("text");
            let expected: Vec<String> = text
                .split('\n')
                .map(|line| line.strip_suffix('\r').unwrap_or(line))
                .filter(|line| line.len() > 1024 || !line.trim_ascii().is_empty())
                .map(|line| if line.len() > 1024 { String::new() } else { line.to_owned() })
                .collect();
            prop_assert_eq!(plain.into_iter().map(|seen| seen.2).collect::<Vec<_>>(), expected);
        }
    }
}
