//! What a source reads: its names of layers and fields, each once, in the order of the text.

use super::Plan;
use super::expression::{Call, Expression};
use super::template::Source;
use super::tree::Work;
use crate::json::Projection;

impl Source {
    /// The leaves that read a layer or a field.
    pub(crate) fn readings(&self) -> Vec<&Expression> {
        let mut found = Vec::new();
        self.each(&mut |expression| expression.collect(&mut found));
        found
    }
}

impl Plan {
    /// What is read of the results of the extractors that read the whole message, one for each of them.
    pub fn reads_of_message(&self) -> impl Iterator<Item = Projection> {
        let layers = &self.tree.layers;
        let message = layers.message;
        self.tree.entries.iter().filter_map(move |entry| match &entry.work {
            Work::Extract(extraction) => match &extraction.input {
                Source::Expression(Expression::Path(path)) if path.slot == message && path.keys.is_empty() => {
                    Some(layers.wanted(extraction.output))
                }
                _ => None,
            },
            Work::Stage(_) => None,
        })
    }

    /// The name of what a leaf reads, as a spec writes it.
    pub(crate) fn name_of(&self, leaf: &Expression) -> Option<String> {
        match leaf {
            Expression::Path(path) => {
                let name = self.tree.layers.slots.name(path.slot).to_owned();
                Some(path.keys.iter().fold(name, |name, key| format!("{name}.{key}")))
            }
            Expression::Fields(reading) => Some(reading.name.to_string()),
            _ => None,
        }
    }
}

impl Expression {
    fn collect<'s>(&'s self, found: &mut Vec<&'s Expression>) {
        match self {
            Expression::Path(_) | Expression::Fields(_) => {
                if !found.iter().any(|known| is_same(known, self)) {
                    found.push(self);
                }
            }
            Expression::Constant(_)
            | Expression::Undefined
            | Expression::Local(_)
            | Expression::Loop(..)
            | Expression::Fails(..) => {}
            Expression::Cycle(_, items)
            | Expression::Changed(_, items)
            | Expression::List(items)
            | Expression::Tuple(items)
            | Expression::Concat(items) => all(items, found),
            Expression::Slice(parts) => all(&**parts, found),
            Expression::Conditional(parts) => all(&**parts, found),
            Expression::Recurse(_, value)
            | Expression::Attribute(value, _)
            | Expression::Not(value)
            | Expression::Negate(value)
            | Expression::Positive(value) => value.collect(found),
            Expression::Subscript(pair)
            | Expression::Arithmetic(_, pair)
            | Expression::And(pair)
            | Expression::Or(pair) => all([&pair.0, &pair.1], found),
            Expression::Map(entries) => all(entries.iter().flat_map(|(key, value)| [key, value]), found),
            Expression::Compare(first, others) => {
                first.collect(found);
                all(others.iter().map(|(_, other)| other), found);
            }
            Expression::Call(call) => arguments(call, found),
        }
    }
}

fn is_same(left: &Expression, right: &Expression) -> bool {
    match (left, right) {
        (Expression::Path(left), Expression::Path(right)) => left == right,
        (Expression::Fields(left), Expression::Fields(right)) => left.name == right.name,
        _ => false,
    }
}

fn all<'s>(expressions: impl IntoIterator<Item = &'s Expression>, found: &mut Vec<&'s Expression>) {
    expressions.into_iter().for_each(|expression| expression.collect(found));
}

fn arguments<'s>(call: &'s Call, found: &mut Vec<&'s Expression>) {
    all(&call.positional, found);
    all(&call.spread, found);
    all(call.named.iter().map(|(_, argument)| argument), found);
}
