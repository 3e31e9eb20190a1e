//! Why a field of two events differs: what was changed in the spec, found by going back from the field through statements
//! that both versions have to what these read.

use super::version::{Statement, Version};
use crate::dotted::{at, is_related};
use crate::json::Json;
use weir::infer;
use weir::run::{ActionTrace, Effect, EntryTrace, FieldTrace, FilterTrace, Finish, Seen, Trace, WorkTrace};

/// How far back a difference is followed.
const DEEPEST: usize = 16;

/// One version's run of a record.
pub struct Side<'v> {
    /// The version.
    pub version: &'v Version<'v>,
    /// What it did.
    pub trace: Trace,
    /// What came out.
    pub event: Json,
}

/// What makes a field of the events of the old and the new version differ: a place in a spec and what stands there; where
/// the new version has it no more, in the old spec.
pub fn cause(sides: &[Side<'_>; 2], field: &str) -> String {
    follow(sides, field, DEEPEST).unwrap_or_else(|| "unexplained".to_owned())
}

/// What makes a run fail in one version only.
pub fn cause_of_failure(sides: &[Side<'_>; 2]) -> String {
    let [old, new] = sides;
    match new.trace.report.failure().or(old.trace.report.failure()) {
        Some(failure) if !failure.stage.is_empty() => {
            let found = made(sides, &failure.stage, DEEPEST);
            found.or_else(|| new.describe_entry(&failure.stage)).or_else(|| old.describe_entry(&failure.stage))
        }
        _ => None,
    }
    .unwrap_or_else(|| "the event as a whole".to_owned())
}

/// The cause of a field's difference; nothing where the field is the same all the way back.
fn follow(sides: &[Side<'_>; 2], field: &str, left: usize) -> Option<String> {
    let left = left.checked_sub(1)?;
    let [old, new] = sides;
    match (old.writer(field), new.writer(field)) {
        (None, None) => after_the_stages(sides, field, left),
        (Some(before), None) => lost(sides, before, left),
        (None, Some(after)) => gained(sides, after, left),
        (Some(before), Some(after)) if before.is_same(after) => match old.effect(before) == new.effect(after) {
            true => after_the_stages(sides, field, left),
            false => {
                ran(sides, before, after, left).or_else(|| ignored(sides)).or_else(|| Some(new.version.describe(after)))
            }
        },
        (Some(before), Some(after)) => match (new.version.twin(before), old.version.twin(after)) {
            (_, None) => gained(sides, after, left),
            (None, Some(_)) => lost(sides, before, left),
            (Some(stays), Some(was)) => {
                let one = ran(sides, before, stays, left).or_else(|| ran(sides, was, after, left));
                one.or_else(|| ignored(sides)).or_else(|| Some(new.version.describe(after)))
            }
        },
    }
}

/// Why what an old statement did is not done.
fn lost(sides: &[Side<'_>; 2], before: &Statement<'_>, left: usize) -> Option<String> {
    let [old, new] = sides;
    match (new.version.twin(before), new.version.changed(before)) {
        (Some(stays), _) => {
            let found = ran(sides, before, stays, left).or_else(|| ignored(sides));
            found.or_else(|| Some(new.version.describe(stays)))
        }
        (None, Some(changed)) => Some(new.version.describe_change(before, changed)),
        (None, None) => Some(format!("removed: {}", old.version.describe(before))),
    }
}

/// Why what a new statement does was not done.
fn gained(sides: &[Side<'_>; 2], after: &Statement<'_>, left: usize) -> Option<String> {
    let [old, new] = sides;
    let found = match (old.version.twin(after), old.version.changed(after)) {
        (Some(was), _) => ran(sides, was, after, left).or_else(|| ignored(sides)),
        (None, Some(changed)) => Some(new.version.describe_change(changed, after)),
        (None, None) => None,
    };
    found.or_else(|| Some(new.version.describe(after)))
}

/// Why a statement that both versions have does not do the same: its stage runs in one only, or it reads something else.
fn ran(sides: &[Side<'_>; 2], before: &Statement<'_>, after: &Statement<'_>, left: usize) -> Option<String> {
    let [old, new] = sides;
    idle(sides, before.stage, left).or_else(|| reads(sides, &old.saw(before), &new.saw(after), left))
}

/// The first thing that was read differently. Of values that were cut it is not known whether they differ.
fn reads(sides: &[Side<'_>; 2], before: &[&Seen], after: &[&Seen], left: usize) -> Option<String> {
    let is_cut = |value: &Option<String>| value.as_ref().is_some_and(|value| value.ends_with('…'));
    let differs = |seen: &&&Seen| {
        let other = before.iter().find(|other| other.name == seen.name);
        other.is_some_and(|other| other.value != seen.value || is_cut(&seen.value))
    };
    after.iter().filter(differs).find_map(|seen| origin(sides, &seen.name, left))
}

/// The cause of a difference in what a name reads.
fn origin(sides: &[Side<'_>; 2], name: &str, left: usize) -> Option<String> {
    let left = left.checked_sub(1)?;
    match name.split_once('.').unwrap_or((name, "")) {
        ("original", _) => None,
        ("final", field) => follow(sides, field, left),
        (layer, field) => match sides.iter().all(|side| matches!(side.work(layer), Some(WorkTrace::Stage(_)))) {
            true => follow(sides, field, left),
            false => made(sides, layer, left),
        },
    }
}

/// Why an extractor made something else.
fn made(sides: &[Side<'_>; 2], layer: &str, left: usize) -> Option<String> {
    let [old, new] = sides;
    let (Some(WorkTrace::Extractor(before)), Some(WorkTrace::Extractor(after))) = (old.work(layer), new.work(layer))
    else {
        return idle(sides, layer, left);
    };
    let saw = |seen: &'_ [Seen]| -> Vec<Seen> { seen.to_vec() };
    let (before, after) = (saw(&before.saw), saw(&after.saw));
    let upstream = reads(sides, &before.iter().collect::<Vec<_>>(), &after.iter().collect::<Vec<_>>(), left);
    upstream.or_else(|| {
        let text = |side: &Side<'_>| side.entry(layer).map(|entry| side.version.text(entry.span).to_owned());
        if text(old) == text(new) { None } else { new.describe_entry(layer) }
    })
}

/// Why an entry runs in one version and not in the other.
fn idle(sides: &[Side<'_>; 2], name: &str, left: usize) -> Option<String> {
    let [old, new] = sides;
    let (before, after) = match (old.entry(name), new.entry(name)) {
        (Some(before), Some(after)) => (before, after),
        (Some(_), None) => return Some(format!("removed: {}", old.describe_entry(name)?)),
        (None, Some(_)) => return new.describe_entry(name),
        (None, None) => return None,
    };
    if before.ran() == after.ran() {
        return None;
    }
    let text = |side: &Side<'_>, filter: &Option<FilterTrace>| {
        filter.as_ref().map(|filter| side.version.text(filter.span).to_owned())
    };
    if text(old, &before.filter) != text(new, &after.filter) {
        let filter = after.filter.as_ref().map_or(after.span, |filter| filter.span);
        return Some(format!("{}  {name}, its filter", new.version.place(filter)));
    }
    let saw = |entry: &EntryTrace| entry.filter.iter().flat_map(|filter| filter.saw.clone()).collect::<Vec<_>>();
    let (before, after) = (saw(before), saw(after));
    reads(sides, &before.iter().collect::<Vec<_>>(), &after.iter().collect::<Vec<_>>(), left)
}

/// What sets nothing, where the versions do not agree about it.
fn ignored(sides: &[Side<'_>; 2]) -> Option<String> {
    let [old, new] = sides.each_ref().map(|side| side.version.ignored());
    (old != new).then(|| "ignored_values".to_owned())
}

/// A difference that no action made: a rule of inference, a type, or a field that only one taxonomy knows.
fn after_the_stages(sides: &[Side<'_>; 2], field: &str, left: usize) -> Option<String> {
    let [old, new] = sides;
    if let Some(rule) = new.rule(field).or_else(|| old.rule(field)) {
        let differs = |read: &&&str| at(&old.event, read) != at(&new.event, read);
        let upstream = rule.reads.iter().filter(differs).find_map(|read| follow(sides, read, left));
        return Some(upstream.unwrap_or_else(|| format!("the rule {}", rule.name)));
    }
    let [before, after] = sides
        .each_ref()
        .map(|side| side.trace.finishes().filter(|step| is_related(step.field(), field)).collect::<Vec<_>>());
    if before == after {
        return None;
    }
    let removed = || Some(format!("removed: {}", old.version.declaration(field)?));
    let declared = new.version.declaration(field).or_else(removed);
    Some(declared.unwrap_or_else(|| format!("the declaration of {}", new.version.known(field).unwrap_or(field))))
}

impl<'v> Side<'v> {
    /// The statement that gave a field its last value, or took it away.
    fn writer(&self, field: &str) -> Option<&'v Statement<'v>> {
        let writes = |step: &&FieldTrace| {
            is_related(&step.field, field)
                && matches!(step.effect, Effect::Set { .. } | Effect::Deleted { was: Some(_) })
        };
        let entries = self.trace.entries.iter().rev();
        let last =
            entries.flat_map(|entry| actions(entry).iter().rev()).find_map(|action| action.fields.iter().rfind(writes));
        self.version.at(last?.span)
    }

    fn effect(&self, statement: &Statement<'_>) -> Option<&Effect> {
        let (_, action) = self.action(statement)?;
        action.fields.iter().find(|step| step.span == statement.span).map(|step| &step.effect)
    }

    /// The action of a statement, where its stage ran.
    fn action(&self, statement: &Statement<'_>) -> Option<(&EntryTrace, &ActionTrace)> {
        let entry = self.entry(statement.stage)?;
        Some((entry, actions(entry).get(statement.action)?))
    }

    /// What the entry's filter, the action's filter and the field read.
    fn saw(&self, statement: &Statement<'_>) -> Vec<&Seen> {
        let Some((entry, action)) = self.action(statement) else { return Vec::new() };
        let filters = entry.filter.iter().chain(&action.filter).flat_map(|filter| &filter.saw);
        let step = action.fields.iter().filter(|step| step.span == statement.span);
        filters.chain(step.flat_map(|step| &step.saw)).collect()
    }

    /// The last entry of a name, and better one that ran.
    fn entry(&self, name: &str) -> Option<&EntryTrace> {
        let mut named = self.trace.entries.iter().filter(|entry| entry.name == name);
        let ran = named.clone().rfind(|entry| entry.ran());
        ran.or_else(|| named.next_back())
    }

    fn work(&self, name: &str) -> Option<&WorkTrace> {
        self.entry(name).map(|entry| &entry.work)
    }

    fn rule(&self, field: &str) -> Option<&'static infer::Rule> {
        self.trace.finish.iter().find_map(|step| match step {
            Finish::Inferred { rule, field: inferred, .. } if is_related(inferred, field) => {
                infer::rules().iter().find(|known| known.name == *rule)
            }
            _ => None,
        })
    }

    /// `parser.yml:3:5  parsed, json.parse-json`
    fn describe_entry(&self, name: &str) -> Option<String> {
        let entry = self.entry(name)?;
        let place = self.version.place(entry.span);
        Some(match &entry.work {
            WorkTrace::Extractor(extractor) => format!("{place}  {name}, {}", extractor.name),
            _ => format!("{place}  {name}"),
        })
    }
}

fn actions(entry: &EntryTrace) -> &[ActionTrace] {
    match &entry.work {
        WorkTrace::Stage(actions) => actions,
        _ => &[],
    }
}
