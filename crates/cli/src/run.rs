//! `weir run`: raw records in, one event a record out.

use crate::formats::{Formats, Loading};
use crate::output::{Output, refuse_same};
use crate::runner::{self, Options, Reader, Shape};
use crate::selection::Selection;
use crate::stop::{Outcome, Stop};
use crate::tally::Progress;
use crate::terminal::{self, Paint};
use clap::{Args, ValueEnum};
use jiff::Timestamp;
use std::io::{self, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread;

const LONG_ABOUT: &str = "\
Run a format over raw records: one event comes out for each record, in order, as one line of JSON, whatever happens. \
An event whose run failed has its `message` and the reason under `sekoiaio.intake.parsing_error`.

Files that are gzip or zstd are recognised by their first bytes, standard input too, and so is UTF-16 by its byte order \
mark. By default each line is a record, \
the raw `message`: a carriage return before the line's end and a byte order mark before a line are no part of it; lines of \
nothing but white space are passed over. Memory does not grow with the input. Records over 16 MiB fail, \
with the first MiB of their message kept.

What goes wrong is counted on standard error, with the first record of each kind. A record failed where the format says so, \
or where it fits no format; it was not read where the event has nothing of it but its message, or where the format reads \
JSON and the record is no object; it is partial where it had a value for a field that could not take it. All of them are in \
--errors, and --strict exits with 1 for any. An export that is one JSON list is a single line: --records '$[*]' makes a \
record of each item.

A module is a directory of formats. Each record goes to the format whose contract (`dataset.yml`) documents its fields. \
A record that fits none, or several equally well, fails: its event has the message and the reason, and --errors names the \
candidates. Which of several wins is said by --prefer, or by `prefer` in the module's `_meta/routing.yml`.";

const EXAMPLES: &str = "\
Examples:
  weir run specs/cloudflare/access_requests access_requests.ndjson
  zcat access.log.gz | weir run formats/web --errors failed.ndjson > events.ndjson
  weir run specs/cloudflare mixed.ndjson.gz --errors unrouted.ndjson --profile today.json
  weir run formats/audit export.json --records '$.Records[*]' --pretty
  weir run formats/agent events.ndjson.zst --input events --meta --output out.ndjson

Exit codes: 0 also where records failed, were not read or are partial (1 with --strict); 2 where there is no spec to run, \
where a part of it does not compile and --deny-errors is given, or where a file cannot be read or written. Files that can be read are run all the same.";

/// Run a format over raw records
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// A format's directory or its parser.yml; or a module, whose formats tell their records by their dataset.yml
    format: PathBuf,
    /// Files with records; standard input where none is given, or for `-`
    files: Vec<PathBuf>,
    /// What a line is
    #[arg(long, value_enum, default_value_t = Kind::Lines, value_name = "KIND")]
    input: Kind,
    /// Read each file as one JSON document, with the records that this JSONPath selects: text is a message, anything
    /// else becomes one as compact JSON
    #[arg(long, value_name = "JSONPATH", conflicts_with = "input")]
    records: Option<String>,
    /// Of a module: the datasets that win where a record fits several, the first one first; what the module's
    /// `_meta/routing.yml` says if not given
    #[arg(long, value_name = "DATASETS", value_delimiter = ',')]
    prefer: Vec<String>,
    /// Add `event.id` and what the run says of itself (`sekoiaio.intake`) to each event
    #[arg(long)]
    meta: bool,
    /// Indent the events
    #[arg(long)]
    pretty: bool,
    /// Write the events to a file; one that is there is replaced when all is written
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Also write the records that failed, were not read or are partial to a file: record (from 1), file, status, stage,
    /// code, reason, message
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
    /// Also write what the records have to a file, for `weir dataset drift`: fields, shapes, shares, few values
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// How many threads run records, as many as there are cores if not given; the order stays. With --profile it is one
    #[arg(long, value_name = "N")]
    threads: Option<NonZero<usize>>,
    /// Run nothing where a part of the format does not compile. Without it that part alone does not run, and the records
    /// that it would have run for are partial
    #[arg(long)]
    deny_errors: bool,
    /// Exit with 1 where a record failed, was not read, is partial or was cut
    #[arg(long)]
    strict: bool,
    /// Say nothing about the run on standard error
    #[arg(long, short)]
    quiet: bool,
    /// The time against which incomplete dates are read, as in 2026-01-31T12:00:00Z; the clock's if not given
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// The raw `message` of an event
    Lines,
    /// An event: a JSON object with `message` and what else is known of it
    Events,
}

/// Runs the command.
///
/// # Errors
/// Where the format or the outputs cannot be used, or the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    let selection = arguments.records.as_deref().map(Selection::parse).transpose()?;
    let loading =
        Loading { prefer: &arguments.prefer, deny_errors: arguments.deny_errors, quiet: arguments.quiet, paint };
    let Some(formats) = Formats::load(&arguments.format, &loading)? else {
        return Ok(Outcome::Unusable);
    };
    let standard = [PathBuf::from("-")];
    let files = if arguments.files.is_empty() { &standard[..] } else { &arguments.files };
    let mut unreadable = false;
    let tally = runner::run(&formats, options(arguments, files)?, |reader| {
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
    if let (Some(path), false) = (&arguments.records, arguments.quiet || reader.records() > before) {
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
fn options(arguments: &Arguments, files: &[PathBuf]) -> Result<Options, Stop> {
    let output = arguments.output.as_deref();
    let others = [arguments.errors.as_deref(), arguments.profile.as_deref()];
    refuse_same(files, output, &others)?;
    let events = output.map_or_else(|| Ok(Output::standard()), Output::create)?;
    // Now the file of the events is there under all its names.
    refuse_same(&[], output, &others)?;
    let create = |path: Option<&Path>| path.map(Output::create).transpose();
    let [errors, profile] = others;
    let errors = create(errors)?;
    // The same for the file of the errors, before that of the profile is opened.
    refuse_same(&[], output, &others)?;
    Ok(Options {
        events,
        errors,
        profile: create(profile)?,
        shape: Shape { as_events: arguments.input == Kind::Events, meta: arguments.meta, pretty: arguments.pretty },
        now: arguments.now.map(Timestamp::as_second),
        threads: threads(arguments),
        progress: Progress::new(arguments.quiet, arguments.output.is_some()),
    })
}
