//! `weir diff`: the same records through two versions of a format, and what of the events changes by which action.

use crate::findings;
use crate::records::{self, Reading};
use crate::report_format::ReportFormat;
use crate::rules::{RuleChanges, tell_passed_over};
use crate::stop::{Outcome, Stop};
use crate::terminal::{Paint, painted};
use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use weir::{Format, Input, Plan};
use weir_author::diff::{Changes, Comparison};
use weir_author::pairs::NOW;
use weir_detect::assess::Assessment;
use weir_formats::{Place, RuleFiles};

const LONG_ABOUT: &str = "\
Run the same records through two versions of a format and show what changes in the events, grouped by the action, \
extractor, rule or type that causes the change, with counts and an example of each.

Without files, the records are the inputs of the recorded pairs of both versions. Events are compared as in `weir test`; \
a record that newly fails, or no longer fails, is a change, too.

With --rules, the detection rules are told, too, that can match the events of one version only.";

const EXAMPLES: &str = "\
Examples:
  weir diff main/formats/web formats/web yesterday.ndjson.gz
  git worktree add /tmp/before && weir diff /tmp/before/formats/web formats/web
  weir diff old new records.ndjson --format json
  weir diff old new --rules sigma/rules

Exit codes: 0 if neither an event nor the answer about a rule changes; 1 if one does; 2 if a version does not compile at all, a file cannot be read, or there \
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
    #[command(flatten)]
    reading: Reading,
    /// Also tell which Sigma rules can match the events of one version only: files, or directories with *.yml
    #[arg(long, value_name = "PATH")]
    rules: Vec<PathBuf>,
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
        records::each(&path, &arguments.reading, &mut |input, number| {
            let is_pair = matches!(input, Input::Event(_)) && !arguments.reading.as_events();
            let name = || match is_pair {
                true => path.display().to_string(),
                false => format!("{}, record {number}", path.display()),
            };
            comparison.record(input, name).map_err(|error| Stop::Because(format!("{}: {error}", name())))?;
            Ok(ControlFlow::Continue(()))
        })?;
    }
    let changes = comparison.changes();
    let rules = rule_changes(arguments, &places, [&old, &new], paint)?;
    if changes.records == 0 && rules.is_none() {
        return Err(Stop::Because("there are no records to compare: give a file, or add recorded pairs".to_owned()));
    }
    let text = match arguments.format {
        ReportFormat::Text => {
            painted(&changes.text(), paint.stdout) + &rules.as_ref().map(RuleChanges::text).unwrap_or_default()
        }
        ReportFormat::Json => json(&changes, rules.as_ref()).map_err(|error| Stop::Because(error.to_string()))?,
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(Outcome::failed_if(changes.changed > 0 || rules.is_some_and(|rules| !rules.is_empty())))
}

/// One object: the changes of events, and beside them those of rules.
fn json(changes: &Changes, rules: Option<&RuleChanges>) -> serde_json::Result<String> {
    #[derive(Serialize)]
    struct Both<'b> {
        #[serde(flatten)]
        changes: &'b Changes,
        #[serde(skip_serializing_if = "Option::is_none")]
        rules: Option<&'b RuleChanges>,
    }
    Ok(serde_json::to_string_pretty(&Both { changes, rules })? + "\n")
}

/// The rules that can match events of one version only, where someone asks for them.
fn rule_changes(
    arguments: &Arguments,
    places: &[Place; 2],
    formats: [&Format; 2],
    paint: Paint,
) -> Result<Option<RuleChanges>, Stop> {
    let [Some(old), Some(new)] = formats.map(|format| format.plan.as_ref()) else { return Ok(None) };
    if arguments.rules.is_empty() {
        return Ok(None);
    }
    let files = RuleFiles::read(&arguments.rules, &[])?;
    tell_passed_over(&files, paint)?;
    let assess = |place: &Place, plan: &Plan| -> Result<Assessment, Stop> {
        Ok(files.detection.assess(plan, &place.facts(plan)?, false))
    };
    let (old, new) = (assess(&places[0], old)?, assess(&places[1], new)?);
    Ok(Some(RuleChanges::of(&old, &new, &files)))
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
