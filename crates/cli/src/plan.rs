//! `weir plan`: what a format compiles to.

use crate::findings;
use crate::stop::{Outcome, Stop};
use crate::terminal::Paint;
use clap::Args;
use std::io::{self, Write};
use std::path::PathBuf;
use weir_formats::Place;

const LONG_ABOUT: &str = "\
Print what a format compiles to: the entries in the order in which they run, with their filters and what each reads and \
sets; the inferred fields; and all fields that an event can have, with their types.";

const EXAMPLES: &str = "\
Examples:
  weir plan specs/cloudflare/access_requests
  weir plan formats/web/ingest/parser.yml | less";

/// Print what a format compiles to
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// A format's directory or its parser.yml
    format: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// Where the format cannot be read or the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    let format = weir::compile(&Place::at(&arguments.format)?.text()?);
    findings::tell(&format, false, paint)?;
    let Some(plan) = &format.plan else { return Ok(Outcome::Unusable) };
    io::stdout().write_all(plan.explain().as_bytes())?;
    Ok(Outcome::Well)
}
