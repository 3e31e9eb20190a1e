//! One field's story: every place of the spec that could set it, what became of each, and where the values came from.

use super::bytes;
use super::explained::{Explained, FieldExplanation};
use super::origins::{Origins, Time};
use super::steps::sentence;
use super::words::{Words, cut};
use crate::dotted::{at, is_related};
use crate::json::Json;
use crate::styled::Writer;
use std::collections::BTreeSet;
use std::fmt::{self, Write};
use weir::diagnostic::{Span, nearest};
use weir::run::{Effect, EntryTrace, FieldTrace, Finish, WorkTrace};
use weir::spec::{self, ActionKind};
use weir::{Plan, infer};

/// How far origins stand from the margin.
const INDENT: usize = 6;

/// Tells where a field's value comes from, or why there is none.
pub fn explain(explained: &Explained<'_>, name: &str) -> FieldExplanation {
    let words = Words::new(&explained.format.sources);
    let mut out = words.pen.writer();
    let value = at(&explained.event, name);
    let mut story = Story { words: &words, explained, name, origins: Origins::new(&words, explained) };
    // Writing to a text cannot fail.
    let is_known = story.tell(&mut out, value).unwrap_or(true);
    FieldExplanation { text: out.done(), is_known }
}

struct Story<'w> {
    words: &'w Words<'w>,
    explained: &'w Explained<'w>,
    name: &'w str,
    origins: Origins<'w>,
}

impl<'w> Story<'w> {
    fn tell(&mut self, out: &mut Writer<'_>, value: Option<&Json>) -> Result<bool, fmt::Error> {
        let name = self.words.name(&cut(self.name));
        match value {
            Some(value) => writeln!(out, "{name} = {}", cut(&value.to_string()))?,
            None => writeln!(out, "{name} is {}", self.words.bad("missing"))?,
        }
        let mut any = self.stages(out)?;
        any |= self.finish(out)?;
        if value.is_none() {
            any |= self.rules(out)?;
        }
        match (any, value) {
            (true, None) => Ok(true),
            (false, None) => self.nothing(out),
            (_, Some(_)) => {
                if !any {
                    writeln!(out, "  {}", self.given())?;
                }
                bytes::tell(out, self.words, self.explained, self.name)?;
                Ok(true)
            }
        }
    }

    /// All that stages did, or did not do, to the field.
    fn stages(&mut self, out: &mut Writer<'_>) -> Result<bool, fmt::Error> {
        let Some(spec) = &self.explained.format.spec else { return Ok(false) };
        let (mut any, name) = (false, self.name);
        for (number, entry) in spec.pipeline.iter().enumerate() {
            let stage = spec.stages.iter().find(|stage| stage.name.text == entry.name.text);
            let stage = stage.filter(|_| matches!(entry.work, spec::EntryKind::Stage));
            for (index, action) in stage.iter().flat_map(|stage| &stage.actions).enumerate() {
                for (_, span) in written(action).into_iter().filter(|(field, _)| is_related(field, name)) {
                    any = true;
                    write!(out, "  {}  {}, action {}", self.words.place(span), entry.name.text, index + 1)?;
                    match self.explained.trace.entries.get(number) {
                        Some(trace) => self.action(out, trace, Time::of_action(number, index), span)?,
                        None => writeln!(out, ": {}; {}", self.words.idle("did not run"), self.failure())?,
                    }
                }
            }
        }
        Ok(any)
    }

    /// What became of one place of the spec that writes the field.
    fn action(&mut self, out: &mut Writer<'_>, entry: &'w EntryTrace, time: Time, span: Span) -> fmt::Result {
        let idle = self.words.idle("did not run");
        let WorkTrace::Stage(actions) = &entry.work else {
            let refusal = self.words.refusal(entry.filter.as_ref());
            writeln!(out, ": {idle}, because {} did not: {refusal}", entry.name)?;
            let saw = entry.filter.iter().flat_map(|filter| &filter.saw);
            return self.origins.tell(out, saw, Time::of_entry(time.entry), INDENT);
        };
        let Some(action) = actions.get(time.action) else { return writeln!(out) };
        let saw = action.filter.iter().flat_map(|filter| &filter.saw);
        if !action.ran {
            writeln!(out, ": {idle}; {}", self.words.refusal(action.filter.as_ref()))?;
            return self.origins.tell(out, saw, time, INDENT);
        }
        let Some(place) = action.fields.iter().position(|field| field.span == span) else { return writeln!(out) };
        let step = &action.fields[place];
        self.step(out, step)?;
        for then in step.then.iter().filter(|then| is_related(then.field(), self.name)) {
            sentence(out, self.words, INDENT, then)?;
        }
        self.origins.tell(out, saw.chain(&step.saw), Time { field: place, ..time }, INDENT)
    }

    fn step(&self, out: &mut Writer<'_>, step: &FieldTrace) -> fmt::Result {
        let value = |value: &Option<String>| self.words.value(value.as_deref());
        match (&step.effect, &step.key) {
            (Effect::Set { value: set, over }, key) => {
                write!(out, ": {} {} to {}", self.words.good("set"), step.field, self.words.value(Some(set)))?;
                match key {
                    Some((key, true)) => write!(out, " for the key {}", value(key))?,
                    Some((key, false)) => write!(out, ", the fallback: {}", self.words.no_key(key.as_deref()))?,
                    None => {}
                }
                match over {
                    Some(old) if old != set => writeln!(out, ", instead of {}", cut(old)),
                    _ => writeln!(out),
                }
            }
            (Effect::Deleted { was: None }, _) => writeln!(out, ": deletes {}, which had no value", step.field),
            (Effect::Deleted { was }, _) => {
                writeln!(out, ": {} {}, which was {}", self.words.bad("deleted"), step.field, value(was))
            }
            (Effect::Failed(fault), _) => {
                writeln!(
                    out,
                    ": {} {}: {}",
                    self.words.refused("did not set", fault),
                    step.field,
                    self.words.reason_for(fault, &step.saw)
                )
            }
            (Effect::Nothing { value: None, .. }, Some((key, _))) => {
                let idle = self.words.idle("did not set");
                writeln!(out, ": {idle} {}: {}", step.field, self.words.no_key(key.as_deref()))
            }
            (Effect::Nothing { value: None, .. }, None) => {
                writeln!(out, ": {} {}: there is no value", self.words.idle("did not set"), step.field)
            }
            (Effect::Nothing { value: Some(empty), is_ignored }, _) => {
                let why = Words::nothing(empty, *is_ignored);
                writeln!(out, ": {} {}: {why}", self.words.idle("did not set"), step.field)
            }
        }
    }

    /// What was done to the field after the stages.
    fn finish(&mut self, out: &mut Writer<'_>) -> Result<bool, fmt::Error> {
        let mut any = false;
        for step in self.explained.trace.finish.iter().filter(|step| is_related(step.field(), self.name)) {
            any = true;
            write!(out, "  after the stages: ")?;
            sentence(out, self.words, 0, step)?;
            if let Finish::Inferred { rule, field, .. } = step {
                self.origins.tell_fields(out, &self.read_by(rule, field), INDENT)?;
            }
        }
        Ok(any)
    }

    /// The fields that a rule took a value from: what it set itself it did not read, and of what it gathers, the fields
    /// whose values it has.
    fn read_by(&self, rule: &str, field: &str) -> Vec<&'static str> {
        let own: BTreeSet<&str> = self.inferred_by(rule).collect();
        let reads =
            infer::rules().iter().filter(|known| known.name == rule).flat_map(|known| known.reads.iter().copied());
        let reads: Vec<&str> = reads.filter(|read| !own.contains(read)).collect();
        let Some(Json::List(gathered)) = at(&self.explained.event, field) else { return reads };
        let has = |value: &Json| gathered.contains(value);
        let gave = reads.iter().copied().filter(|read| match at(&self.explained.event, read) {
            Some(Json::List(items)) => items.iter().any(has),
            Some(value) => has(value),
            None => false,
        });
        // Values that were written in another way have no like in the list.
        Some(gave.collect::<Vec<_>>()).filter(|gave| !gave.is_empty()).unwrap_or(reads)
    }

    /// The fields that a rule set.
    fn inferred_by(&self, name: &str) -> impl Iterator<Item = &str> {
        self.explained.trace.finish.iter().filter_map(move |step| match step {
            Finish::Inferred { rule, field, .. } if *rule == name => Some(&**field),
            _ => None,
        })
    }

    /// The rules of inference that could have set the field, and did not.
    fn rules(&mut self, out: &mut Writer<'_>) -> Result<bool, fmt::Error> {
        let mut any = false;
        let sets = self.explained.format.plan.as_ref().map(Plan::sets).unwrap_or_default();
        let can_set = |rule: &&infer::Rule| {
            rule.writes.contains(&self.name) && rule.can_set(self.name, |other| sets.contains(other))
        };
        for rule in infer::rules().iter().filter(can_set) {
            any = true;
            let idle = self.words.idle("did not set");
            writeln!(out, "  the rule {} {idle} it: {}", rule.name, rule.summary)?;
            if !self.origins.tell_fields(out, rule.reads, INDENT)? {
                let reads = cut(&rule.reads.join(", "));
                writeln!(out, "      the event has none of the fields that the rule reads: {reads}")?;
            }
        }
        Ok(any)
    }

    /// Where a value comes from that neither the spec nor a rule sets.
    fn given(&self) -> &'static str {
        match self.name {
            "message" => "it is the incoming message",
            name if is_related(name, "sekoiaio.intake") => "the run itself sets it",
            _ => "the incoming event had it, beside the message",
        }
    }

    /// Why no entry ran at all.
    fn failure(&self) -> String {
        let failure = self.explained.trace.report.failure();
        failure.map_or_else(String::new, |failure| format!("the run had failed before: {}", cut(&failure.to_string())))
    }

    /// No place of the spec, no rule and not the event itself has the field.
    fn nothing(&self, out: &mut Writer<'_>) -> Result<bool, fmt::Error> {
        writeln!(out, "  this format never sets it")?;
        let taxonomy = &self.explained.format.taxonomy;
        let spec = self.explained.format.spec.iter();
        let set = spec.flat_map(|spec| &spec.stages).flat_map(|stage| &stage.actions).flat_map(written);
        let set: BTreeSet<&str> = set.map(|(field, _)| field).collect();
        let known = nearest(self.name, set.iter().copied());
        let is_known = taxonomy.get(self.name).is_some();
        let others = taxonomy.iter().map(|field| &*field.name).filter(|_| !is_known);
        match known.or_else(|| nearest(self.name, others)) {
            Some(known) => writeln!(out, "  did you mean `{known}`?")?,
            None if !is_known => writeln!(out, "  it is not in the taxonomy either")?,
            None => {}
        }
        Ok(false)
    }
}

/// The fields that an action writes, with their places.
fn written(action: &spec::StageAction) -> Vec<(&str, Span)> {
    match &action.operation {
        ActionKind::Set(fields) => fields.iter().map(|(field, _)| (&*field.text, field.span)).collect(),
        ActionKind::Translate { mapping, .. } => mapping.iter().map(|(_, field)| (&*field.text, field.span)).collect(),
        ActionKind::Delete(fields) => fields.iter().map(|field| (&*field.text, field.span)).collect(),
    }
}
