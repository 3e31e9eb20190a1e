//! `weir logpush list`: the jobs there are.

use super::connection::{Connection, REFUSED, Whose, print};
use super::dataset::contract;
use crate::stop::{Outcome, Stop};
use crate::terminal::{self, Paint};
use clap::Args;
use std::io::{self, Write};
use std::path::PathBuf;
use weir_formats::Place;
use weir_logpush::{JobState, endpoint, jobs_of};

const LONG_ABOUT: &str = "\
List the jobs of an account or a zone, or those of a format's dataset: on a line each, the id, the dataset, whether it \
runs, when it last succeeded, its name and destination without keys, and the last trouble it had.";

const EXAMPLES: &str = "\
Examples:
  weir logpush list --account ID
  weir logpush list specs/cloudflare/http_requests --zone ID --json

Exit codes: 1 where the API refuses; 2 for wrong usage, no token, or an API that cannot be reached.";

/// List the Logpush jobs of an account, a zone or a dataset
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// A format's directory, to list only the jobs of its dataset
    format: Option<PathBuf>,
    #[command(flatten)]
    whose: Whose,
    /// Print what the API answers, as JSON, without keys
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    connection: Connection,
}

/// Runs the command.
///
/// # Errors
/// Where the arguments or the API cannot be used, or the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    let contract = arguments.format.as_deref().map(|path| contract(&Place::at(path)?, paint)).transpose()?;
    let request = match &contract {
        Some(contract) => endpoint::list_of(&arguments.whose.owner_of(contract)?, contract),
        None => endpoint::list(&arguments.whose.owner()?),
    };
    let permissions = contract.map(|contract| contract.permissions).unwrap_or_default();
    let Some(answer) = arguments.connection.send(&request, &permissions, paint)? else { return Ok(REFUSED) };
    match arguments.json {
        true => print(&answer.shown())?,
        false => jobs_of(&answer)?.iter().try_for_each(|job| line(job, paint))?,
    }
    Ok(Outcome::Well)
}

fn line(job: &JobState, paint: Paint) -> Result<(), Stop> {
    let JobState { id, dataset, enabled, destination, .. } = job;
    let state = if *enabled { "runs" } else { "stopped" };
    let last = job.last_complete.as_deref().unwrap_or("never");
    let name = job.name.as_deref().unwrap_or("-");
    write!(io::stdout(), "{id}\t{dataset}\t{state}\t{last}\t{name}\t{destination}")?;
    if let Some(why) = &job.error_message {
        let trouble = format!("{}: {why}", job.last_error.as_deref().unwrap_or("failed"));
        write!(io::stdout(), "\t{}", terminal::red(&trouble, paint.stdout))?;
    }
    writeln!(io::stdout())?;
    Ok(())
}
