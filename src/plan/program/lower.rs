//! Tree → program: each part of the tree becomes what runs it, and nothing is left out.

use super::op::{BoundCall, Form, Op};
use super::{ActionCode, EntryBody, EntryCode, Extract, Instruction, Lookups, Program, SetFrom, Store};
use crate::plan::expression::{Call, Expression};
use crate::plan::template::Source;
use crate::plan::tree::{Action, Assignment, Entry, Extraction, Lookup, Operation, Translation, Tree, Work};
use std::sync::Arc;

impl Program {
    /// The program of a tree, which no pass touched.
    pub fn lower(tree: &Tree) -> Program {
        Program {
            registers: tree.layers.slots.len() as u32,
            entries: tree.entries.iter().map(|entry| lower_entry(entry, tree)).collect(),
            constants: Vec::new(),
            is_native: false,
            template: None,
        }
    }
}

fn lower_entry(entry: &Entry, tree: &Tree) -> EntryCode {
    let code = match &entry.work {
        Work::Stage(actions) => EntryBody::Stage(actions.iter().map(lower_action).collect()),
        Work::Extract(extraction) => EntryBody::Extract(Box::new(lower_extraction(extraction, tree))),
    };
    EntryCode { filter: entry.filter.as_ref().map(|filter| lower_source(&filter.source)), inputs: None, code }
}

fn lower_extraction(extraction: &Extraction, tree: &Tree) -> Extract {
    // What is inside a pattern of grok's library is in the result only where it is read.
    let projection = tree.layers.wanted(extraction.output);
    Extract {
        extractor: extraction.extractor.narrowed(&projection),
        input: lower_source(&extraction.input),
        templates: extraction.templates.iter().map(lower_source).collect(),
        output: extraction.output,
        clears: extraction.clears.iter().map(|slot| slot.0..slot.0 + 1).collect(),
        projection,
        cells: None,
    }
}

fn lower_action(action: &Action) -> ActionCode {
    let code: Box<[Instruction]> = match &action.operation {
        Operation::Set(fields) => {
            let set = |(field, (assignment, source)): (u32, &(_, _))| {
                Instruction::Set(store(field, assignment), lower_source(source))
            };
            (0..).zip(fields).map(set).collect()
        }
        Operation::Translate(translation) => {
            Box::new([Instruction::Translate(Box::new(lower_translation(translation)))])
        }
        Operation::Delete(deletions) => Box::new([Instruction::Delete(Arc::clone(deletions))]),
    };
    ActionCode { filter: action.filter.as_ref().map(|filter| lower_source(&filter.source)), inputs: None, code }
}

fn lower_translation(translation: &Translation) -> Lookups {
    let lookup = |(field, lookup): (u32, &Lookup)| SetFrom {
        from: lower_source(&lookup.from),
        field: lookup.field.as_ref().map(lower_source),
        into: store(field, &lookup.into),
    };
    Lookups {
        dictionary: Arc::clone(&translation.dictionary),
        choices: translation.choices.iter().map(|choice| lower_source(&choice.value)).collect(),
        lookups: (0..).zip(&translation.lookups).map(lookup).collect(),
        fallback: translation.fallback.as_ref().map(lower_source),
    }
}

fn store(field: u32, assignment: &Arc<Assignment>) -> Store {
    Store { field, assignment: Arc::clone(assignment), sets_layer: true, inputs: None }
}

fn lower_source(source: &Source) -> Source<Op> {
    source.map(&lower)
}

/// The program of one expression.
pub(in crate::plan) fn lower(expression: &Expression) -> Op {
    let all = |items: &[Expression]| items.iter().map(lower).collect::<Box<[_]>>();
    let one = |value: &Expression| Box::new(lower(value));
    let two = |pair: &(Expression, Expression)| Box::new((lower(&pair.0), lower(&pair.1)));
    match expression {
        Expression::Constant(constant) => Op::Constant(constant.clone()),
        Expression::Undefined => Op::Undefined,
        Expression::Local(local) => Op::Local(*local),
        Expression::Path(path) => Op::Path(Arc::clone(path)),
        Expression::Fields(reading) => Op::Fields(Arc::clone(reading)),
        Expression::Loop(state, field) => Op::Loop(*state, *field),
        Expression::Cycle(state, items) => Op::Cycle(*state, all(items)),
        Expression::Changed(state, items) => Op::Changed(*state, all(items)),
        Expression::Recurse(state, items) => Op::Recurse(*state, one(items)),
        Expression::List(items) => Op::List(all(items)),
        Expression::Tuple(items) => Op::Tuple(all(items)),
        Expression::Map(entries) => Op::Map(entries.iter().map(|(key, value)| (lower(key), lower(value))).collect()),
        Expression::Attribute(value, name) => Op::Attribute(one(value), name.clone()),
        Expression::Subscript(pair) => Op::Subscript(two(pair)),
        Expression::Slice(parts) => Op::Slice(Box::new(parts.each_ref().map(lower))),
        Expression::Call(call) => Op::Call(Box::new(lower_call(call))),
        Expression::Not(value) => Op::Not(one(value)),
        Expression::Negate(value) => Op::Negate(one(value)),
        Expression::Positive(value) => Op::Positive(one(value)),
        Expression::Arithmetic(operator, pair) => Op::Arithmetic(*operator, two(pair)),
        Expression::Concat(parts) => Op::Concat(all(parts)),
        Expression::Compare(first, others) => {
            let others = others.iter().map(|(comparison, other)| (*comparison, lower(other))).collect();
            Op::Compare(one(first), others)
        }
        Expression::And(pair) => Op::And(two(pair)),
        Expression::Or(pair) => Op::Or(two(pair)),
        Expression::Conditional(parts) => Op::Conditional(Box::new(parts.each_ref().map(lower))),
        Expression::Fails(code, reason) => Op::Fails(*code, reason.clone()),
    }
}

fn lower_call(call: &Call) -> BoundCall {
    let is_positional = call.spread.is_none() && call.named.is_empty();
    BoundCall {
        entry: call.entry,
        positional: call.positional.iter().map(lower).collect(),
        spread: call.spread.as_ref().map(lower),
        named: call.named.iter().map(|(name, value)| (name.clone(), lower(value))).collect(),
        form: Form::of(call.entry, call.positional.len(), is_positional),
    }
}
