//! `weir fields`: the fields that every format has, by a word.

use crate::stop::{Outcome, Stop};
use crate::terminal::{Paint, bold};
use clap::Args;
use std::io::{self, Write};
use std::path::PathBuf;
use weir::diagnostic::nearest;
use weir::taxonomy::{Field, Taxonomy};
use weir_formats::Place;

const EXAMPLES: &str = "\
Examples:
  weir fields mac
  weir fields source ip
  weir fields policy --of formats/web

Exit codes: 0 if there is such a field; 1 if there is none; 2 if the format cannot be read.";

/// List the fields that an event can have
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Words that the name has, or its description; without any, all fields are listed
    words: Vec<String>,
    /// A format, whose own fields are listed too
    #[arg(long, value_name = "FORMAT")]
    of: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// Where the format cannot be read, or the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    let own = arguments.of.as_ref().map(|path| Place::at(path)?.text()).transpose()?;
    let own = own.map(|text| weir::compile(&text).taxonomy);
    let taxonomy = own.as_ref().unwrap_or_else(|| Taxonomy::base());
    let words: Vec<String> = arguments.words.iter().map(|word| word.to_lowercase()).collect();
    let has = |field: &Field, word: &String| {
        field.name.to_lowercase().contains(&**word)
            || field.description.as_ref().is_some_and(|text| text.to_lowercase().contains(&**word))
    };
    let mut found: Vec<&Field> = taxonomy.iter().filter(|field| words.iter().all(|word| has(field, word))).collect();
    // The field itself comes before those whose names contain it.
    found.sort_by_key(|field| !words.contains(&field.name.to_lowercase()));
    let mut out = io::stdout().lock();
    let width = found.iter().map(|field| field.name.len()).max().unwrap_or(0);
    for field in &found {
        let name = bold(&format!("{:width$}", field.name), paint.stdout);
        let description = field.description.as_deref().unwrap_or_else(|| field.kind.summary());
        writeln!(out, "{name}  {:16} {description}", field.kind.name())?;
    }
    if found.is_empty() {
        let asked = arguments.words.join(".");
        let meant = nearest(&asked, taxonomy.iter().map(|field| &*field.name));
        let meant = meant.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
        writeln!(io::stderr(), "there is no field with `{}`{meant}", arguments.words.join(" "))?;
    }
    Ok(Outcome::failed_if(found.is_empty()))
}
