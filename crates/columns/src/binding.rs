//! Which column takes which value of a plan's events, found once.

use crate::columns::{Columns, Dict, Node};
use std::ops::Range;
use weir::Plan;
use weir::run::EventTree;

/// Columns with the keys of a plan's events: their values go into the columns without being written and read in between.
#[derive(Debug)]
pub struct Binding {
    keys: EventTree,
    pub(crate) targets: Vec<Target>,
}

/// Where the value of a key goes.
#[derive(Debug)]
pub(crate) struct Target {
    pub place: Place,
    /// The key as JSON.
    pub json: Box<[u8]>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// The column at this place.
    Leaf(usize),
    /// The struct at this place.
    Struct(usize),
    /// The last column.
    Rest,
}

impl Columns {
    /// Finds the columns of a plan's events. The columns may be those of other fields, too.
    pub fn bind(&self, plan: &Plan) -> Binding {
        let keys = plan.event_tree();
        let mut targets = Vec::with_capacity(keys.len());
        bind(&keys, 0..keys.len(), Some(&self.root), &mut targets);
        Binding { keys, targets }
    }
}

impl Binding {
    /// The keys of the plan's events, for [`Plan::run_batch_in_parts`].
    pub fn keys(&self) -> &EventTree {
        &self.keys
    }
}

fn bind(keys: &EventTree, range: Range<usize>, dict: Option<&Dict>, targets: &mut Vec<Target>) {
    let (mut number, end) = (range.start, range.end);
    while number < end {
        let (key, next) = (keys.key(number), keys.end(number));
        let child = dict.and_then(|dict| Some(&dict.children[dict.find(key, 0)?]));
        let place = match child.map(|child| (&child.node, child.at)) {
            Some((Node::Dict(_), at)) => Place::Struct(at),
            Some((Node::Leaf(_), at)) => Place::Leaf(at),
            None => Place::Rest,
        };
        let mut json = Vec::new();
        weir::json::write_text(&mut json, key);
        targets.push(Target { place, json: json.into() });
        let below = match child.map(|child| &child.node) {
            Some(Node::Dict(below)) => Some(below),
            _ => None,
        };
        bind(keys, number + 1..next, below, targets);
        number = next;
    }
}
