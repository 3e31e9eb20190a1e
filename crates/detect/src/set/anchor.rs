//! Which rules are worth a look: each has atoms of which one must hold, or is looked at always.

use super::node::{AtomId, Node, Question, Scope};
use crate::rule::{Piece, Test};

/// Atoms of which one holds where a rule does, and what it costs to look at the rule whenever one holds.
#[derive(Debug)]
pub struct Anchor {
    /// The atoms.
    pub atoms: Vec<AtomId>,
    cost: f64,
}

/// What is known of atoms.
pub struct Known<'k> {
    /// The atoms.
    pub atoms: &'k [(Scope, Question)],
    /// How many rules use each.
    pub uses: &'k [u32],
    /// Which is told by the automaton, without being asked.
    pub is_told: &'k [bool],
    /// The atom that says whether an atom's field is there.
    pub presence: &'k dyn Fn(AtomId) -> Option<AtomId>,
}

/// What it costs that a rule is looked at whenever a field is there.
const PRESENCE: f64 = 1e6;

impl Known<'_> {
    /// The cheapest anchor of a rule; `None` for one that may hold where no atom does.
    pub fn anchor(&self, node: &Node) -> Option<Anchor> {
        match node {
            Node::Atom(atom) => self.atom(*atom),
            Node::All(parts) => {
                let anchors = parts.iter().filter_map(|part| self.anchor(part));
                anchors.min_by(|left, right| left.cost.total_cmp(&right.cost))
            }
            Node::Any(parts) => {
                let parts: Vec<Anchor> = parts.iter().map(|part| self.anchor(part)).collect::<Option<_>>()?;
                let cost = parts.iter().map(|part| part.cost).sum();
                Some(Anchor { atoms: parts.into_iter().flat_map(|part| part.atoms).collect(), cost })
            }
            Node::Not(_) => None,
        }
    }

    fn atom(&self, atom: AtomId) -> Option<Anchor> {
        let uses = f64::from(self.uses[atom as usize]);
        if self.is_told[atom as usize] {
            let cost = uses * (1.0 + 64.0 / (self.letters(atom) as f64).powi(2).max(0.01));
            return Some(Anchor { atoms: vec![atom], cost });
        }
        let presence = (self.presence)(atom)?;
        Some(Anchor { atoms: vec![presence], cost: PRESENCE + uses })
    }

    /// How many letters of a text are known: few are found often.
    fn letters(&self, atom: AtomId) -> usize {
        match &self.atoms[atom as usize].1 {
            Question::Test(Test::Text(text, _)) => {
                let lengths = text.pieces.iter().map(|piece| match piece {
                    Piece::Literal(text) => text.len(),
                    _ => 0,
                });
                lengths.sum()
            }
            _ => 0,
        }
    }
}
