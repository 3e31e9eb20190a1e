//! The address of a party, and the parts of domain names.

use super::domain::{self, Parts};
use super::{Fields, Rule};
use crate::value::{Fault, Value};

pub(super) const SOURCE: Rule = Rule {
    name: "source.address",
    reads: &["source.domain", "source.ip"],
    writes: &["source.address", "source.registered_domain", "source.top_level_domain", "source.subdomain"],
    needs: &[(&["source.registered_domain", "source.top_level_domain", "source.subdomain"], &["source.domain"])],
    summary: "Unless the spec sets `source.address`, it is `source.domain`, else `source.ip`, and the domain's parts are \
              set.",
    evidence: "1,968 fields over the public pairs, no exception",
    apply: party,
};

pub(super) const DESTINATION: Rule = Rule {
    name: "destination.address",
    reads: &["destination.domain", "destination.ip"],
    writes: &[
        "destination.address",
        "destination.registered_domain",
        "destination.top_level_domain",
        "destination.subdomain",
    ],
    needs: &[(
        &["destination.registered_domain", "destination.top_level_domain", "destination.subdomain"],
        &["destination.domain"],
    )],
    summary: "Unless the spec sets `destination.address`, it is `destination.domain`, else `destination.ip`, and the \
              domain's parts are set.",
    evidence: "1,048 fields over the public pairs, no exception; beside an address of the spec's own there are no parts 36 times of \
               36",
    apply: party,
};

pub(super) const CLIENT: Rule = Rule {
    name: "client.address",
    reads: &["client.domain", "client.ip"],
    writes: &["client.address", "client.registered_domain", "client.top_level_domain", "client.subdomain"],
    needs: &[(&["client.registered_domain", "client.top_level_domain", "client.subdomain"], &["client.domain"])],
    // The fourth party of ECS, `server`, has no such rule: 23 times of 23 it has neither an address nor parts.
    summary: "Unless the spec sets `client.address`, it is `client.domain`, else `client.ip`, and the domain's parts are \
              set.",
    evidence: "56 fields over the public pairs, no exception",
    apply: party,
};

pub(super) const QUESTION: Rule = Rule {
    name: "dns.question",
    reads: &["dns.question.name"],
    writes: &["dns.question.registered_domain", "dns.question.top_level_domain", "dns.question.subdomain"],
    needs: &[],
    summary: "The parts of `dns.question.name`.",
    evidence: "161 fields over the public pairs, no exception",
    apply: question,
};

/// Fills three neighbouring fields: registered domain, top-level domain, subdomain.
pub(super) fn fill_parts<'a>(fields: &mut Fields<'_, 'a>, first: usize, text: &'a str) -> Result<(), Fault> {
    let arena = fields.arena();
    arena.spend(text.len() as u64)?;
    let parts = fields.caches().domain(domain::host(text), |host| domain::split(arena, host))?;
    let Parts { registered, top_level, subdomain } = parts;
    fields.fill_text(first, registered);
    fields.fill_text(first + 1, top_level);
    fields.fill_text(first + 2, subdomain);
    Ok(())
}

fn party(fields: &mut Fields<'_, '_>) -> Result<(), Fault> {
    if fields.written(0) {
        return Ok(());
    }
    let address = match fields.get(0) {
        Value::Undefined => fields.get(1),
        domain => domain,
    };
    fields.fill(0, address);
    match fields.text(0) {
        Some(domain) => fill_parts(fields, 1, domain),
        None => Ok(()),
    }
}

fn question(fields: &mut Fields<'_, '_>) -> Result<(), Fault> {
    match fields.text(0) {
        Some(name) => fill_parts(fields, 0, name),
        None => Ok(()),
    }
}
