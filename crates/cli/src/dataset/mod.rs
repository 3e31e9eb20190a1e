//! `weir dataset`: what a source documents about its records, and what the records say to that.

mod drift;
mod new;
mod report;
mod validate;

use crate::stop::{Outcome, Stop};
use crate::terminal::Paint;
use clap::{Args, Subcommand};

/// Compare records with the documentation of their source and with earlier records
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Validate(validate::Arguments),
    New(new::Arguments),
    Drift(drift::Arguments),
}

/// Runs the command.
///
/// # Errors
/// Where a file cannot be read or written, or the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    match &arguments.command {
        Command::Validate(arguments) => validate::run(arguments, paint),
        Command::New(arguments) => new::run(arguments),
        Command::Drift(arguments) => drift::run(arguments, paint),
    }
}
