//! A key of gathered fields: `final.get("url")` gathers the fields below `url`, and not a dict of all fields to take one key from.

use crate::plan::expression::{FieldReading, Relative};
use crate::plan::program::op::{BoundCall, Form, Op};
use crate::value::{Constant, ConstantKind};

/// The fields under the key that a call takes out of gathered fields: one that has the key itself, or others below it.
pub(super) fn under_key(call: &BoundCall) -> Option<Box<[Relative]>> {
    let is_plain = call.entry.reads_key && !matches!(call.form, Form::Unbound);
    let [Op::Fields(reading), Op::Constant(Constant { kind: ConstantKind::Text(key), .. }), rest @ ..] =
        &*call.positional
    else {
        return None;
    };
    let below = fields_under(reading, key);
    let is_clear = below.len() == 1 || below.iter().all(|field| !field.keys.is_empty());
    (is_plain && matches!(rest, [] | [Op::Constant(_)]) && is_clear).then_some(below)
}

fn fields_under(reading: &FieldReading, key: &str) -> Box<[Relative]> {
    let under = |field: &Relative| match &*field.keys {
        [first, rest @ ..] if **first == *key => Some(Relative { slot: field.slot, keys: rest.into() }),
        _ => None,
    };
    reading.below.iter().filter_map(under).collect()
}
