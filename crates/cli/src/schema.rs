//! `weir schema`: the JSON Schema of a format's file, for editors.

use crate::stop::{Outcome, Stop};
use clap::Args;
use clap::builder::PossibleValuesParser;
use std::io::{self, Write};
use weir_author::schemas;

const EXAMPLES: &str = "\
Examples:
  weir schema parser > parser.schema.json
  weir schema

Exit codes: 0.";

/// Print the JSON Schema of a format's file, for an editor
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The file that is described; without it, all are listed
    #[arg(value_parser = PossibleValuesParser::new(schemas::ALL.iter().map(|schema| schema.name)))]
    file: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// Where the output is closed.
pub fn run(arguments: &Arguments) -> Result<Outcome, Stop> {
    let mut out = io::stdout().lock();
    for schema in schemas::ALL {
        match &arguments.file {
            None => writeln!(out, "{:9} {}", schema.name, schema.files)?,
            Some(file) if file == schema.name => out.write_all(schema.text().as_bytes())?,
            Some(_) => {}
        }
    }
    Ok(Outcome::Well)
}
