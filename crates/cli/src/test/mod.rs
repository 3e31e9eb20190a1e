//! `weir test`: the recorded pairs of formats, run and compared.

mod add;
mod rules;
mod shown;

use crate::changed;
use crate::coverage;
use crate::progress::Progress;
use crate::replaced;
use crate::report;
use crate::stop::{Outcome, Stop};
use crate::terminal::Paint;
use crate::watch;
use clap::Args;
use jiff::Timestamp;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use weir::Scratch;
use weir::run::Coverage;
use weir_author::coverage::Covered;
use weir_author::finding;
use weir_author::pairs::{FormatResult, NOW, PairResult, Results, Runner};
use weir_author::words::plural;
use weir_formats::{Place, folders};

const LONG_ABOUT: &str = "\
Run the recorded pairs of all formats at and below the given paths: `tests/*.json`, each an event under `input` and \
the expected event under `expected`. Hidden directories and those called `target` or `node_modules` are skipped. A path \
may also be a single pair.

Detection rules are tested, too: beside NAME.yml, NAME.tests.json has a `format`, records or streams of them that must give an \
alert (`fires`), and others that must not (`silent`).

Events are compared as the public test suite compares them: `message`, `event.id` and everything below `sekoiaio.intake` do \
not count, lists have no order, and numbers are equal by value (1 is 1.0). Dates without a year are read as if today were \
2026-01-01; --now changes that. If a part of a format does not compile, the format fails, with pairs or without, and --accept does not change its pairs.

--add records new pairs out of a file with records: each becomes tests/FILE_N.json with the event that came out. --anonymise \
replaces addresses, names, hosts, e-mail addresses and ids in them, the same one by the same, and prints what it replaced: \
subnets, lengths and the look of names stay. Names are known by the fields that the format sets.";

const EXAMPLES: &str = "\
Examples:
  weir test
  weir test specs/cloudflare/access_requests/tests/login_denied.json
  weir test specs --accept
  weir test specs/rules
  weir test formats --report junit --report-file junit.xml
  weir test formats/web --add access.log --record 3 --record 17 --anonymise
  weir test formats/web --watch

To make a new pair, use --add; or write its `input`, run --accept, and read the `expected` that it wrote.

Exit codes: 0 if all pairs pass; 1 if one fails or a part of a format does not compile; 2 if a path has no formats, or none \
of its formats has pairs.";

/// Run the recorded pairs of formats
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// Directories, formats, or single pairs
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Write the events into the failing pairs as their `expected`
    #[arg(long)]
    accept: bool,
    #[command(flatten)]
    add: add::Recording,
    /// Run again after each change of a file, until Ctrl-C
    #[arg(long, conflicts_with_all = ["accept", "report", "coverage_file"])]
    watch: bool,
    /// Write a report for machines; the default is standard output
    #[arg(long, value_enum, value_name = "KIND")]
    report: Option<report::Kind>,
    /// The file for the report
    #[arg(long, value_name = "FILE", requires = "report")]
    report_file: Option<PathBuf>,
    /// Show which entries, filters, actions, fields, dictionary keys and pattern alternatives the pairs exercise
    #[arg(long, value_enum, value_name = "KIND", num_args = 0..=1, require_equals = true, default_missing_value = "text")]
    coverage: Option<coverage::Kind>,
    /// The file for the coverage; the default is standard output
    #[arg(long, value_name = "FILE", requires = "coverage")]
    coverage_file: Option<PathBuf>,
    /// Only formats with files that differ from a revision of git; the default is HEAD
    #[arg(long, value_name = "REVISION", num_args = 0..=1, require_equals = true, default_missing_value = "HEAD")]
    changed: Option<String>,
    /// Print only what fails and the totals
    #[arg(long, short)]
    quiet: bool,
    /// The time that completes dates without a year, such as 2026-01-31T12:00:00Z
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
}

/// Runs the command.
///
/// # Errors
/// Where a path cannot be read, a file not written, or the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    let now = arguments.now.map_or(NOW, Timestamp::as_second);
    match (&arguments.add.add, arguments.watch) {
        (Some(_), _) => add::run(&arguments.add, &arguments.paths, now, paint),
        (None, true) => watch::watch(&arguments.paths, paint, &mut || once(arguments, paint)),
        (None, false) => once(arguments, paint),
    }
}

fn once(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    let rules = rules::below(&arguments.paths)?;
    let paths = rules::without_rules_alone(&arguments.paths, &rules)?;
    let places = if paths.is_empty() { Vec::new() } else { folders::found(&paths)? };
    let places = match &arguments.changed {
        Some(revision) => changed::only(places, revision)?,
        None => places,
    };
    if let Some(revision) = arguments.changed.as_ref().filter(|_| places.is_empty() && rules.is_empty()) {
        writeln!(io::stderr(), "no format differs from {revision}, so nothing is tested")?;
        return Ok(Outcome::Well);
    }
    let without = paths_without_pairs(&paths)?;
    let now = arguments.now.map_or(NOW, Timestamp::as_second);
    let to_standard = |kind: Option<bool>, file: &Option<PathBuf>| kind == Some(true) && file.is_none();
    let for_machines = to_standard(arguments.report.map(|_| true), &arguments.report_file)
        || to_standard(arguments.coverage.map(|kind| kind != coverage::Kind::Text), &arguments.coverage_file);
    let mut shown = shown::Shown { on: !for_machines, paint };
    let mut results = Results::default();
    let mut scratch = Scratch::default();
    let mut covered = Vec::new();
    let mut progress = Progress::new(arguments.quiet);
    for (number, place) in (1..).zip(&places) {
        progress.show(|| format!("testing {number} of {}: {}", places.len(), place.name()));
        let (format, coverage) = of_format(place, now, arguments, &mut scratch)?;
        progress.clear();
        covered.extend(coverage);
        shown.format(&format)?;
        results.add(format);
    }
    for path in &rules {
        let result = rules::of_file(path, now)?;
        shown.format(&result)?;
        results.add(result);
    }
    shown.table(&results, arguments.quiet)?;
    if let Some(kind) = arguments.coverage {
        coverage::write(kind, &covered, arguments.coverage_file.as_deref(), paint)?;
    }
    if let Some(kind) = arguments.report {
        report::write(kind, &results, arguments.report_file.as_deref())?;
    }
    if !without.is_empty() {
        return Err(Stop::Because(format!(
            "there are no recorded pairs in {}, so nothing was tested there",
            without.join(", ")
        )));
    }
    Ok(Outcome::failed_if(results.formats.iter().any(FormatResult::is_wrong)))
}

/// The paths below which there are formats, but no pairs at all.
///
/// # Errors
/// Where a path cannot be read.
fn paths_without_pairs(paths: &[PathBuf]) -> Result<Vec<String>, Stop> {
    let mut without = Vec::new();
    for path in paths {
        let places = folders::find(std::slice::from_ref(path))?;
        let mut pairs = 0;
        for place in &places {
            pairs += place.pairs()?.len();
        }
        if pairs == 0 {
            let (path, formats) = (path.display(), places.len() as u64);
            without.push(format!("{path} ({formats} {})", plural(formats, "format", "formats")));
        }
    }
    Ok(without)
}

fn of_format(
    place: &Place,
    now: i64,
    arguments: &Arguments,
    scratch: &mut Scratch,
) -> Result<(FormatResult, Option<Covered>), Stop> {
    let format = weir::compile(&place.text()?);
    let error = finding::first_error(&format);
    let name = place.name();
    let mut pairs = Vec::new();
    let mut coverage = arguments.coverage.and(format.plan.as_ref()).map(Coverage::new);
    for path in place.pairs()? {
        let result = match &format.plan {
            Some(plan) => {
                let accept = arguments.accept && error.is_none();
                of_pair(&path, Runner { plan, now, scratch, coverage: coverage.as_mut() }, accept)?
            }
            None => PairResult { error: error.clone(), ..PairResult::default() },
        };
        let pair = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        pairs.push(PairResult { pair, ..result });
    }
    let covered = coverage.map(|coverage| Covered { format: name.clone(), sources: format.sources, coverage });
    Ok((FormatResult::of(name, error, pairs), covered))
}

/// Runs the pair of a file, and writes what came out to it where that is asked for.
fn of_pair(path: &Path, mut runner: Runner<'_>, accept: bool) -> Result<PairResult, Stop> {
    let (name, text) = (path.display().to_string(), folders::read(path)?);
    if !accept {
        return Ok(runner.run(&name, &text).result);
    }
    let (result, accepted) = runner.record(&name, &text);
    if let Some(text) = accepted {
        replaced::write(path, text.as_bytes())?;
    }
    Ok(result)
}
