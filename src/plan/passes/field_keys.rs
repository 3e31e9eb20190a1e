//! Field keys: `final.get("url")` gathers the fields below `url`, and not a dict of all fields to take one key from.

use crate::plan::expression::{FieldReading, Relative};
use crate::plan::program::Program;
use crate::plan::program::op::{BoundCall, FieldKey, Form, Op};
use crate::plan::tree::Tree;
use crate::value::{Constant, ConstantKind};

/// Makes look-ups of calls.
pub(super) fn run(program: Program, _: &Tree) -> Program {
    program.rewritten(&|expression| match expression {
        Op::Call(call) => match under_key(&call) {
            Some(below) => Op::FieldKey(Box::new(FieldKey { below, call: *call })),
            None => Op::Call(call),
        },
        other => other,
    })
}

/// The fields under the key that a call takes out of gathered fields: one that has the key itself, or others below it.
fn under_key(call: &BoundCall) -> Option<Box<[Relative]>> {
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
