//! Where PCRE2 cannot be built, no pattern has machine code.

use super::groups::CaptureSlot;
use super::notation::Alphabet;
use crate::value::Fault;

/// No pattern as machine code.
#[derive(Debug)]
pub(super) enum Jit {}

impl Jit {
    pub(super) const MOST_BACKTRACKS: u64 = 0;

    pub(super) fn new(_: &str, _: Alphabet, _: bool) -> Result<Option<Self>, Fault> {
        Ok(None)
    }

    pub(super) fn find(&self, _: &[u8], _: usize, _: &mut [CaptureSlot]) -> Option<bool> {
        match *self {}
    }
}
