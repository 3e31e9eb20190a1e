//! Writes the trace of a run while it goes on.

use super::observer::{Finishing, Found, Observer};
use super::origin::Origins;
use super::report::Report;
use super::trace::{
    ActionTrace, Effect, EntryTrace, ExtractorTrace, FieldTrace, FilterTrace, Finish, Seen, Trace, WorkTrace,
};
use super::values::Values;
use crate::json;
use crate::plan::Plan;
use crate::plan::expression::{Expression, Slot};
use crate::plan::fields::Place;
use crate::plan::template::Source;
use crate::plan::tree::{Action, Assignment, Bound, Deletion, Entry, Extraction, Filter, Operation, Work};
use crate::value::{Fault, Value, ops};
use std::cell::Cell;

/// How many bytes of a value are kept.
const KEPT: usize = 4096;

/// How many bytes of all values are kept; of the others it is only told that they were there.
const KEPT_IN_ALL: usize = 32 << 20;

/// How many values of dicts that are spread are kept. All other steps are as many as the spec and the taxonomy have.
const SPREAD: usize = 10_000;

/// Why a field is not written that the spec may set and the format does not declare.
const UNKNOWN: &str = "the field is not in the taxonomy";

/// What was done to a field that has no value yet.
const NO_VALUE: Effect = Effect::Nothing { value: None, is_ignored: false };

/// Looks on and notes everything.
pub(super) struct Tracer<'p> {
    plan: &'p Plan,
    trace: Trace,
    origins: Origins,
    /// What the fields of a rule had before it.
    before: Vec<Option<String>>,
    /// How many bytes of values may still be kept.
    left: Cell<usize>,
    /// How many values of dicts were noted.
    spread: usize,
    /// How many dates without a year that lie ahead were told, or stand in a filter.
    ahead: u32,
}

impl<'p> Tracer<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        let (trace, origins, left) = (Trace::default(), Origins::default(), Cell::new(KEPT_IN_ALL));
        Tracer { plan, trace, origins, before: Vec::new(), left, spread: 0, ahead: 0 }
    }

    pub(super) fn into_trace(self) -> Trace {
        Trace { message: self.origins.message().to_owned(), ..self.trace }
    }

    fn filter<'a>(
        &self,
        values: Values<'a>,
        filter: Option<&'a Filter>,
        held: &Result<bool, Fault>,
    ) -> Option<FilterTrace> {
        filter.map(|filter| FilterTrace {
            span: filter.span,
            let_through: held.clone(),
            saw: self.seen(values, &filter.source),
        })
    }

    fn seen<'a>(&self, values: Values<'a>, source: &'a Source) -> Vec<Seen> {
        let leaves = source.readings().into_iter();
        let seen = |leaf| {
            let name = self.plan.name_of(leaf)?;
            let value = value_of(values, leaf);
            let undefined = value.is_err().then(|| self.undefined_in(values, leaf, &name));
            Some(Seen { name, value: self.shown(value.unwrap_or(Value::Undefined)), undefined })
        };
        leaves.filter_map(seen).collect()
    }

    /// The shortest part of a name that is undefined, where the whole name cannot be read.
    fn undefined_in<'a>(&self, values: Values<'a>, leaf: &'a Expression, name: &str) -> String {
        let parent = name.rsplit_once('.').map_or(name, |(parent, _)| parent).to_owned();
        let Expression::Path(path) = leaf else { return parent };
        let (mut above, mut value) = (self.name(path.slot), values.get(path.slot));
        for key in &path.keys {
            if value.is_undefined() {
                return above;
            }
            above = format!("{above}.{key}");
            value = values.arena.aside(|| ops::attribute(value, key)).unwrap_or(Value::Undefined);
        }
        parent
    }

    fn action_trace(&mut self) -> Option<&mut ActionTrace> {
        match &mut self.trace.entries.last_mut()?.work {
            WorkTrace::Stage(actions) => actions.last_mut(),
            _ => None,
        }
    }

    fn field_trace(&mut self) -> Option<&mut FieldTrace> {
        self.action_trace()?.fields.last_mut()
    }

    fn name(&self, slot: Slot) -> String {
        self.plan.tree.layers.slots.name(slot).to_owned()
    }

    fn note(&mut self, finish: Finish) {
        self.trace.finish.push(finish);
    }

    /// Notes what became of a value on its way into a field.
    fn note_on_the_way(&mut self, finish: Finish) {
        match self.field_trace() {
            Some(field) => field.then.push(finish),
            None => self.trace.begin.push(finish),
        }
    }

    /// Whether dates without a year came to lie ahead since the last time that it was asked.
    fn comes_ahead(&mut self, values: Values<'_>) -> bool {
        let count = values.arena.dates_ahead();
        count > std::mem::replace(&mut self.ahead, count)
    }

    /// What a field has, and where it has nothing of its own, what the fields below it have, by name.
    fn had<'a>(&self, values: Values<'a>, place: &'a Place) -> Option<String> {
        if let Some(own) = self.shown(values.at(place)) {
            return Some(own);
        }
        let below = place.below.iter().filter_map(|slot| Some((self.name(*slot), self.shown(values.get(*slot))?)));
        let below: Vec<String> = below.map(|(name, value)| format!("\"{name}\":{value}")).collect();
        (!below.is_empty()).then(|| cut(format!("{{{}}}", below.join(",")), KEPT))
    }

    /// A value as JSON, cut where it is long; `None` where there is none.
    fn shown(&self, value: Value<'_>) -> Option<String> {
        let most = KEPT.min(self.left.get());
        let text = shown(value, most)?;
        self.left.set(self.left.get().saturating_sub(text.len()));
        Some(text)
    }

    fn inferred(&mut self, values: Values<'_>, bound: &Bound) {
        let before = std::mem::take(&mut self.before);
        for ((slot, field), before) in bound.places.writes.iter().zip(bound.rule.writes).zip(before) {
            let after = slot.and_then(|slot| self.shown(values.get(Slot(slot))));
            if let Some(value) = after.filter(|after| before.as_ref() != Some(after)) {
                if let Some(slot) = slot.map(Slot) {
                    self.origins.inferred(values, bound, slot, values.get(slot));
                }
                let (rule, summary) = (bound.rule.name, bound.rule.summary);
                self.note(Finish::Inferred { rule, summary, field: (*field).to_owned(), value });
            }
        }
    }

    /// Fields that have a value and that no taxonomy knows: they are not written.
    fn unknown(&mut self, values: Values<'_>) {
        let tree = &self.plan.tree;
        for (name, slot) in tree.layers.fields.iter().filter(|(_, slot)| !tree.output.writes(*slot)) {
            if let Some(value) = self.shown(values.get(slot)) {
                self.note(Finish::LeftOut { field: name.to_owned(), value, why: UNKNOWN });
            }
        }
    }
}

impl Observer for Tracer<'_> {
    fn report(&mut self) -> &mut Report {
        &mut self.trace.report
    }

    fn entry<'a>(&mut self, values: Values<'a>, entry: &'a Entry, held: &Result<bool, Fault>) {
        self.origins.begin(values, self.plan);
        let work = match (held, &entry.work) {
            (Ok(true), Work::Stage(_)) => WorkTrace::Stage(Vec::new()),
            _ => WorkTrace::NotRun,
        };
        let filter = self.filter(values, entry.filter.as_ref(), held);
        self.trace.entries.push(EntryTrace { name: entry.name.to_string(), span: entry.span, filter, work });
    }

    fn extracted<'a>(
        &mut self,
        values: Values<'a>,
        extraction: &'a Extraction,
        input: Value<'a>,
        _: &[Value<'a>],
        result: Option<&Result<Value<'a>, Fault>>,
    ) {
        if let Some(Ok(result)) = result {
            self.origins.extracted(values, &extraction.input, input, extraction.output, *result);
        }
        let result = result.map(|result| match result {
            Ok(value) => Ok(self.shown(*value).unwrap_or_default()),
            Err(fault) => Err(fault.clone()),
        });
        let is_ahead = self.comes_ahead(values);
        let work = WorkTrace::Extractor(ExtractorTrace {
            name: extraction.name,
            output: self.name(extraction.output),
            saw: self.seen(values, &extraction.input),
            input: self.shown(input),
            result,
            remarks: extraction.extractor.remarks(input),
            is_ahead,
        });
        if let Some(entry) = self.trace.entries.last_mut() {
            entry.work = work;
        }
    }

    fn action<'a>(&mut self, values: Values<'a>, action: &'a Action, held: &Result<bool, Fault>) {
        self.origins.keeps();
        let filter = self.filter(values, action.filter.as_ref(), held);
        let Some(EntryTrace { work: WorkTrace::Stage(actions), .. }) = self.trace.entries.last_mut() else { return };
        let (number, kind, ran) = (actions.len() + 1, action.operation.name(), *held == Ok(true));
        actions.push(ActionTrace { number, kind, span: action.span, filter, ran, fields: Vec::new() });
    }

    fn field<'a>(&mut self, values: Values<'a>, action: &'a Action, number: u32) {
        let Some((assignment, source)) = action.operation.field(number) else { return };
        self.origins.reads(values, source, matches!(action.operation, Operation::Translate(_)));
        let saw = self.seen(values, source);
        let (field, span) = (assignment.field.to_string(), assignment.span);
        let step = FieldTrace { field, span, saw, key: None, effect: NO_VALUE, then: Vec::new() };
        if let Some(action) = self.action_trace() {
            action.fields.push(step);
        }
    }

    fn looked_up(&mut self, key: Value<'_>, found: &Found) {
        let key = self.shown(key);
        if let Some(field) = self.field_trace() {
            field.key = Some((key, matches!(found, Found::Choice(_))));
        }
    }

    fn sets<'a>(&mut self, values: Values<'a>, assignment: &'a Assignment, value: Value<'a>, is_empty: bool) {
        let is_ignored = is_empty && is_ignored(value);
        let is_ahead = self.comes_ahead(values);
        if !is_empty {
            self.origins.set(assignment, value);
        }
        let value = self.shown(value);
        let over = if is_empty { None } else { self.had(values, &assignment.place) };
        if let Some(field) = self.field_trace() {
            field.effect = match is_empty {
                true => Effect::Nothing { value, is_ignored },
                false => Effect::Set { value: value.unwrap_or_default(), over },
            };
            if is_ahead {
                field.then.push(Finish::Ahead { field: field.field.clone() });
            }
        }
    }

    fn deletes<'a>(&mut self, values: Values<'a>, deletion: &'a Deletion) {
        self.origins.keeps();
        let was = deletion.places.iter().find_map(|place| self.had(values, place));
        let (field, span) = (deletion.field.clone(), deletion.span);
        if let Some(action) = self.action_trace() {
            let (effect, saw, then) = (Effect::Deleted { was }, Vec::new(), Vec::new());
            action.fields.push(FieldTrace { field, span, saw, key: None, effect, then });
        }
    }

    fn fails(&mut self, fault: &Fault) {
        self.origins.fails();
        if let Some(field) = self.field_trace() {
            field.effect = Effect::Failed(fault.clone());
            // The fault says it.
            field.then.clear();
        }
    }

    fn finishes(&mut self, values: Values<'_>, step: &Finishing<'_, '_>) {
        if let Finishing::Spread { from, to, value } = step {
            self.origins.spread(*from, *to, *value);
        }
        match step {
            Finishing::Spread { .. } | Finishing::LeftOut { .. } if self.spread == SPREAD => {}
            Finishing::Spread { from, to, value } => {
                self.spread += 1;
                let value = self.shown(*value).unwrap_or_default();
                self.note_on_the_way(Finish::Spread { from: self.name(*from), field: self.name(*to), value });
            }
            Finishing::LeftOut { from, key, value, is_known } => {
                let is_left = is_ignored(*value);
                if let Some(value) = self.shown(*value) {
                    self.spread += 1;
                    let field = format!("{}.{}", self.name(*from), cut((*key).to_owned(), KEPT));
                    let why = match (is_known, is_left) {
                        (false, _) => UNKNOWN,
                        (true, true) => "`ignored_values` contains the value",
                        (true, false) => "the value is empty",
                    };
                    self.note_on_the_way(Finish::LeftOut { field, value, why });
                }
            }
            Finishing::Owned(slot) => {
                if let Some(value) = self.shown(values.get(*slot)) {
                    let field = self.name(*slot);
                    self.note(Finish::LeftOut { field, value, why: "only the engine sets this field" });
                }
            }
            Finishing::Cast { field, before, after } => {
                let before = self.shown(*before).unwrap_or_default();
                let after = match after {
                    Ok(after) => Ok(self.shown(*after).unwrap_or_default()),
                    Err(fault) => Err(fault.clone()),
                };
                if after.as_ref() != Ok(&before) {
                    self.note_on_the_way(Finish::Cast {
                        field: field.name.to_string(),
                        kind: field.kind.name(),
                        before,
                        after,
                    });
                }
            }
            Finishing::Infers(bound) => {
                let before =
                    bound.places.writes.iter().map(|slot| slot.and_then(|slot| self.shown(values.get(Slot(slot)))));
                self.before = before.collect();
            }
            Finishing::Inferred(bound) => self.inferred(values, bound),
            Finishing::Done => {
                self.origins.begin(values, self.plan);
                self.trace.origins = self.origins.done(values, self.plan);
                self.unknown(values);
            }
        }
    }
}

/// Whether a value that sets nothing does so since the spec ignores it.
fn is_ignored(value: Value<'_>) -> bool {
    matches!(value, Value::Text(text) if !text.is_empty() && text.trim() != "None")
}

fn value_of<'a>(values: Values<'a>, leaf: &'a Expression) -> Result<Value<'a>, Fault> {
    values.arena.aside(|| match leaf {
        Expression::Path(path) => values.path(path),
        Expression::Fields(reading) => values.fields(reading),
        _ => Ok(Value::Undefined),
    })
}

fn shown(value: Value<'_>, most: usize) -> Option<String> {
    if value.is_missing() {
        return None;
    }
    let mut out = Vec::new();
    let written = match value {
        // No more is copied than is kept: a spec may read a long text again and again.
        Value::Text(text) => json::write(&mut out, Value::Text(start(text, most + char::MAX.len_utf8()))),
        value => json::write_start(&mut out, value, most),
    };
    let text = String::from_utf8_lossy(&out).into_owned();
    Some(cut(if written.is_ok() { text } else { text + "…" }, most))
}

fn cut(text: String, most: usize) -> String {
    if text.len() <= most { text } else { format!("{}…", start(&text, most)) }
}

/// The first bytes of a text, no more than so many.
fn start(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or(0)]
}
