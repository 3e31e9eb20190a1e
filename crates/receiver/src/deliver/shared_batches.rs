//! What was mapped, for the sinks that come to its place: mapping is done once where they keep pace.

use super::mapped::Mapped;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use weir_sinks::Place;

/// Batches by their first place, within a bound of memory.
pub struct SharedBatches {
    state: Mutex<State>,
    changed: Condvar,
    /// How many bytes they have at most.
    room: usize,
}

struct State {
    slots: BTreeMap<Place, Slot>,
    bytes: usize,
    /// Where each sink is. What all have passed is dropped.
    sinks: Vec<Place>,
}

enum Slot {
    /// Somebody maps it.
    Making,
    /// It is there.
    Ready(Arc<Mapped>),
}

/// What to do at a place.
pub enum Turn {
    /// It was mapped.
    Take(Arc<Mapped>),
    /// It is for the caller to map.
    Make(Claim),
}

/// The promise to map what begins at a place. Where it is dropped, somebody else may.
pub struct Claim {
    batches: Arc<SharedBatches>,
    from: Place,
    is_kept: bool,
}

impl SharedBatches {
    /// For so many sinks, with so many bytes at most.
    pub fn new(sinks: usize, room: usize) -> Self {
        let state = State { slots: BTreeMap::new(), bytes: 0, sinks: vec![Place::default(); sinks] };
        SharedBatches { state: Mutex::new(state), changed: Condvar::new(), room }
    }

    /// What begins at a place: once somebody who maps it is done, or to be mapped. Whoever is asked to map calls this for no other place
    /// before that is done.
    pub fn turn(self: &Arc<Self>, from: Place) -> Turn {
        let mut state = self.lock();
        loop {
            match state.slots.get(&from) {
                Some(Slot::Ready(mapped)) => return Turn::Take(Arc::clone(mapped)),
                Some(Slot::Making) => state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                None => {
                    state.slots.insert(from, Slot::Making);
                    return Turn::Make(Claim { batches: Arc::clone(self), from, is_kept: false });
                }
            }
        }
    }

    /// The right to map what begins at a place, ahead of all sinks; nothing where somebody has it, or a sink is there or beyond.
    pub fn claim(self: &Arc<Self>, from: Place) -> Option<Claim> {
        let mut state = self.lock();
        if state.first() > from || state.slots.contains_key(&from) {
            return None;
        }
        state.slots.insert(from, Slot::Making);
        Some(Claim { batches: Arc::clone(self), from, is_kept: false })
    }

    /// Whether what begins at a place is there or being mapped.
    pub fn is_claimed(&self, from: Place) -> bool {
        self.lock().slots.contains_key(&from)
    }

    /// Waits until fewer bytes than these wait for the sink that is furthest; whether that is so.
    pub fn wait_for_room(&self, most: usize, at_most: Duration) -> bool {
        let is_full = |state: &mut State| {
            let ahead = state.slots.range(state.first()..).map(|(_, slot)| slot.bytes()).sum::<usize>();
            ahead >= most.min(self.room / 2)
        };
        let waited = self.changed.wait_timeout_while(self.lock(), at_most, is_full);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    /// The first place after this one at which something begins that is there or being mapped: who maps up to there ends the batch, and
    /// goes on with that.
    pub fn next_after(&self, place: Place) -> Option<Place> {
        self.lock().slots.range((Bound::Excluded(place), Bound::Unbounded)).next().map(|(place, _)| *place)
    }

    /// Notes that a sink has come to a place.
    pub fn passed(&self, sink: usize, place: Place) {
        let mut state = self.lock();
        state.sinks[sink] = place;
        let Some(passed) = state.sinks.iter().min().copied() else { return };
        let is_passed = |slot: &Slot| matches!(slot, Slot::Ready(mapped) if mapped.to() <= passed);
        while let Some(first) = state.slots.first_entry().filter(|first| is_passed(first.get())) {
            let slot = first.remove();
            state.bytes -= slot.bytes();
        }
        drop(state);
        self.changed.notify_all();
    }

    fn publish(&self, from: Place, mapped: &Arc<Mapped>) {
        let mut state = self.lock();
        state.slots.insert(from, Slot::Ready(Arc::clone(mapped)));
        state.bytes += mapped.bytes();
        // The oldest is what the slowest sink waits for: it maps it itself then, and holds up nobody's memory.
        while state.bytes > self.room {
            let oldest = state.slots.iter().find(|(_, slot)| matches!(slot, Slot::Ready(_))).map(|(place, _)| *place);
            let Some(slot) = oldest.and_then(|place| state.slots.remove(&place)) else { break };
            state.bytes -= slot.bytes();
        }
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The place of the sink that is furthest.
    fn first(&self) -> Place {
        self.sinks.iter().max().copied().unwrap_or_default()
    }
}

impl Slot {
    fn bytes(&self) -> usize {
        match self {
            Slot::Making => 0,
            Slot::Ready(mapped) => mapped.bytes(),
        }
    }
}

impl Claim {
    /// The place.
    pub fn from(&self) -> Place {
        self.from
    }

    /// Gives what was mapped to whoever comes to its place.
    pub fn publish(mut self, mapped: &Arc<Mapped>) {
        self.is_kept = true;
        self.batches.publish(self.from, mapped);
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if !self.is_kept {
            self.batches.lock().slots.remove(&self.from);
            self.batches.changed.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;
    use weir_sinks::BatchBuilder;

    fn place(sequence: u64) -> Place {
        Place { sequence, record: 0 }
    }

    fn mapped(from: u64, bytes: usize) -> Arc<Mapped> {
        let mut builder = BatchBuilder::new(place(from), vec!["a".into()]);
        builder.push(0, 0, place(from), 0, |out| out.resize(bytes, b' '));
        let batch = Arc::new(builder.finish(place(from + 1)));
        Arc::new(Mapped {
            batch,
            letters: Vec::new(),
            counts: Vec::new(),
            intakes: Vec::new(),
            specs: Vec::new(),
            ends_entry: true,
        })
    }

    fn make(batches: &Arc<SharedBatches>, from: u64, bytes: usize) {
        match batches.turn(place(from)) {
            Turn::Make(claim) => claim.publish(&mapped(from, bytes)),
            Turn::Take(_) => unreachable!("{from} was there"),
        }
    }

    #[test]
    fn what_one_maps_another_takes_until_both_have_passed_it() {
        let batches = Arc::new(SharedBatches::new(2, 1 << 20));
        make(&batches, 1, 100);
        assert!(matches!(batches.turn(place(1)), Turn::Take(_)));
        batches.passed(0, place(2));
        assert_eq!(batches.next_after(place(0)), Some(place(1)));
        batches.passed(1, place(2));
        assert_eq!(batches.next_after(place(0)), None);
        assert_eq!(batches.lock().bytes, 0);
    }

    #[test]
    fn memory_is_bounded_by_dropping_the_oldest() {
        let batches = Arc::new(SharedBatches::new(2, 10_000));
        (0..100).for_each(|from| make(&batches, from, 1_000));
        assert!(batches.lock().bytes <= 10_000);
        assert!(batches.next_after(Place::default()) > Some(place(50)));
        assert_eq!(batches.next_after(place(98)), Some(place(99)));
    }

    #[test]
    fn nobody_maps_ahead_what_another_maps_or_a_sink_has_passed() {
        let batches = Arc::new(SharedBatches::new(2, 1 << 20));
        batches.passed(0, place(3));
        assert!(batches.claim(place(2)).is_none(), "a sink is beyond it");
        let claim = batches.claim(place(3)).expect("nobody maps it");
        assert!(batches.claim(place(3)).is_none() && batches.is_claimed(place(3)));
        claim.publish(&mapped(3, 100));
        assert!(matches!(batches.turn(place(3)), Turn::Take(_)));
        assert!(batches.claim(place(4)).is_some());
    }

    #[test]
    fn there_is_room_ahead_once_the_first_sink_has_passed_what_waited() {
        let batches = Arc::new(SharedBatches::new(1, 1 << 20));
        assert!(batches.wait_for_room(1_000, Duration::ZERO));
        make(&batches, 1, 1_000);
        assert!(!batches.wait_for_room(1_000, Duration::ZERO));
        thread::scope(|scope| {
            let waits = scope.spawn(|| batches.wait_for_room(1_000, Duration::from_secs(60)));
            batches.passed(0, place(2));
            assert!(waits.join().expect("no panic"));
        });
        let none = SharedBatches::new(1, 0);
        assert!(!none.wait_for_room(1_000, Duration::ZERO), "nothing may wait in no memory");
    }

    #[test]
    fn who_waits_maps_it_where_the_one_before_gives_up() {
        let batches = Arc::new(SharedBatches::new(2, 1 << 20));
        let Turn::Make(claim) = batches.turn(place(1)) else { unreachable!("nobody maps it yet") };
        thread::scope(|scope| {
            let waits = scope.spawn(|| matches!(batches.turn(place(1)), Turn::Make(_)));
            drop(claim);
            assert!(waits.join().expect("no panic"));
        });
    }
}
