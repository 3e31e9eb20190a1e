//! What the sinks promise, held against destinations that fail.

#![allow(
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by the one, and says what it counted or skipped by the other"
)]

mod bulk;
mod deliverer;
mod endpoint;
mod failpoints;
mod files;
#[cfg(feature = "kafka")]
mod kafka;
#[cfg(feature = "parquet")]
mod lake;
mod peers;
mod power;
#[cfg(feature = "object-store")]
mod s3;
mod server;
#[path = "../../../log/tests/log/sim.rs"]
#[allow(dead_code, reason = "it is the disk of the log's tests, which use all of it")]
mod sim;
mod source;
