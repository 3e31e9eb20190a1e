//! A sink that keeps what it is given, and fails as it is told.

use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use weir_sinks::{Batch, Place, Refused, Sink, SinkError};

/// A sink; its clones are the same one.
#[derive(Clone, Default)]
pub struct TestSink(Arc<Mutex<State>>);

#[derive(Default)]
pub struct State {
    /// The `event.sequence` of each event that was stored, in order.
    pub numbers: Vec<u64>,
    /// The whole events, where they are wanted.
    pub events: Vec<Value>,
    pub keeps_events: bool,
    /// The `event.id` of each.
    pub ids: Vec<u128>,
    pub batches: usize,
    pub given: Place,
    pub stored: Place,
    /// Whether batches wait for [`Sink::flush`].
    pub gathers: bool,
    /// What it fails with, as long as it stands here.
    pub fails: Option<SinkError>,
    pub failed: usize,
    /// How long it takes for a batch.
    pub takes: Duration,
    /// Refuses the events with these numbers.
    pub refuses: Vec<u64>,
    pub refused: Vec<Refused>,
    /// Whether the next write ends in a panic.
    pub panics: bool,
    /// Whether the disk below it fails at the next write, so that it loses what is not stored.
    pub loses: bool,
    pub wants: Option<Place>,
    /// Where what is gathered and not stored begins.
    pub first: Option<Place>,
}

impl TestSink {
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Fails from now on, until [`TestSink::works`].
    pub fn fails(&self, why: &str, retry_after: Option<Duration>) {
        self.lock().fails = Some(SinkError { why: why.to_owned(), retry_after });
    }

    pub fn works(&self) {
        self.lock().fails = None;
    }

    pub fn count(&self) -> usize {
        self.lock().numbers.len()
    }
}

impl Sink for TestSink {
    fn stored(&self) -> Place {
        self.lock().stored
    }

    fn write(&mut self, batch: &Arc<Batch>) -> Result<(), SinkError> {
        let mut state = self.lock();
        if let Some(error) = state.fails.clone() {
            state.failed += 1;
            return Err(error);
        }
        assert!(!std::mem::take(&mut state.panics), "planted");
        if std::mem::take(&mut state.loses) {
            assert_eq!(state.stored, Place::default(), "what is stored is not lost");
            (state.given, state.wants) = (state.stored, state.first);
            state.numbers.clear();
            state.ids.clear();
        }
        match state.wants {
            Some(wanted) if batch.from() > wanted => {
                return Err(SinkError { why: "what was gathered is lost".to_owned(), retry_after: None });
            }
            _ => state.wants = None,
        }
        assert!(batch.from() >= state.given, "{:?} comes after {:?}", batch.from(), state.given);
        let takes = state.takes;
        drop(state);
        std::thread::sleep(takes);
        let mut state = self.lock();
        for event in batch.events() {
            let json: Value = serde_json::from_slice(event.json).expect("an event is JSON");
            let number = json["event"]["sequence"].as_u64().unwrap_or(u64::MAX);
            if state.refuses.contains(&number) {
                let (place, id, event) = (event.place, event.id, event.json.to_vec());
                let (code, reason) = ("not-wanted".to_owned(), format!("{number} is refused"));
                state.refused.push(Refused { place, id, code, reason, event });
                continue;
            }
            state.numbers.push(number);
            state.ids.push(event.id);
            if state.keeps_events {
                state.events.push(json);
            }
        }
        state.batches += 1;
        state.first.get_or_insert(batch.from());
        state.given = batch.to();
        if !state.gathers {
            state.stored = batch.to();
        }
        Ok(())
    }

    fn tick(&mut self, _: Instant) -> Result<(), SinkError> {
        Ok(())
    }

    fn due(&self) -> Option<Instant> {
        None
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        let mut state = self.lock();
        state.stored = state.given;
        Ok(())
    }

    fn wants(&self) -> Option<Place> {
        self.lock().wants
    }

    fn refused(&mut self) -> Vec<Refused> {
        std::mem::take(&mut self.lock().refused)
    }
}
