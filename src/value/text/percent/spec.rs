//! What stands between `%` and the type.

use crate::value::text::DIGITS;
use crate::value::{Fault, FaultCode};

/// What stands between `%` and the type.
#[derive(Default)]
pub(super) struct FormatSpec {
    pub(super) left: bool,
    pub(super) plus: bool,
    pub(super) blank: bool,
    pub(super) alternate: bool,
    pub(super) zero: bool,
    pub(super) width: usize,
    pub(super) precision: Option<usize>,
}

/// Up to how many digits a precision may ask for, as for integers.
const PRECISION: usize = DIGITS;

/// A precision, where it is no larger than it may be.
pub(super) fn precision(precision: usize) -> Result<usize, Fault> {
    if precision <= PRECISION {
        return Ok(precision);
    }
    Err(Fault::new(FaultCode::Limit, format!("a precision of more than {PRECISION} digits")))
}
