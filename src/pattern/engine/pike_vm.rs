//! A Pike VM: follows all threads through a program at once and counts each step, so that a search has a bound in time and
//! memory.
//!
//! The engines of `regex-automata` do the same faster, but they cannot be stopped, and those that find groups keep a place
//! for each state and group: a pattern of 20,000 states and 1,500 groups takes a gigabyte. Here a thread keeps the groups
//! that it passed as a list whose beginning it shares with others, and the lists together are bounded.

use super::groups::CaptureSlot;
use crate::value::{Arena, Fault, FaultCode};
use regex_automata::Input;
use regex_automata::nfa::thompson::{NFA, State};
use regex_automata::util::pool::Pool;
use regex_automata::util::primitives::{NonMaxUsize, StateID};
use std::fmt;

/// A program whose threads are followed.
pub(super) struct PikeVm {
    program: NFA,
    caches: Pool<Cache>,
}

/// What a search needs, kept for the next one.
#[derive(Default)]
struct Cache {
    now: ActiveStates,
    next: ActiveStates,
    open: Vec<(StateID, u32)>,
    log: CaptureLog,
}

/// The states that threads have come to, the preferred first, each with the groups that it passed.
#[derive(Default)]
struct ActiveStates {
    all: Vec<(StateID, u32)>,
    /// For each state where it is in `all`, if it is.
    places: Vec<u32>,
}

/// The ends of groups that threads passed: each entry names the one before it of its thread.
#[derive(Default)]
struct CaptureLog {
    entries: Vec<CaptureEntry>,
    /// How many entries there may be before they are gone through.
    most: usize,
}

#[derive(Clone, Copy)]
struct CaptureEntry {
    slot: u32,
    before: u32,
    place: usize,
}

/// No group was passed.
const NOTHING: u32 = u32::MAX;

impl PikeVm {
    /// For a program with all its groups.
    pub(super) fn new(program: NFA) -> Self {
        PikeVm { program, caches: Pool::new(Cache::default as fn() -> Cache) }
    }

    /// Finds the first match; `slots` take where as many groups begin and end. Each step is paid for.
    ///
    /// # Errors
    /// Limit, where the budget is used up or the groups passed are too many.
    pub(super) fn find(
        &self,
        arena: &Arena,
        input: &Input<'_>,
        slots: &mut [CaptureSlot],
    ) -> Result<Option<usize>, Fault> {
        let mut cache = self.caches.get();
        let mut from = input.start();
        let found = loop {
            let search = PikeSearch { program: &self.program, arena, input, slots: slots.len() };
            match search.run(&mut cache, from) {
                // Nothing may match between the bytes of a character.
                Ok(Some((end, _))) if !is_boundary(input.haystack(), end) => {
                    if input.get_anchored().is_anchored() {
                        break Ok(None);
                    }
                    from = end + 1;
                }
                other => break other,
            }
        };
        let found = found.map(|found| {
            found.map(|(end, last)| {
                cache.log.fill(last, slots);
                end
            })
        });
        cache.give_back();
        found
    }
}

fn is_boundary(text: &[u8], place: usize) -> bool {
    text.get(place).is_none_or(|byte| !(0x80..0xc0).contains(byte))
}

struct PikeSearch<'s> {
    program: &'s NFA,
    arena: &'s Arena,
    input: &'s Input<'s>,
    slots: usize,
}

impl PikeSearch<'_> {
    /// Where the match ends, and the last group that it passed.
    fn run(&self, cache: &mut Cache, from: usize) -> Result<Option<(usize, u32)>, Fault> {
        cache.prepare(self.program.states().len());
        let start = match self.input.get_anchored().is_anchored() {
            true => self.program.start_anchored(),
            false => self.program.start_unanchored(),
        };
        self.arena.labour(self.program.states().len() as u64 / 64)?;
        let (text, end) = (self.input.haystack(), self.input.end());
        let mut steps = follow(self, cache, start, NOTHING, from);
        std::mem::swap(&mut cache.now, &mut cache.next);
        let mut matched = None;
        for place in from..=end {
            self.arena.labour(steps + cache.now.all.len() as u64)?;
            steps = 0;
            cache.next.clear();
            for index in 0..cache.now.all.len() {
                let (state, last) = cache.now.all[index];
                let next = match self.program.state(state) {
                    State::Match { .. } => {
                        matched = Some((place, last));
                        break;
                    }
                    _ if place == end => None,
                    State::ByteRange { trans } => trans.matches(text, place).then_some(trans.next),
                    State::Sparse(sparse) => sparse.matches(text, place),
                    State::Dense(dense) => dense.matches(text, place),
                    _ => None,
                };
                if let Some(next) = next {
                    steps += follow(self, cache, next, last, place + 1);
                }
            }
            std::mem::swap(&mut cache.now, &mut cache.next);
            if cache.now.all.is_empty() || self.slots == 0 && matched.is_some() {
                break;
            }
            if cache.log.is_full() {
                cache.log.thin_out(self, &mut cache.now, matched.as_mut().map(|(_, last)| last))?;
            }
        }
        Ok(matched)
    }
}

/// Goes from a state to all that are reached without a byte, and says how many steps that took.
fn follow(search: &PikeSearch<'_>, cache: &mut Cache, state: StateID, last: u32, place: usize) -> u64 {
    let mut steps = 0;
    cache.open.push((state, last));
    while let Some((mut state, mut last)) = cache.open.pop() {
        loop {
            // One that leads to where another thread is takes its time, too.
            steps += 1;
            if !cache.next.enter(state, last) {
                break;
            }
            state = match search.program.state(state) {
                State::Look { look, next } => {
                    match search.program.look_matcher().matches(*look, search.input.haystack(), place) {
                        true => *next,
                        false => break,
                    }
                }
                State::Union { alternates } => {
                    let Some((first, others)) = alternates.split_first() else { break };
                    cache.open.extend(others.iter().rev().map(|other| (*other, last)));
                    *first
                }
                State::BinaryUnion { alt1, alt2 } => {
                    cache.open.push((*alt2, last));
                    *alt1
                }
                State::Capture { next, slot, .. } => {
                    if slot.as_usize() < search.slots {
                        last = cache.log.add(slot.as_u32(), last, place);
                    }
                    *next
                }
                _ => break,
            };
        }
    }
    steps
}

impl Cache {
    /// How many bytes of entries or states are kept between searches.
    const KEPT: usize = 256 << 10;

    fn prepare(&mut self, states: usize) {
        for threads in [&mut self.now, &mut self.next] {
            threads.all.clear();
            threads.places.resize(states, 0);
        }
        self.open.clear();
        self.log.entries.clear();
        self.log.most = CaptureLog::FIRST;
    }

    fn give_back(&mut self) {
        let states = self.now.places.capacity() + self.next.places.capacity() + self.open.capacity();
        if 16 * states + size_of::<CaptureEntry>() * self.log.entries.capacity() > Self::KEPT {
            *self = Cache::default();
        }
    }
}

impl ActiveStates {
    /// Adds a state if it is new.
    #[inline(always)]
    fn enter(&mut self, state: StateID, last: u32) -> bool {
        let place = &mut self.places[state.as_usize()];
        if self.all.get(*place as usize).is_some_and(|(known, _)| *known == state) {
            return false;
        }
        *place = self.all.len() as u32;
        self.all.push((state, last));
        true
    }

    fn clear(&mut self) {
        self.all.clear();
    }
}

impl CaptureLog {
    /// How many entries there are before they are first gone through.
    const FIRST: usize = 1 << 16;
    /// How many there are at most: 32 MiB.
    const MOST: usize = 2 << 20;

    fn add(&mut self, slot: u32, before: u32, place: usize) -> u32 {
        self.entries.push(CaptureEntry { slot, before, place });
        (self.entries.len() - 1) as u32
    }

    fn is_full(&self) -> bool {
        self.entries.len() >= self.most
    }

    /// The entries of a thread, the last one first.
    fn of(&self, last: u32) -> impl Iterator<Item = CaptureEntry> {
        let mut next = last;
        std::iter::from_fn(move || {
            let passed = *self.entries.get(next as usize)?;
            next = passed.before;
            Some(passed)
        })
    }

    fn fill(&self, last: u32, slots: &mut [CaptureSlot]) {
        slots.fill(None);
        for passed in self.of(last) {
            if let Some(slot @ None) = slots.get_mut(passed.slot as usize) {
                *slot = NonMaxUsize::new(passed.place);
            }
        }
    }

    /// Keeps of each thread the last end of each group.
    fn thin_out(
        &mut self,
        search: &PikeSearch<'_>,
        threads: &mut ActiveStates,
        matched: Option<&mut u32>,
    ) -> Result<(), Fault> {
        let mut kept = CaptureLog::default();
        let mut seen = vec![0_u32; search.slots];
        let mut one = Vec::new();
        for (number, last) in (1..).zip(threads.all.iter_mut().map(|(_, last)| last).chain(matched)) {
            one.clear();
            let mut steps = 1;
            for passed in self.of(*last) {
                steps += 1;
                if std::mem::replace(&mut seen[passed.slot as usize], number) != number {
                    one.push(passed);
                }
            }
            search.arena.labour(steps)?;
            *last = one.iter().rev().fold(NOTHING, |before, passed| kept.add(passed.slot, before, passed.place));
            if kept.entries.len() > Self::MOST / 2 {
                return Err(Fault::new(FaultCode::Limit, "the groups of the pattern take too much memory"));
            }
        }
        kept.most = Self::FIRST.max(2 * kept.entries.len());
        *self = kept;
        Ok(())
    }
}

impl fmt::Debug for PikeVm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PikeVm").field("states", &self.program.states().len()).finish_non_exhaustive()
    }
}
