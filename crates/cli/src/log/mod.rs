//! `weir log`: looks at the durable log of a receiver, which it neither changes nor holds up.

mod check;
mod dump;
mod stat;

use crate::stop::{Outcome, Stop};
use crate::terminal::Paint;
use clap::{Args, Subcommand, ValueEnum};
use std::path::Path;
use std::sync::Arc;
use weir_log::files::Disk;
use weir_log::{Inspection, OpenError, ReadError, Stat};

const LONG_ABOUT: &str = "\
Look at the durable log of a receiver: whether all of it can be read, how large it is and where its readers are, and what is \
in it. Nothing is changed, and the receiver may run meanwhile.";

const EXAMPLES: &str = "\
Examples:
  weir log check data/log
  weir log stat data/log
  weir log dump data/log --limit 10
  weir log dump data/log --body 18446 > batch.gz

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
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// For people
    Text,
    /// One JSON object
    Json,
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
    }
}

/// The log in a folder, and what it has.
fn look(folder: &Path) -> Result<(Inspection, Stat), Stop> {
    let disk = Disk::read_only(folder).map_err(|error| Stop::cannot("read", folder, &error))?;
    let inspection = Inspection::of(Arc::new(disk)).map_err(|error| within(folder, &error))?;
    let stat = inspection.stat();
    match stat.id {
        Some(_) => Ok((inspection, stat)),
        None => Err(Stop::Because(format!("{} has no log: it needs a file *.segment", folder.display()))),
    }
}

fn within(folder: &Path, error: &OpenError) -> Stop {
    Stop::Because(format!("{}: {error}", folder.display()))
}

impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Self {
        Stop::Because(error.to_string())
    }
}

/// Bytes in hexadecimal digits.
fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
