//! `weir log`: looks at the durable log of a receiver, which it neither changes nor holds up, but for `forget`.

mod check;
mod dump;
mod forget;
mod inspected;
mod stat;

use crate::stop::{Outcome, Stop};
use crate::terminal::Paint;
use clap::{Args, Subcommand};

const LONG_ABOUT: &str = "\
Look at the durable log of a receiver: whether all of it can be read, how large it is and where its readers are, and what is \
in it. Nothing is changed, and the receiver may run meanwhile; `forget` alone changes something.";

const EXAMPLES: &str = "\
Examples:
  weir log check data/log
  weir log stat data/log
  weir log dump data/log --limit 10
  weir log dump data/log --body 18446 > batch.gz
  weir log forget data/log search

Exit codes: 0; 1 if check found damage; 2 if there is no log, or it cannot be read.";

/// Look at the durable log of a receiver
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES, disable_help_subcommand = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Check(check::Arguments),
    Stat(stat::Arguments),
    Dump(dump::Arguments),
    Forget(forget::Arguments),
}

/// Runs the command.
///
/// # Errors
/// Where there is no log, it cannot be read, or the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    match &arguments.command {
        Command::Check(arguments) => check::run(arguments, paint),
        Command::Stat(arguments) => stat::run(arguments, paint),
        Command::Dump(arguments) => dump::run(arguments),
        Command::Forget(arguments) => forget::run(arguments),
    }
}
