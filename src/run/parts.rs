//! A finished event as a list of its parts: for whoever wants values and no line.

use super::values::Values;
use crate::json::SIZE;
use crate::plan::Plan;
use crate::plan::expression::Slot;
use crate::plan::output::KeyNode;
use crate::value::Value;

/// The keys of a plan's events as one flat list, each before those below it: [`EventPart`]s name them by their numbers.
///
/// Why so: `docs/decisions/0190`.
#[derive(Debug)]
pub struct EventTree {
    nodes: Box<[Node]>,
    names: Box<[Name]>,
}

/// What a run reads of a key.
#[derive(Debug)]
struct Node {
    slot: Option<Slot>,
    /// The number behind the keys below.
    end: u32,
    /// How many bytes the key takes, and its value where all events have it.
    length: u32,
    known: bool,
    is_constant: bool,
}

/// What others ask of a key.
#[derive(Debug)]
struct Name {
    key: Box<str>,
    constant: Option<Box<str>>,
}

/// A part of an event, in the order of its line.
#[derive(Clone, Copy, Debug)]
pub enum EventPart<'a> {
    /// The dict of a key begins.
    Enter(u32),
    /// The dict that began last ends.
    Leave,
    /// A key has a value.
    Value(u32, Value<'a>),
    /// A key has the value that all events of the plan have there alike: [`EventTree::constant`].
    Constant(u32),
}

/// The parts of an event.
#[derive(Clone, Copy, Debug)]
pub struct EventParts<'a> {
    /// In their order.
    pub parts: &'a [EventPart<'a>],
    /// About how many bytes they have.
    pub size: usize,
}

impl Plan {
    /// The keys of this plan's events.
    pub fn event_tree(&self) -> EventTree {
        let (mut nodes, mut names) = (Vec::new(), Vec::new());
        self.flatten(&self.tree.output.nodes, &mut nodes, &mut names);
        EventTree { nodes: nodes.into(), names: names.into() }
    }

    fn flatten(&self, from: &[KeyNode], nodes: &mut Vec<Node>, names: &mut Vec<Name>) {
        for node in from {
            let constant = node.slot.and_then(|slot| self.program.constant(slot));
            let constant: Option<Box<str>> = constant.map(|json| String::from_utf8_lossy(json).into());
            let length = (node.opening.len() + constant.as_ref().map_or(0, |json| json.len())) as u32;
            let at = nodes.len();
            nodes.push(Node { slot: node.slot, end: 0, length, known: node.known, is_constant: constant.is_some() });
            names.push(Name { key: node.name().into(), constant });
            self.flatten(&node.children, nodes, names);
            nodes[at].end = nodes.len() as u32;
        }
    }
}

impl EventTree {
    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The key of a number: the last part of a dotted name.
    pub fn key(&self, number: usize) -> &str {
        &self.names[number].key
    }

    /// The number behind the keys below this one.
    pub fn end(&self, number: usize) -> usize {
        self.nodes[number].end as usize
    }

    /// The JSON of the value that all events have here alike.
    pub fn constant(&self, number: usize) -> Option<&str> {
        self.names[number].constant.as_deref()
    }

    /// The parts of an event; nothing where it may be too large or too deep to be written: writing it tells.
    pub(super) fn parts<'a>(&self, values: Values<'a>, constants: bool) -> Option<EventParts<'a>> {
        let parts = bumpalo::collections::Vec::with_capacity_in(FIRST, values.arena.bump());
        let mut gathering = Gathering { nodes: &self.nodes, values, constants, parts, size: 0 };
        gathering.nodes(0, self.nodes.len(), None);
        let Gathering { parts, size, .. } = gathering;
        // A byte takes six at most, as in `\u0000`.
        (size <= SIZE / 6).then(|| EventParts { parts: parts.into_bump_slice(), size })
    }
}

/// For how many parts there is room at first.
const FIRST: usize = 64;

/// About what a value takes that is no text, and what stands around any.
const AROUND: usize = 32;

/// How deep values are measured; one that goes deeper is written, which finds out how deep.
const MEASURED: usize = 64;

/// The parts while they are gathered: as `write::tree` goes along the keys.
struct Gathering<'g, 'a> {
    nodes: &'g [Node],
    values: Values<'a>,
    constants: bool,
    parts: bumpalo::collections::Vec<'a, EventPart<'a>>,
    size: usize,
}

/// A dict around, which begins when the first value in it comes.
struct Around<'d> {
    number: u32,
    above: Option<&'d Around<'d>>,
    is_open: std::cell::Cell<bool>,
}

impl<'a> Gathering<'_, 'a> {
    /// Adds what keys have; tells whether any has something, if only a dict that stays empty.
    fn nodes(&mut self, mut number: usize, end: usize, above: Option<&Around<'_>>) -> bool {
        let mut any = false;
        while number < end {
            let node = &self.nodes[number];
            let (own, next) = (number as u32, node.end as usize);
            let is_leaf = next == number + 1;
            number = next;
            if self.constants && node.is_constant {
                self.add(above, node, EventPart::Constant(own), AROUND);
                any = true;
                continue;
            }
            let value = node.slot.map_or(Value::Undefined, |slot| self.values.get(slot));
            any |= match value {
                Value::Undefined if is_leaf => false,
                Value::Undefined => self.children(own, next, above, false),
                Value::None => {
                    self.open(above);
                    true
                }
                Value::Map(map) if map.is_empty() && !is_leaf => self.children(own, next, above, true),
                Value::Map(_) if !node.known => {
                    let empty = Value::Map(self.values.arena.map());
                    self.add(above, node, EventPart::Value(own, empty), AROUND);
                    true
                }
                _ if !node.known => true,
                value => {
                    let size = measure(value, 0, SIZE);
                    self.add(above, node, EventPart::Value(own, value), size);
                    true
                }
            };
        }
        any
    }

    fn children(&mut self, number: u32, end: usize, above: Option<&Around<'_>>, keep: bool) -> bool {
        let around = Around { number, above, is_open: false.into() };
        if keep {
            self.open(Some(&around));
        }
        let any = self.nodes(number as usize + 1, end, Some(&around));
        if around.is_open.get() {
            self.parts.push(EventPart::Leave);
        }
        any || keep
    }

    fn add(&mut self, above: Option<&Around<'_>>, node: &Node, part: EventPart<'a>, size: usize) {
        self.open(above);
        self.parts.push(part);
        self.size = self.size.saturating_add(size).saturating_add(node.length as usize);
    }

    fn open(&mut self, around: Option<&Around<'_>>) {
        let Some(around) = around.filter(|around| !around.is_open.replace(true)) else { return };
        self.open(around.above);
        self.parts.push(EventPart::Enter(around.number));
        self.size += AROUND + self.nodes[around.number as usize].length as usize;
    }
}

/// About how many bytes a value has, up to `most`: lists can share their items, and then a small value is an endless text.
fn measure(value: Value<'_>, depth: usize, most: usize) -> usize {
    match value {
        Value::Text(text) | Value::BigInt(text) => text.len() + AROUND,
        Value::List(_) | Value::Map(_) if depth > MEASURED => most,
        Value::List(list) => all(list.iter(), depth, most),
        Value::Map(map) => all(map.iter().flat_map(|(key, value)| [key, value]), depth, most),
        _ => AROUND,
    }
}

fn all<'a>(values: impl Iterator<Item = Value<'a>>, depth: usize, most: usize) -> usize {
    let mut size = AROUND;
    for value in values {
        if size >= most {
            break;
        }
        size += measure(value, depth + 1, most - size);
    }
    size
}
