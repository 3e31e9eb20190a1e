//! What the built binary does, command by command.

mod check;
mod coverage;
mod diff;
mod explain;
mod hostile;
mod inputs;
mod manual;
mod pairs;
mod run;
mod snapshots;
mod weir;
