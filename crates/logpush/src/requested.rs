//! Which fields of a dataset a job asks for: all but those that the format leaves out and does not read.
//!
//! Why so: `docs/decisions/0044`.

use weir::{Format, Plan};
use weir_dataset::{Contract, mapped_fields};

/// The fields of a dataset, sorted into those that a job asks for and the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requested<'c> {
    /// What the job asks for, in the contract's order.
    pub fields: Vec<&'c str>,
    /// What it does not ask for, with the reason why the format leaves it out.
    pub others: Vec<(&'c str, &'c str)>,
}

/// The fields that a job must ask for. A field that the contract leaves out is asked for all the same where the format
/// reads it, as into `event.type`; without a format all are asked for.
///
/// What nobody reads would still travel, and be stored inside the message: credentials are left out for that reason.
pub fn requested<'c>(contract: &'c Contract, format: Option<&Format>) -> Requested<'c> {
    let plan = format.and_then(|format| format.plan.as_ref()).filter(|plan| !reads_whole_record(plan));
    let read = plan.map(|plan| mapped_fields(plan, contract));
    let mut sorted = Requested { fields: Vec::new(), others: Vec::new() };
    for field in &contract.fields {
        match (contract.left_out(&field.name), &read) {
            (Some(reason), Some(read)) if !read.contains(&field.name) => sorted.others.push((&field.name, reason)),
            _ => sorted.fields.push(&field.name),
        }
    }
    sorted
}

/// Whether an extractor reads the record and everything of its result is used.
fn reads_whole_record(plan: &Plan) -> bool {
    plan.reads_of_message().any(|wanted| wanted.is_whole())
}
