//! User agents by the public uap-core regexes, which `uap-core/` holds with their licence.

mod candidates;
mod catalogue;
#[cfg(test)]
mod literals;
#[cfg(test)]
mod tests;

use super::{Fields, Rule};
use crate::value::{Fault, Value};
use candidates::{Folded, Ordered};
use catalogue::{Definition, catalogue};
use std::borrow::Cow;
use std::sync::LazyLock;
use ua_parser::{device, os, user_agent};

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
    evidence: "true 642 times, no exception over the public pairs; replaces what the spec set 17 times of 17",
    apply,
};

/// What a user agent's text tells: each field of the rule's `writes`, empty where it tells nothing.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Agent([Box<str>; 5]);

/// The regexes for all workers. Those that a text may match are compiled when the first such text comes: all at once
/// take a large part of a second.
static REGEXES: LazyLock<Regexes> = LazyLock::new(|| {
    let [browsers, systems, devices] = catalogue();
    Regexes { browsers: Ordered::new(browsers), systems: Ordered::new(systems), devices: Ordered::new(devices) }
});

struct Regexes {
    browsers: Ordered<user_agent::Extractor<'static>>,
    systems: Ordered<os::Extractor<'static>>,
    devices: Ordered<device::Extractor<'static>>,
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
    let Regexes { browsers, systems, devices } = &*REGEXES;
    let folded = Folded::new(text);
    let browser = browsers.first(&folded, compile_browser, |regex| regex.extract(text));
    let system = systems.first(&folded, compile_system, |regex| regex.extract(text));
    let device = devices.first(&folded, compile_device, |regex| regex.extract(text));
    describe(browser, system.as_ref(), device)
}

fn describe(
    browser: Option<user_agent::ValueRef<'_>>,
    system: Option<&os::ValueRef<'_>>,
    device: Option<device::ValueRef<'_>>,
) -> Agent {
    let other = || Box::from("Other");
    Agent([
        browser.as_ref().map_or_else(other, |found| found.family.as_ref().into()),
        browser.map_or_else(Box::default, |found| version([found.major, found.minor, found.patch])),
        device.map_or_else(other, |found| found.device.as_ref().into()),
        system.map_or_else(other, |found| found.os.as_ref().into()),
        system.map_or_else(Box::default, |found| {
            version([found.major.as_deref(), found.minor.as_deref(), found.patch.as_deref()])
        }),
    ])
}

/// Major, minor and patch, as far as they are known, with dots between.
fn version(parts: [Option<&str>; 3]) -> Box<str> {
    let known: Vec<&str> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    known.join(".").into()
}

// Each regex is a parser of `ua_parser` by itself, whose rules for replacements hold so.

fn compile_browser(definition: &Definition, regex: Cow<'static, str>) -> Option<user_agent::Extractor<'static>> {
    let parser = user_agent::Parser {
        regex,
        family_replacement: definition.get("family_replacement"),
        v1_replacement: definition.get("v1_replacement"),
        v2_replacement: definition.get("v2_replacement"),
        v3_replacement: definition.get("v3_replacement"),
        v4_replacement: definition.get("v4_replacement"),
    };
    user_agent::Builder::new().push(parser).ok()?.build().ok()
}

fn compile_system(definition: &Definition, regex: Cow<'static, str>) -> Option<os::Extractor<'static>> {
    let parser = os::Parser {
        regex,
        os_replacement: definition.get("os_replacement"),
        os_v1_replacement: definition.get("os_v1_replacement"),
        os_v2_replacement: definition.get("os_v2_replacement"),
        os_v3_replacement: definition.get("os_v3_replacement"),
        os_v4_replacement: definition.get("os_v4_replacement"),
    };
    os::Builder::new().push(parser).ok()?.build().ok()
}

fn compile_device(definition: &Definition, regex: Cow<'static, str>) -> Option<device::Extractor<'static>> {
    let parser = device::Parser {
        regex,
        regex_flag: definition.get("regex_flag").map(|_| device::Flag::IgnoreCase),
        device_replacement: definition.get("device_replacement"),
        brand_replacement: definition.get("brand_replacement"),
        model_replacement: definition.get("model_replacement"),
    };
    device::Builder::new().push(parser).ok()?.build().ok()
}
