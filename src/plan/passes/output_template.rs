//! Output template: the event as one line whose bytes are known but for the values. What stands between any two of them is put
//! together when the spec is compiled.
//!
//! The tree of the output's fields ([`crate::plan::output`]) is written where an object stays that nothing is in.

use crate::json::Words;
use crate::plan::expression::Slot;
use crate::plan::output::KeyNode;
use crate::plan::program::Program;
use crate::plan::program::output_template::{Leaf, OutputTemplate};
use crate::plan::tree::Tree;

/// Gives a program the template of its events.
pub(super) fn run(program: Program, tree: &Tree) -> Program {
    let mut builder = TemplateBuilder::of(&program);
    builder.nodes(&tree.output.nodes);
    let TemplateBuilder { leaves, stops, .. } = builder;
    let template = Some(OutputTemplate { leaves: leaves.into(), stops: stops.into() });
    Program { template, ..program }
}

struct TemplateBuilder<'n> {
    program: &'n Program,
    leaves: Vec<Leaf>,
    stops: Vec<Slot>,
    /// The objects around the place.
    around: Vec<&'n KeyNode>,
    /// The objects around the leaf before.
    before: Vec<&'n KeyNode>,
    /// The separator and the key of the leaf before.
    separator: Vec<u8>,
    key: Vec<u8>,
}

impl<'n> TemplateBuilder<'n> {
    fn of(program: &'n Program) -> Self {
        let (leaves, stops, around, before) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        TemplateBuilder { program, leaves, stops, around, before, separator: Vec::new(), key: Vec::new() }
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
        let separator = self.separator_to(shared, &key);
        self.before.clone_from(&self.around);
        match self.leaves.pop() {
            Some(last) if constant.is_some() && last.slot.is_none() => {
                self.separator.extend_from_slice(&separator);
                self.key.extend_from_slice(&separator);
                self.put(last);
            }
            last => {
                self.leaves.extend(last);
                (self.separator, self.key) = (separator, key);
                let openings = self.around.iter().map(|around| Words::new(&around.opening)).collect();
                let slot = node.slot.filter(|_| constant.is_none());
                self.put(Leaf { slot, shared, openings, ..Leaf::default() });
            }
        }
    }

    fn put(&mut self, leaf: Leaf) {
        let (separator, key) = (Words::new(&self.separator), Words::new(&self.key));
        self.leaves.push(Leaf { separator, key, depth: self.around.len(), ..leaf });
    }

    fn separator_to(&self, shared: usize, key: &[u8]) -> Vec<u8> {
        let ends = vec![b'}'; self.before.len() - shared];
        let begins = if self.leaves.is_empty() { b"{" } else { b"," };
        let openings = self.around[shared..].iter().flat_map(|around| &*around.opening);
        ends.iter().chain(begins).chain(openings).chain(key).copied().collect()
    }
}
