//! Records of bodies: the same however the bytes come, and none of a body that is not whole.

mod cutting;
mod documents;
mod fuzzed;
mod truncation;

use std::io::{Read, Write};
use weir_receiver::{Arrival, BodyError, Encoding, Framing, RECORD_BYTES, Records, Verdict};

/// A record as tests compare it: its number, its verdict, its bytes, its time.
type Seen = (u32, Verdict, String, Option<String>);

fn arrival(encoding: Encoding, framing: Framing, record_bytes: u32) -> Arrival {
    Arrival { intake: "test".to_owned(), encoding, framing, records: 0, record_bytes, timestamp: None }
}

/// All records of a body.
fn records(body: impl Read, arrival: &Arrival) -> Result<Vec<Seen>, BodyError> {
    let mut records = Records::new(body, arrival)?;
    let mut seen = Vec::new();
    while let Some(record) = records.next()? {
        let text = String::from_utf8_lossy(&record.bytes).into_owned();
        seen.push((record.number, record.verdict, text, record.time.map(|time| time.into_owned())));
    }
    assert_eq!(records.count() as usize, seen.len());
    Ok(seen)
}

/// The texts of a plain body's records.
fn texts(body: &str, framing: Framing) -> Result<Vec<String>, BodyError> {
    let seen = records(body.as_bytes(), &arrival(Encoding::Identity, framing, RECORD_BYTES))?;
    Ok(seen.into_iter().map(|(_, _, text, _)| text).collect())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(bytes).expect("memory");
    packer.finish().expect("memory")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut packer = zstd::stream::write::Encoder::new(Vec::new(), 3).expect("memory");
    packer.include_checksum(true).expect("a setting");
    packer.write_all(bytes).expect("memory");
    packer.finish().expect("memory")
}

fn pack(encoding: Encoding, bytes: &[u8]) -> Vec<u8> {
    match encoding {
        Encoding::Identity => bytes.to_vec(),
        Encoding::Gzip => gzip(bytes),
        Encoding::Zstd => zstd(bytes),
    }
}

/// Bytes that come in pieces of these sizes, over and over.
struct Pieces<'b> {
    bytes: &'b [u8],
    sizes: Vec<usize>,
    next: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let size = self.sizes[self.next % self.sizes.len()].min(self.bytes.len()).min(out.len());
        self.next += 1;
        out[..size].copy_from_slice(&self.bytes[..size]);
        self.bytes = &self.bytes[size..];
        Ok(size)
    }
}
