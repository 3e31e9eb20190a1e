//! weir beside its peers: implementations by others, asked the same questions. What differs has a name and a reason in
//! `differences/PEER.toml`, or the test fails. Peers come from PyPI into `target/peers`; where they cannot be had, the
//! test says that it was skipped.

#![allow(clippy::panic, reason = "a test fails by it")]

mod chance;
mod csv;
mod extractors;
mod python;
mod tally;
