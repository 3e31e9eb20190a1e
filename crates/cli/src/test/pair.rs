//! One recorded pair: run, compared, and written anew where that is asked for.

use super::PairResult;
use crate::accept;
use crate::compare::differences;
use crate::findings;
use crate::json::Json;
use crate::load;
use crate::replaced;
use crate::stop::Stop;
use std::path::Path;
use weir::diagnostic::{Diagnostics, Sources};
use weir::run::Coverage;
use weir::{Input, Plan, Record, Scratch, spec};

/// What pairs of a format run with.
pub struct Run<'r> {
    /// The format.
    pub plan: &'r Plan,
    /// The reference time, in seconds since 1970-01-01T00:00:00Z.
    pub now: i64,
    /// Whether to write what came out as what is expected.
    pub accept: bool,
    /// What runs share.
    pub scratch: &'r mut Scratch,
    /// Where it is counted what the pairs take, if anyone asks.
    pub coverage: Option<&'r mut Coverage>,
}

impl Run<'_> {
    /// Runs the pair of a file and says what came of it.
    ///
    /// # Errors
    /// Where the file cannot be read or written.
    pub fn run(&mut self, path: &Path, result: &mut PairResult) -> Result<(), Stop> {
        let text = load::read(path)?;
        let mut sources = Sources::new();
        let source = sources.add(path.display().to_string(), &*text);
        let mut findings = Diagnostics::new();
        let Some(test) = spec::read_test(&text, source, &mut findings) else {
            if let Some(input) = accept::lone_input(&text).filter(|_| self.accept) {
                let event = self.event(input, result);
                return save(path, &accept::pair(input, &event), result);
            }
            let mut reasons: Vec<String> = findings.iter().map(|finding| findings::short(finding, &sources)).collect();
            if text.trim_start().starts_with('[') {
                reasons.push("a pair has a file of its own: write each item of the list to one".to_owned());
            } else if accept::lone_input(&text).is_some() {
                reasons.push("`weir test --accept` records what comes out".to_owned());
            }
            result.error = Some(reasons.join("; "));
            return Ok(());
        };
        let event = self.event(test.input, result);
        let read = |text: &[u8]| Json::read(text).map_err(|error| error.to_string());
        match (read(test.expected.as_bytes()), read(&event)) {
            (Ok(expected), Ok(got)) => result.differences = differences(&expected, &got),
            (Err(error), _) | (_, Err(error)) => result.error = Some(error),
        }
        if self.accept && !result.differences.is_empty() {
            return save(path, &accept::with_expected(&text, test.expected_span, &event), result);
        }
        Ok(())
    }

    fn event(&mut self, input: &str, result: &mut PairResult) -> Vec<u8> {
        let record = Record { input: Input::Event(input.as_bytes()), now: self.now, event_id: None };
        let mut event = Vec::new();
        let report = match &mut self.coverage {
            Some(coverage) => self.plan.cover(self.scratch, &record, &mut event, coverage),
            None => self.plan.run(self.scratch, &record, &mut event),
        };
        result.parsing_status = Some(report.status().name());
        result.parsing_warnings = report.warnings().iter().map(ToString::to_string).collect();
        result.parsing_error = report.failure().map(ToString::to_string);
        event
    }
}

fn save(path: &Path, text: &[u8], result: &mut PairResult) -> Result<(), Stop> {
    // What cannot be read back as a pair is not written: the user's file stays as it is.
    let is_pair = str::from_utf8(text).ok().and_then(|text| {
        let source = Sources::new().add(path.display().to_string(), text);
        spec::read_test(text, source, &mut Diagnostics::new()).map(drop)
    });
    if is_pair.is_none() {
        result.error = Some("what came out cannot be recorded: the file would be no pair".to_owned());
        return Ok(());
    }
    replaced::write(path, text)?;
    result.accepted = true;
    result.differences.clear();
    Ok(())
}
