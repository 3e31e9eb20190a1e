//! A panic is a defect of weir: Python is told so by an error that it can catch.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What work gives.
///
/// # Errors
/// Where it panics, in words.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        format!("this is a defect of weir, and no mistake of yours; please report it: {}", reason(&*panic))
    })
}

fn reason(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked")
}
