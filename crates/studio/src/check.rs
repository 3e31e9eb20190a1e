//! What is wrong with a format, what becomes of its recorded pairs, and what they exercise.

use crate::styled::{Place, Places};
use serde::Serialize;
use weir_author::Finding;
use weir_author::answers::{Answers, ToldCoverage};
use weir_author::pairs::PairResult;

/// The answer.
#[derive(Debug, Serialize)]
pub struct Check<'a> {
    /// What of the format does not compile.
    error: Option<&'a str>,
    findings: Vec<Told<'a>>,
    pairs: Vec<Pair<'a>>,
    coverage: Covered,
}

/// A finding with its place as the page counts it.
#[derive(Debug, Serialize)]
struct Told<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    from: usize,
    to: usize,
    code: &'static str,
    severity: &'static str,
    title: &'a str,
    help: Option<&'a str>,
    fixes: Vec<Fix>,
}

#[derive(Debug, Serialize)]
struct Fix {
    title: String,
    edits: Vec<Edit>,
}

#[derive(Debug, Serialize)]
struct Edit {
    file: String,
    from: usize,
    to: usize,
    text: String,
}

#[derive(Debug, Serialize)]
struct Pair<'a> {
    file: &'a str,
    #[serde(flatten)]
    result: &'a PairResult,
}

#[derive(Debug, Serialize)]
struct Covered {
    taken: usize,
    total: usize,
    /// Of each line of the spec: its number, how many ways through it are taken, and how many there are.
    lines: Vec<(u32, usize, usize)>,
}

/// What is known of a format; `pairs` are the paths of its pairs.
pub fn check<'a>(answers: &'a Answers, pairs: impl Iterator<Item = &'a str>) -> Check<'a> {
    let mut places = Places::of(&answers.checked.sources);
    let diagnostics = answers.checked.findings.iter();
    let findings = diagnostics.map(|diagnostic| {
        let place = places.place(diagnostic.span());
        let Place { from, to, .. } = place.unwrap_or(Place { file: "", from: 0, to: 0 });
        let Finding { file, line, column, code, severity, title, help, fix } =
            Finding::of(diagnostic, &answers.checked.sources);
        let fixes = fix.into_iter().map(|fix| told_fix(fix, &mut places)).collect();
        Told { file, line, column, from, to, code, severity, title, help, fixes }
    });
    let findings = findings.collect();
    let pairs = pairs.zip(&answers.pairs.pairs).map(|(file, result)| Pair { file, result }).collect();
    Check { error: answers.pairs.error.as_deref(), findings, pairs, coverage: covered(&answers.told_coverage()) }
}

fn told_fix(fix: weir_author::finding::Fix, places: &mut Places<'_>) -> Fix {
    let edits = fix.edits.into_iter().map(|edit| {
        let place = places.named(&edit.file, edit.range.start, edit.range.end);
        // A file that is yet to be made is empty.
        let (from, to) = place.map_or((0, 0), |place| (place.from, place.to));
        Edit { file: edit.file, from, to, text: edit.text }
    });
    Fix { title: fix.title, edits: edits.collect() }
}

fn covered(coverage: &ToldCoverage) -> Covered {
    let line = |(number, line): (&u32, &weir_author::coverage::Line)| {
        let ways = line.branches.iter().chain([&line.hits].into_iter().filter(|_| line.branches.is_empty()));
        let (taken, total) = ways.fold((0, 0), |(taken, total), hits| (taken + usize::from(*hits > 0), total + 1));
        (*number, taken, total)
    };
    Covered { taken: coverage.taken, total: coverage.total, lines: coverage.lines.iter().map(line).collect() }
}
