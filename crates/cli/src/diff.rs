//! `weir diff`: the same records through two versions of a format, and what of the events changes by which action.

use crate::findings;
use crate::records;
use crate::report_format::ReportFormat;
use crate::stop::{Outcome, Stop};
use crate::terminal::{Paint, painted};
use clap::Args;
use jiff::Timestamp;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use weir::Input;
use weir_author::diff::Comparison;
use weir_author::pairs::NOW;
use weir_formats::Place;

const LONG_ABOUT: &str = "\
Run the same records through two versions of a format and show what changes in the events, grouped by the action, \
extractor, rule or type that causes the change, with counts and an example of each.

Without files, the records are the inputs of the recorded pairs of both versions. Events are compared as in `weir test`; \
a record that newly fails, or no longer fails, is a change, too.";

const EXAMPLES: &str = "\
Examples:
  weir diff main/formats/web formats/web yesterday.ndjson.gz
  git worktree add /tmp/before && weir diff /tmp/before/formats/web formats/web
  weir diff old new records.ndjson --format json

Exit codes: 0 if no event changes; 1 if one does; 2 if a version does not compile at all, a file cannot be read, or there \
are no records.";

/// Show what a change of a format changes in events
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// The format before the change: its directory or its parser.yml
    old: PathBuf,
    /// The format after the change
    new: PathBuf,
    /// Files with records, or recorded pairs; `-` is standard input
    files: Vec<PathBuf>,
    /// Lines are events with a `message`, not messages
    #[arg(long)]
    events: bool,
    /// How the result is written
    #[arg(long, value_enum, default_value_t = ReportFormat::Text, value_name = "KIND")]
    format: ReportFormat,
    /// The time that completes dates without a year; the default is 2026-01-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
}

/// Runs the command.
///
/// # Errors
/// Where a format or file cannot be read, or the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    let places = [Place::at(&arguments.old)?, Place::at(&arguments.new)?];
    let [old, new] = [weir::compile(&places[0].text()?), weir::compile(&places[1].text()?)];
    for format in [&old, &new] {
        findings::tell(format, true, paint)?;
    }
    let now = arguments.now.map_or(NOW, Timestamp::as_second);
    let Ok(mut comparison) = Comparison::new(&old, &new, now) else { return Ok(Outcome::Unusable) };
    for path in files(arguments, &places)? {
        records::each(&path, arguments.events, &mut |input, number| {
            let is_pair = matches!(input, Input::Event(_)) && !arguments.events;
            let name = || match is_pair {
                true => path.display().to_string(),
                false => format!("{}, record {number}", path.display()),
            };
            comparison.record(input, name).map_err(|error| Stop::Because(format!("{}: {error}", name())))?;
            Ok(ControlFlow::Continue(()))
        })?;
    }
    let changes = comparison.changes();
    if changes.records == 0 {
        return Err(Stop::Because("there are no records to compare: give a file, or add recorded pairs".to_owned()));
    }
    let text = match arguments.format {
        ReportFormat::Text => painted(&changes.text(), paint.stdout),
        ReportFormat::Json => changes.json().map_err(|error| Stop::Because(error.to_string()))?,
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(Outcome::failed_if(changes.changed > 0))
}

/// The files that are asked for, else all recorded pairs; one that both versions have, by its name, once.
fn files(arguments: &Arguments, places: &[Place; 2]) -> Result<Vec<PathBuf>, Stop> {
    if !arguments.files.is_empty() {
        return Ok(arguments.files.clone());
    }
    let mut files = places[1].pairs()?;
    let gone = places[0].pairs()?.into_iter().filter(|old| files.iter().all(|new| new.file_name() != old.file_name()));
    let gone: Vec<PathBuf> = gone.collect();
    files.extend(gone);
    Ok(files)
}
