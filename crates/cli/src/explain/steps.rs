//! The whole run of an event: entry by entry, then what was done after the stages.

use super::Explained;
use super::words::{AHEAD, Words, cut};
use crate::stop::Outcome;
use std::fmt::Write;
use weir::Report;
use weir::run::{ActionTrace, Effect, EntryTrace, ExtractorTrace, FieldTrace, FilterTrace, Finish, Warning, WorkTrace};

/// Tells all steps.
pub fn explain(out: &mut String, words: &Words<'_>, explained: &Explained<'_>) -> Outcome {
    let _ = Steps { out, words }.finish("beside the message", &explained.trace.begin);
    for (number, entry) in (1..).zip(&explained.trace.entries) {
        // Writing to a String cannot fail.
        let _ = Steps { out, words }.entry(number, entry);
        let _ = Steps { out, words }.broken(entry, &explained.trace.report);
    }
    let _ = Steps { out, words }.finish("after the stages", &explained.trace.finish);
    let report = &explained.trace.report;
    let _ = writeln!(out, "\nstatus {}", report.status().name());
    if let Some(failure) = report.failure() {
        let _ = writeln!(out, "  {} {}", words.bad("failed"), cut(&failure.to_string()));
    }
    for warning in report.warnings() {
        let _ = writeln!(out, "  {} {}", words.idle("left out"), cut(&warning.to_string()));
    }
    if report.dropped() > 0 {
        let _ = writeln!(out, "  and {} more", report.dropped());
    }
    Outcome::Well
}

struct Steps<'o, 'w> {
    out: &'o mut String,
    words: &'w Words<'w>,
}

impl Steps<'_, '_> {
    fn entry(&mut self, number: usize, entry: &EntryTrace) -> std::fmt::Result {
        let name = self.words.name(&entry.name);
        write!(self.out, "{number:>3} {name}  {}", self.words.place(entry.span))?;
        match &entry.work {
            WorkTrace::NotRun => {
                writeln!(self.out, "  {}", self.words.idle("did not run"))?;
                self.filter(6, entry.filter.as_ref())
            }
            WorkTrace::Extractor(extractor) => {
                writeln!(self.out)?;
                self.filter(6, entry.filter.as_ref())?;
                self.extractor(extractor)
            }
            WorkTrace::Stage(actions) => {
                writeln!(self.out)?;
                self.filter(6, entry.filter.as_ref())?;
                actions.iter().try_for_each(|action| self.action(action))
            }
        }
    }

    /// What of a stage did not compile; of an extractor that did not, there is a stage without actions.
    fn broken(&mut self, entry: &EntryTrace, report: &Report) -> std::fmt::Result {
        let WorkTrace::Stage(_) = entry.work else { return Ok(()) };
        let is_of_entry = |warning: &&Warning| *warning.stage == *entry.name && warning.action.is_none();
        let mut broken = report.warnings().iter().filter(is_of_entry);
        broken.try_for_each(|warning| {
            writeln!(self.out, "      {}: {}", self.words.idle("left out"), self.words.reason(&warning.fault))
        })
    }

    fn filter(&mut self, indent: usize, filter: Option<&FilterTrace>) -> std::fmt::Result {
        let Some(filter) = filter else { return Ok(()) };
        let verdict = match &filter.let_through {
            Ok(true) => format!("is {}", self.words.good("true")),
            Ok(false) => format!("is {}", self.words.idle("false")),
            Err(fault) => format!("{}: {}", self.words.refused("failed", fault), self.words.reason(fault)),
        };
        writeln!(self.out, "{:indent$}filter {} {verdict}", "", self.words.text(filter.span))?;
        self.saw(indent + 2, &self.words.saw(&filter.saw))
    }

    fn saw(&mut self, indent: usize, seen: &[String]) -> std::fmt::Result {
        seen.iter().try_for_each(|seen| writeln!(self.out, "{:indent$}saw {seen}", ""))
    }

    fn extractor(&mut self, extractor: &ExtractorTrace) -> std::fmt::Result {
        writeln!(self.out, "      {} reads {}", extractor.name, self.words.value(extractor.input.as_deref()))?;
        match &extractor.result {
            None => writeln!(self.out, "      {}", self.words.idle("passes over such input")),
            Some(Ok(result)) => {
                writeln!(self.out, "      {} = {}", extractor.output, self.words.value(Some(result)))?;
                let ahead = extractor.is_ahead.then_some(AHEAD).into_iter();
                let remarks = extractor.remarks.iter().map(String::as_str).chain(ahead);
                remarks.map(cut).try_for_each(|remark| writeln!(self.out, "      {} {remark}", self.words.idle("note")))
            }
            Some(Err(fault)) => {
                writeln!(self.out, "      {} {}", self.words.bad("failed:"), self.words.reason(fault))?;
                // Where it reads one name as it is, that was just said.
                let is_said = matches!(&extractor.saw[..], [seen] if seen.value == extractor.input);
                if is_said { Ok(()) } else { self.saw(8, &self.words.saw(&extractor.saw)) }
            }
        }
    }

    fn action(&mut self, action: &ActionTrace) -> std::fmt::Result {
        let idle = if action.ran { String::new() } else { format!("  {}", self.words.idle("did not run")) };
        let place = self.words.place(action.span);
        writeln!(self.out, "      {} {}  {place}{idle}", action.number, action.kind)?;
        self.filter(10, action.filter.as_ref())?;
        action.fields.iter().try_for_each(|field| self.field(field))
    }

    fn field(&mut self, step: &FieldTrace) -> std::fmt::Result {
        self.effect(step)?;
        step.then.iter().try_for_each(|then| writeln!(self.out, "            {}", sentence(self.words, then)))
    }

    fn effect(&mut self, step: &FieldTrace) -> std::fmt::Result {
        let FieldTrace { field, effect, saw, key, .. } = step;
        let value = |value: &Option<String>| self.words.value(value.as_deref());
        match effect {
            Effect::Set { value: set, over } => {
                let over = match over {
                    Some(old) if old == set => ", as before".to_owned(),
                    Some(old) => format!(", instead of {}", self.words.value(Some(old))),
                    None => String::new(),
                };
                let by = match key {
                    Some((key, true)) => format!(" for the key {}", value(key)),
                    Some((key, false)) => format!(", the fallback: {}", self.words.no_key(key.as_deref())),
                    None => String::new(),
                };
                writeln!(self.out, "          {field} = {}{by}{over}", self.words.value(Some(set)))
            }
            Effect::Deleted { was: None } => writeln!(self.out, "          {field} deleted; it had no value"),
            Effect::Deleted { was } => writeln!(self.out, "          {field} deleted; it was {}", value(was)),
            Effect::Nothing { value: empty, is_ignored } => {
                let why = match (key, empty) {
                    (Some((key, _)), None) => self.words.no_key(key.as_deref()),
                    (_, Some(empty)) => Words::nothing(empty, *is_ignored),
                    (None, None) => "there is no value".to_owned(),
                };
                writeln!(self.out, "          {field} {}: {why}", self.words.idle("not set"))?;
                self.saw(12, &self.words.saw(saw))
            }
            Effect::Failed(fault) => {
                writeln!(
                    self.out,
                    "          {field} {}: {}",
                    self.words.refused("not set", fault),
                    self.words.reason(fault)
                )?;
                self.saw(12, &self.words.saw(saw))
            }
        }
    }

    fn finish(&mut self, heading: &str, steps: &[Finish]) -> std::fmt::Result {
        if !steps.is_empty() {
            writeln!(self.out, "\n{}", self.words.name(heading))?;
        }
        steps.iter().try_for_each(|step| writeln!(self.out, "      {}", sentence(self.words, step)))
    }
}

/// What was done to a value beside the spec's statements, in one sentence.
pub fn sentence(words: &Words<'_>, step: &Finish) -> String {
    let value = |value: &str| words.value(Some(value));
    match step {
        Finish::Spread { from, field, value: set } => {
            format!("{} = {}, out of the dict on {from}", cut(field), value(set))
        }
        Finish::Ahead { field } => {
            format!("{field} {} {AHEAD}", words.idle("note"))
        }
        Finish::LeftOut { field, value: lost, why } => {
            format!("{} {}: {why}; it was {}", cut(field), words.idle("left out"), value(lost))
        }
        Finish::Cast { field, kind, before, after: Ok(after) } => {
            format!("{field} = {}: {} as {kind}", value(after), value(before))
        }
        Finish::Cast { field, after: Err(fault), .. } => {
            format!("{field} {}: {}", words.bad("left out"), words.reason(fault))
        }
        Finish::Inferred { rule, summary, field, value: set } => {
            format!("{field} = {}, inferred by {rule}: {summary}", value(set))
        }
    }
}
