//! `weir logpush delete`: deletes a job.

use super::connection::{Connection, REFUSED, Whose};
use crate::stop::{Outcome, Stop};
use crate::terminal::Paint;
use clap::Args;
use std::io::{self, Write};
use weir_logpush::endpoint;

const EXAMPLES: &str = "\
Examples:
  weir logpush delete 146 --account ID --yes

Exit codes: 1 where the API refuses, for example for an unknown job; 2 without --yes, for wrong usage, no token, or an \
API that cannot be reached.";

/// Delete a Logpush job
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The job's id
    job: u64,
    #[command(flatten)]
    whose: Whose,
    /// Delete it; later records are lost
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    connection: Connection,
}

/// Runs the command.
///
/// # Errors
/// Where the arguments or the API cannot be used, or the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    let owner = arguments.whose.owner()?;
    let job = arguments.job;
    if !arguments.yes {
        return Err(Stop::Because(format!(
            "job {job} was not deleted: later records would be lost. Use --yes to delete it"
        )));
    }
    let request = endpoint::delete(&owner, job);
    let Some(_) = arguments.connection.send(&request, &[], paint)? else { return Ok(REFUSED) };
    writeln!(io::stderr(), "job {job} was deleted")?;
    Ok(Outcome::Well)
}
