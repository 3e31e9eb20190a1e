//! The whole run of an event: entry by entry, then what was done after the stages.

use super::explained::Explained;
use super::words::{AHEAD, Words, cut};
use crate::grok::{self, Reach};
use crate::json::Json;
use crate::styled::{StyledText, Writer};
use std::fmt::Write;
use weir::Report;
use weir::run::{
    ActionTrace, Effect, EntryTrace, ExtractorTrace, FieldTrace, FilterTrace, Finish, Omission, WorkTrace,
};
use weir::spec::EntryKind;
use weir::value::{Constant, ConstantKind};

/// Tells all steps.
pub fn explain(explained: &Explained<'_>) -> StyledText {
    let words = Words::new(&explained.format.sources);
    let mut out = words.pen.writer();
    // Writing to a text cannot fail.
    let _ = Steps { out: &mut out, words: &words }.explain(explained);
    out.done()
}

struct Steps<'o, 'w> {
    out: &'o mut Writer<'w>,
    words: &'w Words<'w>,
}

impl Steps<'_, '_> {
    fn explain(&mut self, explained: &Explained<'_>) -> std::fmt::Result {
        self.finish("beside the message", &explained.trace.begin)?;
        for (number, entry) in (1..).zip(&explained.trace.entries) {
            self.entry(number, entry)?;
            self.reach(explained, number, entry)?;
            self.broken(entry, &explained.trace.report)?;
        }
        self.finish("after the stages", &explained.trace.finish)?;
        self.status(&explained.trace.report)
    }

    fn status(&mut self, report: &Report) -> std::fmt::Result {
        writeln!(self.out, "\nstatus {}", report.status().name())?;
        if let Some(failure) = report.failure() {
            writeln!(self.out, "  {} {}", self.words.bad("failed"), cut(&failure.to_string()))?;
        }
        for warning in report.omissions() {
            writeln!(self.out, "  {} {}", self.words.idle("left out"), cut(&warning.to_string()))?;
        }
        if report.dropped() > 0 {
            writeln!(self.out, "  and {} more", report.dropped())?;
        }
        Ok(())
    }

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

    /// How far a grok pattern got that did not match.
    fn reach(&mut self, explained: &Explained<'_>, number: usize, entry: &EntryTrace) -> std::fmt::Result {
        let WorkTrace::Extractor(extractor) = &entry.work else { return Ok(()) };
        let (Some(Err(_)), Some(input)) = (&extractor.result, &extractor.input) else { return Ok(()) };
        // It is shown as JSON; of one that was cut, not all is known.
        let Ok(Json::Text(input)) = Json::read(input.as_bytes()) else { return Ok(()) };
        let spec = explained.format.spec.as_ref();
        let used = spec.and_then(|spec| spec.pipeline.get(number - 1)).map(|entry| &entry.work);
        let Some(reach) = used.and_then(|used| reach(used, &input)) else { return Ok(()) };
        let (before, part, after) = reach.told(&input, &cut);
        match part {
            "" => writeln!(self.out, "        {before}{after}"),
            part => writeln!(self.out, "        {before}{}{after}", self.words.name(&cut(part))),
        }
    }

    /// What of a stage did not compile; of an extractor that did not, there is a stage without actions.
    fn broken(&mut self, entry: &EntryTrace, report: &Report) -> std::fmt::Result {
        let WorkTrace::Stage(_) = entry.work else { return Ok(()) };
        let is_of_entry = |warning: &&Omission| *warning.stage == *entry.name && warning.action.is_none();
        let mut broken = report.omissions().iter().filter(is_of_entry);
        broken.try_for_each(|warning| {
            writeln!(self.out, "      {}: {}", self.words.idle("left out"), self.words.reason(&warning.fault))
        })
    }

    fn filter(&mut self, indent: usize, filter: Option<&FilterTrace>) -> std::fmt::Result {
        let Some(filter) = filter else { return Ok(()) };
        write!(self.out, "{:indent$}filter {} ", "", self.words.text(filter.span))?;
        match &filter.let_through {
            Ok(true) => writeln!(self.out, "is {}", self.words.good("true")),
            Ok(false) => writeln!(self.out, "is {}", self.words.idle("false")),
            Err(fault) => {
                writeln!(
                    self.out,
                    "{}: {}",
                    self.words.refused("failed", fault),
                    self.words.reason_for(fault, &filter.saw)
                )
            }
        }?;
        self.saw(indent + 2, &self.words.saw(&filter.saw))
    }

    fn saw(&mut self, indent: usize, seen: &[String]) -> std::fmt::Result {
        seen.iter().try_for_each(|seen| writeln!(self.out, "{:indent$}saw {seen}", ""))
    }

    fn extractor(&mut self, extractor: &ExtractorTrace) -> std::fmt::Result {
        writeln!(self.out, "      {} reads {}", extractor.name, self.words.value(extractor.input.as_deref()))?;
        match &extractor.result {
            None => writeln!(self.out, "      {}", self.words.idle("ignores such input")),
            Some(Ok(result)) => {
                writeln!(self.out, "      {} = {}", extractor.output, self.words.value(Some(result)))?;
                let ahead = extractor.is_ahead.then_some(AHEAD).into_iter();
                let remarks = extractor.remarks.iter().map(String::as_str).chain(ahead);
                remarks.map(cut).try_for_each(|remark| writeln!(self.out, "      {} {remark}", self.words.idle("note")))
            }
            Some(Err(fault)) => {
                writeln!(
                    self.out,
                    "      {} {}",
                    self.words.bad("failed:"),
                    self.words.reason_for(fault, &extractor.saw)
                )?;
                // Where it reads one name as it is, that was just said.
                let is_said = matches!(&extractor.saw[..], [seen] if seen.value == extractor.input);
                if is_said { Ok(()) } else { self.saw(8, &self.words.saw(&extractor.saw)) }
            }
        }
    }

    fn action(&mut self, action: &ActionTrace) -> std::fmt::Result {
        let place = self.words.place(action.span);
        write!(self.out, "      {} {}  {place}", action.number, action.kind)?;
        match action.ran {
            true => writeln!(self.out),
            false => writeln!(self.out, "  {}", self.words.idle("did not run")),
        }?;
        self.filter(10, action.filter.as_ref())?;
        action.fields.iter().try_for_each(|field| self.field(field))
    }

    fn field(&mut self, step: &FieldTrace) -> std::fmt::Result {
        self.effect(step)?;
        step.then.iter().try_for_each(|then| sentence(self.out, self.words, 12, then))
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
                    self.words.reason_for(fault, saw)
                )?;
                self.saw(12, &self.words.saw(saw))
            }
        }
    }

    fn finish(&mut self, heading: &str, steps: &[Finish]) -> std::fmt::Result {
        if !steps.is_empty() {
            writeln!(self.out, "\n{}", self.words.name(heading))?;
        }
        steps.iter().try_for_each(|step| sentence(self.out, self.words, 6, step))
    }
}

/// How far the pattern of an entry gets; nothing for other extractors, and for patterns that are not known before the run.
fn reach(work: &EntryKind, text: &str) -> Option<Reach> {
    let EntryKind::Extractor(used) = work else { return None };
    let property =
        |name: &str| used.properties.iter().find(|(key, _)| key.as_text() == Some(name)).map(|(_, value)| value);
    let pattern = property("pattern")?.as_text()?;
    let custom = property("custom_patterns").map(named).unwrap_or_default();
    grok::reach(pattern, &custom, text)
}

/// The patterns of a mapping.
fn named(constant: &Constant) -> Vec<(&str, &str)> {
    match &constant.kind {
        ConstantKind::Map(entries) => {
            entries.iter().filter_map(|(name, pattern)| Some((name.as_text()?, pattern.as_text()?))).collect()
        }
        _ => Vec::new(),
    }
}

/// What was done to a value beside the spec's statements, in one sentence on a line.
///
/// # Errors
/// Where the text cannot be written.
pub fn sentence(out: &mut Writer<'_>, words: &Words<'_>, indent: usize, step: &Finish) -> std::fmt::Result {
    let value = |value: &str| words.value(Some(value));
    write!(out, "{:indent$}", "")?;
    match step {
        Finish::Spread { from, field, value: set } => {
            writeln!(out, "{} = {}, from the dict in {from}", cut(field), value(set))
        }
        Finish::Ahead { field } => {
            writeln!(out, "{field} {} {AHEAD}", words.idle("note"))
        }
        Finish::LeftOut { field, value: lost, why } => {
            writeln!(out, "{} {}: {why}; it was {}", cut(field), words.idle("left out"), value(lost))
        }
        Finish::Cast { field, kind, before, after: Ok(after) } => {
            writeln!(out, "{field} = {}: {} as {kind}", value(after), value(before))
        }
        Finish::Cast { field, after: Err(fault), .. } => {
            writeln!(out, "{field} {}: {}", words.bad("left out"), words.reason(fault))
        }
        Finish::Inferred { rule, summary, field, value: set } => {
            writeln!(out, "{field} = {}, inferred by {rule}: {summary}", value(set))
        }
    }
}
