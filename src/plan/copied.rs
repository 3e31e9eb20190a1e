//! Copied fields: what is read of an extractor's result and set as it is goes from slot to slot, and no expression runs.

use super::expression::{Expression, Path, Slot, Source};
use super::flat::FlatPath;
use super::{Assignment, Entry, Operation, Shortcut, Work};

/// A value that goes from one slot to another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Copied {
    /// What an extractor's result has at the path that is read.
    pub from: Slot,
    /// The result itself; a dict without that path gives nothing, and no dict is a fault.
    pub result: Slot,
    /// The field that is set.
    pub to: Slot,
}

/// Marks the assignments that copy. None does where a spec has values that are ignored: each value is looked at then.
pub(super) fn mark(entries: &mut [Entry], paths: &[Option<FlatPath>]) {
    for entry in entries {
        let Work::Stage(actions) = &mut entry.work else { continue };
        for action in actions {
            let Operation::Set(fields) = &mut action.operation else { continue };
            for (assignment, source) in fields.iter_mut().filter(|(field, _)| field.shortcut.is_none()) {
                assignment.shortcut = copied(assignment, source, paths).map(Shortcut::Copied);
            }
        }
    }
}

fn copied(assignment: &Assignment, source: &Source, paths: &[Option<FlatPath>]) -> Option<Copied> {
    let Source::Expression(Expression::Path(path)) = source else { return None };
    let Path { slot: result, number, .. } = **path;
    let flat = paths.get(number as usize)?.as_ref()?;
    let is_alone = assignment.place.above.is_empty() && assignment.place.below.is_empty();
    let is_direct = flat.below.is_empty() && flat.steps.len() == 1;
    let to = assignment.place.exact.filter(|_| is_alone && is_direct && assignment.mirror.exact.is_none())?;
    Some(Copied { from: flat.leaf, result, to })
}
