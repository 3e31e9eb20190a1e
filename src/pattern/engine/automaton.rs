//! A program as the backtracker runs it: which bytes a branch can begin with is known before it is tried.

use hashbrown::HashMap;
use regex_automata::nfa::thompson::{NFA, State};
use regex_automata::util::look::{Look, LookMatcher};

/// A program of one that `regex-automata` made, its states with the same numbers.
pub(super) struct Automaton {
    pub(super) states: Box<[Transition]>,
    pub(super) start: u32,
    pub(super) looks: LookMatcher,
    sets: Box<[ByteSet]>,
}

/// What is done in a state.
pub(super) enum Transition {
    /// A literal of up to eight bytes is read: those of a word, the first one lowest.
    Literal { word: u64, length: u8, next: u32 },
    /// A byte of a set is read.
    Byte { set: u32, next: u32 },
    /// A byte is read, and tells what comes next: from the first to the second, the third.
    Bytes(Box<[(u8, u8, u32)]>),
    /// As many bytes of a set are read as there are, or fewer where what follows fails. It need not be fewer where no byte
    /// of the set is one that the end begins with.
    Repeat { set: u32, end: GuardedBranch, is_possessive: bool },
    /// As few bytes of a set are read as there may be before the end, or more where what follows fails.
    Lazy { set: u32, end: GuardedBranch },
    /// Branches, the preferred one first.
    Branches(Box<[GuardedBranch]>),
    /// What stands around the place is looked at.
    Look { look: Look, next: u32 },
    /// A group begins or ends.
    Capture { slot: usize, next: u32 },
    /// Nothing matches from here.
    Fail,
    /// The pattern matches.
    Match,
}

/// A branch, and its first set: the bytes that it can begin with.
#[derive(Clone, Copy)]
pub(super) struct GuardedBranch {
    pub(super) state: u32,
    first: u32,
}

/// A set of bytes; one bit more stands for the end of the text.
type ByteSet = [u64; 5];

const END: usize = 256;
const ALL: ByteSet = [u64::MAX; 5];

impl Automaton {
    /// How often what the states begin with is gone through; each time it goes one repetition deeper.
    const ROUNDS: usize = 16;

    /// The automaton of a program.
    pub(super) fn new(program: &NFA) -> Self {
        let firsts = firsts(program);
        let mut sets = ByteSets::default();
        let states = (0..program.states().len()).map(|state| sets.transition(program, &firsts, state)).collect();
        let start = program.start_anchored().as_u32();
        Automaton { states, start, looks: program.look_matcher().clone(), sets: sets.all.into() }
    }

    /// Whether a set has the byte at a place, or the end of the text if that is there.
    #[inline(always)]
    pub(super) fn has(&self, set: u32, text: &[u8], place: usize) -> bool {
        has(&self.sets[set as usize], text.get(place).map_or(END, |byte| usize::from(*byte)))
    }

    /// Whether a branch may match at a place.
    #[inline(always)]
    pub(super) fn may_begin(&self, branch: GuardedBranch, text: &[u8], place: usize) -> bool {
        self.has(branch.first, text, place)
    }
}

#[inline(always)]
fn has(set: &ByteSet, byte: usize) -> bool {
    set[byte / 64] >> (byte % 64) & 1 == 1
}

/// What each state may begin with: more than it does, rather than less.
fn firsts(program: &NFA) -> Vec<ByteSet> {
    let states = program.states();
    let mut firsts = vec![[0; 5]; states.len()];
    for _ in 0..Automaton::ROUNDS {
        let mut is_stable = true;
        for state in (0..states.len()).rev() {
            let first = match &states[state] {
                State::Union { alternates } => union(alternates.iter().map(|branch| firsts[branch.as_usize()])),
                State::BinaryUnion { alt1, alt2 } => union([firsts[alt1.as_usize()], firsts[alt2.as_usize()]]),
                State::Look { look, next } => both(&firsts[next.as_usize()], &seen_by(*look)),
                State::Capture { next, .. } => firsts[next.as_usize()],
                State::Match { .. } => ALL,
                state => set_of(&ranges(state)),
            };
            is_stable &= firsts[state] == first;
            firsts[state] = first;
        }
        if is_stable {
            return firsts;
        }
    }
    vec![ALL; states.len()]
}

/// What may stand behind a place where a look succeeds: more than may, rather than less.
fn seen_by(look: Look) -> ByteSet {
    let (mut end, mut line) = ([0; 5], set_of(&[(b'\n', b'\n', 0), (b'\r', b'\r', 0)]));
    (end[END / 64], line[END / 64]) = (1, 1);
    match look {
        Look::End => end,
        Look::EndLF | Look::EndCRLF => line,
        _ => ALL,
    }
}

fn both(left: &ByteSet, right: &ByteSet) -> ByteSet {
    std::array::from_fn(|word| left[word] & right[word])
}

/// The literal from a state on, up to eight bytes, and the state behind it.
fn literal(program: &NFA, mut state: usize) -> Option<Transition> {
    let (mut word, mut length) = (0, 0);
    while length < 8
        && let State::ByteRange { trans } = &program.states()[state]
        && trans.start == trans.end
    {
        word |= u64::from(trans.start) << (8 * length);
        length += 1;
        state = trans.next.as_usize();
    }
    (length > 0).then_some(Transition::Literal { word, length, next: state as u32 })
}

/// The bytes that a state reads, each range with the state behind it.
fn ranges(state: &State) -> Vec<(u8, u8, u32)> {
    match state {
        State::ByteRange { trans } => vec![(trans.start, trans.end, trans.next.as_u32())],
        State::Sparse(sparse) => {
            sparse.transitions.iter().map(|trans| (trans.start, trans.end, trans.next.as_u32())).collect()
        }
        State::Dense(dense) => {
            let next = |byte| Some((byte, byte, dense.matches_byte(byte)?.as_u32()));
            (0..=u8::MAX).filter_map(next).collect()
        }
        _ => Vec::new(),
    }
}

/// The bytes that a state reads, where each of them leads back to a choice.
fn repeated(program: &NFA, choice: usize, state: usize) -> Option<ByteSet> {
    let body = ranges(&program.states()[state]);
    let leads_back = !body.is_empty() && body.iter().all(|(_, _, next)| *next as usize == choice);
    leads_back.then(|| set_of(&body))
}

fn set_of(ranges: &[(u8, u8, u32)]) -> ByteSet {
    let mut set = [0; 5];
    for (first, last, _) in ranges {
        (*first..=*last).for_each(|byte| set[usize::from(byte) / 64] |= 1 << (byte % 64));
    }
    set
}

fn union(sets: impl IntoIterator<Item = ByteSet>) -> ByteSet {
    sets.into_iter().fold([0; 5], |all, set| std::array::from_fn(|word| all[word] | set[word]))
}

/// The sets of an automaton, each once.
#[derive(Default)]
struct ByteSets {
    all: Vec<ByteSet>,
    numbers: HashMap<ByteSet, u32>,
}

impl ByteSets {
    fn number(&mut self, set: ByteSet) -> u32 {
        let ByteSets { all, numbers } = self;
        *numbers.entry(set).or_insert_with(|| {
            all.push(set);
            all.len() as u32 - 1
        })
    }

    fn branch(&mut self, firsts: &[ByteSet], state: usize) -> GuardedBranch {
        GuardedBranch { state: state as u32, first: self.number(firsts[state]) }
    }

    fn transition(&mut self, program: &NFA, firsts: &[ByteSet], state: usize) -> Transition {
        match &program.states()[state] {
            State::BinaryUnion { alt1, alt2 } => {
                let (first, second) = (self.branch(firsts, alt1.as_usize()), self.branch(firsts, alt2.as_usize()));
                if let Some(set) = repeated(program, state, alt1.as_usize()) {
                    let is_possessive = (0..4).all(|word| set[word] & firsts[alt2.as_usize()][word] == 0);
                    return Transition::Repeat { set: self.number(set), end: second, is_possessive };
                }
                match repeated(program, state, alt2.as_usize()) {
                    Some(set) => Transition::Lazy { set: self.number(set), end: first },
                    None => Transition::Branches(Box::new([first, second])),
                }
            }
            State::Union { alternates } => {
                Transition::Branches(alternates.iter().map(|branch| self.branch(firsts, branch.as_usize())).collect())
            }
            State::Look { look, next } => Transition::Look { look: *look, next: next.as_u32() },
            State::Capture { slot, next, .. } => Transition::Capture { slot: slot.as_usize(), next: next.as_u32() },
            State::Fail => Transition::Fail,
            State::Match { .. } => Transition::Match,
            reads => {
                if let Some(literal) = literal(program, state) {
                    return literal;
                }
                let ranges = ranges(reads);
                match ranges.first() {
                    Some((_, _, next)) if ranges.iter().all(|(_, _, other)| other == next) => {
                        Transition::Byte { set: self.number(set_of(&ranges)), next: *next }
                    }
                    _ => Transition::Bytes(ranges.into()),
                }
            }
        }
    }
}
