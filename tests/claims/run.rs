//! Runs a format over records, as it is and with changes of its text, and tells whether any event changed.

use serde_json::Value;
use std::borrow::Cow;
use weir::diagnostic::{Diagnostic, Span};
use weir::{Format, FormatText, Input, Plan, Record, Scratch, compile};

/// A part of a format's texts that is written otherwise.
#[derive(Clone, Debug)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

/// What must hold where a finding is right.
#[derive(Clone, Debug)]
pub enum Claim {
    /// These changes of the text change no event.
    NoChange(Vec<Edit>),
    /// Two changes have the same events.
    Alike(Edit, Edit),
    /// No event has a value in the field.
    Absent(String),
}

impl Claim {
    /// Two changes that give the same events; the second may be none.
    fn edits(&self) -> (Vec<Edit>, Vec<Edit>) {
        match self {
            Claim::NoChange(edits) => (edits.clone(), Vec::new()),
            Claim::Alike(one, other) => (vec![one.clone()], vec![other.clone()]),
            Claim::Absent(_) => (Vec::new(), Vec::new()),
        }
    }
}

/// What came of a record. What the run says of its own failure names parts of the spec, so that only whether it failed counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    fields: Value,
    has_failed: bool,
}

/// A field that nothing declares and nothing reads.
pub const NOWHERE: &str = "claims";

/// The events of a format.
pub fn events(format: &Format, inputs: &[Input<'_>]) -> Vec<Event> {
    let run = |plan: &Plan| {
        let mut scratch = Scratch::default();
        inputs.iter().map(|input| event(plan, &mut scratch, *input)).collect()
    };
    format.plan.as_ref().map(run).unwrap_or_default()
}

fn event(plan: &Plan, scratch: &mut Scratch, input: Input<'_>) -> Event {
    let mut out = Vec::new();
    let report = plan.run(scratch, &Record { input, now: 1_767_225_600, event_id: None }, &mut out);
    let has_failed = report.failure().is_some();
    let mut fields: Value = serde_json::from_slice(&out).unwrap_or_default();
    if let Some(fields) = fields.as_object_mut() {
        fields.remove(NOWHERE);
        if has_failed {
            fields.remove("sekoiaio");
        }
    }
    Event { fields, has_failed }
}

/// A format with its events, held against its own findings.
pub struct Run<'f> {
    pub text: &'f FormatText,
    pub inputs: &'f [Input<'f>],
    events: Vec<Event>,
}

impl<'f> Run<'f> {
    pub fn new(text: &'f FormatText, format: &Format, inputs: &'f [Input<'f>]) -> Self {
        Run { text, inputs, events: events(format, inputs) }
    }

    /// What disproves one of some claims. All whose changes do not overlap are tried together, and each alone where an event
    /// differs then.
    pub fn disproof(&self, claims: &[(&Diagnostic, Claim)]) -> Option<String> {
        let mut open: Vec<_> = claims.iter().collect();
        while !open.is_empty() {
            let (mut firsts, mut seconds) = (Vec::new(), Vec::new());
            let (mut tried, mut later) = (Vec::new(), Vec::new());
            for claim in open {
                let (first, second) = claim.1.edits();
                if first.iter().any(|edit| seconds.iter().chain(&firsts).any(|other| overlap(edit, other))) {
                    later.push(claim);
                } else {
                    firsts.extend(first);
                    seconds.extend(second);
                    tried.push(claim);
                }
            }
            let is_disproved = self.difference(&self.changed(&firsts), &self.changed(&seconds)).is_some();
            let mut alone = tried.iter().filter(|(_, claim)| is_disproved || matches!(claim, Claim::Absent(_)));
            if let Some(disproof) = alone.find_map(|(finding, claim)| self.against(finding, claim)) {
                return Some(disproof);
            }
            open = later;
        }
        None
    }

    /// What disproves a claim.
    fn against(&self, finding: &Diagnostic, claim: &Claim) -> Option<String> {
        let difference = match claim {
            Claim::NoChange(_) | Claim::Alike(..) => {
                let (first, second) = claim.edits();
                self.difference(&self.changed(&first), &self.changed(&second))
            }
            Claim::Absent(field) => {
                let pointer = format!("/{}", field.replace('.', "/"));
                let has_it = |event: &&Event| event.fields.pointer(&pointer).is_some_and(has_value);
                self.events.iter().find(has_it).map(|event| format!("an event has it: {}", event.fields))
            }
        };
        let text = &self.text.parser;
        difference.map(|difference| {
            format!("{}: {} `{}`, {claim:?}\n{difference}\n{}", text.0, finding.code.0, finding.title, text.1)
        })
    }

    /// The events of the format with some changes.
    fn changed(&self, edits: &[Edit]) -> Cow<'_, [Event]> {
        match edits {
            [] => Cow::Borrowed(&self.events),
            edits => Cow::Owned(events(&compile(&edited(self.text, edits)), self.inputs)),
        }
    }

    fn difference(&self, changed: &[Event], events: &[Event]) -> Option<String> {
        if changed.len() != events.len() {
            return Some("what was changed has no plan".to_owned());
        }
        let mut all = events.iter().zip(changed).zip(self.inputs);
        all.find(|((event, changed), _)| event != changed).map(|((event, changed), input)| {
            let input = String::from_utf8_lossy(input.bytes());
            format!("{input}\nfirst   {}\nchanged {}", event.fields, changed.fields)
        })
    }
}

/// Whether there is more than dicts without members: a dict that no taxonomy knows leaves those.
fn has_value(value: &Value) -> bool {
    value.as_object().is_none_or(|members| members.values().any(has_value))
}

fn overlap(one: &Edit, other: &Edit) -> bool {
    let (one, other) = (one.span, other.span);
    one.source == other.source && one.start <= other.end && other.start <= one.end
}

fn edited(text: &FormatText, edits: &[Edit]) -> FormatText {
    let mut text = text.clone();
    let mut edits = edits.to_vec();
    edits.sort_by_key(|edit| std::cmp::Reverse((edit.span.start, edit.span.end)));
    for Edit { span, text: instead } in edits {
        let source = match span.source.0 {
            0 => Some(&mut text.parser.1),
            at => text.fields.get_mut(at as usize - 1).map(|fields| &mut fields.1),
        };
        if let Some(source) = source {
            source.replace_range(span.start as usize..span.end as usize, &instead);
        }
    }
    text
}
