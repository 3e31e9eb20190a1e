//! `weir bench`: how fast a format runs, what an event takes, and where it goes.

mod allocations;
mod instructions;
mod measure;
mod pass;
mod shown;
mod time;

use crate::findings;
use crate::records::{Reading, each};
use crate::report_format::ReportFormat;
use crate::stop::{Outcome, Stop};
use crate::terminal::Paint;
use clap::Args;
use measure::{Options, measure};
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;
use weir::Input;
use weir::diagnostic::{Diagnostics, Sources};
use weir::spec;
use weir_formats::{Place, folders};

const LONG_ABOUT: &str = "\
Run the recorded inputs of a format again and again on one thread, and show how fast that is: megabytes and events a second, \
nanoseconds an event, and the ratio to a program that only copies. Then show the cost of an event: its allocations and \
instructions, and the share of each pipeline entry, casts, inference and writing in all three.

The best round counts, because other programs can only slow a round down; the median shows how much they did. The records \
are few and repeat, so caches for patterns and user agents are warm. Give a file with real records if that matters.

Allocations and instructions hardly depend on the machine and its load, so use them to compare two versions of a format. An \
allocation is a request for memory from the system; growing a piece counts, too. Instructions need valgrind on PATH, which \
runs up to 64 of the records and takes some seconds. The instructions of a step include a few dozen for measuring it; those \
of the event do not.";

const EXAMPLES: &str = "\
Examples:
  weir bench specs/cloudflare/access_requests
  weir bench formats/web access.log.gz --seconds 10
  weir bench formats/web --no-instructions
  weir bench formats/web --format json | jq '.steps[] | select(.allocations > 0)'";

/// Show how fast a format runs and what each part of an event costs
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// A format's directory or its parser.yml
    format: PathBuf,
    /// A file with records, instead of the recorded pairs; at most 64 MiB of it are used
    file: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
    /// How long to measure the time
    #[arg(long, value_name = "N", default_value_t = 2.0)]
    seconds: f64,
    /// Do not count instructions; that takes longest
    #[arg(long)]
    no_instructions: bool,
    /// Run what another `weir bench` sends, under valgrind
    #[arg(long, hide = true)]
    marked: bool,
    /// How the result is written
    #[arg(long = "format", value_enum, default_value_t = ReportFormat::Text, value_name = "KIND", id = "kind")]
    kind: ReportFormat,
}

/// The most bytes of records that are held.
const HELD: usize = 64 << 20;

/// Runs the command.
///
/// # Errors
/// Where the format or the records cannot be read, there are none, or the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    if !(0.0..=3600.0).contains(&arguments.seconds) {
        return Err(Stop::Because("--seconds must be from 0 to 3600".to_owned()));
    }
    let place = Place::at(&arguments.format)?;
    let format = weir::compile(&place.text()?);
    findings::tell(&format, false, paint)?;
    let Some(plan) = &format.plan else { return Ok(Outcome::Unusable) };
    if arguments.marked {
        return instructions::run_marked(plan).map(|()| Outcome::Well);
    }
    let records = records(arguments, &place)?;
    let time = Duration::from_secs_f64(arguments.seconds);
    let options = Options { format: &arguments.format, time, instructions: !arguments.no_instructions };
    let measured = measure(plan, &records, &options);
    let text = match arguments.kind {
        ReportFormat::Text => shown::text(&measured, paint.stdout),
        ReportFormat::Json => shown::json(&measured)?,
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(Outcome::Well)
}

/// What is run: there is a record at least.
fn records(Arguments { file, reading, .. }: &Arguments, place: &Place) -> Result<Vec<Vec<u8>>, Stop> {
    let records = file.as_ref().map_or_else(|| recorded(place), |path| of_file(path, reading))?;
    if records.is_empty() {
        let without =
            file.as_ref().map_or("the format has no recorded pair; give a file with records", |_| "no record");
        return Err(Stop::Because(format!("{}: {without}", place.root.display())));
    }
    Ok(records)
}

fn of_file(path: &Path, reading: &Reading) -> Result<Vec<Vec<u8>>, Stop> {
    let (mut lines, mut held) = (Vec::new(), 0);
    each(path, reading, &mut |input, _| {
        held += input.bytes().len();
        lines.push(input.bytes().to_vec());
        Ok(if held > HELD { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok(lines)
}

/// The messages of a format's recorded pairs.
fn recorded(place: &Place) -> Result<Vec<Vec<u8>>, Stop> {
    let mut messages = Vec::new();
    for path in place.pairs()? {
        let text = folders::read(&path)?;
        let mut sources = Sources::new();
        let source = sources.add(path.display().to_string(), &*text);
        if let Some(pair) = spec::read_test(&text, source, &mut Diagnostics::new()) {
            let message = weir_formats::message(Input::Event(pair.input.as_bytes()));
            messages.extend(Some(message.into_owned().into_bytes()).filter(|message| !message.is_empty()));
        }
    }
    Ok(messages)
}
