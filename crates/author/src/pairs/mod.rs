//! Recorded pairs: run, compared, accepted, and the results for machines.

mod accept;
mod report;
mod run;

pub use accept::{accept, input, new_pair};
pub use report::{json, junit};
pub use run::{PairRun, Runner, run};

use crate::compare::Difference;
use serde::Serialize;

/// 2026-01-01T00:00:00Z: pairs must not pass today and fail tomorrow. Public pairs whose dates have no year expect this one.
pub const NOW: i64 = 1_767_225_600;

/// The results of all formats.
#[derive(Debug, Default, Serialize)]
pub struct Results {
    /// How many pairs passed.
    pub passed: usize,
    /// How many pairs there are.
    pub total: usize,
    /// By format.
    pub formats: Vec<FormatResult>,
}

/// The results of one format.
#[derive(Debug, Serialize)]
pub struct FormatResult {
    /// Its name in reports: its directory.
    pub format: String,
    /// How many pairs passed.
    pub passed: usize,
    /// How many pairs it has.
    pub total: usize,
    /// What of it does not compile: it fails for that, however its pairs came out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// By pair.
    pub pairs: Vec<PairResult>,
}

impl Results {
    /// Adds the results of a format.
    pub fn add(&mut self, format: FormatResult) {
        self.passed += format.passed;
        self.total += format.total;
        self.formats.push(format);
    }
}

impl FormatResult {
    /// What came of a format and its pairs.
    pub fn of(format: String, error: Option<String>, pairs: Vec<PairResult>) -> Self {
        let passed = pairs.iter().filter(|pair| pair.passed).count();
        FormatResult { format, passed, total: pairs.len(), error, pairs }
    }

    /// Whether the format compiles, has pairs, and all of them pass.
    pub fn is_proven(&self) -> bool {
        self.error.is_none() && self.total > 0 && self.passed == self.total
    }

    /// Whether something is wrong: no pairs say neither that there is nor that there is not.
    pub fn is_wrong(&self) -> bool {
        self.error.is_some() || self.passed < self.total
    }
}

/// The result of one pair.
#[derive(Debug, Default, Serialize)]
pub struct PairResult {
    /// Its name: its file's without the extension.
    pub pair: String,
    /// Whether it passed.
    pub passed: bool,
    /// Whether what came out was written as its expectation.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub accepted: bool,
    /// Why it could not be compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Where event and expectation differ.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
    /// What the run says of itself: success or failure; nothing where it did not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parsing_status: Option<&'static str>,
    /// What the run passed over.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parsing_warnings: Vec<String>,
    /// Why the run failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parsing_error: Option<String>,
}
