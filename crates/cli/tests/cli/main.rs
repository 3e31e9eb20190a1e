//! What the built binary does, command by command.

mod check;
/// The comparison of `weir test`, for events that come from elsewhere.
#[path = "../../src/compare.rs"]
mod compare;
mod coverage;
mod diff;
mod explain;
mod hostile;
mod inputs;
mod manual;
mod pairs;
mod run;
mod serve;
mod snapshots;
mod weir;
