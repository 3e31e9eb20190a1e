//! weir over a format: its plan and its records.

use crate::records;
use std::fs;
use std::path::{Path, PathBuf};
use weir::run::BATCH;
use weir::{FormatText, Input, Plan, Record, Scratch, compile};

/// A format of this project that is measured. Its records come from the templates of its name.
pub struct Own {
    /// What it is called.
    pub name: &'static str,
    /// Where it is, below the project.
    pub path: &'static str,
    /// What its records are.
    pub family: &'static str,
}

const fn own(name: &'static str, path: &'static str, family: &'static str) -> Own {
    Own { name, path, family }
}

/// The formats of this project that are measured: one for each family of extractors, and the one that others are compared
/// on.
pub const OWN: [Own; 7] = [
    own("access_requests", "specs/cloudflare/access_requests", "JSON, flat"),
    own("json", "benches/formats/json", "JSON, nested"),
    own("kv", "benches/formats/kv", "key and value"),
    own("grok", "benches/formats/grok", "grok"),
    own("cef", "benches/formats/cef", "CEF"),
    own("dsv", "benches/formats/dsv", "delimited values"),
    own("windows_event", "benches/formats/windows_event", "Windows XML"),
];

/// How many records there are of a format of this project, all distinct.
pub const DISTINCT: usize = 2_048;

/// The time against which incomplete dates are read: 2024-06-10T06:13:20Z.
const NOW: i64 = 1_718_000_000;

/// A format, ready to run, and its records.
pub struct Workload {
    /// What it is called in tables.
    pub name: String,
    /// Its plan.
    pub plan: Plan,
    /// Distinct records, none of them with a line break.
    pub records: Vec<String>,
}

impl Workload {
    /// A format of this project, by its name in [`OWN`], or one on disk with recorded pairs, by its path; and so many
    /// records at most.
    ///
    /// # Errors
    /// Says what cannot be read.
    pub fn open(name: &str, most: usize) -> Result<Self, String> {
        let mut workload = match OWN.iter().find(|own| own.name == name) {
            Some(own) => generated(own, most)?,
            None => recorded(Path::new(name))?,
        };
        workload.records.truncate(most);
        Ok(workload)
    }

    /// Runs the records of some lines together, as the command line does; `each` is told of each event.
    pub fn run<'l>(&self, scratch: &mut Scratch, lines: impl Iterator<Item = &'l [u8]>, mut each: impl FnMut(&[u8])) {
        let mut lines = lines.map(record);
        let mut records = Vec::with_capacity(BATCH);
        loop {
            records.extend(lines.by_ref().take(BATCH - records.len()));
            match self.plan.run_batch(scratch, &records, |event, _| each(event)) {
                0 => break,
                ran => drop(records.drain(..ran)),
            }
        }
    }

    /// Runs all records once, with one scratch and one buffer.
    pub fn pass(&self, scratch: &mut Scratch, event: &mut Vec<u8>) {
        self.run(scratch, self.records.iter().map(|record| record.as_bytes()), |text| {
            event.clear();
            event.extend_from_slice(text);
        });
    }

    /// Runs all records and looks at the reports.
    ///
    /// # Errors
    /// Where one failed: its event says little, and its cost less.
    pub fn check(&self) -> Result<(), String> {
        let mut scratch = Scratch::default();
        for line in &self.records {
            let report = self.plan.run(&mut scratch, &record(line.as_bytes()), &mut Vec::new());
            if let Some(failure) = report.failure() {
                return Err(format!("{}: a record does not run: {}", self.name, failure.fault.reason()));
            }
        }
        Ok(())
    }
}

fn record(line: &[u8]) -> Record<'_> {
    Record { input: Input::Message(line), now: NOW, event_id: None }
}

/// The project's directory.
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn generated(own: &Own, most: usize) -> Result<Workload, String> {
    let Own { name, path, .. } = own;
    let format = project().join(path);
    let templates = read(&project().join(format!("benches/records/{name}.txt")))?;
    let mut records = Vec::new();
    let samples = format.join(format!("samples/{name}.ndjson"));
    if samples.is_file() {
        records.extend(read(&samples)?.lines().map(str::to_owned));
    }
    let more = records::generate(&templates, most.saturating_sub(records.len()));
    records.extend(more.map_err(|reason| format!("records/{name}.txt: {reason}"))?);
    Ok(Workload { name: (*name).to_owned(), plan: plan(&format)?, records })
}

/// A format with recorded pairs: their messages are the records, but for those of several lines.
fn recorded(format: &Path) -> Result<Workload, String> {
    let folder = fs::read_dir(format.join("tests")).map_err(|error| format!("{}: {error}", format.display()))?;
    let mut paths: Vec<PathBuf> = folder.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let mut records = Vec::new();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
        let pair: serde_json::Value = serde_json::from_str(&read(path)?).map_err(|error| error.to_string())?;
        let message = pair["input"]["message"].as_str().unwrap_or_default().trim();
        if !message.is_empty() && !message.contains('\n') {
            records.push(message.to_owned());
        }
    }
    records.sort();
    records.dedup();
    if records.is_empty() {
        return Err(format!("{}: no record of one line", format.display()));
    }
    let name = format.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Workload { name, plan: plan(format)?, records })
}

fn plan(format: &Path) -> Result<Plan, String> {
    let parser = format.join("ingest/parser.yml");
    let mut text = FormatText { parser: (parser.display().to_string(), read(&parser)?), fields: Vec::new() };
    for folder in [format.parent().unwrap_or(format), format] {
        let fields = folder.join("_meta/fields.yml");
        if fields.is_file() {
            text.fields.push((fields.display().to_string(), read(&fields)?));
        }
    }
    compile(&text).plan.ok_or_else(|| format!("{}: it does not compile", format.display()))
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
