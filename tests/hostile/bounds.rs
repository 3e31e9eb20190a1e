//! What one record may take: each runs in a process of its own, which says how much memory and time it took.
//!
//! The rows are those of `records.toml`, and a few lines over every public format beside the project. The bounds hold in
//! the development profile too, in which a step takes some three times as long.

#![allow(clippy::print_stdout, reason = "what each row takes is for people to read")]

use crate::repository;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Barrier};
use std::{env, fs, thread};
use weir::value::FaultCode;
use weir::{Format, FormatText, Input, Record, Scratch, compile};

/// How much memory a process may take at most that runs one record, in MiB: what tests and plans take is part of it.
const MOST_MEMORY: u64 = 256;

/// How many seconds of the processor a record may take.
const MOST_SECONDS: f64 = 2.0;

/// The variable that tells a process which job is its.
const JOB: &str = "WEIR_HOSTILE_JOB";

#[derive(Deserialize)]
struct Table {
    case: Vec<Case>,
}

/// A record over a spec, and what must come of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    what: String,
    /// A field is set to this; else the extractor reads the record.
    template: Option<String>,
    extractor: Option<String>,
    #[serde(default)]
    properties: String,
    /// Texts and how often each comes.
    record: Vec<(String, usize)>,
    /// `limit`, or the code of the failure or of the first warning, or `fine`.
    comes: String,
}

/// What a process is to run.
#[derive(Serialize, Deserialize)]
struct Job {
    /// The parser's text, or the folder of a format.
    parser: String,
    is_folder: bool,
    records: Vec<Vec<(String, usize)>>,
    threads: usize,
}

/// What it says.
#[derive(Serialize, Deserialize)]
struct Took {
    /// MiB at most.
    memory: u64,
    /// Of the processor, for the slowest record.
    seconds: f64,
    /// What the first record came to.
    came: String,
}

#[test]
fn no_record_of_the_table_takes_too_much() {
    let table: Table = toml::from_str(include_str!("records.toml")).expect("a table");
    assert!(table.case.len() > 30);
    let mut wrong = Vec::new();
    for case in table.case {
        let mut job = Job { parser: parser(&case), is_folder: false, records: vec![case.record], threads: 1 };
        let one = run(&job);
        wrong.extend(too_much(&case.what, &one));
        if one.came != case.comes {
            wrong.push(format!("{}: {} comes, not {}", case.what, one.came, case.comes));
        }
        job.threads = 2;
        let two = run(&job);
        if two.memory > 2 * one.memory {
            wrong.push(format!("{}: {} MiB for one thread, {} for two", case.what, one.memory, two.memory));
        }
        println!("{:50} {:4} MiB {:4} for two {:6.2} s  {}", case.what, one.memory, two.memory, one.seconds, one.came);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_line_takes_too_much_in_a_public_format() {
    let line = |parts: &[(&str, usize)]| parts.iter().map(|(text, times)| ((*text).to_owned(), *times)).collect();
    let records = vec![
        line(&[("a", 400)]),
        line(&[("é", 400)]),
        line(&[("a ", 50_000)]),
        line(&[("a=\"b\" é 192.0.2.1 [x] - ", 4_000)]),
        line(&[("<134>1 2024-01-01T00:00:00Z host app 1 - - ", 1), ("a:1, ", 20_000)]),
        line(&[("{\"a\":[", 1), ("{},", 300_000), ("{}]}", 1)]),
    ];
    let Some(folder) = repository::public() else { return };
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut wrong = Vec::new();
    for path in repository::files(&corpus).into_iter().filter(|path| path.ends_with("ingest/parser.yml")) {
        let Some(root) = path.ancestors().nth(2) else { continue };
        let folder = root.display().to_string();
        let took = run(&Job { parser: folder.clone(), is_folder: true, records: records.clone(), threads: 1 });
        wrong.extend(too_much(&folder, &took));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Not a test by itself: the job of a process that one of the above started.
#[test]
#[ignore = "is run by the others, each in a process of its own"]
fn a_process_of_its_own() {
    let Some(path) = env::var_os(JOB).map(PathBuf::from) else { return };
    let job: Job = serde_json::from_slice(&fs::read(&path).expect("a job")).expect("a job");
    let format = Arc::new(if job.is_folder { repository::format_at(Path::new(&job.parser)) } else { written(&job) });
    let start = Arc::new(Barrier::new(job.threads));
    let mut took: Vec<(f64, String)> = Vec::new();
    for parts in &job.records {
        let record: Arc<str> = parts.iter().map(|(text, times)| text.repeat(*times)).collect::<String>().into();
        let before = seconds();
        let run = || {
            let (format, start, record) = (Arc::clone(&format), Arc::clone(&start), Arc::clone(&record));
            // As deep as the threads of the command line.
            let thread = thread::Builder::new().stack_size(8 << 20);
            thread.spawn(move || {
                start.wait();
                once(&format, &record)
            })
        };
        let threads: Vec<_> = (0..job.threads).map(|_| run().expect("a thread")).collect();
        let came: Vec<String> = threads.into_iter().map(|thread| thread.join().expect("no panic")).collect();
        took.push((seconds() - before, came.into_iter().next().unwrap_or_default()));
    }
    let slowest = took.iter().map(|(seconds, _)| *seconds).fold(0.0, f64::max);
    let came = took.into_iter().next().map(|(_, came)| came).unwrap_or_default();
    let took = Took { memory: peak(), seconds: slowest, came };
    fs::write(path.with_extension("out"), serde_json::to_vec(&took).expect("JSON")).expect("a file");
}

fn once(format: &Format, record: &str) -> String {
    let Some(plan) = &format.plan else { return "no plan".to_owned() };
    let mut event = Vec::new();
    let record = Record { input: Input::Message(record.as_bytes()), now: 0, event_id: None };
    let mut scratch = Scratch::default();
    let report = plan.run(&mut scratch, &record, &mut event);
    assert!(event.ends_with(b"}"), "one line of JSON");
    let warnings = report.omissions().iter().map(|warning| &warning.fault);
    let mut codes: Vec<_> = report.failure().map(|failure| &failure.fault).into_iter().chain(warnings).collect();
    codes.sort_by_key(|fault| fault.code() != FaultCode::Limit);
    codes.first().map_or("fine", |fault| fault.code().name()).to_owned()
}

fn written(job: &Job) -> Format {
    let fields = "any:\n  name: any\n  type: flattened\n  description: whatever it is given\n";
    compile(&FormatText {
        parser: ("parser.yml".to_owned(), job.parser.clone()),
        fields: vec![("fields.yml".to_owned(), fields.to_owned())],
    })
}

fn parser(case: &Case) -> String {
    match (&case.template, &case.extractor) {
        (Some(template), None) => crate::setting(template),
        (None, Some(extractor)) => crate::extracting(extractor, &case.properties),
        _ => panic!("{}: a template or an extractor", case.what),
    }
}

fn run(job: &Job) -> Took {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join(format!("hostile-{}-{:?}.json", std::process::id(), thread::current().id()));
    fs::write(&path, serde_json::to_vec(job).expect("JSON")).expect("a file");
    let mut command = Command::new(env::current_exe().expect("this program"));
    command.args(["--exact", "bounds::a_process_of_its_own", "--ignored", "--test-threads=1"]).env(JOB, &path);
    let output = command.output().expect("a process");
    let out = path.with_extension("out");
    let took = fs::read(&out).unwrap_or_else(|_| panic!("{:.300}: {output:?}", job.parser));
    fs::remove_file(&path).and_then(|()| fs::remove_file(&out)).expect("the files are ours");
    serde_json::from_slice(&took).expect("JSON")
}

fn too_much(what: &str, took: &Took) -> Option<String> {
    let Took { memory, seconds, .. } = took;
    let is_too_much = *memory > MOST_MEMORY || *seconds > MOST_SECONDS;
    is_too_much.then(|| format!("{what}: {memory} MiB and {seconds} s"))
}

/// The most memory that this process had, in MiB; nothing where the system does not tell.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) >> 10
}

/// What this process took of the processor.
fn seconds() -> f64 {
    const TICKS: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind_the_name = stat.rsplit(')').next().unwrap_or_default();
    let times = behind_the_name.split_whitespace().skip(11).take(2);
    times.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / TICKS
}
