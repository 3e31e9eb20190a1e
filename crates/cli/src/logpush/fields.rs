//! `weir logpush fields`: where the API and a contract differ about a dataset.

use super::connection::{Connection, REFUSED, Whose};
use super::dataset::contract;
use crate::stop::{Outcome, Stop};
use crate::terminal::{self, Paint};
use clap::Args;
use std::io::{self, Write};
use std::path::PathBuf;
use weir_formats::Place;
use weir_logpush::{endpoint, field_drift};

const LONG_ABOUT: &str = "\
Compare the fields that the API lists for a dataset with those of the format's contract. New fields appear several \
times a month; a job does not ask for fields that the contract does not have.";

const EXAMPLES: &str = "\
Examples:
  weir logpush fields specs/cloudflare/http_requests --zone ID

Exit codes: 1 where they differ or the API refuses; 2 for wrong usage, no token, or an API that cannot be reached.";

/// Compare the fields of a dataset with the format's contract
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
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
    let contract = contract(&Place::at(&arguments.format)?, paint)?;
    let request = endpoint::fields(&arguments.whose.owner_of(&contract)?, &contract);
    let Some(answer) = arguments.connection.send(&request, &contract.permissions, paint)? else { return Ok(REFUSED) };
    let drift = field_drift(&contract, &answer)?;
    for field in &drift.only_api {
        writeln!(io::stdout(), "{}  only the API has it", terminal::green(&format!("+ {field}"), paint.stdout))?;
    }
    for field in &drift.only_contract {
        writeln!(io::stdout(), "{}  only the contract has it", terminal::red(&format!("- {field}"), paint.stdout))?;
    }
    let both = contract.fields.len() - drift.only_contract.len();
    writeln!(io::stderr(), "{}: both have {both} fields", contract.name)?;
    Ok(Outcome::failed_if(!drift.only_api.is_empty() || !drift.only_contract.is_empty()))
}
