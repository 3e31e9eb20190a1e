//! `weir replay`: dead letters, or a stretch of a receiver's log, through the present format again.

use crate::findings;
use crate::output::Output;
use crate::report_format::ReportFormat;
use crate::stop::{Outcome, Stop};
use crate::terminal::Paint;
use clap::Args;
use serde_json::json;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use weir_author::words::plural;
use weir_formats::{Formats, Loading};
use weir_log::files::Disk;
use weir_log::{Inspection, Item, Sequence};
use weir_receiver::dead_letters::DeadLetter;
use weir_receiver::deliver::Mapped;
use weir_receiver::formats::Version;
use weir_receiver::replay::{Replay, Replayed};

const LONG_ABOUT: &str = "\
Run dead letters of a receiver, or a stretch of its log, through a format again, and say what becomes an event now and what \
still fails, by kind and with the first record of each. Nothing is changed, and the receiver may run meanwhile.

A path is a file or a folder of dead letters, or the folder of a log. Events have the same `event.id` as at first, so that a \
destination that goes by it has none twice. With --output they are written to a file, one a line.";

const EXAMPLES: &str = "\
Examples:
  weir replay data/dead-letters --through specs/cloudflare
  weir replay data/dead-letters --through specs/cloudflare --output fixed.ndjson
  weir replay data/log --from 18446 --until 20000 --through specs/cloudflare/access_requests
  weir replay data/dead-letters --id 9bbbf53b-a2a0-8000-8000-000200000001 --print | weir explain formats/web

Exit codes: 0 if all records become events; 1 if some do not, or lines or entries cannot be read; 2 if a path cannot be read, or there are \
no records.";

/// Run dead letters or a part of the log through a format again
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// Files or folders of dead letters, or the folder of a log
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The format or module that the records run through
    #[arg(long, value_name = "PATH", required_unless_present = "print")]
    through: Option<PathBuf>,
    /// For a module: the datasets that win if a record fits several, the first one first
    #[arg(long, value_name = "DATASETS", value_delimiter = ',')]
    prefer: Vec<String>,
    /// Only records of this intake
    #[arg(long, value_name = "NAME")]
    intake: Option<String>,
    /// Only the dead letter with this `event.id`
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// Of a log: the sequence number of the first entry
    #[arg(long, value_name = "SEQUENCE")]
    from: Option<u64>,
    /// Of a log: the sequence number of the last entry
    #[arg(long, value_name = "SEQUENCE")]
    until: Option<u64>,
    /// Write the events to a file; an existing file is replaced at the end
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print the records of dead letters as they came, and run nothing
    #[arg(long, conflicts_with_all = ["output", "from", "until"])]
    print: bool,
    /// How the report is written
    #[arg(long, value_enum, default_value_t = ReportFormat::Text, value_name = "KIND")]
    format: ReportFormat,
}

/// Runs the command.
///
/// # Errors
/// Where the format, a log or a file cannot be used, or an output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    let (logs, files) = sources(&arguments.paths)?;
    if let Some(odd) = without_effect(arguments, !logs.is_empty(), !files.is_empty()) {
        return Err(Stop::Because(odd.to_owned()));
    }
    if arguments.print {
        return print(arguments, &files);
    }
    let Some(version) = version(arguments, paint)? else { return Ok(Outcome::Unusable) };
    let version_of = |_: &str| Some(Arc::clone(&version));
    let mut output = arguments.output.as_deref().map(Output::create).transpose()?;
    let mut take = |mapped: &Mapped| output.as_mut().map_or(Ok(()), |output| output.write(mapped.batch.ndjson()));
    let mut all = Replayed::default();
    for log in &logs {
        all.add_all(replay_log(log, arguments, &version_of, &mut take)?);
    }
    let mut replay = Replay::new([0; 16], &version_of);
    for file in &files {
        each_letter(file, arguments, |letter| match letter {
            Some(letter) => replay.letter(&letter, &mut take),
            None => {
                replay.unreadable();
                Ok(())
            }
        })?;
    }
    all.add_all(replay.finish());
    output.map_or(Ok(()), Output::finish)?;
    if all.events + all.failed() + all.unreadable == 0 {
        return Err(Stop::Because("there are no records to run".to_owned()));
    }
    match arguments.format {
        ReportFormat::Text => write!(io::stdout(), "{}", text(&all))?,
        ReportFormat::Json => writeln!(io::stdout(), "{}", as_json(&all))?,
    }
    Ok(Outcome::failed_if(all.failed() + all.unreadable > 0))
}

/// Options that would do nothing to some of what is given, or not what they say.
fn without_effect(arguments: &Arguments, has_logs: bool, has_files: bool) -> Option<&'static str> {
    let Arguments { id, print, from, until, .. } = arguments;
    match () {
        () if has_logs && (id.is_some() || *print) => Some("--id and --print are for dead letters, and not for a log"),
        () if has_files && (from.is_some() || until.is_some()) => {
            Some("--from and --until are for a log, and not for dead letters")
        }
        () => None,
    }
}

/// The logs among the paths, and the files of dead letters.
fn sources(paths: &[PathBuf]) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Stop> {
    let (mut logs, mut files) = (Vec::new(), Vec::new());
    for path in paths {
        let metadata = fs::metadata(path).map_err(|error| Stop::cannot("read", path, &error))?;
        let is_log = metadata.is_dir() && names(path)?.iter().any(|name| has_extension(name, "segment"));
        match (metadata.is_dir(), is_log) {
            (_, true) => logs.push(path.clone()),
            (true, _) => letters_below(path, &mut files)?,
            (false, _) => files.push(path.clone()),
        }
    }
    Ok((logs, files))
}

fn letters_below(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Stop> {
    for path in names(folder)? {
        match path.is_dir() {
            true => letters_below(&path, files)?,
            false if has_extension(&path, "ndjson") => files.push(path),
            false => {}
        }
    }
    Ok(())
}

fn names(folder: &Path) -> Result<Vec<PathBuf>, Stop> {
    let cannot = |error| Stop::cannot("read", folder, &error);
    let paths = fs::read_dir(folder).map_err(cannot)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = paths.collect::<io::Result<Vec<_>>>().map_err(cannot)?;
    paths.sort();
    Ok(paths)
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}

fn version(arguments: &Arguments, paint: Paint) -> Result<Option<Arc<Version>>, Stop> {
    let Some(path) = &arguments.through else { return Ok(None) };
    let loading = Loading { prefer: &arguments.prefer, deny_errors: true };
    let formats = findings::telling(false, paint, |tell| Formats::load(path, &loading, tell))?;
    Ok(formats.map(|formats| Arc::new(Version::of(formats))))
}

/// Prints the records of dead letters, a line each.
fn print(arguments: &Arguments, files: &[PathBuf]) -> Result<Outcome, Stop> {
    let mut out = io::stdout().lock();
    let mut printed = 0;
    for file in files {
        each_letter(file, arguments, |letter| {
            if let Some(bytes) = letter.and_then(|letter| letter.original.bytes()) {
                printed += 1;
                out.write_all(&bytes)?;
                out.write_all(b"\n")?;
            }
            Ok(())
        })?;
    }
    match printed {
        0 => Err(Stop::Because("there is no such dead letter".to_owned())),
        _ => Ok(Outcome::Well),
    }
}

/// Visits the dead letters of a file that are asked for; nothing for a line that is none.
fn each_letter(
    file: &Path,
    arguments: &Arguments,
    mut visit: impl FnMut(Option<DeadLetter>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let cannot = |error| Stop::cannot("read", file, &error);
    let mut lines = BufReader::new(File::open(file).map_err(cannot)?);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line).map_err(cannot)? > 0 {
        match serde_json::from_slice::<DeadLetter>(&line) {
            Ok(letter) => {
                let is_wanted = arguments.id.as_ref().is_none_or(|id| *id == letter.id)
                    && arguments.intake.as_ref().is_none_or(|intake| *intake == letter.intake);
                if is_wanted {
                    visit(Some(letter))?;
                }
            }
            Err(_) => visit(None)?,
        }
        line.clear();
    }
    Ok(())
}

fn replay_log(
    folder: &Path,
    arguments: &Arguments,
    version_of: &dyn Fn(&str) -> Option<Arc<Version>>,
    take: &mut dyn FnMut(&Mapped) -> Result<(), Stop>,
) -> Result<Replayed, Stop> {
    let within = |error: &dyn ToString| Stop::Because(format!("{}: {}", folder.display(), error.to_string()));
    let disk = Disk::read_only(folder).map_err(|error| Stop::cannot("read", folder, &error))?;
    let inspection = Inspection::of(Arc::new(disk)).map_err(|error| within(&error))?;
    let id = inspection.stat().id.unwrap_or_default();
    let mut replay = Replay::new(id, version_of).only(arguments.intake.as_deref());
    let mut lost = 0;
    for item in inspection.entries(arguments.from.map(Sequence)) {
        match item.map_err(|error| within(&error))? {
            Item::Entry(entry) if arguments.until.is_some_and(|until| entry.sequence().0 > until) => break,
            Item::Entry(entry) => replay.entry(&entry, take)?,
            Item::Damage(damage) => {
                // Where nobody knows how many entries were there, there was one at least.
                lost += damage.lost.unwrap_or(1);
                writeln!(io::stderr(), "{}: {damage}", folder.display())?;
            }
        }
    }
    let replayed = replay.finish();
    Ok(Replayed { unreadable: replayed.unreadable + lost, ..replayed })
}

fn text(replayed: &Replayed) -> String {
    let (events, failed) = (replayed.events, replayed.failed());
    let (becoming, failing) =
        (plural(events, "record becomes an event", "records become events"), plural(failed, "fails", "fail"));
    let mut out = format!("{events} {becoming} now, {failed} still {failing}\n");
    for (failing, failures) in &replayed.failing {
        let place = [failing.format.as_deref(), failing.entry.as_deref()];
        let place: Vec<&str> = place.into_iter().flatten().collect();
        let place = if place.is_empty() { String::new() } else { format!(" {}", place.join(", ")) };
        out += &format!(
            "  {} {}: {}{place}: {}; the first is {}\n",
            failures.records,
            plural(failures.records, "record", "records"),
            failing.stage.name(),
            failures.reason,
            failures.first
        );
    }
    if replayed.others > 0 {
        out += &format!("  and {} of other kinds\n", replayed.others);
    }
    if replayed.unreadable > 0 {
        let such = plural(replayed.unreadable, "line or entry", "lines or entries");
        out += &format!("{} {such} cannot be read\n", replayed.unreadable);
    }
    out
}

fn as_json(replayed: &Replayed) -> serde_json::Value {
    let failing = replayed.failing.iter().map(|(failing, failures)| {
        json!({
            "stage": failing.stage.name(),
            "format": failing.format,
            "entry": failing.entry,
            "code": failing.code,
            "records": failures.records,
            "reason": failures.reason,
            "first": failures.first,
        })
    });
    json!({
        "events": replayed.events,
        "failed": replayed.failed(),
        "failing": failing.collect::<Vec<_>>(),
        "others": replayed.others,
        "unreadable": replayed.unreadable,
    })
}
