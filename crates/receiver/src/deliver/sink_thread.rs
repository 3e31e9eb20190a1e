//! One sink's way through the log: what comes next is mapped, or taken from who mapped it, and given to the sink until it takes it.

use super::backoff::Backoff;
use super::entry_mapper::EntryMapper;
use super::mapped::Mapped;
use super::marks::Marks;
use super::refusals::letter_of;
use super::shared::{LOOK, Shared};
use super::sink_state::SinkState;
use super::source::{Checkpoint, Entry, Next, Reader};
use crate::dead_letters::Kind;
use crate::notices::Level;
use std::sync::Arc;
use std::time::{Duration, Instant};
use weir_log::{Damage, ReadError};
use weir_sinks::{Place, Sink, SinkError};

/// At which tries of the same thing a notice is written: the first, and then ever more rarely.
fn is_told(tries: u32) -> bool {
    tries.is_power_of_two() || tries.is_multiple_of(64)
}

/// A sink, its reader of the log, and where it is.
pub(super) struct SinkThread {
    pub(super) shared: Arc<Shared>,
    /// Its number among the sinks.
    pub(super) number: usize,
    pub(super) state: Arc<SinkState>,
    pub(super) sink: Box<dyn Sink>,
    pub(super) reader: Reader,
    pub(super) mapper: EntryMapper,
    /// Up to where the log was read for this sink.
    pub(super) at: Place,
    /// Whether this is behind the last record of its entry.
    pub(super) at_end: bool,
    pub(super) marks: Marks,
    /// Up to where the sink was given batches, and the last one with events.
    given: Place,
    given_events: Place,
    backoff: Backoff,
    saved: Instant,
}

/// Why a thread ends.
pub(super) enum Halt {
    /// It was told to.
    Stopped,
    /// The sink has lost what it had gathered, and it does not end: it reads the log again from where the sink had stored all.
    Back,
    /// The log cannot be trusted any more.
    Broken(String),
}

/// Something that failed and is tried again.
pub(super) struct Failure {
    why: String,
    retry_after: Option<Duration>,
}

impl SinkThread {
    pub fn new(shared: Arc<Shared>, number: usize, sink: Box<dyn Sink>, reader: Reader, state: Arc<SinkState>) -> Self {
        let (mapper, stored) = (EntryMapper::new(&shared), sink.stored());
        let backoff = Backoff::new(shared.options.first_wait, shared.options.longest_wait);
        SinkThread {
            shared,
            number,
            state,
            sink,
            reader,
            mapper,
            at: stored,
            at_end: false,
            marks: Marks::default(),
            given: stored,
            given_events: stored,
            backoff,
            saved: Instant::now(),
        }
    }

    /// Delivers until it is told to stop, or the log breaks.
    pub fn run(mut self) -> Result<(), String> {
        self.shared.batches.passed(self.number, self.at);
        match self.deliver() {
            Halt::Broken(why) => Err(why),
            Halt::Stopped | Halt::Back => {
                self.leave();
                Ok(())
            }
        }
    }

    fn deliver(&mut self) -> Halt {
        loop {
            match self.step() {
                Ok(()) => {}
                Err(Halt::Back) => {
                    if let Err(halt) = self.go_back() {
                        return halt;
                    }
                }
                Err(halt) => return halt,
            }
        }
    }

    /// Begins again from where the sink has stored everything.
    fn go_back(&mut self) -> Result<(), Halt> {
        let text = "the sink has lost what it gathered, and gets it again";
        self.shared.notices.tell(Level::Warn, text, &[("sink", &self.state.name)]);
        self.mapper.abandon();
        if !self.reader.rewind() {
            return Err(Halt::Broken("what the sink has lost comes again to the next process".to_owned()));
        }
        self.marks = Marks::default();
        let stored = self.sink.stored();
        (self.at, self.at_end, self.given, self.given_events) = (stored, false, stored, stored);
        Ok(())
    }

    fn step(&mut self) -> Result<(), Halt> {
        if self.shared.stopping.is_said() {
            return Err(Halt::Stopped);
        }
        // What is open goes on its way as soon as nothing more is there.
        let wait = if self.mapper.is_open() { Duration::ZERO } else { self.time_to_wait() };
        match self.reader.next(wait) {
            Ok(Some(Next::Entry(entry))) => self.entry(&entry)?,
            Ok(Some(Next::Damage(damage))) => self.damage(&damage)?,
            Ok(None) => self.end_batch(self.at, true)?,
            Err(ReadError::Broken(why)) => return Err(Halt::Broken(why)),
            Err(error) => {
                self.end_batch(self.at, true)?;
                self.fails("read the log", &Failure::new(&error))?;
            }
        }
        self.tick()?;
        self.save(false)
    }

    fn time_to_wait(&self) -> Duration {
        self.sink.due().map_or(LOOK, |due| due.saturating_duration_since(Instant::now()).min(LOOK))
    }

    fn damage(&mut self, damage: &Damage) -> Result<(), Halt> {
        // The records before it are given first, so that the place after it is that of the last of them.
        self.end_batch(self.at, true)?;
        self.marks.add(self.at, Checkpoint::Log(damage.checkpoint()));
        if self.shared.is_news(damage) {
            self.shared.counters.damage.inc();
            self.shared.counters.lost.inc_by(damage.lost.unwrap_or(0));
            self.shared.notices.tell(Level::Error, &format!("the log is damaged: {damage}"), &[]);
        }
        Ok(())
    }

    /// Ends the batch that is open, if one is, and gives it to the sink.
    pub(super) fn end_batch(&mut self, to: Place, ends_entry: bool) -> Result<(), Halt> {
        match self.mapper.finish(to, ends_entry) {
            Some(mapped) => self.give(&mapped),
            None => Ok(()),
        }
    }

    /// Gives the sink a batch, after its dead letters are kept: a sink may have stored it for good at once.
    pub(super) fn give(&mut self, mapped: &Mapped) -> Result<(), Halt> {
        let shared = Arc::clone(&self.shared);
        shared.count(mapped);
        if !mapped.letters.is_empty() {
            self.until_done("keep dead letters", |_| {
                let new =
                    shared.dead_letters.keep(Kind::Mapping, &mapped.letters).map_err(|error| Failure::new(&error))?;
                shared.letters_kept(&mapped.letters, new);
                Ok(())
            })?;
        }
        let batch = &mapped.batch;
        self.until_done("store events", |this| {
            let begun = Instant::now();
            this.sink.write(batch)?;
            this.state.counters.took(batch.len(), batch.ndjson().len(), begun.elapsed());
            Ok(())
        })?;
        (self.at, self.given, self.at_end) = (mapped.to(), mapped.to(), mapped.ends_entry);
        if !batch.is_empty() {
            self.given_events = mapped.to();
        }
        self.state.took(batch.events().last().map(|event| event.received));
        shared.batches.passed(self.number, mapped.to());
        self.keep_refused(Some(mapped))?;
        self.tick()?;
        self.save(false)
    }

    /// Keeps what the destination refuses for good, before a place after it is saved.
    fn keep_refused(&mut self, last: Option<&Mapped>) -> Result<(), Halt> {
        let refused = self.sink.refused();
        if refused.is_empty() {
            return Ok(());
        }
        let (shared, name) = (Arc::clone(&self.shared), self.state.name.clone());
        self.state.counters.refused.inc_by(refused.len() as u64);
        let mut letters: Vec<_> = refused.into_iter().map(|refused| letter_of(refused, &name, last)).collect();
        letters.sort_by_key(|letter| letter.place());
        self.until_done("keep dead letters", |this| {
            let new = shared
                .dead_letters
                .keep(Kind::Sink(&this.state.name), &letters)
                .map_err(|error| Failure::new(&error))?;
            shared.letters_kept(&letters, new);
            Ok(())
        })
    }

    fn tick(&mut self) -> Result<(), Halt> {
        if self.sink.due().is_none_or(|due| due > Instant::now()) {
            return Ok(());
        }
        self.until_done("store events", |this| Ok(this.sink.tick(Instant::now())?))?;
        self.keep_refused(None)
    }

    /// Saves the position in the log, not too often unless `now`: each time costs the disk a sync.
    fn save(&mut self, now: bool) -> Result<(), Halt> {
        if !now && self.saved.elapsed() < self.shared.options.save_each {
            return Ok(());
        }
        let Some(checkpoint) = self.marks.reached(self.stored()) else { return Ok(()) };
        self.saved = Instant::now();
        match self.reader.save(checkpoint) {
            Ok(()) => Ok(()),
            Err(ReadError::Broken(why)) => Err(Halt::Broken(why)),
            Err(error) => {
                // It comes again with the next one.
                self.marks.again(checkpoint);
                self.shared.notices.tell(Level::Warn, &error.to_string(), &[("sink", &self.state.name)]);
                Ok(())
            }
        }
    }

    /// Up to where everything is stored. Behind the last events there may be records without one, which need no storing.
    fn stored(&self) -> Place {
        let stored = self.sink.stored();
        if stored >= self.given_events { stored.max(self.given) } else { stored }
    }

    /// Stores what was gathered, once: what cannot be stored now comes again after the next start.
    fn leave(&mut self) {
        // What was read and not given is read again after the next start.
        self.mapper.abandon();
        self.at = self.given;
        if let Err(error) = self.sink.flush() {
            self.shared.notices.tell(Level::Warn, &error.to_string(), &[("sink", &self.state.name)]);
        }
        self.catch_up();
        let refused = self.sink.refused();
        let letters: Vec<_> = refused.into_iter().map(|refused| letter_of(refused, &self.state.name, None)).collect();
        match self.shared.dead_letters.keep(Kind::Sink(&self.state.name), &letters) {
            Ok(_) => drop(self.save(true)),
            Err(error) => {
                self.shared.notices.tell(Level::Warn, &error.to_string(), &[("sink", &self.state.name)]);
            }
        }
    }

    /// Passes entries that the last batch had, which another sink has mapped: they were not read for this one yet.
    fn catch_up(&mut self) {
        while let Ok(Some(next)) = self.reader.next(Duration::ZERO) {
            let checkpoint = match &next {
                Next::Entry(entry) if self.has_passed(entry) => entry.checkpoint(),
                Next::Damage(damage) if damage.to <= self.at.sequence => Checkpoint::Log(damage.checkpoint()),
                _ => break,
            };
            self.marks.add(self.at, checkpoint);
        }
    }

    /// Whether all of an entry was given, or stored before the start.
    pub(super) fn has_passed(&self, entry: &Entry) -> bool {
        let sequence = entry.sequence();
        self.at.sequence > sequence || (self.at.sequence == sequence && self.at_end)
    }

    /// Tries something until it is done.
    pub(super) fn until_done(
        &mut self,
        what: &'static str,
        mut attempt: impl FnMut(&mut Self) -> Result<(), Failure>,
    ) -> Result<(), Halt> {
        while let Err(failure) = attempt(self) {
            self.fails(what, &failure)?;
        }
        self.backoff.reset();
        if let Some(trouble) = self.state.gets_on() {
            let since = trouble.since.elapsed().unwrap_or_default().as_secs();
            let facts: [(&str, &dyn ToString); 3] =
                [("sink", &self.state.name), ("tries", &trouble.tries), ("seconds", &since)];
            self.shared.notices.tell(Level::Info, "the sink gets on again", &facts);
        }
        Ok(())
    }

    /// Notes a failure and waits before the next try, ever longer.
    pub(super) fn fails(&mut self, what: &'static str, failure: &Failure) -> Result<(), Halt> {
        let trouble = self.state.failed(what, &failure.why);
        let wait = self.backoff.wait(failure.retry_after);
        if is_told(trouble.tries) {
            let text = format!("cannot {what}: {}", failure.why);
            let facts: [(&str, &dyn ToString); 3] =
                [("sink", &self.state.name), ("tries", &trouble.tries), ("wait_ms", &wait.as_millis())];
            self.shared.notices.tell(Level::Warn, &text, &facts);
        }
        match self.shared.stopping.wait(wait) {
            true => Err(Halt::Stopped),
            false if self.sink.wants().is_some() => Err(Halt::Back),
            false => Ok(()),
        }
    }
}

impl Failure {
    pub fn new(error: &impl ToString) -> Self {
        Failure { why: error.to_string(), retry_after: None }
    }
}

impl From<SinkError> for Failure {
    fn from(error: SinkError) -> Self {
        Failure { why: error.why, retry_after: error.retry_after }
    }
}
