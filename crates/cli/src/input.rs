//! Where records come from: files and standard input, plain or compressed, in UTF-8 or UTF-16.

use crate::stop::Stop;
use crate::utf16::as_utf8;
use flate2::bufread::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::Path;

/// The first bytes of a gzip member.
const GZIP: &[u8] = &[0x1f, 0x8b];

/// The first bytes of a zstd frame.
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// The last bytes of the four that open a zstd frame to be skipped; the first may be 0x50 to 0x5f.
const ZSTD_SKIPPED: &[u8] = &[0x2a, 0x4d, 0x18];

/// Opens a file, or standard input for `-`; gzip and zstd are known by their first bytes, and several members in one
/// file are read as one. What is inside may be UTF-16 with its mark.
///
/// # Errors
/// Where the file cannot be opened, its first bytes cannot be read, or they are those of an encoding that is not known.
pub fn open(path: &Path) -> Result<Box<dyn Read>, Stop> {
    let cannot = |error| Stop::cannot("read", path, &error);
    let source: Box<dyn Read> = match is_standard(path) {
        true => Box::new(io::stdin().lock()),
        false => Box::new(File::open(path).map_err(cannot)?),
    };
    decompressed(source).and_then(as_utf8).map_err(cannot)
}

/// Whether a path stands for standard input.
pub fn is_standard(path: &Path) -> bool {
    path == Path::new("-")
}

fn decompressed(mut source: Box<dyn Read>) -> io::Result<Box<dyn Read>> {
    let mut first = Vec::with_capacity(ZSTD.len());
    // Byte by byte and no further than needed: on a slow pipe a short record must not wait for the next.
    while may_begin(&first, ZSTD.len()) && source.by_ref().take(1).read_to_end(&mut first)? > 0 {}
    let is_gzip = first.starts_with(GZIP);
    let is_zstd = !is_gzip && first.len() == ZSTD.len() && may_begin(&first, ZSTD.len() + 1);
    let whole = Cursor::new(first).chain(source);
    Ok(match (is_gzip, is_zstd) {
        (true, _) => Box::new(MultiGzDecoder::new(BufReader::with_capacity(1 << 16, whole))),
        (_, true) => Box::new(zstd::Decoder::new(whole)?),
        _ => Box::new(whole),
    })
}

/// Whether bytes, fewer than `length`, begin like a compressed file.
fn may_begin(first: &[u8], length: usize) -> bool {
    let [head, rest @ ..] = first else { return true };
    let skipped = head & 0xf0 == 0x50 && ZSTD_SKIPPED.starts_with(rest);
    first.len() < length && (GZIP.starts_with(first) || ZSTD.starts_with(first) || skipped)
}
