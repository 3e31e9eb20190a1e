//! Which fields a taxonomy lacks for a plan, and which no plan uses.

use std::collections::BTreeSet;
use std::ops::Bound;
use weir::Plan;
use weir::taxonomy::{Field, Origin, Reading};

/// What a taxonomy lacks, and what of it is unused, by name.
#[derive(Debug, PartialEq, Eq, serde::Serialize)]
pub struct Gaps {
    /// Fields that the plan sets and that neither the base taxonomy nor the format declares: they do not come out.
    pub missing: Vec<String>,
    /// Fields that the format declares and that can have no value: no action sets them, none sets a dict that they lie in
    /// or, where they hold dicts, a field inside them, and no rule of inference sets them.
    pub unused: Vec<String>,
}

impl Gaps {
    /// Compares what a plan sets with what is declared.
    pub fn of(plan: &Plan) -> Self {
        let (set, inferred) = (plan.sets(), plan.infers());
        let missing = set.iter().filter(|name| plan.field(name).is_none());
        let declared = plan.taxonomy().iter().filter(|field| field.origin == Origin::Format);
        let unused = declared.filter(|field| !is_written(field, &set) && !inferred.contains(&*field.name));
        Gaps {
            missing: missing.map(|name| (*name).to_owned()).collect(),
            unused: unused.map(|field| field.name.to_string()).collect(),
        }
    }
}

fn is_written(field: &Field, set: &BTreeSet<&str>) -> bool {
    let name = &*field.name;
    let mut above = name.match_indices('.').map(|(dot, _)| &name[..dot]);
    set.contains(name) || above.any(|above| set.contains(above)) || (holds_fields(field) && has_below(set, name))
}

/// Whether a value of the field may have fields of its own.
fn holds_fields(field: &Field) -> bool {
    matches!(field.kind.reading(), Reading::Object | Reading::Any)
}

fn has_below(set: &BTreeSet<&str>, name: &str) -> bool {
    let from = format!("{name}.");
    let next = set.range::<str, _>((Bound::Included(&*from), Bound::Unbounded)).next();
    next.is_some_and(|next| next.starts_with(&from))
}
