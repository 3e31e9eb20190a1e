//! All that changes while a set of rules is held against events.

use super::node::AtomId;
use weir::value::Arena;

/// What a worker needs for itself; it serves any set of rules.
#[derive(Debug, Default)]
pub struct Scratch {
    /// By atom, the event for which it was told last.
    told_in: Vec<u32>,
    /// The atoms that were told for this event.
    pub(super) told: Vec<AtomId>,
    /// By atom, the event for which it was asked last, and the answer.
    asked_in: Vec<(u32, bool)>,
    /// By rule, the event for which it was gathered last.
    looked_at_in: Vec<u32>,
    pub(super) looked_at: Vec<u32>,
    pub(super) found: Vec<u32>,
    pub(super) lowered: String,
    pub(super) number: String,
    /// What regular expressions need, with their budget for an event.
    pub(super) arena: Arena,
    /// How many regular expressions used up the budget.
    spent: u32,
    /// How many bytes of values were compared with those of other fields.
    compared: usize,
    /// The number of the event.
    event: u32,
}

/// How often the budget of regular expressions starts over in one event: one that uses it up shall not stop the others.
const MOST_SPENT: u32 = 4;

/// How many bytes of values are compared with other fields in one event at most; what is behind them is not found.
const MOST_COMPARED: usize = 32 << 20;

/// What a comparison costs beside its bytes.
const COMPARISON: usize = 16;

impl Scratch {
    /// Forgets the event before.
    pub(super) fn begin(&mut self, atoms: usize, rules: usize) {
        if self.event == u32::MAX {
            *self = Scratch::default();
        }
        self.event += 1;
        self.told.clear();
        self.told_in.resize(atoms.max(self.told_in.len()), 0);
        self.asked_in.resize(atoms.max(self.asked_in.len()), (0, false));
        self.looked_at_in.resize(rules.max(self.looked_at_in.len()), 0);
        self.arena.reset();
        self.spent = 0;
        self.compared = 0;
    }

    /// Whether another value may be compared with those of another field: of two long lists each would be compared with each.
    pub(super) fn may_compare(&self) -> bool {
        self.compared <= MOST_COMPARED
    }

    /// Counts a comparison of so many bytes.
    pub(super) fn compare(&mut self, bytes: usize) {
        self.compared = self.compared.saturating_add(COMPARISON + bytes);
    }

    /// Gives the expressions behind one that used up the budget another.
    #[cold]
    pub(super) fn spend(&mut self) {
        self.spent += 1;
        if self.spent <= MOST_SPENT {
            self.arena.reset();
        }
    }

    #[inline]
    pub(super) fn tell(&mut self, atom: AtomId) {
        let told_in = &mut self.told_in[atom as usize];
        if std::mem::replace(told_in, self.event) != self.event {
            self.told.push(atom);
        }
    }

    #[inline]
    pub(super) fn is_told(&self, atom: AtomId) -> bool {
        self.told_in[atom as usize] == self.event
    }

    #[inline]
    pub(super) fn look_at(&mut self, rule: u32) {
        let looked_at_in = &mut self.looked_at_in[rule as usize];
        if std::mem::replace(looked_at_in, self.event) != self.event {
            self.looked_at.push(rule);
        }
    }

    /// The answer of an atom that is asked once an event.
    pub(super) fn remembered(&mut self, atom: AtomId, ask: impl FnOnce(&mut Self) -> bool) -> bool {
        match self.asked_in[atom as usize] {
            (event, answer) if event == self.event => answer,
            _ => {
                let answer = ask(self);
                self.asked_in[atom as usize] = (self.event, answer);
                answer
            }
        }
    }
}
