//! Columns and `rest`, put together, are the event.

#![allow(
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test fails by the one, and says what it counted or skipped by the others"
)]

mod back;
mod batches;
mod random;
mod recorded;
mod typing;
