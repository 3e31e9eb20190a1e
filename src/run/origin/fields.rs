//! Where the values of slots came from, kept while a traced run goes on.

use super::source::{bare, chain, has_words};
use super::texts::Texts;
use super::{ByteOrigin, Relation};
use crate::plan::Plan;
use crate::plan::expression::{Expression, FieldReading, Relative, Slot};
use crate::plan::readings::LeafPart;
use crate::plan::template::Source;
use crate::plan::tree::{Assignment, Bound};
use crate::run::values::{Values, walk};
use crate::value::{List, Value};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

/// How many items of a list are followed.
const ITEMS: usize = 1000;

/// Where values came from.
#[derive(Debug, Default)]
pub(in crate::run) struct Origins {
    texts: Texts,
    has_begun: bool,
    /// What extractors read, by where their results are.
    inputs: HashMap<Slot, ByteOrigin>,
    /// Of fields of the event and of layers.
    fields: HashMap<Slot, ByteOrigin>,
    /// What the source of a field read that is about to be set.
    reading: SourceReading,
    /// What the fields came from that were set last, to be restored where that fails.
    before: Vec<(Slot, Option<ByteOrigin>)>,
}

/// A value that was read, with where it came from.
#[derive(Debug)]
struct ReadName {
    /// The value as text, where it has one notation and is not long.
    text: Option<String>,
    origin: ByteOrigin,
}

/// What a source read.
#[derive(Debug, Default)]
struct SourceReading {
    /// What it read under the name that is all of it.
    bare: Option<ReadName>,
    /// What it hands on a part of.
    chain: Option<ReadName>,
    /// What it hands on in another notation, if anything.
    like: Vec<ReadName>,
    /// All bytes that it read.
    all: Vec<Range<usize>>,
}

impl Origins {
    /// The event's message; what comes later does nothing.
    pub fn begin(&mut self, values: Values<'_>, plan: &Plan) {
        if !std::mem::replace(&mut self.has_begun, true)
            && let Value::Text(message) = values.get(plan.tree.layers.message)
        {
            self.texts.begin(message);
        }
    }

    /// The message, into which all origins point.
    pub fn message(&self) -> &str {
        self.texts.message()
    }

    /// An extractor read an input and put what it gave into a slot.
    pub fn extracted<'a>(
        &mut self,
        values: Values<'a>,
        source: &'a Source,
        input: Value<'a>,
        output: Slot,
        result: Value<'a>,
    ) {
        if let Value::Text(input) = input {
            self.texts.read(input, result);
        }
        let reading = self.read(values, source, false);
        let origin = self.of_read(&reading, input);
        self.inputs.insert(output, origin);
    }

    /// A source is about to give a field its value. Words of a dictionary are made, whatever key they are found under.
    pub fn reads<'a>(&mut self, values: Values<'a>, source: &'a Source, is_translated: bool) {
        self.reading = self.read(values, source, is_translated);
        self.before.clear();
    }

    /// A field will be set to the value that its source gave.
    pub fn set(&mut self, assignment: &Assignment, value: Value<'_>) {
        let origin = self.of_read(&self.reading, value);
        for slot in [assignment.place.exact, assignment.layer_place.exact].into_iter().flatten() {
            self.before.push((slot, self.fields.insert(slot, origin.clone())));
        }
    }

    /// What was set stays.
    pub fn keeps(&mut self) {
        self.before.clear();
    }

    /// The field that was to be set last was not.
    pub fn fails(&mut self) {
        for (slot, before) in self.before.drain(..) {
            match before {
                Some(origin) => self.fields.insert(slot, origin),
                None => self.fields.remove(&slot),
            };
        }
    }

    /// A value of a dict in one field goes to another.
    pub fn spread(&mut self, from: Slot, to: Slot, value: Value<'_>) {
        let dict = || self.fields.get(&from).cloned().unwrap_or_default().at_most(Relation::Made);
        let origin = self.of_value(value).unwrap_or_else(dict);
        self.fields.insert(to, origin);
    }

    /// A rule of inference set a field to a value.
    pub fn inferred<'a>(&mut self, values: Values<'a>, bound: &Bound, slot: Slot, value: Value<'a>) {
        let reads = bound.places.reads.iter().flatten().map(|slot| Slot(*slot));
        let reads: Vec<ReadName> = reads.filter_map(|slot| self.field(values, slot)).collect();
        let origin = match value {
            Value::List(items) => {
                let items: Vec<ByteOrigin> =
                    items.iter().take(ITEMS).map(|item| self.of_inferred(&reads, item)).collect();
                ByteOrigin::of_all(&items)
            }
            value => self.of_inferred(&reads, value),
        };
        self.fields.insert(slot, origin);
    }

    /// Where the fields of the event came from, by name: of those that have a value.
    pub fn done(&self, values: Values<'_>, plan: &Plan) -> BTreeMap<String, ByteOrigin> {
        let fields = plan.tree.layers.fields.iter();
        fields.filter_map(|(name, slot)| Some((name.to_owned(), self.field(values, slot)?.origin))).collect()
    }

    /// Where a value came from, where it says so itself.
    fn of_value(&self, value: Value<'_>) -> Option<ByteOrigin> {
        match (self.texts.of_value(value), value) {
            (Some(bytes), _) => Some(ByteOrigin::new(Relation::Same, [bytes])),
            (None, Value::List(list)) => self.of_items(list),
            _ => None,
        }
    }

    fn of_items(&self, list: &List<'_>) -> Option<ByteOrigin> {
        if list.is_empty() || list.len() > ITEMS {
            return None;
        }
        let bytes: Option<Vec<Range<usize>>> = list.iter().map(|item| self.texts.of_value(item)).collect();
        Some(ByteOrigin::new(Relation::Same, bytes?))
    }

    fn read<'a>(&self, values: Values<'a>, source: &'a Source, is_translated: bool) -> SourceReading {
        let leaf = |part: LeafPart<'a>| self.leaf(values, &part);
        let leaves: Vec<ReadName> = source.parts().into_iter().filter_map(leaf).collect();
        let all = leaves.iter().flat_map(|leaf| leaf.origin.bytes.iter().cloned()).collect();
        match is_translated {
            true => SourceReading { all, ..SourceReading::default() },
            false => SourceReading {
                bare: bare(source).and_then(leaf),
                chain: chain(source).and_then(leaf),
                like: if has_words(source) { Vec::new() } else { leaves },
                all,
            },
        }
    }

    /// Where a value came from that a source made of what it read.
    fn of_read(&self, reading: &SourceReading, value: Value<'_>) -> ByteOrigin {
        let origin = self.of_value(value).or_else(|| Some(reading.bare.as_ref()?.origin.clone()));
        let origin = origin.or_else(|| self.part(reading.chain.as_ref()?, value));
        let origin = origin.or_else(|| like(&reading.like, value));
        origin.unwrap_or_else(|| ByteOrigin::new(Relation::Made, reading.all.iter().cloned()))
    }

    /// The part of what was read that a value is, where only one can be meant.
    fn part(&self, leaf: &ReadName, value: Value<'_>) -> Option<ByteOrigin> {
        let [bytes] = &leaf.origin.bytes[..] else { return None };
        if leaf.origin.relation == Relation::Made {
            return None;
        }
        let (text, value) = (self.texts.message().get(bytes.clone())?, plain(value)?);
        // ASCII alone keeps its length in another case.
        let (text, wanted) = (text.to_ascii_lowercase(), value.to_ascii_lowercase());
        let (first, length) = (text.find(&*wanted)?, wanted.chars().next()?.len_utf8());
        // Places may overlap: `aa` stands twice in `aaa`.
        let is_only = !text[first + length..].contains(&*wanted);
        let start = bytes.start + first;
        is_only.then(|| ByteOrigin::new(Relation::Converted, std::iter::once(start..start + wanted.len())))
    }

    fn leaf<'a>(&self, values: Values<'a>, part: &LeafPart<'a>) -> Option<ReadName> {
        match part.leaf {
            Expression::Path(path) => {
                let keys: Vec<Box<str>> =
                    path.keys.iter().cloned().chain(part.keys.iter().map(|key| Box::from(*key))).collect();
                let Some((last, above)) = keys.split_last() else { return self.field(values, path.slot) };
                let above = walk(values.get(path.slot), above).ok()?;
                let value = walk(above, std::slice::from_ref(last)).ok().filter(|value| !value.is_missing())?;
                let origin = self.texts.below(above, last, value).or_else(|| self.of_value(value));
                Some(ReadName::new(value, origin.unwrap_or_else(|| self.input(path.slot).at_most(Relation::Made))))
            }
            Expression::Fields(reading) => self.fields(values, reading, &part.keys),
            _ => None,
        }
    }

    /// What the event has under a name, or under keys below it.
    fn fields<'a>(&self, values: Values<'a>, reading: &'a FieldReading, keys: &[&str]) -> Option<ReadName> {
        let is_it = |field: &&Relative| field.keys.iter().map(|key| &**key).eq(keys.iter().copied());
        let exact = match keys {
            [] => reading.exact,
            _ => reading.below.iter().find(is_it).map(|field| field.slot),
        };
        if let Some(field) = exact.and_then(|slot| self.field(values, slot)) {
            return Some(field);
        }
        // Of what is below the name, what is below the keys counts, or above them.
        let is_near = |field: &&Relative| field.keys.iter().zip(keys).all(|(own, key)| **own == **key);
        let own = reading.exact.filter(|_| !keys.is_empty());
        let slots = reading.below.iter().filter(is_near).chain(&reading.above).map(|field| field.slot).chain(own);
        let bytes: Vec<Range<usize>> =
            slots.filter_map(|slot| Some(self.field(values, slot)?.origin)).flat_map(|origin| origin.bytes).collect();
        let keys: Vec<Box<str>> = keys.iter().map(|key| Box::from(*key)).collect();
        let value = values.arena.aside(|| values.fields(reading)).ok()?;
        let value = walk(value, &keys).ok().filter(|value| !value.is_missing())?;
        let made = || ByteOrigin::new(Relation::Made, bytes);
        Some(ReadName::new(value, self.of_value(value).unwrap_or_else(made)))
    }

    /// What a slot has, as it is now: a cast may have changed its notation since it was set.
    fn field(&self, values: Values<'_>, slot: Slot) -> Option<ReadName> {
        let value = values.get(slot);
        if value.is_missing() {
            return None;
        }
        let known = || {
            let known = self.fields.get(&slot).cloned().unwrap_or_else(|| self.input(slot));
            if self.is_written_so(value, &known) { known } else { known.at_most(Relation::Converted) }
        };
        Some(ReadName::new(value, self.of_value(value).unwrap_or_else(known)))
    }

    /// What was read of a message that an extractor made one value of.
    fn input(&self, output: Slot) -> ByteOrigin {
        self.inputs.get(&output).cloned().unwrap_or_default()
    }

    /// Whether the message has a value just as it is.
    fn is_written_so(&self, value: Value<'_>, origin: &ByteOrigin) -> bool {
        let [bytes] = &origin.bytes[..] else { return false };
        plain(value).is_some_and(|value| self.texts.message().get(bytes.clone()) == Some(&*value))
    }

    /// Where one value came from that a rule took from fields.
    fn of_inferred(&self, reads: &[ReadName], value: Value<'_>) -> ByteOrigin {
        let all = || ByteOrigin::new(Relation::Made, reads.iter().flat_map(|read| read.origin.bytes.iter().cloned()));
        let like = || reads.iter().find(|read| read.is_like(value)).map(|read| read.origin.clone());
        self.of_value(value).or_else(like).unwrap_or_else(all)
    }
}

impl ReadName {
    /// The longest text that is compared.
    const LONGEST: usize = 4096;

    fn new(value: Value<'_>, origin: ByteOrigin) -> Self {
        let is_long = matches!(value, Value::Text(text) if text.len() > Self::LONGEST);
        ReadName { text: if is_long { None } else { plain(value) }, origin }
    }

    /// Whether a value is this one but for case, space around it, and whether it is text or a number.
    fn is_like(&self, value: Value<'_>) -> bool {
        let (Some(own), Some(value)) = (&self.text, plain(value)) else { return false };
        let (own, value) = (own.trim(), value.trim());
        let number = |text: &str| text.parse::<f64>().ok();
        own.to_lowercase() == value.to_lowercase() || number(own).is_some_and(|own| number(value) == Some(own))
    }
}

/// The only one of some values that is this one in another notation.
fn like(leaves: &[ReadName], value: Value<'_>) -> Option<ByteOrigin> {
    let mut alike = leaves.iter().filter(|leaf| leaf.origin.relation != Relation::Made && leaf.is_like(value));
    let first = alike.next()?.origin.clone().at_most(Relation::Converted);
    alike.all(|other| other.origin.bytes == first.bytes).then_some(first)
}

/// A value as text, where it has one notation.
fn plain(value: Value<'_>) -> Option<String> {
    match value {
        Value::Text(text) | Value::BigInt(text) => Some(text.to_owned()),
        Value::Int(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Float(number) => Some(number.to_string()),
        _ => None,
    }
}
