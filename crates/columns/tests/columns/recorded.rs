//! Every recorded input of every format: what the engine writes of it comes back from columns and `rest`.

use crate::back;
use arrow_array::Array;
use std::fs;
use std::path::{Path, PathBuf};
use weir::{FormatText, Input, Plan, Record, Scratch};
use weir_columns::{Builder, Columns, Json};

/// Formats below these folders of the project, or beside it.
const FOLDERS: [&str; 2] = ["specs", "../shared/corpus"];

/// 2026-11-30T00:00:00Z.
const NOW: i64 = 1_795_996_800;

#[test]
fn every_recorded_event_comes_back() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (mut tally, mut wrong) = (Tally::default(), Vec::new());
    for folder in FOLDERS.map(|folder| root.join(folder)) {
        if !folder.is_dir() {
            eprintln!("skipped: no formats at {}", folder.display());
        }
        for parser in files(&folder).into_iter().filter(|path| path.ends_with("ingest/parser.yml")) {
            let format = parser.ancestors().nth(2).expect("the format's folder").to_owned();
            if let Some(plan) = plan(&format) {
                wrong.extend(compare(&format, &plan, &mut tally));
            }
        }
    }
    println!("{tally:?}");
    assert!(wrong.is_empty(), "{} of {} events: {}", wrong.len(), tally.events, wrong[..wrong.len().min(5)].join("\n"));
    assert!(tally.formats > 30 && tally.events > 100 && tally.in_parts > tally.events, "{tally:?}");
}

#[derive(Debug, Default)]
struct Tally {
    formats: usize,
    events: usize,
    columns: usize,
    /// Events that were told in parts, not as a line.
    in_parts: usize,
    /// Events of which something is in `rest`.
    with_rest: usize,
    /// Fields that differ from another in case alone.
    left_out: usize,
}

fn plan(format: &Path) -> Option<Plan> {
    let file = |path: PathBuf| Some((path.display().to_string(), fs::read_to_string(path).ok()?));
    let fields = [format.join("../_meta/fields.yml"), format.join("_meta/fields.yml")].into_iter().filter_map(file);
    let parser = file(format.join("ingest/parser.yml"))?;
    weir::compile(&FormatText { parser, fields: fields.collect() }).plan
}

fn compare(format: &Path, plan: &Plan, tally: &mut Tally) -> Vec<String> {
    let columns = Columns::of(plan);
    let (mut scratch, mut builder) = (Scratch::default(), Builder::new(&columns));
    let (binding, mut from_parts) = (columns.bind(plan), Builder::new(&columns));
    let mut lines = Builder::new(&columns);
    let mut events = Vec::new();
    for path in files(&format.join("tests")) {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let pair: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        let input = pair["input"].to_string();
        let mut event = Vec::new();
        let record = Record { input: Input::Event(input.as_bytes()), now: NOW, event_id: Some("e") };
        plan.run(&mut scratch, &record, &mut event);
        let json = Json::new(&event).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        builder.push(&json).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        // As a record of a stream has it: nothing comes in beside the message, and no line is written.
        let message = pair["input"]["message"].as_str().unwrap_or_default();
        let mut line = Vec::new();
        for input in [record.input, Input::Message(message.as_bytes())] {
            let record = Record { input, event_id: None, ..record };
            line.clear();
            plan.run(&mut scratch, &record, &mut line);
            lines.push(&Json::new(&line).expect("an event")).expect("it fits");
            plan.run_batch_in_parts(&mut scratch, binding.keys(), &[record], |view, _| {
                tally.in_parts += usize::from(view.parts().is_some());
                from_parts.push_event(&binding, view).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            });
        }
        events.push((path, event));
    }
    assert!(lines.finish() == from_parts.finish(), "{}: parts and lines give other columns", format.display());
    let batch = builder.finish();
    tally.formats += 1;
    tally.events += events.len();
    tally.columns += batch.num_columns();
    tally.left_out += columns.left_out().len();
    tally.with_rest += batch.num_rows() - batch.column(batch.num_columns() - 1).null_count();
    let back = back::events(&columns, &batch);
    let is_wrong = |((path, event), back): ((PathBuf, Vec<u8>), serde_json::Value)| {
        let event: serde_json::Value = serde_json::from_slice(&event).expect("the engine writes JSON");
        (!back::is_same(&event, &back)).then(|| format!("{}: {event} came back as {back}", path.display()))
    };
    events.into_iter().zip(back).filter_map(is_wrong).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.into_iter().flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
