//! `weir library`: the functions of the expression language, by a word.

use crate::stop::{Outcome, Stop};
use crate::terminal::{Paint, bold};
use clap::Args;
use std::io::{self, Write};
use weir::filters::{self, LibraryEntry, LibraryKind};

const EXAMPLES: &str = "\
Examples:
  weir library split
  weir library date
  weir library tolower

Exit codes: 0 if there is such a function, or another that does the same; 1 if there is none.";

/// List the filters, tests, methods and functions of expressions
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// A word that the name has, or what it does; without one, all are listed. A name from another language leads to ours
    word: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// Where the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    let word = arguments.word.as_deref().unwrap_or_default().to_lowercase();
    let has = |entry: &&LibraryEntry| {
        entry.names.iter().any(|name| name.to_lowercase().contains(&word))
            || entry.summary.to_lowercase().contains(&word)
    };
    let mut found: Vec<&LibraryEntry> = filters::all().filter(has).collect();
    // Whose name it is goes first.
    found.sort_by_key(|entry| !entry.names.iter().any(|name| *name == word));
    let cure = filters::cure(LibraryKind::Filter, &word).filter(|_| !word.is_empty());
    let mut out = io::stdout().lock();
    if let Some(cure) = cure.as_ref().filter(|_| filters::find(LibraryKind::Filter, &word).is_none()) {
        writeln!(out, "{word}: {cure}\n")?;
    }
    for entry in &found {
        writeln!(out, "{}  {}", bold(&entry.signature(), paint.stdout), entry.summary)?;
        for (expression, result) in entry.examples.iter().take(2).filter(|_| !word.is_empty()) {
            writeln!(out, "    {expression} → {result}")?;
        }
    }
    let is_nothing = found.is_empty() && cure.is_none();
    if is_nothing {
        writeln!(io::stderr(), "there is no function with `{word}`; `weir library` lists all")?;
    }
    Ok(Outcome::failed_if(is_nothing))
}
