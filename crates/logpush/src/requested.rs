//! Which fields of a dataset a job asks for: those that the format reads or whose text it keeps on purpose.

use crate::contract::Contract;
use weir::Plan;

/// The fields of a dataset, sorted into those that a job asks for and the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requested<'c> {
    /// What the job asks for, in the contract's order.
    pub fields: Vec<&'c str>,
    /// What it does not ask for, with the reason why the format leaves it out.
    pub others: Vec<(&'c str, &'c str)>,
}

/// The fields that a job must ask for. A field that the contract leaves out is asked for all the same where the plan
/// reads it, as into `event.type`; without a plan all are asked for.
///
/// What nobody reads would still travel, and be stored inside the message: credentials are left out for that reason.
pub fn requested<'c>(contract: &'c Contract, plan: Option<&Plan>) -> Requested<'c> {
    let plan = plan.map(Plan::explain);
    let is_left = |field: &str| contract.left_out.iter().find(|(name, _)| name == field);
    let mut sorted = Requested { fields: Vec::new(), others: Vec::new() };
    for field in &contract.fields {
        match (is_left(field), &plan) {
            (Some((name, reason)), Some(plan)) if !may_read(plan, field) => sorted.others.push((name, reason)),
            _ => sorted.fields.push(field),
        }
    }
    sorted
}

/// Whether a plan, explained, may read a field of the record. In doubt it does: a field too many costs little, a field
/// too few loses what the format is for. The plan has no list of what it reads of the record; its explanation names
/// all.
fn may_read(plan: &str, field: &str) -> bool {
    let steps = plan.split_once("\nfields\n").map_or(plan, |(steps, _)| steps);
    reads_whole_record(steps) || is_a_word(steps, field)
}

/// Whether an extractor reads the record and everything of its result is used.
fn reads_whole_record(steps: &str) -> bool {
    let mut lines = steps.lines().map(str::trim);
    let mut of_the_record = false;
    lines.any(|line| {
        let whole = of_the_record && line == "reads of it everything";
        of_the_record = line.contains(" of original.message into ");
        whole
    })
}

fn is_a_word(text: &str, name: &str) -> bool {
    let is_part = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    text.match_indices(name).any(|(place, _)| {
        !is_part(text[..place].chars().next_back()) && !is_part(text[place + name.len()..].chars().next())
    })
}
