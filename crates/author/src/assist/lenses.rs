//! What the recorded pairs exercise, said at the stages and entries of a spec.

use super::assistant::Assistant;
use super::outline;
use crate::words::plural;
use serde::Serialize;
use std::ops::Range;
use weir::run::{Coverage, PointKind};

/// Words above a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lens {
    /// The bytes that it is about.
    pub range: Range<usize>,
    /// What is said.
    pub title: String,
}

pub(super) fn of(assistant: &Assistant, text: &str) -> Vec<Lens> {
    let lines = outline::lines(text);
    let mut lenses = Vec::new();
    for line in &lines {
        let told = match (&line.path[..], line.key) {
            ([], "pipeline") => Some(whole(assistant)),
            (["stages"], name) => of_entry(assistant, name),
            (["pipeline"], "name") => {
                let name = text[line.value.clone()].trim_matches(['"', '\'']);
                // What is said of a stage stands at the stage.
                let is_stage = lines.iter().any(|other| other.path == ["stages"] && other.key == name);
                if is_stage { None } else { of_entry(assistant, name) }
            }
            _ => None,
        };
        lenses.extend(told.map(|title| Lens { range: line.place.clone(), title }));
    }
    lenses
}

fn whole(assistant: &Assistant) -> String {
    let pairs = &assistant.answers.pairs;
    let (taken, total) = assistant.answers.coverage.as_ref().map_or((0, 0), Coverage::taken);
    let count =
        format!("{} of {} {}", pairs.passed, pairs.total, plural(pairs.total as u64, "pair passes", "pairs pass"));
    match pairs.total {
        0 => "no recorded pairs".to_owned(),
        _ => format!("{count} · they take {taken} of {total} parts"),
    }
}

/// What the pairs exercise of an entry of the pipeline.
pub(super) fn of_entry(assistant: &Assistant, name: &str) -> Option<String> {
    let points = assistant.answers.coverage.as_ref()?.points().iter().filter(|point| point.entry == name);
    let (mut runs, mut taken, mut total) = (0, 0, 0);
    for point in points {
        total += 1;
        taken += usize::from(point.hits > 0);
        if point.kind == PointKind::Entry {
            runs += point.hits;
        }
    }
    let pairs = assistant.answers.pairs.total;
    let ran = format!("runs in {runs} of {pairs} {}", plural(pairs as u64, "pair", "pairs"));
    match total {
        0 => None,
        1 => Some(ran),
        _ => Some(format!("{ran} · {taken} of {total} parts taken")),
    }
}
