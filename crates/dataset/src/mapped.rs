//! Which documented fields a format reads.

use crate::Contract;
use std::collections::HashSet;
use weir::Plan;

/// The fields of a contract that a compiled format reads by name, as the plan says it. What only a template that takes the
/// whole record reads, as a list of all that is left, is not among them.
pub fn mapped_fields(plan: &Plan, contract: &Contract) -> HashSet<String> {
    let is_read = |name: &str| plan.reads_of_message().any(|wanted| wanted.names(name));
    contract.fields.iter().map(|field| &field.name).filter(|name| is_read(name)).cloned().collect()
}
