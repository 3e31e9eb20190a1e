//! Why a field of two events differs: the step that was changed in the spec, found by going back from the field through
//! steps that read the same in both versions to what they read.

use crate::dotted::{at, is_related};
use serde_json::Value;
use weir::Format;
use weir::diagnostic::Span;
use weir::infer;
use weir::run::{ActionTrace, Effect, EntryTrace, FieldTrace, FilterTrace, Finish, Seen, Trace, WorkTrace};

/// How far back a difference is followed.
const DEEPEST: usize = 16;

/// One version's run of a record.
pub struct Side<'f> {
    /// The version.
    pub format: &'f Format,
    /// What it did.
    pub trace: Trace,
    /// What came out.
    pub event: Value,
}

/// The last step that wrote, or would have written, a field.
#[derive(Clone, Copy)]
struct Writer<'t> {
    entry: &'t EntryTrace,
    action: &'t ActionTrace,
    step: Option<&'t FieldTrace>,
}

/// What makes a field of the events of the old and the new version differ: a place in a spec and what stands there.
pub fn cause(sides: &[Side<'_>; 2], field: &str) -> String {
    follow(sides, field, DEEPEST).unwrap_or_else(|| format!("unexplained: {field}"))
}

/// The cause of a field's difference; nothing where the field is the same all the way back.
fn follow(sides: &[Side<'_>; 2], field: &str, left: usize) -> Option<String> {
    let left = left.checked_sub(1)?;
    let [old, new] = sides;
    match (old.writer(field), new.writer(field)) {
        (None, None) => after_the_stages(sides, field, left),
        (Some(before), None) => match new.twin(before.entry, before.action, old) {
            Some(twin) => reads(sides, before, twin, left).or_else(|| Some(old.describe(&before))),
            None => idle(sides, &before.entry.name, left).or_else(|| Some(format!("gone: {}", old.describe(&before)))),
        },
        (None, Some(after)) => match old.twin(after.entry, after.action, new) {
            Some(twin) => reads(sides, twin, after, left).or_else(|| Some(new.describe(&after))),
            None => idle(sides, &after.entry.name, left).or_else(|| Some(new.describe(&after))),
        },
        (Some(before), Some(after)) => {
            let is_same =
                old.text(before.action.span) == new.text(after.action.span) && before.value() == after.value();
            match old.text(before.action.span) == new.text(after.action.span) {
                _ if is_same => after_the_stages(sides, field, left),
                true => reads(sides, before, after, left).or_else(|| Some(new.describe(&after))),
                false => Some(new.describe(&after)),
            }
        }
    }
}

/// The first thing that two runs of the same action read differently.
fn reads(sides: &[Side<'_>; 2], before: Writer<'_>, after: Writer<'_>, left: usize) -> Option<String> {
    let (before, after) = (before.saw(), after.saw());
    let differs = |seen: &&&Seen| before.iter().any(|other| other.name == seen.name && other.value != seen.value);
    origin(sides, &after.iter().find(differs)?.name, left)
}

/// The cause of a difference in what a name of a layer or of a field reads.
fn origin(sides: &[Side<'_>; 2], name: &str, left: usize) -> Option<String> {
    let left = left.checked_sub(1)?;
    let [old, new] = sides;
    let (layer, rest) = name.split_once('.').unwrap_or((name, ""));
    let (before, after) = (old.entry(layer), new.entry(layer));
    match (before.map(|entry| &entry.work), after.map(|entry| &entry.work)) {
        (Some(WorkTrace::Extractor(before)), Some(WorkTrace::Extractor(after))) => {
            let differs =
                |seen: &&Seen| before.saw.iter().any(|other| other.name == seen.name && other.value != seen.value);
            let upstream = after.saw.iter().find(differs).and_then(|seen| origin(sides, &seen.name, left));
            upstream.or_else(|| new.describe_entry(layer))
        }
        (Some(WorkTrace::Stage(_)), Some(WorkTrace::Stage(_))) => follow(sides, rest, left),
        (None, None) => follow(sides, name.strip_prefix("final.").unwrap_or(name), left),
        _ => idle(sides, layer, left).or_else(|| new.describe_entry(layer)).or_else(|| old.describe_entry(layer)),
    }
}

/// Why an entry runs in one version and not in the other.
fn idle(sides: &[Side<'_>; 2], name: &str, left: usize) -> Option<String> {
    let [old, new] = sides;
    let (before, after) = (old.entry(name)?, new.entry(name)?);
    if before.ran() == after.ran() {
        return None;
    }
    let text =
        |side: &Side<'_>, filter: &Option<FilterTrace>| filter.as_ref().map(|filter| side.text(filter.span).to_owned());
    if text(old, &before.filter) == text(new, &after.filter)
        && let (Some(before), Some(after)) = (&before.filter, &after.filter)
    {
        let differs =
            |seen: &&Seen| before.saw.iter().any(|other| other.name == seen.name && other.value != seen.value);
        return origin(sides, &after.saw.iter().find(differs)?.name, left);
    }
    let filter = after.filter.as_ref().map_or(after.span, |filter| filter.span);
    Some(format!("{}  {name}, its filter", new.place(filter)))
}

/// A difference that no action made: a rule of inference, a type, or a field that only one taxonomy knows.
fn after_the_stages(sides: &[Side<'_>; 2], field: &str, left: usize) -> Option<String> {
    let [old, new] = sides;
    if let Some(rule) = new.rule(field).or_else(|| old.rule(field)) {
        let differs = |read: &&&str| at(&old.event, read) != at(&new.event, read);
        let upstream = rule.reads.iter().find(differs).and_then(|read| follow(sides, read, left));
        return Some(upstream.unwrap_or_else(|| format!("the rule {}", rule.name)));
    }
    let finish = |side: &Side<'_>| -> Vec<Finish> {
        side.trace.finish.iter().filter(|step| is_related(step.field(), field)).cloned().collect()
    };
    (finish(old) != finish(new)).then(|| format!("the declaration of {field}"))
}

impl<'f> Side<'f> {
    /// The steps of all stages, in order.
    fn actions(&self) -> impl Iterator<Item = (&EntryTrace, &ActionTrace)> {
        self.trace.entries.iter().flat_map(|entry| match &entry.work {
            WorkTrace::Stage(actions) => actions.iter().map(|action| (entry, action)).collect(),
            _ => Vec::new(),
        })
    }

    /// The step that wrote a field last.
    fn writer(&self, field: &str) -> Option<Writer<'_>> {
        let writes = |step: &&FieldTrace| {
            is_related(&step.field, field) && matches!(step.effect, Effect::Set { .. } | Effect::Deleted { .. })
        };
        self.actions()
            .filter_map(|(entry, action)| {
                let step = action.fields.iter().rfind(writes)?;
                Some(Writer { entry, action, step: Some(step) })
            })
            .last()
    }

    /// The action of the other version that reads the same.
    fn twin(&self, entry: &EntryTrace, action: &ActionTrace, other: &Side<'_>) -> Option<Writer<'_>> {
        let text = other.text(action.span);
        let mut twins = self.actions().filter(|(own, twin)| own.name == entry.name && self.text(twin.span) == text);
        twins.next().map(|(entry, action)| Writer { entry, action, step: None })
    }

    /// The last entry of a name, and better one that ran.
    fn entry(&self, name: &str) -> Option<&EntryTrace> {
        let mut named = self.trace.entries.iter().filter(|entry| entry.name == name);
        let ran = named.clone().rfind(|entry| entry.ran());
        ran.or_else(|| named.next_back())
    }

    fn rule(&self, field: &str) -> Option<&'static infer::Rule> {
        self.trace.finish.iter().find_map(|step| match step {
            Finish::Inferred { rule, field: inferred, .. } if is_related(inferred, field) => {
                infer::rules().iter().find(|known| known.name == *rule)
            }
            _ => None,
        })
    }

    fn describe(&self, writer: &Writer<'_>) -> String {
        let Writer { entry, action, step } = writer;
        let place = self.place(step.map_or(action.span, |step| step.span));
        format!("{place}  {}, action {} ({})", entry.name, action.number, action.kind)
    }

    fn describe_entry(&self, name: &str) -> Option<String> {
        let entry = self.entry(name)?;
        let what = match &entry.work {
            WorkTrace::Extractor(extractor) => extractor.name,
            _ => "the stage",
        };
        Some(format!("{}  {name}, {what}", self.place(entry.span)))
    }

    /// `parser.yml:3:5`
    fn place(&self, span: Span) -> String {
        match self.format.sources.locate(span) {
            Some((name, place)) => format!("{name}:{}:{}", place.line, place.column),
            None => String::new(),
        }
    }

    /// What the spec says at a place.
    fn text(&self, span: Span) -> &'f str {
        let source = self.format.sources.get(span.source);
        source.and_then(|source| source.text.get(span.start as usize..span.end as usize)).unwrap_or("").trim_end()
    }
}

impl<'t> Writer<'t> {
    fn value(&self) -> Option<&Effect> {
        self.step.map(|step| &step.effect)
    }

    /// What the entry's filter, the action's filter and its fields read.
    fn saw(&self) -> Vec<&'t Seen> {
        let entry = self.entry.filter.iter().flat_map(|filter| &filter.saw);
        let action = self.action.filter.iter().flat_map(|filter| &filter.saw);
        let fields = match self.step {
            Some(step) => std::slice::from_ref(step),
            None => &self.action.fields[..],
        };
        entry.chain(action).chain(fields.iter().flat_map(|field| &field.saw)).collect()
    }
}
