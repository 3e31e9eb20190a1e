//! The validation API: a parser, its fields and events in; the parsed events and what they say of the parser out.

use crate::answer::{Added, write_with};
use crate::findings;
use crate::options::Limits;
use crate::refusal::{Reason, Refusal};
use crate::request::Request;
use crate::work::Leave;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Instant;
use weir::run::Coverage;
use weir::{Format, FormatText, Input, Plan, Record, Scratch};
use weir_author::coverage;
use weir_author::gaps::Gaps;
use weir_author::json::quoted;

/// The id that stands for any: of the dialect, and of each event.
const NIL: &str = "00000000-0000-0000-0000-000000000000";

/// What the API calls the format that was posted.
const DIALECT: &str = "test";

/// The answer to a body, as JSON.
///
/// # Errors
/// Where the body cannot be read, the parser does not compile, the answer would be too large, or its time is over.
pub(crate) fn answer(body: &[u8], now: i64, limits: &Limits, leave: &Leave) -> Result<String, Refusal> {
    let request = Request::read(body, limits.events)?;
    let waits = leave.clone();
    let format = weir::compile_while(&text(&request), Arc::new(move || waits.check().is_ok()));
    leave.check()?;
    let Some(plan) = format.plan.as_ref().filter(|_| !format.findings.has_errors()) else {
        return Err(does_not_compile(&format, &request));
    };
    let mut coverage = Coverage::new(plan);
    let mut scratch = Scratch::default();
    let mut out = String::from("{\"parsed_messages\":[");
    for (index, event) in request.events.iter().enumerate() {
        leave.check()?;
        if index > 0 {
            out.push(',');
        }
        message(&mut out, plan, &mut scratch, &mut coverage, event, now)
            .map_err(|error| Reason::Internal.because(format!("a defect of this server: {error}")))?;
        if out.len() > limits.answer {
            let reason = format!("the answer would be larger than {} bytes; send fewer events", limits.answer);
            return Err(Reason::AnswerTooLarge.because(reason));
        }
    }
    let gaps = serde_json::to_string(&Gaps::of(plan)).map_err(|error| Reason::Internal.because(error.to_string()))?;
    // Writing to a String cannot fail.
    let _ = write!(out, "],\"coverage\":{},\"taxonomy\":{gaps}}}", share(&coverage));
    Ok(out)
}

/// The format that was posted, as the engine takes it: the parts are JSON, and called so.
fn text(request: &Request<'_>) -> FormatText {
    FormatText {
        parser: ("parser.json".to_owned(), request.parser.to_owned()),
        fields: vec![("taxonomy.json".to_owned(), request.taxonomy.to_owned())],
    }
}

fn does_not_compile(format: &Format, request: &Request<'_>) -> Refusal {
    let findings = findings::told(format, request);
    let first = findings.first().map_or("", |finding| &finding.message);
    let message = format!("the parser does not compile: {first}");
    Refusal { findings, ..Reason::DoesNotCompile.because(message) }
}

/// Runs an event and writes it with what the API adds.
fn message(
    out: &mut String,
    plan: &Plan,
    scratch: &mut Scratch,
    coverage: &mut Coverage,
    event: &str,
    now: i64,
) -> Result<(), weir::json::Error> {
    let record = Record { input: Input::Event(event.as_bytes()), now, event_id: Some(NIL) };
    let mut written = Vec::new();
    let start = Instant::now();
    plan.cover(scratch, &record, &mut written, coverage);
    let milliseconds = start.elapsed().as_secs_f64() * 1000.0;
    let mut with_id = String::new();
    // A parser may set all of `event` or `sekoiaio` to something that has no room for these.
    write_with(&mut with_id, &String::from_utf8_lossy(&written), &["event"], &[("id", &quoted(NIL))])?;
    // The event has nothing else that the recorded one has not: a suite compares them whole.
    let added: [Added<'_>; 3] = [
        ("dialect", &quoted(DIALECT)),
        ("dialect_uuid", &quoted(NIL)),
        ("parsing_duration_ms", &format_args!("{milliseconds:.3}")),
    ];
    write_with(out, &with_id, &["sekoiaio", "intake"], &added)
}

/// The share of a plan's points that the events took, as JSON with at most four digits behind the point.
fn share(coverage: &Coverage) -> String {
    format!("{:?}", (coverage::share(coverage) * 10_000.0).round() / 10_000.0)
}
