//! `weir logpush`: sets up what pushes the records of a dataset to a receiver.

mod connection;
mod dataset;
mod delete;
mod fields;
mod job;
mod key;
mod list;
mod options;
mod permissions;
mod show;
mod update;
mod validate;
mod variable;

use crate::stop::{Outcome, Stop};
use crate::terminal::Paint;
use clap::{Args, Subcommand};
use weir_logpush::{Failure, Mistake};

const LONG_ABOUT: &str = "\
Set up Cloudflare Logpush for a format that has a contract of its dataset (`dataset.yml`): print or send the request \
that creates the job, look after the jobs there are, and see where dataset and contract differ.

The token of the API comes from the environment (CLOUDFLARE_API_TOKEN) and is never printed. Neither are keys in \
destinations, unless asked for with --show-key.";

const EXAMPLES: &str = "\
Examples:
  weir logpush permissions specs/cloudflare/gateway_dns
  weir logpush job specs/cloudflare/http_requests --zone ID \\
      --destination https://intake.example.com/plain/batch
  weir logpush list --account ID

Exit codes:
  0  all went well
  1  the API refused, a check does not hold, or dataset and contract differ
  2  wrong usage, a format that cannot be used, no key or token, or an API that cannot be reached";

/// Set up Logpush for a format
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES, disable_help_subcommand = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Job(job::Arguments),
    Permissions(permissions::Arguments),
    List(list::Arguments),
    Show(show::Arguments),
    Update(update::Arguments),
    Delete(delete::Arguments),
    Validate(validate::Arguments),
    Fields(fields::Arguments),
}

/// Runs the command.
///
/// # Errors
/// Where the format, the arguments or the API cannot be used, or the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    match &arguments.command {
        Command::Job(arguments) => job::run(arguments, paint),
        Command::Permissions(arguments) => permissions::run(arguments, paint),
        Command::List(arguments) => list::run(arguments, paint),
        Command::Show(arguments) => show::run(arguments, paint),
        Command::Update(arguments) => update::run(arguments, paint),
        Command::Delete(arguments) => delete::run(arguments, paint),
        Command::Validate(arguments) => validate::run(arguments, paint),
        Command::Fields(arguments) => fields::run(arguments, paint),
    }
}

impl From<Mistake> for Stop {
    fn from(mistake: Mistake) -> Self {
        Stop::Because(mistake.to_string())
    }
}

/// An answer of another shape than the documented one.
impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Stop::Because(failure.to_string())
    }
}
