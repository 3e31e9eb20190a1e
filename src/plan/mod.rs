//! The plan: a spec compiled into one immutable value that runs.
//!
//! Text lowers to a [`tree`], which knows what everything means and nothing of speed. The tree lowers to a [`program`], and
//! [`passes`] make that faster. What explains, checks or traces a format reads the tree; the machine runs the program.
//!
//! Why so: `docs/decisions/0107`.

mod calls;
mod carries;
pub(crate) mod chain;
mod compile;
pub(crate) mod empty;
mod explain;
pub(crate) mod expression;
pub(crate) mod fields;
pub mod findings;
pub(crate) mod layers;
pub(crate) mod location;
mod lower;
pub(crate) mod output;
pub(crate) mod parsed;
pub mod passes;
pub(crate) mod program;
pub(crate) mod readings;
mod single;
pub(crate) mod template;
pub(crate) mod tree;
pub(crate) mod words;
mod writes;

pub use carries::{Carried, FieldReach};
pub use compile::compile;
pub(crate) use lower::Outputs;
pub use parsed::Compiled;
pub(crate) use single::single;

use program::Program;
use std::sync::Arc;
use tree::{Tree, Work};

/// A compiled format. Immutable and shared between threads; all that changes while it runs is a
/// [`Scratch`](crate::run::Scratch).
#[derive(Debug)]
pub struct Plan {
    pub(crate) tree: Arc<Tree>,
    pub(crate) program: Program,
    /// The program that no pass touched.
    pub(crate) plain: Arc<Program>,
}

impl Plan {
    fn new(tree: Tree) -> Self {
        let plain = Program::lower(&tree);
        let program = passes::run(plain.clone(), &tree, &|_| true);
        Plan { tree: Arc::new(tree), program, plain: Arc::new(plain) }
    }

    /// The same format, run by a program that only those passes made whose names are let through; see [`passes::names`].
    pub fn with_passes(&self, lets_through: &dyn Fn(&str) -> bool) -> Plan {
        let program = passes::run(Program::clone(&self.plain), &self.tree, lets_through);
        Plan { tree: Arc::clone(&self.tree), program, plain: Arc::clone(&self.plain) }
    }

    /// The format's name.
    pub fn name(&self) -> Option<&str> {
        self.tree.name.as_deref()
    }

    /// The names of the pipeline's entries, in the order in which they run, each with its extractor's; a stage has none.
    pub fn entry_names(&self) -> impl Iterator<Item = (&str, Option<&'static str>)> {
        self.tree.entries.iter().map(|entry| match &entry.work {
            Work::Extract(extraction) => (&*entry.name, Some(extraction.name)),
            Work::Stage(_) => (&*entry.name, None),
        })
    }
}
