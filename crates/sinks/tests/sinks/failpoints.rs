//! Every call of a sink of files fails once, in every way that calls fail: each event is in the files exactly once.

use crate::deliverer::Deliverer;
use crate::files;
use crate::sim::{EINTR, EIO, ENOSPC, Fault, Sim};
use crate::source::Source;
use std::path::Path;
use weir_sinks::Context;

pub const EVENTS: usize = 60;
pub const SIZES: &[usize] = &[5, 1, 16, 9];

/// Files that are cut several times on the way.
pub const KINDS: &[&str] = &[
    "{type: ndjson, to: events, size: 1kB}",
    "{type: ndjson, to: events, size: 200B, compress: gzip, partition: '{format}/date={date}'}",
    "{type: ndjson, to: events, size: 300B, compress: zstd}",
    #[cfg(feature = "parquet")]
    "{type: parquet, to: events, size: 200B}",
];

pub fn deliverer(settings: &str, sim: &Sim) -> Deliverer {
    let context = Context::new("sink", Path::new("data"), [7; 16]).on(sim.files());
    Deliverer::new(Source::new(EVENTS), settings, context)
}

#[test]
fn every_call_may_fail_once() {
    for settings in KINDS {
        let sim = Sim::new(1);
        sim.fail(usize::MAX, Fault::Crash);
        deliverer(settings, &sim).run(SIZES, &|| false).expect("nothing fails");
        let calls = sim.calls();
        for kind in [
            "create",
            "write",
            "sync .weir",
            "rename .weir",
            "sync cuts",
            "rename cuts",
            "sync names",
            "open cuts",
            "list",
        ] {
            assert!(calls.iter().any(|call| call.starts_with(kind)), "{settings}: {kind} is never called");
        }
        let mut failures = 0;
        for (call, made) in calls.iter().enumerate() {
            for fault in [Fault::Code(EIO), Fault::Code(ENOSPC), Fault::Code(EINTR), Fault::Short, Fault::Crash] {
                let sim = Sim::new(call as u64);
                sim.fail(call, fault);
                failures += run(settings, &sim, &format!("{settings}: {fault:?} at call {call}, {made}"));
            }
        }
        println!("{settings}: {} calls failed in 5 ways each; the deliverer saw {failures} failures", calls.len());
        assert!(failures > calls.len(), "{settings}: hardly anything failed");
    }
}

/// Delivers everything, in a second process where the first one is killed. How often a call of the sink failed.
fn run(settings: &str, sim: &Sim, what: &str) -> usize {
    let mut deliverer = deliverer(settings, sim);
    let mut sim = sim.clone();
    while deliverer.run(SIZES, &|| sim.is_off()).is_err() {
        deliverer.failures += 1;
        sim = sim.killed();
        deliverer.context = deliverer.context.on(sim.files());
    }
    check(&deliverer, &sim, what);
    deliverer.failures
}

/// Each event is there once, and nothing else is left.
pub fn check(deliverer: &Deliverer, sim: &Sim, what: &str) {
    let events = files::events(sim);
    let missing: Vec<usize> = (0..EVENTS).filter(|number| !events.contains_key(number)).collect();
    let doubled: Vec<_> = events.iter().filter(|(_, times)| **times > 1).collect();
    assert!(missing.is_empty() && doubled.is_empty(), "{what}: missing {missing:?}, doubled {doubled:?}");
    assert_eq!(deliverer.position, deliverer.source.end(), "{what}");
    assert!(deliverer.refused.is_empty(), "{what}: {:?}", deliverer.refused);
    let parts = sim.all_names().into_iter().filter(|name| name.starts_with('.') && !name.ends_with("spool")).count();
    assert_eq!(parts, 0, "{what}: {:?}", sim.all_names());
}
