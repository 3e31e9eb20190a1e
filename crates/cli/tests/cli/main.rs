//! What the built binary does, command by command.

mod bench;
mod check;
mod coverage;
mod dataset;
mod diff;
mod explain;
mod hostile;
mod inputs;
#[cfg(unix)]
mod log;
mod logpush;
mod lsp;
mod manual;
mod new;
mod pairs;
#[cfg(unix)]
mod receive;
mod replaced;
mod replay;
mod rules;
mod run;
mod serve;
mod snapshots;
/// The API of Logpush, as its own crate's tests have it.
#[allow(dead_code, reason = "some of it serves that crate's tests alone")]
#[path = "../../../logpush/tests/stand_in/mod.rs"]
mod stand_in;
mod studio;
mod suite;
mod teams;
mod threads;
mod weir;
