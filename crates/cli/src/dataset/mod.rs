//! `weir dataset`: what a source documents about its records, and what the records say to that.

pub mod contract;
mod drift;
mod new;
mod validate;

use crate::stop::{Outcome, Stop};
use crate::terminal::Paint;
use clap::{Args, Subcommand, ValueEnum};

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

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// For people
    Text,
    /// One JSON object
    Json,
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

/// A share as people read it; what is little is not nothing.
fn percent(share: f64) -> String {
    match 100.0 * share {
        percent if percent > 0.0 && percent < 0.1 => "<0.1 %".to_owned(),
        percent if percent < 100.0 && percent > 99.9 => ">99.9 %".to_owned(),
        percent => format!("{percent:.1} %"),
    }
}

/// Rows with aligned columns; the last is as long as it is.
fn table(rows: &[[String; 4]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths = [width(0), width(1), width(2)];
    let mut out = String::new();
    for [first, second, third, last] in rows {
        let line = format!("  {first:<0$}  {second:<1$}  {third:>2$}  {last}", widths[0], widths[1], widths[2]);
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}
