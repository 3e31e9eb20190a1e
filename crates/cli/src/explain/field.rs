//! One field's story: every place of the spec that could set it, what became of each, and where the values came from.

use super::Explained;
use super::steps::sentence;
use super::words::{Words, cut};
use crate::dotted::{at, is_related};
use crate::stop::Outcome;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::{self, Write};
use weir::diagnostic::{Span, nearest};
use weir::infer;
use weir::run::{ActionTrace, Effect, EntryTrace, FieldTrace, Seen, WorkTrace};
use weir::spec::{self, Operation};

/// How far back a value is followed.
const DEEPEST: usize = 8;

/// Tells where a field's value comes from, or why there is none.
pub fn explain(out: &mut String, words: &Words<'_>, explained: &Explained<'_>, name: &str) -> Outcome {
    let value = at(&explained.event, name);
    let mut story = Story { out, words, explained, name, told: BTreeSet::new() };
    // Writing to a String cannot fail.
    story.tell(value).unwrap_or(Outcome::Well)
}

struct Story<'o, 'w> {
    out: &'o mut String,
    words: &'w Words<'w>,
    explained: &'w Explained<'w>,
    name: &'w str,
    /// The origins told already.
    told: BTreeSet<String>,
}

impl Story<'_, '_> {
    fn tell(&mut self, value: Option<&Value>) -> Result<Outcome, fmt::Error> {
        let name = self.words.name(self.name);
        match value {
            Some(value) => writeln!(self.out, "{name} = {}", cut(&value.to_string()))?,
            None => writeln!(self.out, "{name} is {}", self.words.bad("missing"))?,
        }
        let mut any = self.stages()?;
        let name = self.name;
        for step in self.explained.trace.finish.iter().filter(|step| is_related(step.field(), name)) {
            writeln!(self.out, "  after the stages: {}", sentence(self.words, step))?;
            any = true;
        }
        if value.is_none() || !any {
            any |= self.rules()?;
        }
        match (any, value) {
            (true, _) => Ok(Outcome::Well),
            (false, Some(_)) => {
                writeln!(self.out, "  it came in with the event, beside the message")?;
                Ok(Outcome::Well)
            }
            (false, None) => self.nothing(),
        }
    }

    /// All that stages did, or did not do, to the field.
    fn stages(&mut self) -> Result<bool, fmt::Error> {
        let Some(spec) = &self.explained.format.spec else { return Ok(false) };
        let (mut any, name) = (false, self.name);
        for (entry, trace) in spec.pipeline.iter().zip(&self.explained.trace.entries) {
            let stage = spec.stages.iter().find(|stage| stage.name.text == entry.name.text);
            let actions =
                stage.filter(|_| matches!(entry.work, spec::Work::Stage)).map_or(&[][..], |stage| &stage.actions);
            for (index, action) in actions.iter().enumerate() {
                for (_, span) in written(action).into_iter().filter(|(field, _)| is_related(field, name)) {
                    any = true;
                    self.action(trace, index, span)?;
                }
            }
        }
        Ok(any)
    }

    /// What became of one place of the spec that writes the field.
    fn action(&mut self, entry: &EntryTrace, index: usize, span: Span) -> fmt::Result {
        let place = self.words.place(span);
        write!(self.out, "  {place}  {}, action {}", entry.name, index + 1)?;
        let WorkTrace::Stage(actions) = &entry.work else {
            writeln!(
                self.out,
                ": {}; {} {}",
                self.words.idle("did not run"),
                entry.name,
                self.refused(entry.filter.as_ref())
            )?;
            return self.origins(entry.filter.iter().flat_map(|filter| &filter.saw), 6);
        };
        match actions.get(index) {
            Some(ActionTrace { ran: false, filter, .. }) => {
                writeln!(self.out, ": {}; {}", self.words.idle("did not run"), self.words.refusal(filter.as_ref()))?;
                self.origins(filter.iter().flat_map(|filter| &filter.saw), 6)
            }
            Some(action) => {
                let step = action.fields.iter().find(|field| field.span == span);
                match step {
                    Some(step) => self.step(action, step),
                    None => writeln!(self.out),
                }
            }
            None => writeln!(self.out),
        }
    }

    fn refused(&self, filter: Option<&weir::run::FilterTrace>) -> String {
        self.words.refusal(filter).replacen("its filter", "has the filter", 1)
    }

    fn step(&mut self, action: &ActionTrace, step: &FieldTrace) -> fmt::Result {
        let value = |value: &Option<String>| self.words.value(value.as_deref());
        match (&step.effect, &step.key) {
            (Effect::Set { value: set, over }, key) => {
                write!(self.out, " {} {} = {}", self.words.good("set"), step.field, self.words.value(Some(set)))?;
                match key {
                    Some((key, true)) => write!(self.out, " for the key {}", value(key))?,
                    Some((key, false)) => write!(self.out, ", the fallback: there is no key {}", value(key))?,
                    None => {}
                }
                match over {
                    Some(old) if old != set => writeln!(self.out, ", instead of {}", cut(old))?,
                    _ => writeln!(self.out)?,
                }
            }
            (Effect::Deleted { was }, _) => {
                writeln!(self.out, " {} it; it was {}", self.words.bad("deleted"), value(was))?;
            }
            (Effect::Failed(fault), _) => {
                writeln!(self.out, " {}: {}", self.words.bad("could not set it"), fault.reason())?;
            }
            (Effect::Nothing { .. }, Some((key, _))) => {
                writeln!(self.out, " {}: its dictionary has no key {}", self.words.idle("did not set it"), value(key))?;
            }
            (Effect::Nothing { value: empty }, None) => {
                writeln!(self.out, " {}: the value is {}", self.words.idle("did not set it"), value(empty))?;
            }
        }
        self.origins(action.filter.iter().flat_map(|filter| &filter.saw).chain(&step.saw), 6)
    }

    /// Where the values that were read came from.
    fn origins<'s>(&mut self, seen: impl Iterator<Item = &'s Seen>, indent: usize) -> fmt::Result {
        let seen: Vec<Seen> = seen.cloned().collect();
        seen.iter().try_for_each(|seen| self.origin(seen, indent))
    }

    fn origin(&mut self, seen: &Seen, indent: usize) -> fmt::Result {
        if indent > 2 * DEEPEST || !self.told.insert(seen.name.clone()) {
            return Ok(());
        }
        write!(self.out, "{:indent$}{} = {}", "", seen.name, self.words.value(seen.value.as_deref()))?;
        let trace = &self.explained.trace;
        let layer = seen.name.split('.').next().unwrap_or_default();
        let named: Vec<&EntryTrace> = trace.entries.iter().filter(|entry| entry.name == layer).collect();
        let ran = named.iter().rfind(|entry| !matches!(entry.work, WorkTrace::NotRun));
        match (ran.or(named.last()), layer) {
            (_, "original") => writeln!(self.out, "  (what came in)"),
            (Some(entry), _) => self.layer(entry, seen, indent),
            (None, _) => self.set_by(seen),
        }
    }

    /// What the entry of a layer made, and of what.
    fn layer(&mut self, entry: &EntryTrace, seen: &Seen, indent: usize) -> fmt::Result {
        let place = self.words.place(entry.span);
        match &entry.work {
            WorkTrace::NotRun => {
                writeln!(
                    self.out,
                    "  ({} at {place} did not run; it {})",
                    entry.name,
                    self.refused(entry.filter.as_ref())
                )?;
                self.origins(entry.filter.iter().flat_map(|filter| &filter.saw), indent + 2)
            }
            WorkTrace::Extractor(extractor) => {
                match &extractor.result {
                    Some(Ok(_)) => writeln!(self.out, "  (from {} at {place})", extractor.name)?,
                    Some(Err(fault)) => {
                        writeln!(self.out, "  ({} at {place} failed: {})", extractor.name, fault.reason())?;
                    }
                    None => writeln!(self.out, "  ({} at {place} passed over its input)", extractor.name)?,
                }
                self.origins(extractor.saw.iter(), indent + 2)
            }
            WorkTrace::Stage(actions) => {
                let field = seen.name.split_once('.').map_or("", |(_, field)| field);
                let mut steps = actions.iter().flat_map(|action| &action.fields);
                match steps.rfind(|step| is_related(&step.field, field)) {
                    Some(step) => {
                        writeln!(self.out, "  ({} at {})", entry.name, self.words.place(step.span))?;
                        self.origins(step.saw.iter(), indent + 2)
                    }
                    None => writeln!(self.out, "  ({} at {place})", entry.name),
                }
            }
        }
    }

    /// A field of the event being built, read without a layer's name or through `final`.
    fn set_by(&mut self, seen: &Seen) -> fmt::Result {
        let field = seen.name.strip_prefix("final.").unwrap_or(&seen.name);
        let stages = self.explained.trace.entries.iter();
        let steps = stages.filter_map(|entry| match &entry.work {
            WorkTrace::Stage(actions) => Some(actions.iter().flat_map(|action| &action.fields)),
            _ => None,
        });
        let is_set = |step: &&FieldTrace| is_related(&step.field, field) && matches!(step.effect, Effect::Set { .. });
        match steps.flatten().rfind(is_set) {
            Some(step) => writeln!(self.out, "  (set at {})", self.words.place(step.span)),
            None => writeln!(self.out),
        }
    }

    /// The rules of inference that could set the field.
    fn rules(&mut self) -> Result<bool, fmt::Error> {
        let mut any = false;
        for rule in infer::rules().iter().filter(|rule| rule.writes.contains(&self.name)) {
            any = true;
            writeln!(self.out, "  the rule {} sets it: {}", rule.name, rule.summary)?;
            let given: Vec<&str> =
                rule.reads.iter().copied().filter(|read| at(&self.explained.event, read).is_some()).collect();
            match given.as_slice() {
                [] => writeln!(
                    self.out,
                    "      the event has none of the fields that it reads: {}",
                    rule.reads.join(", ")
                )?,
                given => writeln!(self.out, "      of what it reads the event has {}", given.join(", "))?,
            }
        }
        Ok(any)
    }

    /// No place of the spec, no rule and not the event itself has the field.
    fn nothing(&mut self) -> Result<Outcome, fmt::Error> {
        writeln!(self.out, "  nothing in this format sets it")?;
        let taxonomy = &self.explained.format.taxonomy;
        let spec = self.explained.format.spec.iter();
        let set = spec.flat_map(|spec| &spec.stages).flat_map(|stage| &stage.actions).flat_map(written);
        let set: BTreeSet<&str> = set.map(|(field, _)| field).collect();
        let known = nearest(self.name, set.iter().copied());
        let others = taxonomy.iter().map(|field| &*field.name).filter(|name| *name != self.name);
        match known.or_else(|| nearest(self.name, others)) {
            Some(known) => writeln!(self.out, "  did you mean `{known}`?")?,
            None if taxonomy.get(self.name).is_none() => writeln!(self.out, "  no taxonomy knows it either")?,
            None => {}
        }
        Ok(Outcome::Unusable)
    }
}

/// The fields that an action writes, with their places.
fn written(action: &spec::Action) -> Vec<(&str, Span)> {
    match &action.operation {
        Operation::Set(fields) => fields.iter().map(|(field, _)| (&*field.text, field.span)).collect(),
        Operation::Translate { mapping, .. } => mapping.iter().map(|(_, field)| (&*field.text, field.span)).collect(),
        Operation::Delete(fields) => fields.iter().map(|field| (&*field.text, field.span)).collect(),
    }
}
