//! `weir logpush permissions`: what the token must be allowed to do.

use super::dataset::contract;
use crate::stop::{Outcome, Stop};
use crate::terminal::Paint;
use clap::Args;
use std::io::{self, Write};
use std::path::PathBuf;
use weir_formats::folders;

const LONG_ABOUT: &str = "\
List what a token needs for the jobs of datasets, in the words of the dashboard: on a line each, the dataset, whether \
it is of an account or a zone, and a permission. A directory stands for all formats below it.";

const EXAMPLES: &str = "\
Examples:
  weir logpush permissions specs/cloudflare/gateway_dns
  weir logpush permissions specs/cloudflare | cut -f 2,3 | sort -u

Exit codes: 2 where a format has no dataset.yml, or nothing is found.";

/// List the permissions that the token needs for datasets
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// Formats, or directories of them
    #[arg(required = true)]
    formats: Vec<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// Where a contract cannot be read or the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    let places = folders::find(&arguments.formats)?;
    if places.is_empty() {
        return Err(Stop::Because("there is no format".into()));
    }
    let contracts = places.iter().map(|place| contract(place, paint)).collect::<Result<Vec<_>, Stop>>()?;
    for contract in contracts {
        for permission in contract.permissions {
            writeln!(io::stdout(), "{}\t{}\t{permission}", contract.name, contract.scope)?;
        }
    }
    Ok(Outcome::Well)
}
