//! What one sink has mapped, for the others that come to the same place: mapping is done once where sinks keep pace.

use super::mapped::Mapped;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
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

impl Slot {
    fn bytes(&self) -> usize {
        match self {
            Slot::Making => 0,
            Slot::Ready(mapped) => mapped.bytes(),
        }
    }
}

impl Claim {
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
