//! `weir logpush validate`: asks the API whether a destination or options would do.

use super::connection::{Connection, REFUSED, Whose};
use super::dataset::Dataset;
use super::key::Target;
use crate::stop::{Outcome, Stop};
use crate::terminal::Paint;
use clap::{Args, Subcommand};
use serde_json::json;
use std::io::{self, Write};
use std::path::PathBuf;
use weir_logpush::{TimestampFormat, Verdict, endpoint, origin_body};

const EXAMPLES: &str = "\
Examples:
  weir logpush validate destination --account ID \\
      --destination https://intake.example.com/plain/batch --key-env INTAKE_KEY
  weir logpush validate exists --account ID \\
      --destination https://intake.example.com/plain/batch --key-env INTAKE_KEY
  weir logpush validate origin specs/cloudflare/dns_logs --zone ID

Exit codes: 1 where it is not valid, where a job pushes there already, or where the API refuses; 2 for wrong usage, no \
key or token, or an API that cannot be reached.";

/// Ask the API whether a destination or the fields of a dataset are valid
#[derive(Args)]
#[command(after_help = EXAMPLES, disable_help_subcommand = true)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Whether Logpush can push to a destination: it pushes a small test there
    Destination(Place),
    /// Whether a job pushes to a destination already
    Exists(Place),
    /// Whether the fields that a job of a format asks for are valid
    Origin(Origin),
}

#[derive(Args)]
struct Place {
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Args)]
struct Origin {
    /// A format's directory, with a dataset.yml
    format: PathBuf,
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    connection: Connection,
}

/// Runs the command.
///
/// # Errors
/// Where the format, the arguments or the API cannot be used, or the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    match &arguments.what {
        What::Destination(place) => destination(place, paint),
        What::Exists(place) => exists(place, paint),
        What::Origin(origin) => valid_origin(origin, paint),
    }
}

fn destination(place: &Place, paint: Paint) -> Result<Outcome, Stop> {
    let body = json!({"destination_conf": place.target.sent()?.expose()});
    let request = endpoint::validate_destination(&place.whose.owner()?, body);
    let Some(answer) = place.connection.send(&request, &[], paint)? else { return Ok(REFUSED) };
    tell(&Verdict::valid(&answer)?, true, "valid", "not valid")
}

fn exists(place: &Place, paint: Paint) -> Result<Outcome, Stop> {
    let body = json!({"destination_conf": place.target.sent()?.expose()});
    let request = endpoint::validate_exists(&place.whose.owner()?, body);
    let Some(answer) = place.connection.send(&request, &[], paint)? else { return Ok(REFUSED) };
    tell(&Verdict::exists(&answer)?, false, "a job already pushes there", "no job pushes there")
}

fn valid_origin(origin: &Origin, paint: Paint) -> Result<Outcome, Stop> {
    let Some(dataset) = Dataset::at(&origin.format, false, paint)? else { return Ok(Outcome::Unusable) };
    let owner = origin.whose.owner_of(&dataset.contract)?;
    let fields: Vec<&str> = dataset.fields.iter().map(String::as_str).collect();
    let request = endpoint::validate_origin(&owner, origin_body(&fields, TimestampFormat::Rfc3339));
    let Some(answer) = origin.connection.send(&request, &dataset.contract.permissions, paint)? else {
        return Ok(REFUSED);
    };
    tell(&Verdict::valid(&answer)?, true, "valid", "not valid")
}

/// Prints a verdict in words; it is well where the verdict is the wanted one.
fn tell(verdict: &Verdict, wanted: bool, yes: &str, no: &str) -> Result<Outcome, Stop> {
    let words = if verdict.holds { yes } else { no };
    match &verdict.message {
        Some(message) => writeln!(io::stdout(), "{words}: {message}")?,
        None => writeln!(io::stdout(), "{words}")?,
    }
    Ok(Outcome::failed_if(verdict.holds != wanted))
}
