//! Fields that repeat another field.

use super::{Fields, Rule};
use crate::value::Fault;

pub(super) const HOST_NAME: Rule = Rule {
    name: "host.name",
    reads: &["host.hostname"],
    writes: &["host.name"],
    needs: &[],
    summary: "`host.name` is `host.hostname`, unless the spec sets it.",
    evidence: "83 fields over the public pairs, no exception; a host.name of the spec's own is kept 5 times of 5",
    apply: host_name,
};

pub(super) const OUTCOME: Rule = Rule {
    name: "event.outcome",
    reads: &["action.outcome"],
    writes: &["event.outcome"],
    needs: &[],
    summary: "`event.outcome` is `action.outcome`, even where the spec sets another.",
    evidence: "534 fields over the public pairs, no exception; replaces what the spec set 2 times of 2",
    apply: outcome,
};

fn host_name(fields: &mut Fields<'_, '_>) -> Result<(), Fault> {
    let hostname = fields.get(0);
    if !hostname.is_undefined() {
        fields.fill(0, hostname);
    }
    Ok(())
}

fn outcome(fields: &mut Fields<'_, '_>) -> Result<(), Fault> {
    let outcome = fields.get(0);
    if !outcome.is_undefined() {
        fields.set(0, outcome);
    }
    Ok(())
}
