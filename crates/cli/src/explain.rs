//! `weir explain`: what a format does with one event, step by step, or how one field came about.

use crate::findings;
use crate::input;
use crate::records::{self, Reading};
use crate::report_format::ReportFormat;
use crate::stop::{Outcome, Stop};
use crate::terminal::{Paint, painted};
use clap::Args;
use jiff::Timestamp;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use weir::{Input, Record};
use weir_author::explain::Explained;
use weir_author::pairs::NOW;
use weir_author::words::plural;
use weir_formats::Place;

const LONG_ABOUT: &str = "\
Run a format over one event and show each step: whether each entry of the pipeline ran and, if not, its filter with the \
values that it read; what each action set, overwrote, deleted or skipped; each value that was cast to a type; and each \
field that was inferred, with its rule.

With --field, answer one question instead: where the value of a field comes from, or why the field is missing. A field \
is named as in the event, such as source.ip. The message is shown with the bytes marked that the value came from.

With --format json, tell of each field, or of that one, from which bytes of the message its value came, and which statement \
of the spec set it.

The event is the first record of the file, or the one that --record selects. A *.json file with an `input` is a recorded pair; the name of a pair of the format is enough.";

const EXAMPLES: &str = "\
Examples:
  weir explain specs/cloudflare/access_requests samples/access_requests.ndjson --record 3
  weir explain formats/web denied --field source.ip
  tail -1 access.log | weir explain formats/web --field user.name
  weir explain formats/web denied --format json | jq -c '.origins[] | [.field, .relation, .bytes]'

Exit codes: 0; 2 if the format does not compile at all, if the file cannot be read or has no such record, or if the format \
never sets the field and the event does not have it.";

/// Show what a format does with one event, or where a field comes from
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// A format's directory or its parser.yml
    format: PathBuf,
    /// A file with records, or a recorded pair, also by its name alone; `-` or no file is standard input
    #[arg(default_value = "-")]
    file: PathBuf,
    /// Answer for one field only: where its value comes from, or why it is missing
    #[arg(long, short, value_name = "FIELD", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    field: Option<String>,
    /// Explained for people, or the bytes and places of fields for a program
    #[arg(long = "format", value_enum, default_value_t = ReportFormat::Text, value_name = "KIND", id = "kind")]
    kind: ReportFormat,
    /// The number of the record in the file, from 1; blank lines do not count
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    record: u64,
    #[command(flatten)]
    reading: Reading,
    /// The time that completes dates without a year; the default is 2026-01-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
}

/// Runs the command.
///
/// # Errors
/// Where the format or the file cannot be read, or the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    let place = Place::at(&arguments.format)?;
    let format = weir::compile(&place.text()?);
    findings::tell(&format, true, paint)?;
    if format.plan.is_none() {
        return Ok(Outcome::Unusable);
    }
    let file = file(&place, &arguments.file)?;
    let (bytes, is_event) = record(arguments, &file)?;
    let input = if is_event { Input::Event(&bytes) } else { Input::Message(&bytes) };
    // As for recorded pairs: an explanation must be the same tomorrow.
    let now = arguments.now.map_or(NOW, Timestamp::as_second);
    let explained = Explained::of(&format, &Record { input, now, event_id: None })
        .map_err(|error| Stop::Because(error.to_string()))?;
    if arguments.kind == ReportFormat::Json {
        return json(&explained, arguments.field.as_deref());
    }
    let (text, outcome) = match &arguments.field {
        Some(name) => {
            let answer = explained.field(name);
            (answer.text, if answer.is_known { Outcome::Well } else { Outcome::Unusable })
        }
        None => (explained.steps(), Outcome::Well),
    };
    io::stdout().write_all(painted(&text, paint.stdout).as_bytes())?;
    Ok(outcome)
}

/// The bytes and places of fields as JSON.
fn json(explained: &Explained<'_>, field: Option<&str>) -> Result<Outcome, Stop> {
    let origins = explained.origins(field);
    let is_known = field.is_none_or(|field| !origins.is_empty() || explained.field(field).is_known);
    let told = serde_json::json!({"message": explained.trace.message, "origins": origins});
    writeln!(io::stdout(), "{told}")?;
    Ok(if is_known { Outcome::Well } else { Outcome::Unusable })
}

/// The file that is meant: what is no file is the name of a recorded pair.
fn file(place: &Place, file: &Path) -> Result<PathBuf, Stop> {
    let is_name = file.components().count() == 1 && !input::is_standard(file) && !file.exists();
    if is_name { Ok(place.pair(&file.to_string_lossy())?) } else { Ok(file.to_owned()) }
}

/// The record that is asked for, and whether it is an event.
fn record(arguments: &Arguments, file: &Path) -> Result<(Vec<u8>, bool), Stop> {
    let mut found = None;
    let mut last = 0;
    records::each(file, &arguments.reading, &mut |input, number| {
        last = number;
        if number < arguments.record {
            return Ok(ControlFlow::Continue(()));
        }
        found = Some(match input {
            Input::Message(bytes) => (bytes.to_vec(), false),
            Input::Event(bytes) => (bytes.to_vec(), true),
        });
        Ok(ControlFlow::Break(()))
    })?;
    let number = arguments.record;
    let name = if input::is_standard(file) { "standard input".into() } else { file.to_string_lossy() };
    found.ok_or_else(|| {
        Stop::Because(match last {
            0 => format!("{name} has no records"),
            _ => format!("{name} has {last} {}; there is no record {number}", plural(last, "record", "records")),
        })
    })
}
