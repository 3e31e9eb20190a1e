//! User agents by the public uap-core regexes, which `uap-core/` holds with their licence.
//!
//! Why so: `docs/decisions/0007`.

mod agent;
mod candidates;
mod catalogue;
mod expression;
mod folded;
#[cfg(test)]
mod literals;
#[cfg(test)]
mod tests;

pub(super) use agent::Agent;

use super::{Fields, Rule};
use crate::value::{Fault, Value};
use candidates::Ordered;
use catalogue::{Definition, catalogue};
use expression::{filled, name, part};
use folded::Folded;
use regex::Captures;
use std::sync::LazyLock;

pub(super) const RULE: Rule = Rule {
    name: "user_agent",
    reads: &["user_agent.original"],
    writes: &[
        "user_agent.name",
        "user_agent.version",
        "user_agent.device.name",
        "user_agent.os.name",
        "user_agent.os.version",
    ],
    needs: &[],
    summary: "Name, version, device and operating system of `user_agent.original` replace what the spec sets; a name that \
              no regex knows is `Other`, a version that the text does not tell leaves the spec's.",
    evidence: "679 fields over the public pairs, no exception; replaces what the spec set 17 times of 17",
    apply,
};

/// The regexes for all workers. Those that a text may match are compiled when the first such text comes: all at once
/// take a large part of a second.
static REGEXES: LazyLock<UserAgentRegexes> = LazyLock::new(|| {
    let [browsers, systems, devices] = catalogue();
    UserAgentRegexes {
        browsers: Ordered::new(browsers),
        systems: Ordered::new(systems),
        devices: Ordered::new(devices),
    }
});

struct UserAgentRegexes {
    browsers: Ordered,
    systems: Ordered,
    devices: Ordered,
}

fn apply(fields: &mut Fields<'_, '_>) -> Result<(), Fault> {
    // Each of many regexes may walk the text once.
    const WALKS: u64 = 64;
    let Some(text) = fields.text(0) else { return Ok(()) };
    let arena = fields.arena();
    arena.spend(WALKS * text.len() as u64)?;
    let agent = fields.caches().agent(text, read);
    for (place, told) in agent.0.iter().enumerate() {
        if !told.is_empty() {
            fields.set(place, Value::Text(arena.text(told)?));
        }
    }
    Ok(())
}

fn read(text: &str) -> Agent {
    let UserAgentRegexes { browsers, systems, devices } = &*REGEXES;
    let folded = Folded::new(text);
    let [name, version] = browsers.first(text, &folded).map_or_else(unknown, |(one, found)| browser(one, &found));
    let [system, release] = systems.first(text, &folded).map_or_else(unknown, |(one, found)| system(one, &found));
    let device = devices.first(text, &folded);
    let device = device.map_or_else(other, |(one, found)| filled(&found, one.get("device_replacement"), 1).into());
    Agent([name, version, device, system, release])
}

fn other() -> Box<str> {
    Box::from("Other")
}

fn unknown() -> [Box<str>; 2] {
    [other(), Box::default()]
}

/// Name and version.
fn browser(definition: &Definition, found: &Captures<'_>) -> [Box<str>; 2] {
    let parts = ["v1_replacement", "v2_replacement", "v3_replacement"].into_iter().zip(2..);
    let parts = parts.filter_map(|(name, number)| part(found, definition.get(name), number));
    let version = parts.collect::<Vec<_>>().join(".");
    [name(found, definition.get("family_replacement")).into(), version.into()]
}

/// Name and version.
fn system(definition: &Definition, found: &Captures<'_>) -> [Box<str>; 2] {
    let parts = ["os_v1_replacement", "os_v2_replacement", "os_v3_replacement"].into_iter().zip(2..);
    let parts = parts.map(|(name, number)| filled(found, definition.get(name), number));
    let version = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".");
    [filled(found, definition.get("os_replacement"), 1).into(), version.into()]
}
