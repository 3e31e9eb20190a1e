//! `weir test`: the recorded pairs of formats, run and compared.

use crate::accept;
use crate::compare::{Difference, differences};
use crate::findings;
use crate::load::{self, Place};
use crate::report;
use crate::stop::{Outcome, Stop};
use crate::tally::plural;
use crate::terminal::{Paint, bold, green, red};
use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use weir::diagnostic::{Diagnostics, Severity, Sources};
use weir::{Input, Plan, Record, Scratch, spec};

/// 2026-01-01T00:00:00Z: pairs must not pass today and fail tomorrow. Public pairs whose dates have no year expect this one.
pub const NOW: i64 = 1_767_225_600;

/// How many characters of a value are shown.
const SHOWN: usize = 300;

const LONG_ABOUT: &str = "\
Run the recorded pairs of all formats at and below the given paths: `tests/*.json`, each an event under `input` and \
what must come out of it under `expected`. Directories that are hidden or called `target` or `node_modules` are passed \
over; a path may also be a single pair.

Events are compared as the public suite does: `message`, `event.id` and all below `sekoiaio.intake` do not count, lists \
have no order, and numbers are equal by value (1 is 1.0). Dates without a year are read as if it were 2026-01-01; \
--now says otherwise. The pairs of a format that does not compile fail.";

const EXAMPLES: &str = "\
Examples:
  weir test
  weir test specs/cloudflare/access_requests/tests/login_denied.json
  weir test specs --accept
  weir test formats --report junit --report-file junit.xml

A pair that has no `expected` yet gets one from --accept: write the `input`, accept, read what came out.

Exit codes: 0 where all pairs pass; 1 where one fails; 2 where there are none.";

/// Run the recorded pairs of formats
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// Directories, formats, or single pairs
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Write what came out into the failing pairs as what is expected
    #[arg(long)]
    accept: bool,
    /// Write a report for machines, to standard output if no file is given
    #[arg(long, value_enum, value_name = "KIND")]
    report: Option<report::Kind>,
    /// Where the report goes
    #[arg(long, value_name = "FILE", requires = "report")]
    report_file: Option<PathBuf>,
    /// Print only what fails and the totals
    #[arg(long, short)]
    quiet: bool,
    /// The time against which incomplete dates are read, as in 2026-01-31T12:00:00Z
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
}

/// The results of all formats.
#[derive(Debug, Default, Serialize)]
pub struct Results {
    /// How many pairs passed.
    pub passed: usize,
    /// How many pairs there are.
    pub total: usize,
    /// By format.
    pub formats: Vec<FormatResult>,
}

/// The results of one format.
#[derive(Debug, Serialize)]
pub struct FormatResult {
    /// Its directory.
    pub format: String,
    /// How many pairs passed.
    pub passed: usize,
    /// How many pairs it has.
    pub total: usize,
    /// By pair.
    pub pairs: Vec<PairResult>,
}

/// The result of one pair.
#[derive(Debug, Serialize)]
pub struct PairResult {
    /// Its file's name without the extension.
    pub pair: String,
    /// Whether it passed.
    pub passed: bool,
    /// Whether its expectation was written anew.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub accepted: bool,
    /// Why it could not be compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Where event and expectation differ.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
}

/// Runs the command.
///
/// # Errors
/// Where a path cannot be read, a file not written, or the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    let places = load::find(&arguments.paths)?;
    let now = arguments.now.map_or(NOW, Timestamp::as_second);
    let mut shown = Shown { on: arguments.report.is_none() || arguments.report_file.is_some(), paint };
    let mut results = Results::default();
    let mut scratch = Scratch::default();
    for place in &places {
        let format = of_format(place, now, arguments.accept, &mut scratch)?;
        shown.format(&format)?;
        results.passed += format.passed;
        results.total += format.total;
        results.formats.push(format);
    }
    shown.table(&results, arguments.quiet)?;
    if let Some(kind) = arguments.report {
        report::write(kind, &results, arguments.report_file.as_deref())?;
    }
    if results.total == 0 {
        return Err(Stop::Because(format!(
            "no recorded pairs in {} {}",
            places.len(),
            plural(places.len() as u64, "format", "formats")
        )));
    }
    Ok(Outcome::failed_if(results.passed < results.total))
}

fn of_format(place: &Place, now: i64, accept: bool, scratch: &mut Scratch) -> Result<FormatResult, Stop> {
    let format = weir::compile(&place.text()?);
    let error = format.findings.iter().find(|finding| finding.severity == Severity::Error);
    let error =
        error.map(|finding| format!("the format does not compile: {}", findings::short(finding, &format.sources)));
    let mut pairs = Vec::new();
    for path in place.pairs()? {
        let pair = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let compared = match &format.plan {
            Some(plan) => of_pair(plan, &path, now, accept, scratch)?,
            None => Compared::Not(error.clone().unwrap_or_default()),
        };
        let (accepted, error, differences) = match compared {
            Compared::Accepted => (true, None, Vec::new()),
            Compared::Not(error) => (false, Some(error), Vec::new()),
            Compared::With(differences) => (false, None, differences),
        };
        let passed = error.is_none() && differences.is_empty();
        pairs.push(PairResult { pair, passed, accepted, error, differences });
    }
    let passed = pairs.iter().filter(|pair| pair.passed).count();
    Ok(FormatResult { format: place.root.display().to_string(), passed, total: pairs.len(), pairs })
}

/// What came of a comparison.
enum Compared {
    /// It was made.
    With(Vec<Difference>),
    /// It could not be made.
    Not(String),
    /// It is no longer needed: the expectation was written anew.
    Accepted,
}

fn of_pair(plan: &Plan, path: &Path, now: i64, accept: bool, scratch: &mut Scratch) -> Result<Compared, Stop> {
    let text = load::read(path)?;
    let mut sources = Sources::new();
    let source = sources.add(path.display().to_string(), &*text);
    let mut findings = Diagnostics::new();
    let mut event = Vec::new();
    let mut run = |input: &str| {
        let record = Record { input: Input::Event(input.as_bytes()), now, event_id: None };
        plan.run(scratch, &record, &mut event);
    };
    let Some(test) = spec::read_test(&text, source, &mut findings) else {
        if let Some(input) = accept::lone_input(&text).filter(|_| accept) {
            run(input);
            return save(path, &accept::pair(input, &event));
        }
        let reasons: Vec<String> = findings.iter().map(|finding| findings::short(finding, &sources)).collect();
        return Ok(Compared::Not(reasons.join("; ")));
    };
    run(test.input);
    let read = |text: &[u8]| serde_json::from_slice(text).map_err(|error| error.to_string());
    let differences = match (read(test.expected.as_bytes()), read(&event)) {
        (Ok(expected), Ok(got)) => differences(&expected, &got),
        (Err(error), _) | (_, Err(error)) => return Ok(Compared::Not(error)),
    };
    if accept && !differences.is_empty() {
        return save(path, &accept::with_expected(&text, test.expected_span, &event));
    }
    Ok(Compared::With(differences))
}

fn save(path: &Path, text: &[u8]) -> Result<Compared, Stop> {
    fs::write(path, text).map_err(|error| Stop::cannot("write", path, &error))?;
    Ok(Compared::Accepted)
}

/// What people see.
struct Shown {
    on: bool,
    paint: Paint,
}

impl Shown {
    /// The failing pairs of a format.
    fn format(&mut self, result: &FormatResult) -> Result<(), Stop> {
        let mut out = io::stdout().lock();
        let color = self.paint.stdout;
        for pair in result.pairs.iter().filter(|pair| self.on && (!pair.passed || pair.accepted)) {
            let word = if pair.accepted { green("accepted", color) } else { red("failed", color) };
            writeln!(out, "{word} {} {}", result.format, bold(&pair.pair, color))?;
            if let Some(error) = &pair.error {
                writeln!(out, "  {error}")?;
            }
            for Difference { field, expected, got } in &pair.differences {
                writeln!(out, "  {field}")?;
                writeln!(out, "    expected {}", green(&shown(expected.as_ref()), color))?;
                writeln!(out, "    got      {}", red(&shown(got.as_ref()), color))?;
            }
        }
        Ok(())
    }

    /// How many pairs of each format passed, and of all.
    fn table(&mut self, results: &Results, quiet: bool) -> Result<(), Stop> {
        if !self.on {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        let color = self.paint.stdout;
        let width = results.formats.iter().map(|result| result.format.chars().count()).max().unwrap_or(0);
        for result in &results.formats {
            let all = result.passed == result.total;
            if all && quiet {
                continue;
            }
            let count = format!("{:>5} / {}", result.passed, result.total);
            let count = if all { green(&count, color) } else { red(&count, color) };
            writeln!(out, "{:width$} {count}", result.format)?;
        }
        let whole = results.formats.iter().filter(|result| result.passed == result.total).count();
        let (passed, total, formats) = (results.passed, results.total, results.formats.len());
        let pairs = plural(total as u64, "pair", "pairs");
        let of_formats = plural(formats as u64, "format", "formats");
        writeln!(out, "{passed} of {total} {pairs} passed; {whole} of {formats} {of_formats} whole")?;
        Ok(())
    }
}

/// A value for people, cut where it is long.
fn shown(value: Option<&serde_json::Value>) -> String {
    let Some(value) = value else { return "nothing".to_owned() };
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}… ({} characters)", &text[..end], text.chars().count()),
        None => text,
    }
}
