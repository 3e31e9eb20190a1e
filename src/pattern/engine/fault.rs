//! Why a pattern is not compiled.

use crate::value::{Fault, FaultCode};

pub(super) fn too_large(largest: usize) -> Fault {
    Fault::new(FaultCode::Limit, format!("the pattern compiles to more than {} MiB", largest >> 20))
}

pub(super) fn not_compiled(reason: &str) -> Fault {
    // The engines draw the pattern with a caret over several lines; the last line is the reason.
    let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ");
    Fault::new(FaultCode::Parse, format!("not a regular expression: {reason}"))
}
