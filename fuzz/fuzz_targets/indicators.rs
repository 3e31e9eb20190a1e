#![no_main]

#[allow(dead_code, reason = "the other target uses the rest")]
#[path = "../src/detect.rs"]
mod detect;

libfuzzer_sys::fuzz_target!(|data: &[u8]| detect::indicators(data));
