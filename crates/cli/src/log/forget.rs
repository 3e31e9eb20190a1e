//! `weir log forget`: gives up what a log keeps for a reader that will not come again.

use super::inspected::look;
use crate::stop::{Outcome, Stop};
use clap::Args;
use std::io::{self, Write};
use std::path::PathBuf;
use weir_author::words::plural;
use weir_log::{Log, Options};

const LONG_ABOUT: &str = "\
Give up what a log keeps for a reader that will not come again, such as a sink that the configuration does not have any more. What it \
has not stored is removed once all others have passed it. The receiver must not run meanwhile.";

const EXAMPLES: &str = "\
Examples:
  weir log stat data/log
  weir log forget data/log search

Exit codes: 0; 2 if there is no log or no such reader, or the log is in use.";

/// Give up what a log keeps for a reader
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// The folder of the log
    folder: PathBuf,
    /// The name of the reader, which is that of its sink
    reader: String,
}

/// Runs the command.
///
/// # Errors
/// Where there is no log or no such reader, the log is in use, or the output is closed.
pub fn run(arguments: &Arguments) -> Result<Outcome, Stop> {
    let Arguments { folder, reader } = arguments;
    // A folder without a log would get one.
    look(folder)?;
    let within = |error: &dyn ToString| Stop::Because(format!("{}: {}", folder.display(), error.to_string()));
    let (log, _) = Log::open(folder, Options::default()).map_err(|error| within(&error))?;
    let readers = log.usage().readers;
    let known = readers.iter().find(|known| known.name == *reader);
    let behind = known.ok_or_else(|| within(&format!("there is no reader {reader}")))?.entries_behind;
    log.forget(reader)?;
    log.close();
    let entries = plural(behind, "entry", "entries");
    writeln!(io::stdout(), "{reader} is forgotten, with {behind} {entries} that it has not stored")?;
    Ok(Outcome::Well)
}
