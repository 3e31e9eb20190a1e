//! `weir dataset drift`: what changed in a source between two runs.

use super::report::{percent, table};
use crate::profiler;
use crate::report_format::ReportFormat;
use crate::stop::{Outcome, Stop};
use crate::terminal::{self, Paint};
use clap::Args;
use std::io::{self, Write};
use std::path::PathBuf;
use weir_author::words::plural;
use weir_dataset::{ChangeKind, Drift, drift};

const LONG_ABOUT: &str = "\
Compare two profiles that `weir run --profile` wrote and show what changed in the source, the worst first: fields that \
disappeared, were renamed or have another type, records that fail, fields that are filled less often or null more often, \
translations that use the fallback, new values, new fields.

A share counts as changed if it moves by --threshold and by more than chance explains; a few records prove little.";

const EXAMPLES: &str = "\
Examples:
  weir run specs/cloudflare yesterday.ndjson.gz --profile yesterday.json --output /dev/null
  weir run specs/cloudflare today.ndjson.gz --profile today.json --output /dev/null
  weir dataset drift yesterday.json today.json

Exit codes: 0 if nothing changed; 1 if something did; 2 if a file is not a profile.";

/// Show what changed in a source between two runs
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// The profile of an earlier run
    baseline: PathBuf,
    /// The profile of a later run
    now: PathBuf,
    /// How far a share must move, in percent of the records
    #[arg(long, value_name = "PERCENT", default_value_t = 5.0)]
    threshold: f64,
    /// How the result is written
    #[arg(long, value_enum, default_value_t = ReportFormat::Text, value_name = "KIND")]
    format: ReportFormat,
}

/// Runs the command.
///
/// # Errors
/// Where a file is no profile, or the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    if !(0.0..=100.0).contains(&arguments.threshold) {
        return Err(Stop::Because("--threshold must be from 0 to 100".to_owned()));
    }
    let (baseline, now) = (profiler::read(&arguments.baseline)?, profiler::read(&arguments.now)?);
    let found = drift(&baseline, &now, arguments.threshold / 100.0);
    let text = match arguments.format {
        ReportFormat::Text => text(&found, paint.stdout),
        ReportFormat::Json => {
            serde_json::to_string_pretty(&found).map_err(|error| Stop::Because(error.to_string()))? + "\n"
        }
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(Outcome::failed_if(!found.changes.is_empty()))
}

fn text(found: &Drift, color: bool) -> String {
    let count = found.changes.len() as u64;
    if count == 0 {
        return "nothing changed\n".to_owned();
    }
    let width = ChangeKind::ALL.iter().map(|kind| kind.name().len()).max().unwrap_or_default();
    let rows: Vec<[String; 4]> = found
        .changes
        .iter()
        .map(|change| {
            let kind = terminal::yellow(&format!("{:<width$}", change.kind.name()), color);
            let field: Vec<&str> =
                [&*change.dataset, &*change.field].into_iter().filter(|name| !name.is_empty()).collect();
            let shares = format!("{} → {}", percent(change.before), percent(change.now));
            [kind, field.join(" "), shares, change.detail.clone()]
        })
        .collect();
    format!("{count} {}\n\n{}", plural(count, "change", "changes"), table(&rows))
}
