//! `weir test --add`: recorded pairs out of sample records.

use crate::records::{self, Reading};
use crate::replaced;
use crate::stop::{Outcome, Stop};
use crate::terminal::{Paint, bold, yellow};
use clap::Args;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use uuid::Uuid;
use weir::{Input, Plan, Scratch};
use weir_author::anonymise::Anonymiser;
use weir_author::json::quoted;
use weir_author::pairs::{NOW, Runner, new_pair};
use weir_author::words::{cut, plural};
use weir_formats::{Place, folders};

/// The most records of a file that become pairs without being chosen.
const MOST: u64 = 20;

/// How many replacements of a kind are shown.
const SHOWN: usize = 10;

/// How much of a value is shown.
const WIDTH: usize = 60;

/// What is recorded, and how.
#[derive(Args)]
pub struct Recording {
    /// Record pairs out of the records of a file, instead of running pairs
    #[arg(long, value_name = "FILE", conflicts_with_all = ["accept", "report", "coverage", "watch"])]
    pub add: Option<PathBuf>,
    /// The number of a record of the file, from 1; without it, all records are added, up to 20
    #[arg(long, value_name = "NUMBER", requires = "add", value_parser = clap::value_parser!(u64).range(1..))]
    record: Option<Vec<u64>>,
    #[command(flatten)]
    reading: Reading,
    /// Replace what identifies people, devices and networks; the same KEY gives the same names and ids again
    #[arg(long, value_name = "KEY", requires = "add", num_args = 0..=1, require_equals = true)]
    anonymise: Option<Option<String>>,
}

/// Records pairs of the format at a path; `now` is the reference time, in seconds since 1970.
///
/// # Errors
/// Where the format does not compile, or a file cannot be read or written.
pub fn run(arguments: &Recording, paths: &[PathBuf], now: i64, paint: Paint) -> Result<Outcome, Stop> {
    let Some(file) = &arguments.add else { return Ok(Outcome::Well) };
    let place = the_format(paths)?;
    let format = weir::compile(&place.text()?);
    if let Some(error) = weir_author::finding::first_error(&format) {
        return Err(Stop::Because(format!("{error}; a pair would record that")));
    }
    let Some(plan) = format.plan else { return Ok(Outcome::Unusable) };
    let mut inputs = chosen(file, arguments)?;
    let mut left = BTreeSet::new();
    let mut out = io::stdout().lock();
    if let Some(key) = &arguments.anonymise {
        let key = key.as_deref().map_or_else(|| Uuid::new_v4().as_u64_pair().0, key_of);
        let mut anonymiser = Anonymiser::new(key);
        inputs.iter().for_each(|input| anonymiser.learn(&event(&plan, input)));
        inputs = inputs.iter().map(|input| anonymiser.replace(input)).collect();
        write!(out, "{}", replacements(&anonymiser, paint.stdout))?;
        left = inputs.iter().flat_map(|input| anonymiser.left(input)).collect();
    }
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = if stem == "-" || stem.is_empty() { "record".to_owned() } else { plain(&stem) };
    for input in &inputs {
        let path = free(&place.root.join("tests"), &stem);
        let (result, text) = Runner { plan: &plan, now, scratch: &mut Scratch::default(), coverage: None }
            .record(&path.display().to_string(), &new_pair(input));
        let text =
            text.ok_or_else(|| Stop::Because(result.error.unwrap_or_else(|| "the record makes no pair".to_owned())))?;
        let folder = folders::above(&path);
        fs::create_dir_all(&folder).map_err(|error| Stop::cannot("write", &folder, &error))?;
        replaced::write(&path, text.as_bytes())?;
        writeln!(out, "{} {}", bold("added", paint.stdout), path.display())?;
        for word in result.parsing_error.iter().chain(&result.parsing_warnings) {
            writeln!(out, "  {}", yellow(&cut(word, 300), paint.stdout))?;
        }
    }
    let count = inputs.len() as u64;
    writeln!(
        out,
        "{count} {} recorded: read what they expect before you commit them",
        plural(count, "pair is", "pairs are")
    )?;
    if !left.is_empty() {
        let names: Vec<String> = left.iter().map(|name| cut(name, WIDTH)).collect();
        writeln!(out, "{}: {}", yellow("still there, within other words", paint.stdout), names.join(", "))?;
    }
    Ok(Outcome::failed_if(!left.is_empty()))
}

/// The one format that pairs are added to.
fn the_format(paths: &[PathBuf]) -> Result<Place, Stop> {
    let places = folders::found(paths)?;
    match places.as_slice() {
        [place] => Ok(place.clone()),
        places => Err(Stop::Because(format!(
            "--add records pairs of one format, and there are {}: name one, such as {}",
            places.len(),
            places.first().map(Place::name).unwrap_or_default()
        ))),
    }
}

/// The records that become pairs, each as the JSON of an event.
fn chosen(file: &Path, arguments: &Recording) -> Result<Vec<String>, Stop> {
    let (mut found, mut last) = (Vec::new(), 0);
    records::each(file, &arguments.reading, &mut |input, number| {
        last = number;
        if arguments.record.as_ref().is_none_or(|wanted| wanted.contains(&number)) {
            found.push(match input {
                Input::Message(bytes) => format!("{{\"message\":{}}}", quoted(&String::from_utf8_lossy(bytes))),
                Input::Event(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            });
        }
        let is_enough = arguments.record.as_ref().is_some_and(|wanted| found.len() >= wanted.len());
        Ok(if is_enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    let name = file.display();
    if let Some(missing) = arguments.record.iter().flatten().find(|number| **number > last) {
        let records = plural(last, "record", "records");
        return Err(Stop::Because(format!("{name} has {last} {records}; there is no record {missing}")));
    }
    if arguments.record.is_none() && last > MOST {
        return Err(Stop::Because(format!(
            "{name} has {last} records: choose with --record, such as --record 1 --record 7"
        )));
    }
    if found.is_empty() {
        return Err(Stop::Because(format!("{name} has no records")));
    }
    Ok(found)
}

/// The event of an input.
fn event(plan: &Plan, input: &str) -> Vec<u8> {
    let mut event = Vec::new();
    let record = weir::Record { input: Input::Event(input.as_bytes()), now: NOW, event_id: None };
    plan.run(&mut Scratch::default(), &record, &mut event);
    event
}

/// What was replaced, by kind.
fn replacements(anonymiser: &Anonymiser, color: bool) -> String {
    let all = anonymiser.replaced();
    let kinds: BTreeSet<&str> = all.iter().map(|replacement| replacement.kind).collect();
    if kinds.is_empty() {
        return "nothing was replaced: there is no address, name, host or id that is known as one\n".to_owned();
    }
    let mut text = String::new();
    for kind in kinds {
        let of_kind: Vec<_> = all.iter().filter(|replacement| replacement.kind == kind).collect();
        text.push_str(&format!("{}: {}\n", bold(&format!("replaced as {kind}"), color), of_kind.len()));
        for replacement in of_kind.iter().take(SHOWN) {
            text.push_str(&format!("  {} → {}\n", cut(&replacement.from, WIDTH), cut(&replacement.to, WIDTH)));
        }
        if of_kind.len() > SHOWN {
            text.push_str(&format!("  … and {} more\n", of_kind.len() - SHOWN));
        }
    }
    text + "names are known by the fields that the format sets: read the pairs for others\n"
}

/// A key out of a word.
fn key_of(word: &str) -> u64 {
    word.bytes().fold(0xcbf2_9ce4_8422_2325, |key, byte| (key ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A name for files: letters, digits, `-` and `_`.
fn plain(stem: &str) -> String {
    stem.chars().map(|letter| if letter.is_alphanumeric() || letter == '-' { letter } else { '_' }).collect()
}

/// The first file of a name that is not there yet.
fn free(folder: &Path, stem: &str) -> PathBuf {
    let path = |number: u32| folder.join(format!("{stem}_{number}.json"));
    let number = (1..u32::MAX).find(|number| fs::symlink_metadata(path(*number)).is_err());
    path(number.unwrap_or(u32::MAX))
}
