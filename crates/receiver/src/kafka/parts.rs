//! A body → parts that a broker takes, cut between records.
//!
//! Lines stay lines, so that whatever else reads the topic sees them. Other records stand after their lengths, since they may have line
//! breaks; those with times of their own stand in JSON arrays.

use crate::arrival::Framing;
use crate::body::is_validation;
use serde::Serialize;

/// How many bytes a part has at most: brokers take messages of a million unless they are told otherwise.
pub const PART_BYTES: usize = 900_000;

/// A part of a body.
#[derive(Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its records.
    pub body: Vec<u8>,
    /// How they are found again.
    pub framing: Framing,
    /// How many they are.
    pub records: u32,
}

/// Puts records into parts.
#[derive(Debug)]
pub struct Parts {
    form: Form,
    body: Vec<u8>,
    records: u32,
}

/// A record that no part takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Lines,
    Counted,
    Events,
}

/// A record with its time.
#[derive(Serialize)]
struct Timed<'r> {
    json: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<&'r str>,
}

impl Parts {
    /// Parts of a body whose records are found so.
    pub fn new(framing: &Framing) -> Self {
        let form = match framing {
            Framing::Lines => Form::Lines,
            Framing::Events => Form::Events,
            Framing::One | Framing::Json { .. } | Framing::Counted => Form::Counted,
        };
        Parts { form, body: Vec::new(), records: 0 }
    }

    /// Adds a record. The part before, if the record begins a new one.
    ///
    /// # Errors
    /// Where the record alone is larger than a part.
    pub fn push(&mut self, record: &[u8], time: Option<&str>) -> Result<Option<Piece>, TooLarge> {
        let before = self.body.len();
        self.write(record, time);
        let added = self.body.len() - before;
        // An array needs one more for its end.
        if self.body.len() < PART_BYTES {
            self.records += 1;
            return Ok(None);
        }
        self.body.truncate(before);
        if added >= PART_BYTES {
            return Err(TooLarge);
        }
        let piece = self.take();
        self.write(record, time);
        self.records = 1;
        Ok(piece)
    }

    /// The last part, unless there was no record.
    pub fn finish(mut self) -> Option<Piece> {
        self.take()
    }

    fn write(&mut self, record: &[u8], time: Option<&str>) {
        match self.form {
            Form::Lines => self.write_line(record),
            Form::Counted => self.write_counted(record),
            Form::Events => {
                self.body.push(if self.records == 0 { b'[' } else { b',' });
                let timed = Timed { json: &String::from_utf8_lossy(record), timestamp: time };
                serde_json::to_writer(&mut self.body, &timed).expect("two texts are JSON, and memory takes all");
            }
        }
    }

    fn write_line(&mut self, record: &[u8]) {
        self.body.extend_from_slice(record);
        // A line that ends so would lose its last byte to the line break.
        if record.ends_with(b"\r") {
            self.body.push(b'\r');
        }
        self.body.push(b'\n');
    }

    fn write_counted(&mut self, record: &[u8]) {
        self.body.extend_from_slice(record.len().to_string().as_bytes());
        self.body.push(b' ');
        self.body.extend_from_slice(record);
    }

    fn take(&mut self) -> Option<Piece> {
        let records = std::mem::take(&mut self.records);
        let mut body = std::mem::take(&mut self.body);
        let framing = match self.form {
            Form::Lines => match body.strip_suffix(b"\n").filter(|line| records == 1 && is_validation(line)) {
                // Alone it would be taken for an upload that only tries whether it may.
                Some(line) => {
                    body = [format!("{} ", line.len()).as_bytes(), line].concat();
                    Framing::Counted
                }
                None => Framing::Lines,
            },
            Form::Counted => Framing::Counted,
            Form::Events => {
                body.push(b']');
                Framing::Events
            }
        };
        (records > 0).then_some(Piece { body, framing, records })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrival::{Arrival, Encoding};
    use crate::body::{Records, Verdict};
    use proptest::prelude::*;

    type Kept = (Vec<u8>, Option<String>);

    fn read(body: &[u8], framing: &Framing) -> Vec<Kept> {
        let (encoding, framing) = (Encoding::Identity, framing.clone());
        let arrival =
            Arrival { intake: String::new(), encoding, framing, records: 0, record_bytes: 1 << 20, timestamp: None };
        let mut records = Records::new(body, &arrival).expect("memory");
        let mut all = Vec::new();
        while let Some(record) = records.next().expect("a body") {
            assert_eq!((record.verdict, record.number as usize), (Verdict::Event, all.len()));
            all.push((record.bytes.into_owned(), record.time.map(|time| time.into_owned())));
        }
        all
    }

    /// All records again, by their parts.
    fn through(framing: &Framing, records: &[Kept]) -> Vec<Kept> {
        let mut parts = Parts::new(framing);
        let mut all = Vec::new();
        let mut take = |piece: Piece| {
            assert!(piece.body.len() <= PART_BYTES);
            let read = read(&piece.body, &piece.framing);
            assert_eq!(read.len(), piece.records as usize);
            all.extend(read);
        };
        for (record, time) in records {
            parts.push(record, time.as_deref()).expect("it fits").into_iter().for_each(&mut take);
        }
        parts.finish().into_iter().for_each(&mut take);
        all
    }

    #[test]
    fn parts_have_the_records_of_the_body_in_order() {
        let text = |number: usize| format!("{{\"n\":{number},\"x\":\"{}\"}}", "y".repeat(number % 5_000));
        let records: Vec<Kept> = (0..2_000).map(|number| (text(number).into_bytes(), None)).collect();
        for framing in [Framing::Lines, Framing::Json { path: None }, Framing::Counted, Framing::Events] {
            assert_eq!(through(&framing, &records), records, "{framing:?}");
        }
    }

    #[test]
    fn odd_lines_come_back_as_they_were() {
        let kept = |line: &[u8]| (line.to_vec(), None);
        for line in [&b"test"[..], br#"{"content":"tests"}"#, b"a\r", b" a ", &[0xff, 0xfe]] {
            assert_eq!(through(&Framing::Lines, &[kept(line)]), [kept(line)]);
            assert_eq!(through(&Framing::Lines, &[kept(b"a"), kept(line)]), [kept(b"a"), kept(line)]);
        }
    }

    #[test]
    fn a_line_that_looks_like_a_trial_stays_an_event_in_a_part_of_its_own() {
        let records = [(vec![b'x'; PART_BYTES - 2], None), (b"test".to_vec(), None)];
        assert_eq!(through(&Framing::Lines, &records), records);
    }

    #[test]
    fn a_record_that_fills_a_part_is_taken_and_a_larger_one_is_not() {
        let mut parts = Parts::new(&Framing::Lines);
        assert_eq!(parts.push(b"a", None), Ok(None));
        let first = parts.push(&vec![b'x'; PART_BYTES - 2], None).expect("it fits").expect("the part before");
        assert_eq!(first, Piece { body: b"a\n".to_vec(), framing: Framing::Lines, records: 1 });
        assert_eq!(parts.push(&vec![b'x'; PART_BYTES - 1], None), Err(TooLarge));
    }

    proptest! {
        #[test]
        fn any_records_come_back(records in prop::collection::vec((".{1,40}", prop::option::of("[0-9T:Z-]{1,20}")), 1..40)) {
            let records: Vec<Kept> = records.into_iter().map(|(text, time)| (text.into_bytes(), time)).collect();
            prop_assert_eq!(&through(&Framing::Events, &records), &records);
            let without: Vec<Kept> = records.into_iter().map(|(text, _)| (text, None)).collect();
            prop_assert_eq!(through(&Framing::Counted, &without), without);
        }
    }
}
