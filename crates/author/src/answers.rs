//! All that is known of a format whose texts are in memory: what is found about it, what its recorded pairs give, and what
//! they exercise. The editor, the studio and a web page ask this; a test holds them to what `weir check` and `weir test` say.

use crate::check::{self, Checked};
use crate::coverage::{self, Line};
use crate::finding::{self, Finding};
use crate::folder::FormatFolder;
use crate::pairs::{FormatResult, NOW, PairResult, PairRun, Runner};
use serde::Serialize;
use std::collections::BTreeMap;
use weir::run::Coverage;
use weir::{Format, Scratch};

/// What is known of a format.
pub struct Answers {
    /// The format, compiled.
    pub format: Format,
    /// What is found about it, as `weir check` finds it.
    pub checked: Checked,
    /// What came of its recorded pairs, as `weir test` tells it.
    pub pairs: FormatResult,
    /// The events that came out, a pair each; empty where it did not run.
    pub events: Vec<Vec<u8>>,
    /// What the pairs exercise; `None` where nothing compiles.
    pub coverage: Option<Coverage>,
}

/// What is known of a format, as programs read it.
#[derive(Debug, Serialize)]
pub struct Told<'a> {
    /// What is found about it.
    pub findings: Vec<Finding<'a>>,
    /// What came of its recorded pairs.
    pub pairs: &'a FormatResult,
    /// What they exercise.
    pub coverage: ToldCoverage,
}

/// What the recorded pairs of a format exercise.
#[derive(Debug, Default, Serialize)]
pub struct ToldCoverage {
    /// How many parts they take.
    pub taken: usize,
    /// How many parts there are.
    pub total: usize,
    /// The lines of the spec that something can take, by number.
    pub lines: BTreeMap<u32, Line>,
}

/// Checks a format and runs its recorded pairs.
pub fn answers(folder: &FormatFolder, scratch: &mut Scratch) -> Answers {
    let format = folder.compile();
    let checked = check::compiled(folder, &format);
    let error = finding::first_error(&format);
    let mut coverage = format.plan.as_ref().map(Coverage::new);
    let (mut results, mut events) = (Vec::new(), Vec::new());
    for (name, text) in &folder.pairs {
        let ran = match &format.plan {
            Some(plan) => Runner { plan, now: NOW, scratch, coverage: coverage.as_mut() }.run(name, text),
            None => {
                let result = PairResult { error: error.clone(), ..PairResult::default() };
                PairRun { result, event: Vec::new() }
            }
        };
        results.push(PairResult { pair: pair_name(name).to_owned(), ..ran.result });
        events.push(ran.event);
    }
    let pairs = FormatResult::of(folder.parser.0.clone(), error, results);
    Answers { format, checked, pairs, events, coverage }
}

/// The name of a recorded pair: its file's without the extension.
pub fn pair_name(path: &str) -> &str {
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    file.strip_suffix(".json").unwrap_or(file)
}

impl Answers {
    /// As programs read it.
    pub fn told(&self) -> Told<'_> {
        Told { findings: self.checked.findings().collect(), pairs: &self.pairs, coverage: self.told_coverage() }
    }

    /// What the recorded pairs exercise.
    pub fn told_coverage(&self) -> ToldCoverage {
        let Some(coverage) = &self.coverage else { return ToldCoverage::default() };
        let (taken, total) = coverage.taken();
        ToldCoverage { taken, total, lines: coverage::lines(&self.format.sources, coverage) }
    }
}
