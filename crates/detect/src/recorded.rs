//! Recorded tests of rules: records, or streams of them, that must give an alert, and others that must not.

use crate::correlate::CorrelationState;
use crate::detector::{Detection, Detector};
use crate::mapping::FormatFacts;
use crate::set::Scratch;
use serde::Deserialize;
use weir::diagnostic::Diagnostics;
use weir::{Input, Plan, Record};

/// The tests of a file of rules, as they lie beside it in `NAME.tests.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleTests {
    /// The format that reads the records: its directory, seen from one above the rules.
    pub format: String,
    /// What must give an alert.
    pub fires: Vec<Stream>,
    /// What must not.
    pub silent: Vec<Stream>,
}

/// A record, or several in their order.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Stream {
    /// Several.
    Records(Vec<serde_json::Value>),
    /// One.
    Record(serde_json::Value),
}

/// What became of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tested {
    /// `fires 1`, `silent 2`
    pub name: String,
    /// Why it failed.
    pub failure: Option<String>,
}

impl RuleTests {
    /// Reads the tests of a file.
    ///
    /// # Errors
    /// Where the text is not of this form, or a side has no test.
    pub fn read(text: &str) -> Result<RuleTests, String> {
        let tests: RuleTests = serde_json::from_str(text).map_err(|error| error.to_string())?;
        match tests.fires.is_empty() || tests.silent.is_empty() {
            true => Err("`fires` and `silent` need a record each".to_owned()),
            false => Ok(tests),
        }
    }

    /// Runs all tests through a format; `now` is the time of records without one, in seconds since 1970-01-01T00:00:00Z.
    pub fn run(&self, detection: &Detection, plan: &Plan, facts: &FormatFacts, now: i64) -> Vec<Tested> {
        let detector = detection.of_format(plan, facts, &mut Diagnostics::new());
        let test = |side: &str, is_to_fire: bool, (number, stream): (usize, &Stream)| {
            let failure = match alerts(&detector, plan, stream, now) {
                Err(reason) => Some(reason),
                Ok(0) if is_to_fire => Some("no alert came, and one should".to_owned()),
                Ok(count) if !is_to_fire && count > 0 => Some(format!("{count} alerts came, and none should")),
                Ok(_) => None,
            };
            Tested { name: format!("{side} {}", number + 1), failure }
        };
        let fires = self.fires.iter().enumerate().map(|one| test("fires", true, one));
        fires.chain(self.silent.iter().enumerate().map(|one| test("silent", false, one))).collect()
    }
}

/// How many alerts a stream gives.
fn alerts(detector: &Detector, plan: &Plan, stream: &Stream, now: i64) -> Result<usize, String> {
    let records = match stream {
        Stream::Records(records) => &records[..],
        Stream::Record(record) => std::slice::from_ref(record),
    };
    let (mut scratch, mut detect) = (weir::Scratch::default(), Scratch::default());
    let (mut state, mut count, mut failed) = (CorrelationState::default(), 0, None);
    for record in records {
        let message = record.as_str().map_or_else(|| record.to_string(), str::to_owned);
        let record = Record { input: Input::Message(message.as_bytes()), now, event_id: None };
        plan.run_batch_viewed(&mut scratch, &[record], |view, report| {
            if report.failure().is_some() {
                failed = Some(format!("the format fails on {message}"));
            }
            if let Some(matched) = detector.look(&mut detect, view, now) {
                count += detector.alerts(&mut state, &matched).len();
            }
        });
    }
    failed.map_or(Ok(count), Err)
}
