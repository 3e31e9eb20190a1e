//! weir beside its peers: implementations by others, asked the same questions. What differs has a name and a reason in
//! `differences/PEER.toml`, or the test fails. Peers come from PyPI into `target/peers`; where they cannot be had, the
//! test says that it was skipped.

#![allow(clippy::panic, reason = "a test fails by it")]

mod chance;
mod csv;
mod dates;
mod extractors;
mod grok;
mod jinja;
mod json;
mod python;
mod regexes;
mod suffixes;
mod tally;
mod user_agents;
mod xmltodict;
