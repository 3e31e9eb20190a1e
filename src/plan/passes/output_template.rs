//! Output template: the event as one line whose bytes are known but for the values. What stands between any two of them is put
//! together when the spec is compiled.
//!
//! The tree of the output's fields ([`crate::plan::output`]) is written where an object stays that nothing is in.

use crate::plan::expression::Slot;
use crate::plan::output::KeyNode;
use crate::plan::program::Program;
use crate::plan::tree::Tree;
use crate::value::json::Words;

/// Gives a program the template of its events.
pub(super) fn run(program: Program, tree: &Tree) -> Program {
    let template = Some(OutputTemplate::new(&tree.output.nodes, &program));
    Program { template, ..program }
}

/// The leaves of the tree in order, and what stands before each.
#[derive(Clone, Debug)]
pub(crate) struct OutputTemplate {
    /// The values.
    pub leaves: Box<[Leaf]>,
    /// Fields with others below, and those that are not known; where one of them has a value, the tree says what comes of it.
    pub stops: Box<[Slot]>,
}

/// A value of the line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Leaf {
    /// Where it is; `None` where it is the same in all events and [`Leaf::joint`] has it.
    pub slot: Option<Slot>,
    /// What stands between the value before and this one, where the leaf before is written: ends of objects, a comma,
    /// openings of objects, the key.
    pub joint: Words,
    /// How many of the objects around it are around the leaf before, too.
    pub shared: usize,
    /// What opens the objects around it, outermost first.
    pub openings: Box<[Words]>,
    /// Its key; with the values of all leaves that are joined to it, if it has no slot.
    pub key: Words,
    /// How many objects are open behind it.
    pub depth: usize,
}

impl OutputTemplate {
    fn new(tree: &[KeyNode], program: &Program) -> Self {
        let mut builder = TemplateBuilder::of(program);
        builder.nodes(tree);
        OutputTemplate { leaves: builder.leaves.into(), stops: builder.stops.into() }
    }
}

struct TemplateBuilder<'n> {
    program: &'n Program,
    leaves: Vec<Leaf>,
    stops: Vec<Slot>,
    /// The objects around the place.
    around: Vec<&'n KeyNode>,
    /// The objects around the leaf before.
    before: Vec<&'n KeyNode>,
    /// The joint and the key of the leaf before.
    joint: Vec<u8>,
    key: Vec<u8>,
}

impl<'n> TemplateBuilder<'n> {
    fn of(program: &'n Program) -> Self {
        let (leaves, stops, around, before) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        TemplateBuilder { program, leaves, stops, around, before, joint: Vec::new(), key: Vec::new() }
    }

    fn nodes(&mut self, nodes: &'n [KeyNode]) {
        for node in nodes {
            if !node.children.is_empty() {
                self.stops.extend(node.slot);
                self.around.push(node);
                self.nodes(&node.children);
                self.around.pop();
            } else if node.known {
                self.leaf(node);
            } else {
                self.stops.extend(node.slot);
            }
        }
    }

    fn leaf(&mut self, node: &'n KeyNode) {
        let is_same = |(one, other): &(&&KeyNode, &&KeyNode)| std::ptr::eq(**one, **other);
        let shared = self.around.iter().zip(&self.before).take_while(is_same).count();
        let constant = node.slot.and_then(|slot| self.program.constant(slot));
        let key = [&node.key, constant.unwrap_or_default()].concat();
        let joint = self.joint_to(shared, &key);
        self.before.clone_from(&self.around);
        match self.leaves.pop() {
            Some(last) if constant.is_some() && last.slot.is_none() => {
                self.joint.extend_from_slice(&joint);
                self.key.extend_from_slice(&joint);
                self.put(last);
            }
            last => {
                self.leaves.extend(last);
                (self.joint, self.key) = (joint, key);
                let openings = self.around.iter().map(|around| Words::new(&around.opening)).collect();
                let slot = node.slot.filter(|_| constant.is_none());
                self.put(Leaf { slot, shared, openings, ..Leaf::default() });
            }
        }
    }

    fn put(&mut self, leaf: Leaf) {
        let (joint, key) = (Words::new(&self.joint), Words::new(&self.key));
        self.leaves.push(Leaf { joint, key, depth: self.around.len(), ..leaf });
    }

    fn joint_to(&self, shared: usize, key: &[u8]) -> Vec<u8> {
        let ends = vec![b'}'; self.before.len() - shared];
        let begins = if self.leaves.is_empty() { b"{" } else { b"," };
        let openings = self.around[shared..].iter().flat_map(|around| &*around.opening);
        ends.iter().chain(begins).chain(openings).chain(key).copied().collect()
    }
}
