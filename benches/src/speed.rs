//! How fast is weir, beside what people use?
//!
//! `speed [--write] [--rounds N] [--only NAME]…` runs all parts, or those named: a format of this project (`kv`), a public
//! one (`Apache/apache`), `commands`, which are whole programs over a file, `pattern`, which is `grok.match` beside PCRE2, and
//! `corpus`, all public formats together. A format of this project brings its commands along. With `--write` the page of the
//! manual and a record are written. Public formats are found beside the project, or where `WEIR_CORPUS` says.

use serde_json::to_string_pretty;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use weir_bench::machine::Machine;
use weir_bench::page;
use weir_bench::programs::{self, Guard};
use weir_bench::results::{Corpus, Results, Row};
use weir_bench::workload::{OWN, project};
use weir_bench::{commands, corpus, formats, pattern};

/// The peers gain by it, weir hardly: it must not be said that the system's allocator held them back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USAGE: &str = "speed [--write] [--rounds N] [--only NAME]...";

/// How many rounds whole commands have at most: the slowest of them takes seconds.
const COMMAND_ROUNDS: usize = 5;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match Options::read(&arguments).and_then(|options| measure(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

/// What is asked for.
struct Options {
    write: bool,
    rounds: usize,
    only: Vec<String>,
}

impl Options {
    fn read(arguments: &[String]) -> Result<Self, String> {
        let mut options = Options { write: false, rounds: 9, only: Vec::new() };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--write" => options.write = true,
                "--rounds" => {
                    let rounds = arguments.next().and_then(|rounds| rounds.parse().ok());
                    options.rounds = rounds.filter(|rounds| *rounds > 0).ok_or("--rounds takes a number")?;
                }
                "--only" => options.only.push(arguments.next().filter(|name| is_part(name)).ok_or_else(parts)?.clone()),
                _ => return Err(USAGE.to_owned()),
            }
        }
        if options.write && !options.only.is_empty() {
            return Err("a page with some of the parts is not written".to_owned());
        }
        Ok(options)
    }

    fn wants(&self, names: &[&str]) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| names.contains(&only.as_str()))
    }
}

/// The names that `--only` knows.
fn names() -> impl Iterator<Item = &'static str> {
    let formats = OWN.iter().map(|own| own.name).chain(corpus::FAMILIES.iter().map(|(name, _)| *name));
    formats.chain(["commands", "pattern", "corpus"])
}

fn is_part(name: &str) -> bool {
    names().any(|known| known == name)
}

fn parts() -> String {
    format!("--only takes one of {}", names().collect::<Vec<_>>().join(", "))
}

fn measure(options: &Options) -> Result<(), String> {
    let (machine, guard, place) = (Machine::this(), Guard::build()?, corpus::place());
    let (rows, left_out) = measure_formats(options, &guard, place.as_ref())?;
    let commands = measure_commands(options)?;
    let pattern = match options.wants(&["pattern", pattern::FORMAT]) {
        true => Some(pattern::measure(options.rounds)?),
        false => None,
    };
    let corpus = match &place {
        Some(place) if options.wants(&["corpus"]) => Some(corpus::together(place, &guard)?),
        _ => None,
    };
    let command = "cargo run --release --manifest-path benches/Cargo.toml -- --write".to_owned();
    let results = Results { command, machine, rounds: options.rounds, rows, commands, pattern, left_out, corpus };
    let page = page::page(&results);
    println!("{}", if options.only.is_empty() { page.clone() } else { page::parts(&results) });
    results.corpus.iter().for_each(list);
    if options.write { write(&results, &page) } else { Ok(()) }
}

/// Each format by itself, and those that are left out.
fn measure_formats(
    options: &Options,
    guard: &Guard,
    place: Option<&PathBuf>,
) -> Result<(Vec<Row>, Vec<String>), String> {
    let (mut rows, mut left_out) = (Vec::new(), Vec::new());
    for format in OWN.iter().filter(|format| options.wants(&[format.name])) {
        rows.push(formats::own(format, guard, options.rounds)?);
        announce(&rows);
    }
    for (name, family) in corpus::FAMILIES.iter().filter(|(name, _)| options.wants(&[name])) {
        match place {
            Some(place) => {
                rows.push(formats::public(&place.join(name), name, family, guard, options.rounds)?);
                announce(&rows);
            }
            None => left_out.push(format!("{name}, which is not beside this project")),
        }
    }
    Ok((rows, left_out))
}

fn measure_commands(options: &Options) -> Result<Vec<Row>, String> {
    let wanted: Vec<_> = OWN.iter().filter(|format| options.wants(&[format.name, "commands"])).collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let weir = programs::build_weir()?;
    let rounds = options.rounds.min(COMMAND_ROUNDS);
    wanted.into_iter().map(|format| commands::measure(format, &weir, rounds)).collect()
}

/// Shows the format that was just measured.
fn announce(rows: &[Row]) {
    if let Some(row) = rows.last() {
        eprintln!("{}, {}\n{}", row.format, row.family, page::contest(row));
    }
}

/// The public formats that are slowest, on the screen only.
fn list(corpus: &Corpus) {
    println!("\nThe slowest public formats:\n\n| | MB/s | allocations an event |\n|---|--:|--:|");
    for format in corpus.formats.iter().take(20) {
        println!("| {} | {:.1} | {:.1} |", format.name, format.megabytes, format.allocations);
    }
}

fn write(results: &Results, page: &str) -> Result<(), String> {
    let record = project().join(format!("benches/record/{}.json", results.machine.date));
    let text = to_string_pretty(results).map_err(|error| error.to_string())?;
    fs::create_dir_all(project().join("benches/record")).map_err(|error| error.to_string())?;
    fs::write(record, text + "\n").map_err(|error| error.to_string())?;
    fs::write(project().join("docs/performance.md"), page).map_err(|error| error.to_string())
}
