//! `related.*`: every address, host, user and hash of an event in one list each.

use super::{Fields, Rule};
use crate::value::{Arena, Fault, List, Value, ops};

pub(super) const IP: Rule = Rule {
    name: "related.ip",
    reads: &[
        "source.ip",
        "destination.ip",
        "client.ip",
        "server.ip",
        "host.ip",
        "observer.ip",
        "source.nat.ip",
        "destination.nat.ip",
        "client.nat.ip",
        "server.nat.ip",
        "dns.resolved_ip",
    ],
    writes: &["related.ip"],
    needs: &[],
    summary: "`related.ip` lists the addresses of all parties, of translation and of DNS answers.",
    // network.forwarded_ip is not one of them: 10 times its address is missing, and it is never the only one to have it.
    evidence: "1,758 fields over the public pairs, no exception",
    apply: collect,
};

pub(super) const HOSTS: Rule = Rule {
    name: "related.hosts",
    reads: &[
        "host.hostname",
        "source.domain",
        "destination.domain",
        "client.domain",
        "server.domain",
        "observer.hostname",
        "dns.question.name",
        "url.domain",
    ],
    writes: &["related.hosts"],
    needs: &[],
    summary: "`related.hosts` lists the names of all parties; `url.domain` counts where the spec itself sets it.",
    evidence: "837 fields over the public pairs, no exception",
    apply: collect,
};

pub(super) const USER: Rule = Rule {
    name: "related.user",
    reads: &[
        "user.name",
        "source.user.name",
        "destination.user.name",
        "client.user.name",
        "server.user.name",
        "user.target.name",
        "file.owner",
    ],
    writes: &["related.user"],
    needs: &[],
    summary: "`related.user` lists the names of all users, a file's owner among them.",
    evidence: "1,058 fields over the public pairs, no exception",
    apply: collect,
};

pub(super) const HASH: Rule = Rule {
    name: "related.hash",
    reads: &[
        "file.hash.md5",
        "file.hash.sha1",
        "file.hash.sha256",
        "file.hash.sha384",
        "file.hash.sha512",
        "file.hash.ssdeep",
        "process.hash.md5",
        "process.hash.sha1",
        "process.hash.sha256",
        "process.hash.sha384",
        "process.hash.sha512",
        "process.hash.ssdeep",
        "process.parent.hash.md5",
        "process.parent.hash.sha1",
        "process.parent.hash.sha256",
        "process.parent.hash.sha384",
        "process.parent.hash.sha512",
        "process.parent.hash.ssdeep",
        "dll.hash.md5",
        "dll.hash.sha1",
        "dll.hash.sha256",
        "dll.hash.sha384",
        "dll.hash.sha512",
        "dll.hash.ssdeep",
        "tls.client.hash.md5",
        "tls.client.hash.sha1",
        "tls.client.hash.sha256",
        "tls.server.hash.md5",
        "tls.server.hash.sha1",
        "tls.server.hash.sha256",
    ],
    writes: &["related.hash"],
    needs: &[],
    summary: "`related.hash` lists the hashes of the event's file, library, processes and certificates; not those of \
              threat indicators.",
    evidence: "154 fields over the public pairs, no exception",
    apply: collect,
};

/// Adds what the fields hold to what the spec may have set, each value once. Where no field is there nothing happens.
fn collect(fields: &mut Fields<'_, '_>) -> Result<(), Fault> {
    let arena = fields.arena();
    if fields.values().next().is_none() {
        return Ok(());
    }
    let list = arena.list_with_capacity(1);
    gather(arena, list, fields.current(0))?;
    fields.values().try_for_each(|value| gather(arena, list, value))?;
    fields.set(0, Value::List(list));
    Ok(())
}

fn gather<'a>(arena: &'a Arena, list: &List<'a>, value: Value<'a>) -> Result<(), Fault> {
    match value {
        Value::Undefined => Ok(()),
        Value::List(items) => items.iter().try_for_each(|item| add(arena, list, item)),
        single => add(arena, list, single),
    }
}

fn add<'a>(arena: &'a Arena, list: &List<'a>, value: Value<'a>) -> Result<(), Fault> {
    arena.spend(list.len() as u64)?;
    if value.is_missing() || value.as_text().is_some_and(str::is_empty) {
        return Ok(());
    }
    for known in list.iter() {
        if ops::equal(known, value)? {
            return Ok(());
        }
    }
    list.push(arena, value)
}
