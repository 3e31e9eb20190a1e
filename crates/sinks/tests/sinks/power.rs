//! The power goes at any time: what counts as stored is on the disk, and in the end each event is there once.

use crate::deliverer::Deliverer;
use crate::failpoints::{EVENTS, KINDS, SIZES, check, deliverer};
use crate::files;
use crate::sim::{Fault, Lie, Random, Sim};

/// How often the power goes, for each kind of files.
const CUTS: usize = 60;

/// T22: nisshi #742: what was told to be stored was not. What a sink tells is held against what is read back.
#[test]
fn t22_what_counts_as_stored_survives_power_cuts() {
    for settings in KINDS {
        let lost: Vec<String> = (0..CUTS).filter_map(|seed| lost(settings, seed as u64, |_| false)).collect();
        assert!(lost.is_empty(), "{settings}: {}", lost.join("\n"));
    }
}

#[test]
fn t22_files_that_do_not_sync_are_found_by_it() {
    let mutants: [(&str, Lie); 3] = [
        ("parts", |name| name.starts_with(".weir")),
        ("names", |name| name == "names"),
        ("notes", |name| name.starts_with("cuts")),
    ];
    for (what, lie) in mutants {
        // Files that are torn are no files that can be read.
        let is_found = |settings: &&str, seed| {
            std::panic::catch_unwind(|| lost(settings, seed, lie)).map_or(true, |lost| lost.is_some())
        };
        let found = KINDS.iter().any(|settings| (0..CUTS).any(|seed| is_found(settings, seed as u64)));
        assert!(found, "nobody sees that {what} are not synced");
    }
}

/// Delivers everything over several power cuts. What was lost or doubled, if anything was.
fn lost(settings: &str, seed: u64, lie: Lie) -> Option<String> {
    let mut random = Random::new(seed);
    let mut sim = Sim::new(seed);
    sim.lie(lie);
    let mut deliverer = deliverer(settings, &sim);
    for _ in 0..6 {
        sim.fail(random.below(120), Fault::Crash);
        let outcome = deliverer.run(SIZES, &|| sim.is_off());
        sim = sim.power_cut(&mut random);
        sim.lie(lie);
        deliverer.context = deliverer.context.on(sim.files());
        let missing = missing(&deliverer, &sim);
        if !missing.is_empty() {
            return Some(format!("seed {seed}: {missing:?} counted as stored, and are gone"));
        }
        if outcome.is_ok() {
            break;
        }
    }
    sim.fail(usize::MAX, Fault::Crash);
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        deliverer.run(SIZES, &|| false).expect("nothing fails any more");
        check(&deliverer, &sim, &format!("{settings}, seed {seed}"));
    }));
    outcome.err().map(|panic| format!("{:?}", panic.downcast_ref::<String>()))
}

/// The events before the saved position that are in no file.
fn missing(deliverer: &Deliverer, sim: &Sim) -> Vec<usize> {
    let events = files::events(sim);
    (0..deliverer.source.before(deliverer.position).min(EVENTS)).filter(|number| !events.contains_key(number)).collect()
}
