//! What the log promises, held against disks that fail.

#![allow(
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by the one, and says what it counted by the other"
)]

mod damage;
mod failpoints;
mod full;
mod fuzzed;
mod gate;
mod model;
mod power;
mod processes;
mod promises;
mod reported;
mod sim;
