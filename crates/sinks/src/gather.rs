//! A sink that gathers events into files: cuts, ages and sizes, whatever the files are and wherever they go.

use crate::batch::{Batch, Event, Place};
use crate::cuts::Cuts;
use crate::partition::{Template, escaped, time_of};
use crate::sink::{Refused, Sink, SinkError};
use crate::store::{PublishError, Store, cannot};
use crate::values::{Bytes, Span};
use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::Instant;

/// What makes files of events.
pub(crate) trait Writer: Send {
    /// Whether events of different formats are always in different files.
    const BY_FORMAT: bool;

    /// Whether it asks for the times of events: they have to be read for it.
    const BY_TIME: bool;

    /// Takes an event for the file with this number; it is in memory at first.
    fn push(&mut self, file: usize, event: &Event<'_>, time: i64);

    /// Takes what is in memory to the disk. After a failure all of it still counts, and the next call does the rest.
    fn drain(&mut self) -> io::Result<()>;

    /// Completes the files, and makes them again if they were complete. Their parts' names, by number, and what no file takes.
    fn close(&mut self) -> Result<Vec<String>, CloseError>;

    /// About how many bytes the largest file has.
    fn largest(&self) -> u64;

    /// Whether no event more goes in, whatever the files' sizes are.
    fn is_full(&self) -> bool;

    /// How a file's name ends.
    fn ending(&self) -> &str;

    /// What no file took since this was last called.
    fn refused(&mut self) -> Vec<Refused>;

    /// Forgets all events and files.
    fn clear(&mut self);
}

/// Why files are not complete.
#[derive(Debug)]
pub(crate) enum CloseError {
    /// The system does not let it be done now.
    Later(io::Error),
    /// The events are lost, and have to be given again.
    Lost,
}

/// When the files of a sink are stored: at the first of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// About how many bytes the largest of them has.
    pub size: Bytes,
    /// How long its first event has waited.
    pub age: Span,
}

/// The sink.
pub(crate) struct Gather<W> {
    writer: W,
    store: Box<dyn Store>,
    cuts: Cuts,
    template: Template,
    rotation: Rotation,
    /// What names begin with: which log.
    origin: String,
    files: Vec<Pending>,
    numbers: HashMap<(String, String), usize>,
    /// Everything before was taken.
    taken: Place,
    /// The first place that is only gathered, and since when.
    first: Option<(Place, Instant)>,
    closing: Option<Closing>,
    lost: bool,
}

/// A file while it is gathered.
struct Pending {
    path: String,
    format: String,
}

/// A cut that is being stored.
struct Closing {
    to: Place,
    names: Vec<String>,
    /// The parts that are made, once they are.
    parts: Option<Vec<String>>,
    /// How many are published.
    published: usize,
}

impl<W: Writer> Gather<W> {
    pub fn new(writer: W, store: Box<dyn Store>, cuts: Cuts, layout: Layout) -> Self {
        let taken = cuts.stored();
        let Layout { template, rotation, origin } = layout;
        let (files, numbers) = (Vec::new(), HashMap::new());
        Gather {
            writer,
            store,
            cuts,
            template,
            rotation,
            origin,
            files,
            numbers,
            taken,
            first: None,
            closing: None,
            lost: false,
        }
    }

    /// Takes events of a batch that were not taken yet, up to a place; less, where no more go in. The place up to which they were taken.
    fn take(&mut self, batch: &Batch, end: Place) -> Place {
        for event in batch.events() {
            if event.place < self.taken {
                continue;
            }
            if event.place >= end {
                break;
            }
            // A cut that was noted ends where it ended, however much goes in.
            if self.writer.is_full() && self.cuts.noted().is_none() {
                return event.place;
            }
            // Lines without folders need no look into the events.
            let time = if W::BY_TIME || self.template.has_time() { time_of(&event) } else { 0 };
            let file = self.file(&event, time);
            self.first.get_or_insert((batch.from(), Instant::now()));
            self.writer.push(file, &event, time);
        }
        end
    }

    /// The number of the file for an event.
    fn file(&mut self, event: &Event<'_>, time: i64) -> usize {
        let mut path = String::new();
        self.template.write(event, time, &mut path);
        let format = if W::BY_FORMAT { event.format.to_owned() } else { String::new() };
        let files = &mut self.files;
        *self.numbers.entry((path, format)).or_insert_with_key(|(path, format)| {
            files.push(Pending { path: path.clone(), format: format.clone() });
            files.len() - 1
        })
    }

    fn is_due(&self) -> bool {
        self.writer.is_full() || self.writer.largest() >= self.rotation.size.0
    }

    /// Begins to store what was taken, unless a cut was noted that ends later.
    fn close(&mut self) -> Result<(), SinkError> {
        let to = self.taken;
        match self.cuts.noted() {
            // The log has what is between: it will come.
            Some(noted) if noted > to => return Ok(()),
            None if self.files.is_empty() => {
                self.cuts.pass(to);
                return Ok(());
            }
            _ => {}
        }
        let names = self.files.iter().map(|file| self.name(file, to)).collect();
        self.closing = Some(Closing { to, names, parts: None, published: 0 });
        self.finish_closing()
    }

    /// The name of a file: the log, the stretch and, where the path does not tell it, the format.
    fn name(&self, file: &Pending, to: Place) -> String {
        let from = self.cuts.stored();
        let (path, origin, ending) = (&file.path, &self.origin, self.writer.ending());
        let format = match W::BY_FORMAT && !self.template.has_format() {
            true => format!("-{}", escaped(&file.format)),
            false => String::new(),
        };
        let stretch = format!("{:012x}.{:06}-{:012x}.{:06}", from.sequence, from.record, to.sequence, to.record);
        format!("{path}{origin}-{stretch}{format}.{ending}")
    }

    /// Goes on with storing a cut. Each step may fail, and is then done again.
    fn finish_closing(&mut self) -> Result<(), SinkError> {
        let Some(mut closing) = self.closing.take() else { return Ok(()) };
        let outcome = self.store(&mut closing);
        if outcome.is_ok() {
            self.writer.clear();
            self.files.clear();
            self.numbers.clear();
            self.first = None;
        } else if !self.lost {
            self.closing = Some(closing);
        }
        outcome
    }

    fn store(&mut self, closing: &mut Closing) -> Result<(), SinkError> {
        self.cuts.note(closing.to, &closing.names).map_err(|error| cannot("cannot note a cut", &error))?;
        if closing.parts.is_none() {
            closing.parts = Some(self.parts()?);
            closing.published = 0;
        }
        let parts = closing.parts.as_ref().expect("they were made");
        while let Some(part) = parts.get(closing.published) {
            match self.store.publish(part, &closing.names[closing.published]) {
                Ok(()) => closing.published += 1,
                Err(PublishError::Later(error)) => return Err(error),
                Err(PublishError::Damaged(error)) => {
                    closing.parts = None;
                    return Err(error);
                }
            }
        }
        for stale in self.cuts.stale(&closing.names) {
            self.store.remove(&stale)?;
        }
        self.store.settle()?;
        self.cuts.done().map_err(|error| cannot("cannot note that a cut is stored", &error))
    }

    fn parts(&mut self) -> Result<Vec<String>, SinkError> {
        match self.writer.close() {
            Ok(parts) => Ok(parts),
            Err(CloseError::Later(error)) => Err(cannot("cannot complete a file", &error)),
            Err(CloseError::Lost) => {
                self.lost = true;
                Err(SinkError::new(
                    "what was gathered is lost, since the disk below it failed; the log has it, and it has to be read again",
                ))
            }
        }
    }

    /// After a loss: takes only a batch from where the loss begins.
    fn begin_again(&mut self, batch: &Batch) -> Result<(), SinkError> {
        let wanted = self.wants().unwrap_or_default();
        if batch.from() > wanted {
            let why = format!(
                "events from entry {} on have to be read from the log again, since what was gathered of them is lost",
                wanted.sequence
            );
            return Err(SinkError::new(why));
        }
        self.writer.clear();
        self.files.clear();
        self.numbers.clear();
        (self.first, self.taken, self.lost) = (None, self.cuts.stored(), false);
        Ok(())
    }
}

/// Where files of a sink go, and how they are named.
pub(crate) struct Layout {
    pub template: Template,
    pub rotation: Rotation,
    pub origin: String,
}

impl<W: Writer> Sink for Gather<W> {
    fn stored(&self) -> Place {
        self.cuts.stored()
    }

    fn write(&mut self, batch: &Arc<Batch>) -> Result<(), SinkError> {
        if self.lost {
            self.begin_again(batch)?;
        }
        self.finish_closing()?;
        while self.taken < batch.to() {
            let end = self.cuts.noted().map_or(batch.to(), |noted| noted.min(batch.to()));
            self.taken = self.taken.max(self.take(batch, end));
            self.put_down()?;
        }
        // Before a failure all of it was taken, and is still in memory.
        self.put_down()?;
        if self.files.is_empty() && self.cuts.noted().is_none() {
            self.cuts.pass(self.taken);
        }
        Ok(())
    }

    fn tick(&mut self, now: Instant) -> Result<(), SinkError> {
        if self.lost {
            return Ok(());
        }
        self.finish_closing()?;
        match self.due() {
            Some(due) if due <= now => self.drain().and_then(|()| self.close()),
            _ => Ok(()),
        }
    }

    fn due(&self) -> Option<Instant> {
        // A cut that was noted before waits for its events, whatever their age.
        let waits = self.closing.is_none() && self.cuts.noted().is_some_and(|noted| noted > self.taken);
        self.first.filter(|_| !waits && !self.lost).map(|(_, since)| since + self.rotation.age.0)
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        if self.lost {
            return Ok(());
        }
        self.finish_closing()?;
        self.drain()?;
        self.close()
    }

    fn wants(&self) -> Option<Place> {
        self.first.filter(|_| self.lost).map(|(place, _)| place)
    }

    fn refused(&mut self) -> Vec<Refused> {
        self.writer.refused()
    }
}

impl<W: Writer> Gather<W> {
    /// Takes to the disk what is in memory, and stores it if it is time.
    fn put_down(&mut self) -> Result<(), SinkError> {
        self.drain()?;
        match self.is_due() || self.cuts.noted().is_some_and(|noted| noted <= self.taken) {
            true => self.close(),
            false => Ok(()),
        }
    }

    fn drain(&mut self) -> Result<(), SinkError> {
        self.writer.drain().map_err(|error| cannot("cannot write what is gathered", &error))
    }
}
