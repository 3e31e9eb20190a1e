//! `weir run`: raw records in, one event a record out.

use crate::findings;
use crate::output::{Output, refuse_same};
use crate::progress::Progress;
use crate::records::Reading;
use crate::rules::{self, Detecting, Watch};
use crate::runner::{self, Options, Reader, Reload, Shape};
use crate::selection::Selection;
use crate::stop::{Outcome, Stop};
use crate::terminal::{self, Paint};
use clap::Args;
use jiff::Timestamp;
use std::io::{self, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread;
use weir_author::words::plural;
use weir_formats::{Formats, Loaded, Loading, RuleFiles};

const LONG_ABOUT: &str = "\
Run a format over raw records. Each record gives one event, in order, as one line of JSON, even if it fails: \
a failed event has its `message` and the reason under `sekoiaio.intake.parsing_error`.

Input may be gzip, zstd or UTF-16; weir recognises it by its first bytes, also on standard input. By default each line is a \
record, the raw `message`. A carriage return at the end of a line and a byte order mark at its start do not belong to it; \
blank lines are skipped. Memory does not grow with the input. Records over 16 MiB fail and keep the first MiB of their message.

Standard error shows how many records failed, were not read or are partial, with the first record of each kind. A record \
fails if the format says so, or if it fits no format. It was not read if its event has only the message, or if the format \
reads JSON and the record is not an object. It is partial if the event lacks something because a value was refused or a \
statement failed. --errors lists all of them, and --strict exits with 1 for any. A JSON list is a single line: \
--records '$[*]' makes a record of each item.

A module is a directory of formats. Each record goes to the format whose contract (`dataset.yml`) documents its fields. \
A record that fits none, or several equally well, fails: its event has the message and the reason, and --errors lists the \
candidates. --prefer, or `prefer` in the `_meta/routing.yml` of the module, chooses between several.";

const EXAMPLES: &str = "\
Examples:
  weir run specs/cloudflare/access_requests access_requests.ndjson
  zcat access.log.gz | weir run formats/web --errors failed.ndjson > events.ndjson
  weir run specs/cloudflare mixed.ndjson.gz --errors unrouted.ndjson --profile today.json
  weir run formats/audit export.json --records '$.Records[*]' --pretty
  weir run formats/agent events.ndjson.zst --input events --meta --output out.ndjson
  weir run specs/windows/event_log events.ndjson --rules sigma/rules --alerts alerts.ndjson > events.out.ndjson
  weir run specs/cloudflare archive.ndjson.gz --iocs feed.json --at-any-time --alerts found.ndjson --output events.ndjson

Exit codes: 0 even if records failed, were not read or are partial (1 with --strict); 2 if there is no spec to run, if a \
part of it does not compile and --deny-errors is given, or if a file cannot be read or written. The other files still run.";

/// Run a format over raw records
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// A format's directory or its parser.yml; or a module, which routes records by the dataset.yml of its formats
    format: PathBuf,
    /// Files with records; `-` or no file is standard input
    files: Vec<PathBuf>,
    #[command(flatten)]
    reading: Reading,
    /// For a module: the datasets that win if a record fits several, the first one first. The default is in the
    /// `_meta/routing.yml` of the module
    #[arg(long, value_name = "DATASETS", value_delimiter = ',')]
    prefer: Vec<String>,
    /// Add `event.id` and facts about the run (`sekoiaio.intake`) to each event
    #[arg(long)]
    meta: bool,
    /// Indent the events; in colour on a terminal
    #[arg(long)]
    pretty: bool,
    /// Write the events to a file; an existing file is replaced at the end
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Also write the records that failed, were not read or are partial to a file, with record (from 1), file, status,
    /// stage, code, reason, message
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
    /// Also write a profile of the records to a file, for `weir dataset drift`: fields, shapes, shares, a few values
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    #[command(flatten)]
    detecting: Detecting,
    /// How many threads run records; the default is one for each core, or one with --profile. The order stays
    #[arg(long, value_name = "N")]
    threads: Option<NonZero<usize>>,
    /// Run nothing if a part of the format does not compile. Without this option only that part does not run, and the
    /// records that need it are partial
    #[arg(long)]
    deny_errors: bool,
    /// Exit with 1 if a record failed, was not read, is partial or was cut
    #[arg(long)]
    strict: bool,
    /// Print nothing about the run on standard error
    #[arg(long, short)]
    quiet: bool,
    /// The time that completes dates without a year, such as 2026-01-31T12:00:00Z; the default is now
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
}

/// Runs the command.
///
/// # Errors
/// Where the format or the outputs cannot be used, or the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    let selection = arguments.reading.selection()?;
    let rules = arguments.detecting.read()?;
    let loading = Loading { prefer: &arguments.prefer, deny_errors: arguments.deny_errors };
    let formats = findings::telling(arguments.quiet, paint, |tell| Formats::load(&arguments.format, &loading, tell))?;
    let Some(formats) = formats else {
        return Ok(Outcome::Unusable);
    };
    if let Some(rules) = rules {
        detect(&formats, &rules, arguments.quiet, paint)?;
    }
    let standard = [PathBuf::from("-")];
    let files = if arguments.files.is_empty() { &standard[..] } else { &arguments.files };
    let mut unreadable = false;
    let reload = arguments.detecting.watch().map(|watch| reload(watch, &formats, arguments, paint));
    let tally = runner::run(&formats, options(arguments, files, paint)?, reload, |reader| {
        files.iter().try_for_each(|file| {
            let is_read = read(reader, file, selection.as_ref(), arguments, paint)?;
            unreadable |= !is_read;
            Ok(())
        })
    })?;
    if !arguments.quiet {
        writeln!(io::stderr(), "{tally}{}", tally.troubles())?;
    }
    Ok(if unreadable { Outcome::Unusable } else { Outcome::failed_if(arguments.strict && tally.has_trouble()) })
}

/// Holds the events of all formats against what was read, and tells what that is.
fn detect(formats: &Formats, rules: &RuleFiles, quiet: bool, paint: Paint) -> Result<(), Stop> {
    rules::tell_passed_over(rules, paint)?;
    rules::detect(formats, rules, paint)?;
    if quiet { Ok(()) } else { formats.all().iter().try_for_each(tell_detector) }
}

/// What looks before records are run whether rules or indicators changed. Where they cannot be read, those before stay.
fn reload<'r>(mut watch: Watch, formats: &'r Formats, arguments: &'r Arguments, paint: Paint) -> Reload<'r> {
    Box::new(move || {
        if !watch.is_changed() {
            return Ok(());
        }
        match arguments.detecting.read() {
            Ok(Some(rules)) => detect(formats, &rules, arguments.quiet, paint),
            Ok(None) => Ok(()),
            Err(stop) => {
                let error = terminal::red("error:", paint.stderr);
                Ok(writeln!(io::stderr(), "{error} {stop}; the rules and indicators from before stay")?)
            }
        }
    })
}

/// Tells what the events of a format are held against.
fn tell_detector(format: &Loaded) -> Result<(), Stop> {
    let Some(detector) = format.detector() else { return Ok(()) };
    let (count, pruned) = (detector.len() as u64, detector.pruned());
    let (name, rules) = (&format.name, plural(count, "rule", "rules"));
    let mut out = io::stderr().lock();
    if count + pruned as u64 > 0 {
        let others = plural(pruned as u64, "is about other events or can", "are about other events or can");
        writeln!(out, "{name}: {count} {rules}; {pruned} {others} never match")?;
    }
    if let Some(matcher) = detector.indicators() {
        let (count, fields) = (matcher.set().len() as u64, matcher.fields().count() as u64);
        let (indicators, in_fields) = (plural(count, "indicator", "indicators"), plural(fields, "field", "fields"));
        let harmless = match matcher.set().left_out() {
            0 => String::new(),
            left_out => {
                let are = plural(left_out as u64, "is", "are");
                format!("; {left_out} {are} left out, because a warning list has such values")
            }
        };
        writeln!(out, "{name}: {count} {indicators} in {fields} {in_fields}{harmless}")?;
    }
    Ok(())
}

/// Reads a file; tells whether that was possible.
fn read(
    reader: &mut Reader<'_>,
    file: &Path,
    selection: Option<&Selection>,
    arguments: &Arguments,
    paint: Paint,
) -> Result<bool, Stop> {
    let before = reader.records();
    let read = match selection {
        Some(selection) => reader.document(file, selection)?,
        None => reader.lines(file)?,
    };
    if let Err(stop) = read {
        reader.note(format!("{} {stop}", terminal::red("error:", paint.stderr)))?;
        return Ok(false);
    }
    if let (Some(path), false) = (&arguments.reading.records, arguments.quiet || reader.records() > before) {
        let warning = terminal::yellow("warning:", paint.stderr);
        reader.note(format!("{warning} `{path}` selects nothing in {}", file.display()))?;
    }
    Ok(true)
}

/// How many threads run records: as many as the machine has cores, where nothing is said.
fn threads(arguments: &Arguments) -> usize {
    let cores = || thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    arguments.threads.unwrap_or_else(cores).get()
}

/// Opens the outputs, after all that could be wrong with the inputs' names was looked at.
fn options(arguments: &Arguments, files: &[PathBuf], paint: Paint) -> Result<Options, Stop> {
    let output = arguments.output.as_deref();
    let others = [arguments.errors.as_deref(), arguments.profile.as_deref(), arguments.detecting.alerts.as_deref()];
    refuse_same(files, output, &others)?;
    let events = output.map_or_else(|| Ok(Output::standard()), Output::create)?;
    // Now the file of the events is there under all its names.
    refuse_same(&[], output, &others)?;
    let create = |path: Option<&Path>| path.map(Output::create).transpose();
    let [errors, profile, alerts] = others;
    let errors = create(errors)?;
    // The same for the file of the errors, before that of the profile is opened.
    refuse_same(&[], output, &others)?;
    Ok(Options {
        events,
        errors,
        alerts: create(alerts)?,
        profile: create(profile)?,
        shape: Shape {
            as_events: arguments.reading.as_events(),
            meta: arguments.meta,
            pretty: arguments.pretty,
            color: paint.stdout && arguments.output.is_none(),
        },
        now: arguments.now.map(Timestamp::as_second),
        threads: threads(arguments),
        progress: Progress::beside_output(arguments.quiet, arguments.output.is_some()),
    })
}
