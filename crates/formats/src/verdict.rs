//! What became of a record, to who runs records: the one place that reads a report for it.

use weir::Report;
use weir::run::Omission;

/// What a record's run came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All of it is in the event.
    Whole,
    /// The event lacks what the record had for it.
    Partial(Vec<Trouble>),
    /// Nothing was read of the record, though nothing failed.
    Unread(Trouble),
    /// The run failed, or the record has no format.
    Failed(Trouble),
}

/// Something that went wrong with a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    /// The pipeline entry; empty for the record itself or what follows the stages.
    pub stage: String,
    /// The action's place in its stage, from 1, and its kind.
    pub action: Option<(usize, &'static str)>,
    /// The field that was left out.
    pub field: Option<String>,
    /// The kind of trouble in a word.
    pub code: &'static str,
    /// The reason in words.
    pub reason: String,
}

impl Verdict {
    /// What a report says, of a record that was read.
    pub fn of(report: &Report) -> Verdict {
        if let Some(failure) = report.failure() {
            let (code, reason) = (failure.fault.code().name(), failure.fault.reason().to_owned());
            return Verdict::Failed(Trouble { stage: failure.stage.to_string(), code, reason, ..Trouble::default() });
        }
        match report.omissions() {
            [] => Verdict::Whole,
            omissions => Verdict::Partial(omissions.iter().map(Trouble::of).collect()),
        }
    }

    /// What it is called in a list of records.
    pub fn name(&self) -> &'static str {
        match self {
            Verdict::Whole => "whole",
            Verdict::Partial(_) => "partial",
            Verdict::Unread(_) => "unread",
            Verdict::Failed(_) => "failed",
        }
    }

    /// What went wrong, the first that did first.
    pub fn troubles(&self) -> &[Trouble] {
        match self {
            Verdict::Whole => &[],
            Verdict::Partial(troubles) => troubles,
            Verdict::Unread(trouble) | Verdict::Failed(trouble) => std::slice::from_ref(trouble),
        }
    }
}

impl Trouble {
    fn of(omission: &Omission) -> Trouble {
        Trouble {
            stage: omission.stage.to_string(),
            action: omission.action,
            field: omission.field.as_deref().map(str::to_owned),
            code: omission.fault.code().name(),
            reason: omission.fault.reason().to_owned(),
        }
    }

    /// Where it happened: `set_fields, action 2 (set), source.ip`; empty for the record itself.
    pub fn place(&self) -> String {
        let action = self.action.map(|(number, kind)| format!("action {number} ({kind})"));
        let stage = Some(self.stage.clone()).filter(|stage| !stage.is_empty());
        let parts: Vec<String> = stage.into_iter().chain(action).chain(self.field.clone()).collect();
        parts.join(", ")
    }
}
