//! Tree → program: each part of the tree becomes what runs it, and nothing is left out.

use super::expression::{Call, Expression, Form, Source};
use super::{Action, Entry, Extract, Program, Step, Store, Translate, TranslateInto, Work};
use crate::plan::expression as tree;
use crate::plan::tree::{self as nodes, Assignment, Operation, Tree};
use std::sync::Arc;

impl Program {
    /// The program of a tree, which no pass touched.
    pub fn lower(tree: &Tree) -> Program {
        Program {
            registers: tree.layers.slots.len() as u32,
            entries: tree.entries.iter().map(|entry| lower_entry(entry, tree)).collect(),
            constants: Vec::new(),
            template: None,
        }
    }
}

fn lower_entry(entry: &nodes::Entry, tree: &Tree) -> Entry {
    let work = match &entry.work {
        nodes::Work::Stage(actions) => Work::Stage(actions.iter().map(lower_action).collect()),
        nodes::Work::Extract(extraction) => Work::Extract(Box::new(lower_extraction(extraction, tree))),
    };
    Entry { filter: entry.filter.as_ref().map(|filter| lower_source(&filter.source)), work }
}

fn lower_extraction(extraction: &nodes::Extraction, tree: &Tree) -> Extract {
    // What is inside a pattern of grok's library is in the result only where it is read.
    let projection = tree.layers.wanted(extraction.output);
    let narrowed = extraction.extractor.narrowed(&projection);
    Extract {
        extractor: narrowed.map_or_else(|| Arc::clone(&extraction.extractor), Arc::from),
        input: lower_source(&extraction.input),
        templates: extraction.templates.iter().map(lower_source).collect(),
        output: extraction.output,
        clears: extraction.clears.iter().map(|slot| slot.0..slot.0 + 1).collect(),
        projection,
        cells: None,
    }
}

fn lower_action(action: &nodes::Action) -> Action {
    let steps: Box<[Step]> = match &action.operation {
        Operation::Set(fields) => {
            let set = |(field, (assignment, source)): (u32, &(_, _))| {
                Step::Set(store(field, assignment), lower_source(source))
            };
            (0..).zip(fields).map(set).collect()
        }
        Operation::Translate(translation) => Box::new([Step::Translate(Box::new(lower_translation(translation)))]),
        Operation::Delete(deletions) => Box::new([Step::Delete(Arc::clone(deletions))]),
    };
    Action { filter: action.filter.as_ref().map(|filter| lower_source(&filter.source)), steps }
}

fn lower_translation(translation: &nodes::Translation) -> Translate {
    let lookup = |(field, lookup): (u32, &nodes::Lookup)| TranslateInto {
        from: lower_source(&lookup.from),
        field: lookup.field.as_ref().map(lower_source),
        into: store(field, &lookup.into),
    };
    Translate {
        dictionary: Arc::clone(&translation.dictionary),
        choices: translation.choices.iter().map(|choice| lower_source(&choice.value)).collect(),
        lookups: (0..).zip(&translation.lookups).map(lookup).collect(),
        fallback: translation.fallback.as_ref().map(lower_source),
    }
}

fn store(field: u32, assignment: &Arc<Assignment>) -> Store {
    Store { field, assignment: Arc::clone(assignment), sets_layer: true }
}

fn lower_source(source: &tree::Source) -> Source {
    source.map(&lower)
}

/// The program of one expression.
pub(in crate::plan) fn lower(expression: &tree::Expression) -> Expression {
    use tree::Expression as Tree;
    let all = |items: &[Tree]| items.iter().map(lower).collect::<Box<[_]>>();
    let one = |value: &Tree| Box::new(lower(value));
    let two = |pair: &(Tree, Tree)| Box::new((lower(&pair.0), lower(&pair.1)));
    match expression {
        Tree::Constant(constant) => Expression::Constant(constant.clone()),
        Tree::Undefined => Expression::Undefined,
        Tree::Local(local) => Expression::Local(*local),
        Tree::Path(path) => Expression::Path(Arc::clone(path)),
        Tree::Fields(reading) => Expression::Fields(Arc::clone(reading)),
        Tree::Loop(state, field) => Expression::Loop(*state, *field),
        Tree::Cycle(state, items) => Expression::Cycle(*state, all(items)),
        Tree::Changed(state, items) => Expression::Changed(*state, all(items)),
        Tree::Recurse(state, items) => Expression::Recurse(*state, one(items)),
        Tree::List(items) => Expression::List(all(items)),
        Tree::Tuple(items) => Expression::Tuple(all(items)),
        Tree::Map(entries) => Expression::Map(entries.iter().map(|(key, value)| (lower(key), lower(value))).collect()),
        Tree::Attribute(value, name) => Expression::Attribute(one(value), name.clone()),
        Tree::Subscript(pair) => Expression::Subscript(two(pair)),
        Tree::Slice(parts) => Expression::Slice(Box::new(parts.each_ref().map(lower))),
        Tree::Call(call) => Expression::Call(Box::new(lower_call(call))),
        Tree::Not(value) => Expression::Not(one(value)),
        Tree::Negate(value) => Expression::Negate(one(value)),
        Tree::Positive(value) => Expression::Positive(one(value)),
        Tree::Arithmetic(operator, pair) => Expression::Arithmetic(*operator, two(pair)),
        Tree::Concat(parts) => Expression::Concat(all(parts)),
        Tree::Compare(first, others) => {
            let others = others.iter().map(|(comparison, other)| (*comparison, lower(other))).collect();
            Expression::Compare(one(first), others)
        }
        Tree::And(pair) => Expression::And(two(pair)),
        Tree::Or(pair) => Expression::Or(two(pair)),
        Tree::Conditional(parts) => Expression::Conditional(Box::new(parts.each_ref().map(lower))),
        Tree::Fails(code, reason) => Expression::Fails(*code, reason.clone()),
    }
}

fn lower_call(call: &tree::Call) -> Call {
    let is_positional = call.spread.is_none() && call.named.is_empty();
    Call {
        entry: call.entry,
        positional: call.positional.iter().map(lower).collect(),
        spread: call.spread.as_ref().map(lower),
        named: call.named.iter().map(|(name, value)| (name.clone(), lower(value))).collect(),
        form: Form::of(call.entry, call.positional.len(), is_positional),
    }
}
