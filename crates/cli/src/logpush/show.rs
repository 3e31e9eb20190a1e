//! `weir logpush show`: one job as the API tells it.

use super::connection::{Connection, REFUSED, Whose, print};
use crate::stop::{Outcome, Stop};
use crate::terminal::Paint;
use clap::Args;
use weir_logpush::endpoint;

const EXAMPLES: &str = "\
Examples:
  weir logpush show 146 --account ID
  weir logpush show 146 --zone ID --show-key | jq .destination_conf

Exit codes: 1 where the API refuses, for example for an unknown job; 2 for wrong usage, no token, or an API that \
cannot be reached.";

/// Print a Logpush job as the API returns it
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The job's id
    job: u64,
    #[command(flatten)]
    whose: Whose,
    /// Print keys, too
    #[arg(long)]
    show_key: bool,
    #[command(flatten)]
    connection: Connection,
}

/// Runs the command.
///
/// # Errors
/// Where the arguments or the API cannot be used, or the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    let request = endpoint::show(&arguments.whose.owner()?, arguments.job);
    let Some(answer) = arguments.connection.send(&request, &[], paint)? else { return Ok(REFUSED) };
    print(&if arguments.show_key { answer.with_keys() } else { answer.shown() })?;
    Ok(Outcome::Well)
}
