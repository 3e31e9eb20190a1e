//! Where PCRE2 cannot be built, no pattern has machine code.

use super::groups::Slot;
use super::linear::Outcome;
use super::notation::AsciiPattern;

/// No pattern as machine code.
#[derive(Debug)]
pub(super) enum Jit {}

impl Jit {
    pub(super) const PRICE: u64 = 0;

    pub(super) fn new(_: &AsciiPattern, _: bool) -> Option<Self> {
        None
    }

    pub(super) fn find(&self, _: &[u8], _: usize, _: &[usize], _: &mut [Slot]) -> Outcome {
        match *self {}
    }
}
