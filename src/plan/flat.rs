//! Flat tables: what expressions read of an extractor's dict has a slot of its own, so that a path is read without a
//! look-up by key.
//!
//! An extractor of which only some parts are read puts those into a table beside the slots of the spec, a slot for each
//! node of what is [`Wanted`]. The dict itself is not looked at again. Where the whole dict is read too, it is made beside,
//! unless the spec changes dicts: then what is in the table would not follow.

use super::expression::{Keys, Path, Slot};
use super::layers::Layers;
use super::{Entry, Work};
use crate::value::json::Wanted;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

/// The flat table of an extractor's output.
#[derive(Clone, Debug)]
pub(crate) struct Flat {
    /// What is in it; nothing below what is wanted whole, the dict itself aside.
    pub wanted: Wanted,
    /// The slot of its first node; the others follow.
    pub first: u32,
    /// How many nodes it has.
    pub nodes: u32,
}

/// How a path is read from a flat table.
#[derive(Debug)]
pub(crate) struct FlatPath {
    /// Where the value of the nearest node is.
    pub leaf: Slot,
    /// The nodes on the way, from the outermost down to the leaf.
    pub steps: Box<[Slot]>,
    /// The keys below the leaf: those are walked.
    pub below: Keys,
}

/// The paths that a plan's expressions read, by number.
#[derive(Debug, Default)]
pub struct Paths {
    all: Vec<(Slot, Keys)>,
    numbers: HashMap<(Slot, Keys), u32>,
}

impl Paths {
    /// A path to be read.
    pub fn add(&mut self, slot: Slot, keys: &[&str]) -> Path {
        let keys: Keys = keys.iter().map(|key| Box::from(*key)).collect();
        let next = self.all.len() as u32;
        let number = *self.numbers.entry((slot, keys.clone())).or_insert(next);
        if number == next {
            self.all.push((slot, keys.clone()));
        }
        Path { slot, keys, beside: Box::default(), number }
    }

    /// Where each path is read, by number; `None` for one that is walked from its slot.
    fn flat(&self, tables: &BTreeMap<Slot, Flat>) -> Box<[Option<FlatPath>]> {
        self.all.iter().map(|(slot, keys)| tables.get(slot)?.path(keys)).collect()
    }
}

impl Flat {
    /// Its slots.
    pub fn part(&self) -> Range<u32> {
        self.first..self.first + self.nodes
    }

    fn path(&self, keys: &Keys) -> Option<FlatPath> {
        let node = |length: usize| self.wanted.index_of(keys[..length].iter().map(|key| &**key));
        let steps: Box<[Slot]> = (1..=keys.len()).map_while(node).map(|node| Slot(self.first + node as u32)).collect();
        let leaf = *steps.last()?;
        let below = keys[steps.len()..].into();
        Some(FlatPath { leaf, steps, below })
    }
}

/// Gives the extractors of a pipeline their tables, and tells where each path is read then.
pub(super) fn flatten(entries: &mut [Entry], layers: &mut Layers) -> Box<[Option<FlatPath>]> {
    let mut tables = BTreeMap::new();
    for entry in entries.iter() {
        if let Work::Extract(extraction) = &entry.work {
            table(extraction.output, layers, &mut tables);
        }
    }
    for entry in entries {
        if let Work::Extract(extraction) = &mut entry.work {
            extraction.flat = tables.get(&extraction.output).cloned().map(Box::new);
            let others = extraction.clears.iter().filter(|slot| **slot != extraction.output);
            extraction.stale = others.filter_map(|slot| tables.get(slot)).map(Flat::part).collect();
        }
    }
    layers.paths.flat(&tables)
}

fn table(output: Slot, layers: &mut Layers, tables: &mut BTreeMap<Slot, Flat>) {
    let wanted = layers.wanted(output);
    let wanted = if layers.changes_dicts { wanted.pruned() } else { wanted.by_name() };
    let nodes = wanted.nodes() as u32;
    if nodes == 0 || tables.contains_key(&output) {
        return;
    }
    let first = layers.slots.len() as u32;
    let name = layers.slots.name(output).to_owned();
    for node in 0..nodes {
        layers.slots.add(format!("{name}, part {node}"));
    }
    tables.insert(output, Flat { wanted, first, nodes });
}
