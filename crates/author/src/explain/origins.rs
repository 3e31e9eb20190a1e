//! Where the values came from that a step read: followed back through layers and fields to what came in.

use super::explained::Explained;
use super::words::{AHEAD, Words, cut};
use crate::dotted::{at, is_related};
use crate::styled::{Styled, Writer};
use std::collections::BTreeSet;
use std::fmt::{self, Write};
use weir::run::{Effect, EntryTrace, ExtractorTrace, FieldTrace, Finish, Seen, WorkTrace};

/// How far from the margin a value is followed back.
const DEEPEST: usize = 20;

/// When something was done: the places, from 0, of an entry in the pipeline, of an action in it and of a field in that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time {
    pub entry: usize,
    pub action: usize,
    pub field: usize,
}

impl Time {
    /// When an entry began.
    pub fn of_entry(entry: usize) -> Self {
        Time { entry, action: 0, field: 0 }
    }

    /// When an action began.
    pub fn of_action(entry: usize, action: usize) -> Self {
        Time { entry, action, field: 0 }
    }
}

/// Tells origins, each once.
pub struct Origins<'w> {
    words: &'w Words<'w>,
    explained: &'w Explained<'w>,
    /// What was told already.
    told: BTreeSet<(String, Option<String>)>,
}

impl<'w> Origins<'w> {
    /// Nothing told yet.
    pub fn new(words: &'w Words<'w>, explained: &'w Explained<'w>) -> Self {
        Origins { words, explained, told: BTreeSet::new() }
    }

    /// Where values came from that were read at a time.
    ///
    /// # Errors
    /// Where the text cannot be written.
    pub fn tell<'s>(
        &mut self,
        out: &mut Writer<'_>,
        seen: impl Iterator<Item = &'s Seen>,
        time: Time,
        indent: usize,
    ) -> fmt::Result {
        for seen in seen {
            if indent <= DEEPEST && self.told.insert((seen.name.clone(), seen.value.clone())) {
                write!(out, "{:indent$}{} = {}", "", seen.name, self.words.value(seen.value.as_deref()))?;
                self.origin(out, seen, time, indent)?;
            }
        }
        Ok(())
    }

    /// Where fields of the event got their values; says whether any has one.
    ///
    /// # Errors
    /// Where the text cannot be written.
    pub fn tell_fields(&mut self, out: &mut Writer<'_>, fields: &[&str], indent: usize) -> Result<bool, fmt::Error> {
        let mut any = false;
        for field in fields {
            let Some(value) = at(&self.explained.event, field) else { continue };
            any = true;
            write!(out, "{:indent$}{field} = {}", "", cut(&value.to_string()))?;
            self.field(out, field, true, Time::of_entry(usize::MAX), indent)?;
        }
        Ok(any)
    }

    fn origin(&mut self, out: &mut Writer<'_>, seen: &Seen, time: Time, indent: usize) -> fmt::Result {
        let (layer, rest) = seen.name.split_once('.').unwrap_or((&seen.name, ""));
        match layer {
            "original" => writeln!(out, "  (the incoming event)"),
            "final" => self.field(out, rest, seen.value.is_some(), time, indent),
            _ => self.layer(out, seen, time, indent),
        }
    }

    /// What the entry of a layer made, and of what.
    fn layer(&mut self, out: &mut Writer<'_>, seen: &Seen, time: Time, indent: usize) -> fmt::Result {
        let (layer, field) = seen.name.split_once('.').unwrap_or((&seen.name, ""));
        let entries = self.explained.trace.entries.iter().enumerate();
        // A stage may read what it set itself.
        let is_done = |(number, entry): &(usize, &EntryTrace)| {
            *number < time.entry || (*number == time.entry && matches!(entry.work, WorkTrace::Stage(_)))
        };
        let done = entries.filter(|(_, entry)| entry.name == layer).take_while(is_done).collect::<Vec<_>>();
        let wrote = done.iter().rfind(|(_, entry)| match &entry.work {
            WorkTrace::NotRun => false,
            WorkTrace::Extractor(extractor) => is_related(&extractor.output, &seen.name),
            WorkTrace::Stage(_) => true,
        });
        let Some(&(number, entry)) = wrote.or(done.last()) else {
            return writeln!(out, "  ({layer} had not run yet)");
        };
        if let (None, Some((_, other))) = (&seen.value, done.iter().find(|entry| entry.0 > number && cleared(entry))) {
            return writeln!(out, "  (dropped when {layer} ran again at {})", self.words.place(other.span));
        }
        let place = self.words.place(entry.span);
        match &entry.work {
            WorkTrace::NotRun => {
                writeln!(out, "  ({layer} at {place} did not run; {})", self.words.refusal(entry.filter.as_ref()))?;
                let saw = entry.filter.iter().flat_map(|filter| &filter.saw);
                self.tell(out, saw, Time::of_entry(number), indent + 2)
            }
            WorkTrace::Extractor(extractor) => {
                self.extractor(out, extractor, &place)?;
                self.tell(out, extractor.saw.iter(), Time::of_entry(number), indent + 2)
            }
            WorkTrace::Stage(_) => match self.last_step(field, time, Some(layer)) {
                Some((time, step)) => self.step(out, time, step, indent),
                None => writeln!(out, "  ({layer} at {place} had not set it)"),
            },
        }
    }

    fn extractor(&self, out: &mut Writer<'_>, extractor: &ExtractorTrace, place: &Styled<'_>) -> fmt::Result {
        let name = extractor.name;
        match &extractor.result {
            Some(Ok(_)) if extractor.is_ahead => writeln!(out, "  (from {name} at {place}; {AHEAD})"),
            Some(Ok(_)) => writeln!(out, "  (from {name} at {place})"),
            Some(Err(fault)) => writeln!(out, "  ({name} at {place} failed: {})", self.words.reason(fault)),
            None => writeln!(out, "  ({name} at {place} ignored its input)"),
        }
    }

    /// What gave a field of the event being built its value.
    fn field(&mut self, out: &mut Writer<'_>, field: &str, is_there: bool, time: Time, indent: usize) -> fmt::Result {
        let finish = if time.entry == usize::MAX { &self.explained.trace.finish[..] } else { &[] };
        let inferred = finish.iter().rev().find_map(|step| match step {
            Finish::Inferred { rule, field: inferred, .. } if inferred == field => Some(rule),
            _ => None,
        });
        match (inferred, self.last_step(field, time, None)) {
            (Some(rule), _) => writeln!(out, "  (inferred by {rule})"),
            (None, Some((time, step))) => self.step(out, time, step, indent),
            (None, None) if is_there => writeln!(out, "  (the incoming event had it)"),
            (None, None) => writeln!(out, "  (it was never set)"),
        }
    }

    fn step(&mut self, out: &mut Writer<'_>, time: Time, step: &FieldTrace, indent: usize) -> fmt::Result {
        let verb = if matches!(step.effect, Effect::Deleted { .. }) { "deleted" } else { "set" };
        writeln!(out, "  ({verb} at {})", self.words.place(step.span))?;
        self.tell(out, step.saw.iter(), time, indent + 2)
    }

    /// The last step before a time that set or deleted a field; only of the stage of a layer, where one is given.
    fn last_step(&self, field: &str, before: Time, layer: Option<&str>) -> Option<(Time, &'w FieldTrace)> {
        let entries = self.explained.trace.entries.iter().enumerate();
        let steps = entries.filter(|(_, entry)| layer.is_none_or(|layer| layer == entry.name)).flat_map(steps_of);
        let is_done = |step: &FieldTrace| matches!(step.effect, Effect::Set { .. } | Effect::Deleted { .. });
        steps
            .take_while(|(time, _)| *time < before)
            .filter(|(_, step)| (field.is_empty() || is_related(&step.field, field)) && is_done(step))
            .last()
    }
}

/// Whether an entry wrote its layer anew, so that what others of its name left there is gone.
fn cleared((_, entry): &(usize, &EntryTrace)) -> bool {
    matches!(&entry.work, WorkTrace::Extractor(extractor) if matches!(extractor.result, Some(Ok(_))))
}

/// The steps of an entry's actions, each with its time.
fn steps_of((entry, trace): (usize, &EntryTrace)) -> Vec<(Time, &FieldTrace)> {
    let WorkTrace::Stage(actions) = &trace.work else { return Vec::new() };
    let steps = actions.iter().enumerate().flat_map(|(action, trace)| {
        let fields = trace.fields.iter().enumerate();
        fields.map(move |(field, step)| (Time { entry, action, field }, step))
    });
    steps.collect()
}
