//! The filter for values that are not there.

use super::entry::{LibraryEntry, VALUE, bool, filter, string};
use crate::value::ops;

pub(super) static ENTRIES: &[LibraryEntry] = &[filter(
    &["default", "d"],
    &[VALUE, string("default_value", ""), bool("boolean", false)],
    "The value, or the default where it is undefined; with `boolean`, also where it is false or empty.",
    &[("missing | default('x')", "'x'"), ("'' | default('x')", "''"), ("'' | default('x', true)", "'x'")],
    |call| {
        let absent = call.value().is_undefined() || (call.truth(2) && !ops::truth(call.value()));
        Ok(if absent { call.argument(1) } else { call.value() })
    },
)];
