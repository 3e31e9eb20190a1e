//! What must hold of records whatever a body is: the same however the bytes come, numbered from 0, and never a panic.

use std::io::{self, Read};
use weir_receiver::{Arrival, Encoding, Framing, Records, Verdict};

/// How a body is framed, by the first byte.
const FRAMINGS: usize = 7;

/// A body's records up to its end, or up to where it cannot be read on.
type Seen = (Vec<(u32, Verdict, Vec<u8>)>, bool);

/// An input is framing, encoding, how large a record may be and how large pieces are, a byte each, and a body.
pub fn body(data: &[u8]) {
    let Some((&[framing, encoding, most, piece], body)) = data.split_first_chunk() else { return };
    let path = |path: &str| Framing::Json { path: Some(path.to_owned()) };
    let framing = match usize::from(framing) % FRAMINGS {
        0 => Framing::One,
        1 => Framing::Lines,
        2 => Framing::Json { path: None },
        3 => path("$.a"),
        4 => path("$..a[*]"),
        5 => Framing::Events,
        _ => Framing::Counted,
    };
    let encoding = [Encoding::Identity, Encoding::Gzip, Encoding::Zstd][usize::from(encoding) % 3];
    let record_bytes = u32::from(most) + 1;
    let arrival = Arrival { intake: "fuzz".to_owned(), encoding, framing, records: 0, record_bytes, timestamp: None };
    let whole = records(body, &arrival);
    let pieces = records(Pieces { body, size: usize::from(piece) + 1 }, &arrival);
    assert_eq!(whole.1, pieces.1, "pieces make a difference to whether it can be read");
    // A body that is refused is not stored: how far it was read does not matter, and what was read is the same.
    let both = if whole.1 { whole.0.len().max(pieces.0.len()) } else { whole.0.len().min(pieces.0.len()) };
    assert_eq!(whole.0.get(..both), pieces.0.get(..both), "pieces make a difference");
    let numbers = whole.0.iter().map(|(number, ..)| *number);
    assert!(numbers.eq(0..whole.0.len() as u32), "numbers are left out");
    let is_within = |(_, verdict, bytes): &(u32, Verdict, Vec<u8>)| match verdict {
        Verdict::Oversize(length) => *length > u64::from(record_bytes) && bytes.is_empty(),
        Verdict::Event => bytes.len() <= record_bytes as usize,
        Verdict::Validation => whole.0.len() == 1,
    };
    assert!(whole.0.iter().all(is_within), "a verdict is wrong");
}

fn records(body: impl Read, arrival: &Arrival) -> Seen {
    let mut records = Records::new(body, arrival).expect("memory").at_most(16 << 20);
    let mut seen = Vec::new();
    loop {
        match records.next() {
            Ok(Some(record)) => seen.push((record.number, record.verdict, record.bytes.into_owned())),
            Ok(None) => return (seen, true),
            Err(_) => return (seen, false),
        }
    }
}

/// A body that comes in pieces of one size.
struct Pieces<'b> {
    body: &'b [u8],
    size: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let size = self.size.min(self.body.len()).min(out.len());
        let (piece, rest) = self.body.split_at(size);
        out[..size].copy_from_slice(piece);
        self.body = rest;
        Ok(size)
    }
}
