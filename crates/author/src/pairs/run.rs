//! One recorded pair: run and compared.

use super::accept::{accept, lone_input};
use super::{NOW, PairResult};
use crate::compare::differences;
use crate::finding::one_line;
use crate::json::Json;
use weir::diagnostic::{Diagnostics, Sources};
use weir::run::Coverage;
use weir::{Input, Plan, Record, Scratch, spec};

/// What pairs of a format run with.
pub struct Runner<'r> {
    /// The format.
    pub plan: &'r Plan,
    /// The reference time, in seconds since 1970-01-01T00:00:00Z; [`NOW`] as a rule.
    pub now: i64,
    /// What runs share.
    pub scratch: &'r mut Scratch,
    /// Where it is counted what the pairs take, if anyone asks.
    pub coverage: Option<&'r mut Coverage>,
}

/// What came of a pair.
#[derive(Debug)]
pub struct PairRun {
    /// Whether it passed, and where the event differs if not.
    pub result: PairResult,
    /// What came out; empty where the pair did not run.
    pub event: Vec<u8>,
}

/// Runs a pair of a format. `name` is the name under which what is wrong with the text is told, `text` the pair.
pub fn run(plan: &Plan, name: &str, text: &str) -> PairRun {
    Runner { plan, now: NOW, scratch: &mut Scratch::default(), coverage: None }.run(name, text)
}

impl Runner<'_> {
    /// Runs a pair and says what came of it. A text that is no pair does not run: the result says what is wrong with it.
    pub fn run(&mut self, name: &str, text: &str) -> PairRun {
        let mut result = PairResult::default();
        let mut sources = Sources::new();
        let source = sources.add(name, text);
        let mut findings = Diagnostics::new();
        let Some(test) = spec::read_test(text, source, &mut findings) else {
            let mut reasons: Vec<String> = findings.iter().map(|finding| one_line(finding, &sources)).collect();
            if text.trim_start().starts_with('[') {
                reasons.push("each pair needs its own file: write each item of the list to a file".to_owned());
            } else if lone_input(text).is_some() {
                reasons.push("`weir test --accept` records the event".to_owned());
            }
            result.error = Some(reasons.join("; "));
            return PairRun { result, event: Vec::new() };
        };
        let event = self.event(test.input, &mut result);
        let read = |text: &[u8]| Json::read(text).map_err(|error| error.to_string());
        match (read(test.expected.as_bytes()), read(&event)) {
            (Ok(expected), Ok(got)) => result.differences = differences(&expected, &got),
            (Err(error), _) | (_, Err(error)) => result.error = Some(error),
        }
        result.passed = result.error.is_none() && result.differences.is_empty();
        PairRun { result, event }
    }

    /// As [`Runner::run`], and gives the pair's new text where what comes out is not what it expects, or it is an input that
    /// expects nothing yet: it passes with that.
    pub fn record(&mut self, name: &str, text: &str) -> (PairResult, Option<String>) {
        let (mut result, event) = match lone_input(text) {
            Some(input) => {
                let mut result = PairResult::default();
                let event = self.event(input, &mut result);
                (result, event)
            }
            None => {
                let PairRun { result, event } = self.run(name, text);
                if result.differences.is_empty() {
                    return (result, None);
                }
                (result, event)
            }
        };
        let accepted = accept(text, &event);
        match &accepted {
            Ok(_) => result = PairResult { passed: true, accepted: true, differences: Vec::new(), ..result },
            Err(error) => result.error = Some(error.to_string()),
        }
        (result, accepted.ok())
    }

    fn event(&mut self, input: &str, result: &mut PairResult) -> Vec<u8> {
        let record = Record { input: Input::Event(input.as_bytes()), now: self.now, event_id: None };
        let mut event = Vec::new();
        let report = match &mut self.coverage {
            Some(coverage) => self.plan.cover(self.scratch, &record, &mut event, coverage),
            None => self.plan.run(self.scratch, &record, &mut event),
        };
        result.parsing_status = Some(report.status().name());
        result.parsing_warnings = report.omissions().iter().map(ToString::to_string).collect();
        result.parsing_error = report.failure().map(ToString::to_string);
        event
    }
}
