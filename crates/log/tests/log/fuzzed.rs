//! What the fuzz targets are about holds for inputs at random.

use crate::sim::Random;

#[path = "../../../../fuzz/src/log.rs"]
mod log;

/// How many inputs each target gets.
const INPUTS: u64 = 2_000;

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
        let length = random.below(120);
        let input: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
        hold(&input);
    }
}
