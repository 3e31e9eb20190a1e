//! How an action sets its fields, on the way with shortcuts: settled fields are not set, and what is read of an extractor's
//! result and set as it is goes from slot to slot.

use super::expression::{Expression, Path, Slot, Source};
use super::flat::FlatPath;
use super::{Assignment, Entry, Operation, Work};
use crate::taxonomy::Reading;
use crate::value::Constant;

/// How the field at a place among those of an action is set.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Setting {
    /// To what its source gives.
    Evaluated(u32),
    /// At once, if the value allows it; else so, too.
    Copied(Copied, u32),
}

/// A value that goes from one slot to another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Copied {
    /// What an extractor's result has at the path that is read.
    pub from: Slot,
    /// The result itself; a dict without that path gives nothing, and no dict is a fault.
    pub result: Slot,
    /// The field that is set.
    pub to: Slot,
    /// Whether text is set as it is.
    pub takes_text: bool,
    /// Whether numbers and truth values are set as they are.
    pub takes_scalars: bool,
}

/// Finds how all actions set their fields. None copies where a spec has values that are ignored: each value is looked at then.
pub(super) fn find(entries: &mut [Entry], paths: &[Option<FlatPath>], ignored: &[Constant]) {
    let actions = entries.iter_mut().filter_map(|entry| match &mut entry.work {
        Work::Stage(actions) => Some(actions),
        Work::Extract(_) => None,
    });
    for action in actions.flatten() {
        let Operation::Set(fields) = &action.operation else { continue };
        let unsettled = (0..).zip(fields.iter()).filter(|(_, (field, _))| !field.is_settled);
        let setting = |(place, (field, source)): (u32, &(Assignment, Source))| match copied(field, source, paths) {
            Some(copied) if ignored.is_empty() => Setting::Copied(copied, place),
            _ => Setting::Evaluated(place),
        };
        action.settings = unsettled.map(setting).collect();
    }
}

fn copied(assignment: &Assignment, source: &Source, paths: &[Option<FlatPath>]) -> Option<Copied> {
    let source = if let Source::Verbatim(inner) = source { inner } else { source };
    let Source::Expression(Expression::Path(path)) = source else { return None };
    let Path { slot: result, number, .. } = **path;
    let flat = paths.get(number as usize)?.as_ref()?;
    let is_alone = assignment.place.above.is_empty() && assignment.place.below.is_empty();
    let is_direct = flat.below.is_empty() && flat.steps.len() == 1;
    let to = assignment.place.exact.filter(|_| is_alone && is_direct && assignment.mirror.exact.is_none())?;
    let reading = assignment.reading();
    let takes_scalars = matches!(reading, Reading::Any | Reading::Object);
    let takes_text = takes_scalars || reading == Reading::Text;
    Some(Copied { from: flat.leaf, result, to, takes_text, takes_scalars })
}
