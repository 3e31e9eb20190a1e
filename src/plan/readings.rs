//! What a source reads: its names of layers and fields, each once, in the order of the text.

use super::Plan;
use super::expression::{Call, Expression};
use super::template::Source;
use super::tree::Work;
use crate::json::Projection;
use crate::value::ConstantKind;

/// What is read of a leaf.
#[derive(Debug)]
pub(crate) struct LeafPart<'s> {
    /// The leaf, which reads a layer or a field.
    pub leaf: &'s Expression,
    /// The keys that lead down from it to what is read.
    pub keys: Vec<&'s str>,
}

impl Source {
    /// The leaves that read a layer or a field.
    pub(crate) fn readings(&self) -> Vec<&Expression> {
        let mut found: Vec<&Expression> = Vec::new();
        for LeafPart { leaf, .. } in self.parts() {
            if !found.iter().any(|known| is_same(known, leaf)) {
                found.push(leaf);
            }
        }
        found
    }

    /// The leaves, with what is read of them: of `(layer.key or {}).get('part')` that part alone.
    pub(crate) fn parts(&self) -> Vec<LeafPart<'_>> {
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
    /// The leaf and the keys below it that this is all of, if anything.
    pub(crate) fn part(&self) -> Option<LeafPart<'_>> {
        let (above, key) = match self {
            Expression::Path(_) | Expression::Fields(_) => return Some(LeafPart { leaf: self, keys: Vec::new() }),
            Expression::Or(pair) if is_empty_dict(&pair.1) => return pair.0.part(),
            Expression::Attribute(value, name) => (&**value, &**name),
            Expression::Subscript(pair) => (&pair.0, pair.1.as_text()?),
            Expression::Call(call) if call.entry.name() == "get" && call.spread.is_none() => match &*call.positional {
                [value, key] => (value, key.as_text()?),
                _ => return None,
            },
            _ => return None,
        };
        let mut part = above.part()?;
        part.keys.push(key);
        Some(part)
    }

    fn as_text(&self) -> Option<&str> {
        match self {
            Expression::Constant(constant) => match &constant.kind {
                ConstantKind::Text(text) => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    fn collect<'s>(&'s self, found: &mut Vec<LeafPart<'s>>) {
        if let Some(part) = self.part() {
            if !found.iter().any(|known| is_same(known.leaf, part.leaf) && known.keys == part.keys) {
                found.push(part);
            }
            return;
        }
        match self {
            Expression::Path(_)
            | Expression::Fields(_)
            | Expression::Constant(_)
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

fn is_empty_dict(expression: &Expression) -> bool {
    match expression {
        Expression::Map(entries) => entries.is_empty(),
        Expression::Constant(constant) => matches!(&constant.kind, ConstantKind::Map(entries) if entries.is_empty()),
        _ => false,
    }
}

fn all<'s>(expressions: impl IntoIterator<Item = &'s Expression>, found: &mut Vec<LeafPart<'s>>) {
    expressions.into_iter().for_each(|expression| expression.collect(found));
}

fn arguments<'s>(call: &'s Call, found: &mut Vec<LeafPart<'s>>) {
    all(&call.positional, found);
    all(&call.spread, found);
    all(call.named.iter().map(|(_, argument)| argument), found);
}
