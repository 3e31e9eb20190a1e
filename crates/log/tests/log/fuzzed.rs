//! What the fuzz targets are about holds for inputs at random.

use crate::sim::Random;

#[path = "../../../../fuzz/src/log.rs"]
mod log;

/// How many inputs each target gets.
const INPUTS: u64 = 4_000;

/// The longest input: as many changes as the targets make.
const MOST_BYTES: usize = 64 * 12;

#[test]
fn any_content_of_segments_is_read_to_its_end() {
    for_each_input(log::frames);
}

#[test]
fn any_content_of_positions_lets_a_reader_go_on() {
    for_each_input(log::positions);
}

fn for_each_input(hold: fn(&[u8])) {
    for seed in 0..INPUTS {
        let mut random = Random::new(seed);
        let length = random.below(MOST_BYTES);
        let input: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
        hold(&input);
    }
}

/// Found by fuzzing: a frame that counts nearly as many entries as numbers go, in a segment that is cut after it.
#[test]
fn a_false_count_of_entries_does_not_hide_what_is_stored_after_it() {
    log::frames(b"{% if not loop.last %} {");
}
