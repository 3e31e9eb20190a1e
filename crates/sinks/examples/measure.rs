//! Measures sinks of files on this machine: `cargo run --release -p weir-sinks --example measure -- FORMAT RECORDS COUNT FOLDER`.
//!
//! Runs the records (a file of lines) through the format in the folder FORMAT, writes the events again and again until there are COUNT of them, to
//! each kind of file in turn, three turns of each, and says what CPU time a million events cost. What it fills it removes.

#![allow(clippy::print_stdout, reason = "it says what it measured")]

use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use weir::{FormatText, Input, Record, Scratch};
use weir_sinks::{Batch, BatchBuilder, Context, Place, Settings};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const KINDS: &[&str] = &["ndjson, compress: none", "ndjson, compress: gzip", "ndjson, compress: zstd", "parquet"];

/// How many events a batch has.
const BATCH: usize = 1_000;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [format, records, count, folder] = &arguments[..] else { return Err("FORMAT RECORDS COUNT FOLDER".into()) };
    let (plan, count) = (plan(Path::new(format))?, count.parse::<usize>()?);
    let events = events(&plan, &fs::read(records)?);
    let fields = plan.outputs();
    println!(
        "{} events of {} bytes on average",
        events.len(),
        events.iter().map(Vec::len).sum::<usize>() / events.len().max(1)
    );
    for _ in 0..3 {
        for kind in KINDS {
            let folder = Path::new(folder).join("measured");
            let settings: Settings =
                serde_yaml::from_str(&format!("{{type: {kind}, to: '{}'}}", folder.join("events").display()))?;
            let fields = fields.clone();
            let context = Context::new("measured", &folder.join("notes"), [1; 16])
                .with_fields(Arc::new(move |_| Some(fields.clone())));
            let mut sink = settings.open(&context)?;
            let (begun, before) = (Instant::now(), cpu());
            for number in 0..count / BATCH {
                sink.write(&batch(&events, number)).map_err(|error| error.why)?;
            }
            sink.flush().map_err(|error| error.why)?;
            let (cpu, wall) = (cpu() - before, begun.elapsed().as_secs_f64());
            println!(
                "{kind}: {:.2} CPU-s a million events, {:.0} bytes an event, {wall:.1} s, {:.0} MB of memory at most",
                cpu * 1e6 / count as f64,
                bytes(&folder) as f64 / count as f64,
                peak()
            );
            fs::remove_dir_all(&folder)?;
        }
    }
    Ok(())
}

fn plan(format: &Path) -> Result<weir::Plan> {
    let file = |path: std::path::PathBuf| Some((path.display().to_string(), fs::read_to_string(path).ok()?));
    let fields =
        [format.join("../_meta/fields.yml"), format.join("_meta/fields.yml")].into_iter().filter_map(file).collect();
    let parser = file(format.join("ingest/parser.yml")).ok_or("no ingest/parser.yml")?;
    weir::compile(&FormatText { parser, fields }).plan.ok_or_else(|| "the format does not compile".into())
}

fn events(plan: &weir::Plan, records: &[u8]) -> Vec<Vec<u8>> {
    let mut scratch = Scratch::default();
    let lines = records.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let run = |line| {
        let mut event = Vec::new();
        plan.run(
            &mut scratch,
            &Record { input: Input::Message(line), now: 0, event_id: Some("00000000-0000-8000-8000-000000000000") },
            &mut event,
        );
        event
    };
    lines.map(run).collect()
}

/// The batch with this number, as if each were an entry of the log.
fn batch(events: &[Vec<u8>], number: usize) -> Arc<Batch> {
    let place = |record: usize| Place { sequence: number as u64 + 1, record: record as u32 };
    let mut builder = BatchBuilder::new(place(0), vec![Arc::from("measured")]);
    for record in 0..BATCH {
        let event = &events[(number * BATCH + record) % events.len()];
        builder.push((number * BATCH + record) as u128, 0, place(record), 0, |line| line.extend_from_slice(event));
    }
    Arc::new(builder.finish(place(BATCH)))
}

fn bytes(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(
            |entry| {
                if entry.path().is_dir() { bytes(&entry.path()) } else { entry.metadata().map_or(0, |file| file.len()) }
            },
        )
        .sum()
}

/// CPU seconds of this process, with what the system did for it.
fn cpu() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or_default();
    (ticks(11) + ticks(12)) / 100.0
}

/// The most memory that this process had, in MB.
fn peak() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse::<f64>().ok()).unwrap_or_default() / 1e3
}
