//! The key-order cache: which key came behind which in the documents before, so that most keys are only compared.

use super::structural::{WIDTH, equal_bytes};
use std::cell::Cell;

/// Which part of a document that is read by name came behind which, the last time. Whoever follows it compares the key: it
/// says how fast a document is read and not what is read.
///
/// PERF: `benches/guard.sh` (access_requests): the members of a record take 1,620 instructions instead of 2,150, their values
/// aside.
#[derive(Debug)]
pub struct KeyOrder {
    /// Places of parts among those beside them. Parts whose numbers are too high share.
    next: Box<[Cell<u16>]>,
}

impl Default for KeyOrder {
    fn default() -> Self {
        KeyOrder { next: vec![Cell::new(0); 2 * Self::PARTS].into() }
    }
}

impl KeyOrder {
    const PARTS: usize = 256;

    /// The guess for what comes behind the part of a number.
    pub(super) fn behind(&self, number: usize) -> &Cell<u16> {
        &self.next[number % Self::PARTS]
    }

    /// The guess for what comes first where so many parts are before those below.
    pub(super) fn below(&self, before: usize) -> &Cell<u16> {
        &self.next[Self::PARTS + before % Self::PARTS]
    }
}

/// A key with its quotes and its colon, as documents have it mostly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct QuotedKey {
    bytes: [u8; QuotedKey::LONGEST],
    /// How many bytes that are; none for a key that is longer or is written with escapes.
    length: usize,
}

impl QuotedKey {
    const LONGEST: usize = 2 * WIDTH;

    /// The key in quotes.
    pub fn new(key: &str) -> Self {
        let quoted = format!("\"{key}\":");
        let mut bytes = [0; Self::LONGEST];
        let is_plain = key.bytes().all(|byte| byte >= b' ' && !matches!(byte, b'"' | b'\\'));
        match bytes.get_mut(..quoted.len()) {
            Some(start) if is_plain => start.copy_from_slice(quoted.as_bytes()),
            _ => return QuotedKey { bytes, length: 0 },
        }
        QuotedKey { bytes, length: quoted.len() }
    }

    /// Where it ends, if it stands at a place, and not at the very end of the document.
    #[inline(always)]
    pub fn end(&self, document: &[u8], place: usize) -> Option<usize> {
        let found = document.get(place..)?.first_chunk()?;
        let projection = (1_u64 << self.length) - 1;
        (equal_bytes(found, &self.bytes) & projection == projection && self.length > 0).then(|| place + self.length)
    }
}
