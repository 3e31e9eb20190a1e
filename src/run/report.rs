//! What a run says of itself: its status, what it passed over and why, and where it failed.

use crate::diagnostic::Span;
use crate::plan::tree::{Action, Assignment, Entry};
use crate::value::{Fault, FaultCode};
use std::fmt;
use std::sync::Arc;

/// How the run of one record ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Status {
    /// Everything ran.
    #[default]
    Success,
    /// Something was left out: a part of the spec failed, or a value did not fit. For the public engine this is a success:
    /// so say the recorded pairs, in 462 of which this engine leaves something out.
    Partial,
    /// Something failed that the spec does not let fail.
    Failure,
}

impl Status {
    /// The public engine's word for it, which an event has as `sekoiaio.intake.parsing_status`.
    pub fn name(self) -> &'static str {
        match self {
            Status::Success | Status::Partial => "success",
            Status::Failure => "failure",
        }
    }
}

/// Something that was passed over; the run went on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Omission {
    /// The pipeline entry; empty for the input itself or what follows the stages.
    pub stage: Arc<str>,
    /// The action's place in its stage, from 1, and its kind.
    pub action: Option<(usize, &'static str)>,
    /// The field concerned.
    pub field: Option<Arc<str>>,
    /// What went wrong.
    pub fault: Fault,
    /// Where the spec says it.
    pub span: Option<Span>,
}

/// Why a run failed: the first thing that went wrong and was not allowed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The pipeline entry; empty for the input itself.
    pub stage: Arc<str>,
    /// What went wrong.
    pub fault: Fault,
    /// Where the spec says it.
    pub span: Option<Span>,
}

/// The report of one record's run.
#[derive(Clone, Debug, Default)]
pub struct Report {
    omissions: Vec<Omission>,
    dropped: usize,
    failure: Option<Failure>,
    dates_ahead: u32,
}

impl Report {
    /// How many omissions a report keeps; the others are counted.
    pub const KEPT: usize = 100;

    /// How the run ended.
    pub fn status(&self) -> Status {
        match (&self.failure, self.omissions.is_empty()) {
            (Some(_), _) => Status::Failure,
            (None, false) => Status::Partial,
            (None, true) => Status::Success,
        }
    }

    /// What was passed over, in order.
    pub fn omissions(&self) -> &[Omission] {
        &self.omissions
    }

    /// How many omissions there were beyond [`Report::KEPT`].
    pub fn dropped(&self) -> usize {
        self.dropped
    }

    /// How many dates name no year and lie more than a day ahead of the reference time, whose year they got. They are no omission:
    /// the recorded events have such dates without one.
    pub fn dates_ahead(&self) -> u32 {
        self.dates_ahead
    }

    pub(super) fn set_dates_ahead(&mut self, count: u32) {
        self.dates_ahead = count;
    }

    /// Why the run failed.
    pub fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    pub(super) fn clear(&mut self) {
        self.omissions.clear();
        self.dropped = 0;
        self.failure = None;
        self.dates_ahead = 0;
    }

    /// Notes an omission. Reading below something undefined is none: it is how a spec reads a field that an event may lack,
    /// and the field is not set.
    #[cold]
    pub(super) fn omit(&mut self, omission: Omission) {
        if omission.fault.code() == FaultCode::Undefined {
            return;
        }
        if self.omissions.len() < Self::KEPT {
            self.omissions.push(omission);
        } else {
            self.dropped += 1;
        }
    }

    #[cold]
    pub(super) fn fail(&mut self, failure: Failure) {
        if failure.fault.code() != FaultCode::Undefined {
            self.failure.get_or_insert(failure);
        }
    }
}

impl Omission {
    #[cold]
    pub(super) fn of_input(reason: &str) -> Self {
        let fault = Fault::new(FaultCode::Value, reason);
        Omission { stage: Arc::default(), action: None, field: None, fault, span: None }
    }

    #[cold]
    pub(super) fn of_entry(entry: &Entry, fault: Fault) -> Self {
        Omission { stage: entry.name.clone(), action: None, field: None, fault, span: Some(entry.span) }
    }

    #[cold]
    pub(super) fn of_action(
        entry: &Entry,
        index: usize,
        action: &Action,
        field: Option<&Assignment>,
        fault: Fault,
    ) -> Self {
        Omission {
            stage: entry.name.clone(),
            action: Some((index + 1, action.operation.name())),
            field: field.map(|assignment| assignment.field.clone()),
            fault,
            span: Some(field.map_or(action.span, |assignment| assignment.span)),
        }
    }

    #[cold]
    pub(super) fn of_field(field: &str, fault: Fault) -> Self {
        Omission { stage: Arc::default(), action: None, field: Some(field.into()), fault, span: None }
    }
}

impl Failure {
    #[cold]
    pub(super) fn of_input(fault: Fault) -> Self {
        Failure { stage: Arc::default(), fault, span: None }
    }

    #[cold]
    pub(super) fn of_entry(entry: &Entry, fault: Fault) -> Self {
        Failure { stage: entry.name.clone(), fault, span: Some(entry.span) }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.stage.is_empty() {
            write!(f, "{}: ", self.stage)?;
        }
        f.write_str(self.fault.reason())
    }
}

impl fmt::Display for Omission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.stage.is_empty() { "event" } else { &self.stage })?;
        if let Some((number, kind)) = self.action {
            write!(f, ", action {number} ({kind})")?;
        }
        if let Some(field) = &self.field {
            write!(f, ", {field}")?;
        }
        write!(f, ": {}", self.fault.reason())
    }
}
