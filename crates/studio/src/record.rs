//! What becomes of one record, and where each field of its event comes from.

use crate::folder::Files;
use crate::offsets::Offsets;
use crate::question::AskedRecord;
use crate::styled::{Places, Shown};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use weir::diagnostic::Span;
use weir::run::Finish;
use weir::spec::{ActionKind, Spec};
use weir::{Format, Input, Record, Scratch};
use weir_author::explain::Explained;
use weir_author::json::Json;
use weir_author::pairs::{self, NOW};
use weir_author::styled::StyledText;

/// A record as it is run.
pub enum Asked<'q> {
    /// A message.
    Message(&'q str),
    /// The incoming event of a recorded pair.
    Event(&'q str),
}

impl<'q> Asked<'q> {
    /// The record that is asked about.
    ///
    /// # Errors
    /// Where there is none.
    pub fn of(asked: &'q AskedRecord, files: &'q Files) -> Result<Self, Cow<'static, str>> {
        match (&asked.pair, &asked.message) {
            (Some(pair), _) => {
                let text = files.get(pair).ok_or("there is no such pair")?;
                pairs::input(text)
                    .map(Asked::Event)
                    .ok_or(Cow::Borrowed("this file is no recorded pair: see the problems"))
            }
            (None, Some(message)) => Ok(Asked::Message(message)),
            (None, None) => Err("no record is asked about".into()),
        }
    }

    /// As the engine takes it. The reference time is that of recorded pairs: what the page says must be the same tomorrow.
    pub fn record(&self) -> Record<'q> {
        let input = match *self {
            Asked::Message(text) => Input::Message(text.as_bytes()),
            Asked::Event(text) => Input::Event(text.as_bytes()),
        };
        Record { input, now: NOW, event_id: None }
    }
}

/// What came out of a record.
#[derive(Debug, Serialize)]
pub struct Look {
    message: String,
    event: Json,
    status: &'static str,
    warnings: Vec<String>,
    failure: Option<String>,
    /// Who set each field.
    fields: BTreeMap<String, By>,
}

/// Who set a field.
#[derive(Debug, Serialize)]
struct By {
    /// `set`, `inferred`, or `given` with the record.
    by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
}

/// The story of a field.
#[derive(Debug, Serialize)]
pub struct Story<'t> {
    text: Vec<Shown<'t>>,
    is_known: bool,
    /// Where the statements of the spec begin that set it, or could have.
    lines: Vec<usize>,
    /// What of the message its value is.
    exact: Vec<(usize, usize)>,
    /// What of the message its value was made from.
    near: Vec<(usize, usize)>,
    /// `exact`, `near` or `none`, where the event has the field.
    bytes: Option<&'static str>,
}

/// What comes out of a record.
///
/// # Errors
/// Where the format does not compile.
pub fn look(format: &Format, record: &Record<'_>, scratch: &mut Scratch) -> Result<Look, weir_author::Error> {
    let explained = Explained::of(format, record)?;
    let plan = format.plan.as_ref().ok_or(weir_author::Error::NothingCompiles)?;
    let mut event = Vec::new();
    let report = plan.run(scratch, record, &mut event);
    let fields = explained.origins(None).into_iter().map(|origin| {
        let line = origin.written.map(|place| place.line);
        let by = match line {
            Some(_) => "set",
            None if is_inferred(&explained, &origin.field) => "inferred",
            None => "given",
        };
        (origin.field, By { by, line })
    });
    Ok(Look {
        fields: fields.collect(),
        message: explained.trace.message.clone(),
        event: Json::read(&event)?,
        status: report.status().name(),
        warnings: report.omissions().iter().map(ToString::to_string).collect(),
        failure: report.failure().map(ToString::to_string),
    })
}

fn is_inferred(explained: &Explained<'_>, field: &str) -> bool {
    let finish = explained.trace.finish.iter();
    finish.into_iter().any(|step| matches!(step, Finish::Inferred { .. }) && step.field() == field)
}

/// All that the format does with a record.
///
/// # Errors
/// Where the format does not compile.
pub fn steps(format: &Format, record: &Record<'_>) -> Result<StyledText, weir_author::Error> {
    Ok(Explained::of(format, record)?.steps())
}

/// Where a field comes from, or why it is missing.
pub fn story<'t>(
    format: &'t Format,
    explained: &Explained<'_>,
    field: &str,
    told: (&'t StyledText, bool),
) -> Story<'t> {
    let mut places = Places::of(&format.sources);
    let origins = explained.origins(Some(field));
    let spans: Vec<Span> = match &origins[..] {
        [] => format.spec.iter().flat_map(|spec| written(spec, field)).collect(),
        origins => origins.iter().filter_map(|origin| Some(origin.written.as_ref()?.span)).collect(),
    };
    let mut lines: Vec<usize> = spans.into_iter().filter_map(|span| Some(places.place(span)?.from)).collect();
    lines.sort_unstable();
    lines.dedup();
    let offsets = Offsets::of(&explained.trace.message);
    let bytes = |is_made: bool| {
        let of_kind = origins.iter().filter(|origin| (origin.relation == "made") == is_made);
        of_kind.flat_map(|origin| &origin.bytes).map(|(from, to)| offsets.range(*from, *to)).collect::<Vec<_>>()
    };
    let (exact, near) = (bytes(false), bytes(true));
    let bytes = match (origins.is_empty(), exact.is_empty(), near.is_empty()) {
        (true, ..) => None,
        (_, false, _) => Some("exact"),
        (_, _, false) => Some("near"),
        _ => Some("none"),
    };
    Story { text: places.shown(told.0), is_known: told.1, lines, exact, near, bytes }
}

/// The places of a spec that write a field.
fn written<'s>(spec: &'s Spec, field: &'s str) -> impl Iterator<Item = Span> + 's {
    let actions = spec.stages.iter().flat_map(|stage| &stage.actions);
    let all = actions.flat_map(|action| match &action.operation {
        ActionKind::Set(fields) => fields.iter().map(|(field, _)| field).collect::<Vec<_>>(),
        ActionKind::Translate { mapping, .. } => mapping.iter().map(|(_, field)| field).collect(),
        ActionKind::Delete(fields) => fields.iter().collect(),
    });
    all.into_iter().filter(move |written| written.text == field).map(|written| written.span)
}
