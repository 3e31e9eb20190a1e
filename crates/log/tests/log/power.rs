//! Power goes at any moment: what was acknowledged is there, what was not given is not, and mutants without a sync are caught.

use crate::model::{End, Model, Work};
use crate::sim::{Fault, Lie, Random, Sim};

/// How many cuts the ordinary tests make; the ignored test makes 10,000.
const CUTS: usize = 1_000;

/// How many times the power goes on one disk.
const ROUNDS: usize = 4;

#[test]
fn what_was_acknowledged_survives_power_cuts() {
    hold(0, CUTS);
}

#[test]
#[ignore = "takes minutes: cargo test -p weir-log --release -- --ignored power"]
fn what_was_acknowledged_survives_ten_thousand_power_cuts() {
    hold(1_000_000, 10_000);
}

#[test]
fn a_log_without_sync_is_caught() {
    let mutants: [(&str, Lie); 4] = [
        ("no sync at all", |_| true),
        ("no sync of segments", |name| name.ends_with(".segment")),
        ("no sync of names", |name| name == "names"),
        ("no sync of positions", |name| name.ends_with(".position")),
    ];
    for (name, lie) in mutants {
        let caught = (0..CUTS as u64).find_map(|seed| run(seed, lie).err().map(|why| (seed, why)));
        let (seed, why) = caught.unwrap_or_else(|| panic!("{name}: nothing noticed it"));
        println!("{name}: caught by seed {seed}: {why}");
    }
}

/// Goes on until the power went so many times.
fn hold(first_seed: u64, wanted: usize) {
    let (mut cuts, mut runs) = (0, 0);
    while cuts < wanted {
        match run(first_seed + runs, |_| false) {
            Ok(made) => cuts += made,
            Err(why) => panic!("seed {}: {why}", first_seed + runs),
        }
        runs += 1;
        assert!(runs < wanted as u64, "{cuts} cuts in {runs} runs: the power hardly ever goes");
    }
    println!("{cuts} cuts on {runs} disks");
}

/// Works on a log until the power goes, again and again on the same disk; says how often it went.
fn run(seed: u64, lie: Lie) -> Result<usize, String> {
    let (mut random, mut sim, mut model) = (Random::new(seed), Sim::new(seed), Model::default());
    let mut cuts = 0;
    for round in 0..=ROUNDS {
        sim.lie(lie);
        // The last round is there to look.
        if round < ROUNDS {
            // Near the beginning it is the start that is cut.
            let most = [40, 300, 900][random.below(3)];
            sim.fail(random.below(most), Fault::Crash);
        }
        let mut kept = model.clone();
        match work(&sim, model, &mut random, &mut kept) {
            Ok(()) => {}
            Err(End::Gone) => cuts += 1,
            Err(End::Broken(why) | End::Refused(why)) => return Err(format!("round {round}: {why}")),
        }
        (sim, model) = (sim.power_cut(&mut random), kept);
    }
    Ok(cuts)
}

fn work(sim: &Sim, model: Model, random: &mut Random, kept: &mut Model) -> Result<(), End> {
    let mut work = Work::resume(sim, model)?;
    let mut outcome = Ok(());
    for _ in 0..150 {
        outcome = work.step(random);
        if outcome.is_err() {
            break;
        }
    }
    if outcome.is_ok() {
        outcome = work.sync().and_then(|()| work.read_all().map(|_| ()));
    }
    kept.clone_from(&work.model);
    outcome
}
