#![no_main]

#[allow(dead_code, reason = "the other target uses the rest")]
#[path = "../src/log.rs"]
mod log;
#[allow(dead_code, reason = "tests of the log use the rest")]
#[path = "../../crates/log/tests/log/sim.rs"]
mod sim;

libfuzzer_sys::fuzz_target!(|data: &[u8]| log::positions(data));
