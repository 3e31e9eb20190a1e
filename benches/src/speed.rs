//! How fast is weir, beside what people use?
//!
//! `speed [--write] [--rounds N] [NAME…]` runs all formats, or those named. With `--write` the page of the manual and a
//! record are written. Public formats are found beside the project, or where `WEIR_CORPUS` says.

use serde_json::to_string_pretty;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use weir_bench::contest::{Contender, Lines, race};
use weir_bench::machine::Machine;
use weir_bench::peers::{self, floors};
use weir_bench::results::{Corpus, Family, Results, Row};
use weir_bench::workload::{DISTINCT, OWN, Own, Workload, project};
use weir_bench::{corpus, equal, page};

/// The peers gain by it, weir hardly: it must not be said that the system's allocator held them back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How much is read in one pass at least, in bytes.
const INPUT: usize = 1 << 20;

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
                option if option.starts_with('-') => return Err("speed [--write] [--rounds N] [NAME...]".to_owned()),
                name => options.only.push(name.to_owned()),
            }
        }
        if options.write && !options.only.is_empty() {
            return Err("a page with some of the formats is not written".to_owned());
        }
        Ok(options)
    }

    fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }
}

fn measure(options: &Options) -> Result<(), String> {
    let machine = Machine::this();
    let guard = build_guard()?;
    let (mut rows, mut left_out) = (Vec::new(), Vec::new());
    for format in OWN.iter().filter(|format| options.wants(format.name)) {
        rows.push(own(format, &guard, options.rounds)?);
        announce(&rows);
    }
    let place = corpus::place();
    for (name, family) in corpus::FAMILIES.iter().filter(|(name, _)| options.wants(name)) {
        match &place {
            Some(place) => rows.push(public(&place.join(name), name, family, &guard, options.rounds)?),
            None => left_out.push(format!("{name}, which is not beside this project")),
        }
        announce(&rows);
    }
    let corpus = match &place {
        Some(place) if options.only.is_empty() => Some(together(place, &guard)?),
        _ => None,
    };
    let command = "cargo run --release --manifest-path benches/Cargo.toml -- --write".to_owned();
    let results = Results { command, machine, rounds: options.rounds, rows, left_out, corpus };
    let page = page::page(&results);
    println!("{page}");
    if options.write { write(&results, &page) } else { Ok(()) }
}

/// One of this project's formats, beside whatever peers have a mapping for it.
fn own(format: &Own, guard: &Path, rounds: usize) -> Result<Row, String> {
    let name = format.name;
    let workload = Workload::open(name, DISTINCT)?;
    workload.check()?;
    let distinct = Lines::repeat(&workload.records, 1);
    let is_json = workload.records.iter().all(|record| record.starts_with('{'));
    let mut contenders = vec![peers::weir(&workload)];
    contenders.extend(floors::all(is_json));
    let events = contenders[0].events(&distinct)?;
    for mut peer in peers::all(name)? {
        let theirs = peer.events(&distinct)?;
        equal::same(&events, &theirs).map_err(|reason| format!("{name}, {}: {reason}", peer.name()))?;
        contenders.push(peer);
    }
    let (instructions, allocations) = counts(guard, "count", name)?;
    let row = row(&workload, contenders, rounds)?;
    Ok(Row { format: format!("`{name}`"), family: format.family.to_owned(), instructions, allocations, ..row })
}

/// A public format: weir and the floors.
fn public(path: &Path, name: &str, family: &str, guard: &Path, rounds: usize) -> Result<Row, String> {
    let workload = Workload::open(&path.to_string_lossy(), DISTINCT)?;
    let mut contenders = vec![peers::weir(&workload)];
    let is_json = workload.records.iter().all(|record| record.starts_with('{'));
    contenders.extend(floors::all(is_json));
    let (instructions, allocations) = counts(guard, "count", &path.to_string_lossy())?;
    let row = row(&workload, contenders, rounds)?;
    Ok(Row { format: name.to_owned(), family: family.to_owned(), instructions, allocations, ..row })
}

fn row(workload: &Workload, mut contenders: Vec<Box<dyn Contender + '_>>, rounds: usize) -> Result<Row, String> {
    let lines = Lines::repeat(&workload.records, INPUT);
    let events = contenders[0].events(&Lines::repeat(&workload.records, 1))?;
    let timings = race(&mut contenders, &lines, rounds)?;
    Ok(Row {
        format: workload.name.clone(),
        family: String::new(),
        records: workload.records.len(),
        bytes: lines.text.len() as f64 / lines.many as f64,
        event_bytes: events.iter().map(Vec::len).sum::<usize>() as f64 / events.len() as f64,
        times: contenders.iter().map(|contender| contender.name()).zip(timings).collect(),
        instructions: None,
        allocations: None,
    })
}

/// All public formats, three turns each.
fn together(place: &Path, guard: &Path) -> Result<Corpus, String> {
    let (mut megabytes, mut ratios, mut asked) = (Vec::new(), Vec::new(), Vec::new());
    let mut families: [Vec<f64>; 2] = Default::default();
    for path in corpus::formats(place) {
        let Ok(workload) = Workload::open(&path.to_string_lossy(), DISTINCT) else { continue };
        let mut contenders = vec![peers::weir(&workload)];
        contenders.extend(floors::all(false));
        let row = row(&workload, contenders, 3)?;
        let weir = row.time(peers::WEIR).unwrap_or(f64::NAN);
        megabytes.push(row.megabytes(weir));
        families.iter_mut().zip(FAMILIES).filter(|(_, (_, is_one, _))| is_one(&workload)).for_each(|(rates, _)| {
            rates.push(row.megabytes(weir));
        });
        ratios.push(1.0 / row.ratio(floors::COPY).unwrap_or(f64::NAN));
        asked.extend(counts(guard, "allocations", &path.to_string_lossy())?.1);
    }
    Ok(Corpus {
        formats: megabytes.len(),
        megabytes: spread(megabytes),
        floors: spread(ratios),
        allocations: spread(asked),
        families: FAMILIES
            .iter()
            .zip(families)
            .map(|((name, _, target), rates)| Family {
                name,
                formats: rates.len(),
                megabytes: spread(rates),
                target: *target,
            })
            .collect(),
    })
}

type IsOne = fn(&Workload) -> bool;

/// The kinds of records that have a target: their name, which formats are theirs, and the target of the median in MB/s.
const FAMILIES: [(&str, IsOne, f64); 2] = [
    ("JSON", |workload| has(workload, &["json."]) && !has(workload, &["grok.", "kv.", "cef."]), 100.0),
    (
        "grok, kv or CEF, and no JSON",
        |workload| has(workload, &["grok.", "kv.", "cef."]) && !has(workload, &["json."]),
        40.0,
    ),
];

/// Whether a format has an extractor of these rooms.
fn has(workload: &Workload, rooms: &[&str]) -> bool {
    let extractors = workload.plan.entry_names().filter_map(|(_, extractor)| extractor);
    extractors.into_iter().any(|extractor| rooms.iter().any(|room| extractor.starts_with(room)))
}

/// The least, the median and the greatest.
fn spread(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    [0, values.len() / 2, last].map(|place| values.get(place).copied().unwrap_or(f64::NAN))
}

/// Shows the format that was just measured.
fn announce(rows: &[Row]) {
    if let Some(row) = rows.last() {
        eprintln!("{}, {}\n{}", row.format, row.family, page::contest(row));
    }
}

/// Builds the guard, which counts: its allocator would slow down what is timed here.
fn build_guard() -> Result<std::path::PathBuf, String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let folder = program.parent().ok_or("this program is in no folder")?;
    let profile = folder.file_name().unwrap_or_default();
    let manifest = project().join("benches/Cargo.toml");
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet", "--bin", "guard", "--profile"]).arg(profile).arg("--manifest-path").arg(manifest);
    match build.status() {
        Ok(status) if status.success() => Ok(folder.join("guard")),
        _ => Err("the guard cannot be built".to_owned()),
    }
}

/// Instructions and allocations an event, as the guard counts them.
fn counts(guard: &Path, what: &str, format: &str) -> Result<(Option<f64>, Option<f64>), String> {
    let output = Command::new(guard).args([what, format]).output().map_err(|error| format!("the guard: {error}"))?;
    if !output.status.success() {
        return Err(format!("the guard: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let mut cells = text.trim_end().split('\t').skip(1).map(|cell| cell.parse().ok());
    Ok((cells.next().flatten(), cells.next().flatten()))
}

fn write(results: &Results, page: &str) -> Result<(), String> {
    let record = project().join(format!("benches/record/{}.json", results.machine.date));
    let text = to_string_pretty(results).map_err(|error| error.to_string())?;
    fs::create_dir_all(project().join("benches/record")).map_err(|error| error.to_string())?;
    fs::write(record, text + "\n").map_err(|error| error.to_string())?;
    fs::write(project().join("docs/performance.md"), page).map_err(|error| error.to_string())
}
