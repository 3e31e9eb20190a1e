//! What the fuzz targets are about holds for every seed, for every piece of one, and for seeds with bytes changed. What
//! fuzzing finds becomes a seed.

#![allow(clippy::panic, reason = "a test fails by it")]

#[path = "../fuzz/src/lib.rs"]
mod fuzz;

use std::fs;
use std::path::Path;

#[test]
fn seeds_hold_whole_cut_and_changed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    let seeds = fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut seeds: Vec<_> = seeds.filter(|path| path.extension().is_some_and(|extension| extension == "txt")).collect();
    seeds.sort();
    assert!(seeds.len() >= 5, "{}", folder.display());
    let mut state = 1_u64;
    let mut random = |most: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % most.max(1)
    };
    for path in seeds {
        let seed = fs::read(&path).unwrap_or_default();
        assert!(fuzz::has_plan(&seed), "{}", path.display());
        all(&seed);
        for _ in 0..150 {
            let mut changed = seed.clone();
            for _ in 0..=random(4) {
                let (place, length) = (random(changed.len()), random(24));
                match random(4) {
                    0 => changed.truncate(place),
                    1 => drop(changed.drain(place..(place + length).min(changed.len()))),
                    2 => {
                        let piece = changed[place..(place + length).min(changed.len())].to_vec();
                        let at = random(changed.len());
                        changed.splice(at..at, piece);
                    }
                    _ if changed.is_empty() => {}
                    _ => changed[place] = b"{}[]|%\"':,-\n a0.\xff"[random(17)],
                }
            }
            all(&changed);
        }
    }
}

fn all(data: &[u8]) {
    fuzz::compile(data);
    fuzz::run(data);
    fuzz::parity(data);
}
