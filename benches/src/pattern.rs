//! The step `grok.match` of the grok format beside PCRE2's JIT alone, over the same pattern and the same lines.

use crate::contest::{Lines, middle, sorted};
use crate::workload::{DISTINCT, Workload, project};
use pcre2::bytes::{CaptureLocations, Regex, RegexBuilder};
use serde::Serialize;
use std::fs;
use std::time::{Duration, Instant};
use weir::diagnostic::{Diagnostics, SourceId};
use weir::extract::expanded_grok;
use weir::run::Step;
use weir::spec::{self, EntryKind};
use weir::value::{Constant, ConstantKind};
use weir::{Input, Record, Scratch};

/// The format that is looked at.
pub const FORMAT: &str = "grok";

const EXTRACTOR: &str = "grok.match";

/// How long each of the two is timed in a round, at least.
const TURN: Duration = Duration::from_millis(100);

/// What the step and PCRE2 take.
#[derive(Serialize)]
pub struct Pattern {
    /// Characters of the pattern, written out.
    pub characters: usize,
    /// Its groups, all of which PCRE2 finds.
    pub groups: usize,
    /// The version of PCRE2.
    pub version: String,
    /// The step for a line in the best pass of a round, in nanoseconds: the median of all rounds.
    pub weir: f64,
    /// PCRE2 for a line.
    pub pcre2: f64,
    /// How many times the time of PCRE2 in the same round the step takes: the median of all rounds.
    pub ratio: f64,
}

/// Lets the two take turns.
///
/// # Errors
/// Where PCRE2 has no JIT, does not match a line, or finds another text than weir.
pub fn measure(rounds: usize) -> Result<Pattern, String> {
    let workload = Workload::open(FORMAT, DISTINCT)?;
    let lines = Lines::repeat(&workload.records, 1);
    let (text, keys) = written_out()?;
    let regex = RegexBuilder::new().jit(true).build(&format!(r"\A(?:{text})\z")).map_err(|error| error.to_string())?;
    compare(&workload, &lines, &regex, &keys)?;
    let (mut scratch, mut found) = (Scratch::default(), regex.capture_locations());
    let mut figures = [(); 3].map(|()| Vec::new());
    for _ in 0..rounds {
        let weir = turn(lines.many, || step(&workload, &lines, &mut scratch));
        let pcre2 = turn(lines.many, || groups(&regex, &mut found, &lines));
        figures.iter_mut().zip([weir, pcre2, weir / pcre2]).for_each(|(figures, figure)| figures.push(figure));
    }
    let [weir, pcre2, ratio] = figures.map(|figures| middle(&sorted(figures)));
    let (major, minor) = pcre2::version();
    Ok(Pattern {
        characters: text.chars().count(),
        groups: keys.len(),
        version: format!("PCRE2 {major}.{minor}"),
        weir,
        pcre2,
        ratio,
    })
}

/// What a line takes in nanoseconds in the best pass of a turn, after one that warms up: reading the CPU's time would take longer
/// than a line does, and the clock on the wall goes on when others run.
fn turn(many: usize, mut pass: impl FnMut() -> Duration) -> f64 {
    pass();
    let (began, mut best) = (Instant::now(), Duration::MAX);
    while best == Duration::MAX || began.elapsed() < TURN {
        best = best.min(pass());
    }
    best.as_nanos() as f64 / many as f64
}

/// The time of the step over all lines.
fn step(workload: &Workload, lines: &Lines, scratch: &mut Scratch) -> Duration {
    let entry = workload.plan.entry_names().position(|(_, extractor)| extractor == Some(EXTRACTOR));
    let (mut spent, mut event) = (Duration::ZERO, Vec::new());
    for line in lines.iter() {
        event.clear();
        let record = Record { input: Input::Message(line), now: 0, event_id: None };
        let mut began = None;
        workload.plan.run_in_steps(scratch, &record, &mut event, |step| match step {
            Step::Entry(place) if Some(place) == entry => began = Some(Instant::now()),
            _ => spent += began.take().map_or(Duration::ZERO, |began: Instant| began.elapsed()),
        });
    }
    spent.saturating_sub(clock() * lines.many as u32)
}

/// The time of PCRE2 over all lines, looked at in the same way.
fn groups(regex: &Regex, found: &mut CaptureLocations, lines: &Lines) -> Duration {
    let mut spent = Duration::ZERO;
    for line in lines.iter() {
        let began = Instant::now();
        // That it matches was seen before.
        let _ = std::hint::black_box(regex.captures_read(found, line));
        spent += began.elapsed();
    }
    spent.saturating_sub(clock() * lines.many as u32)
}

/// What looking at the clock adds to what lies between two looks.
fn clock() -> Duration {
    const LOOKS: u32 = 256;
    let spent: Duration = (0..LOOKS).map(|_| Instant::now().elapsed()).sum();
    spent / LOOKS
}

/// The pattern of the format as one regular expression, with the name of each group.
fn written_out() -> Result<(String, Vec<Option<String>>), String> {
    let path = project().join(format!("benches/formats/{FORMAT}/ingest/parser.yml"));
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let spec = spec::read(&text, SourceId(0), &mut Diagnostics::new()).ok_or("the format cannot be read")?;
    let mut uses = spec.pipeline.iter().filter_map(|entry| match &entry.work {
        EntryKind::Extractor(used) if used.name.text == EXTRACTOR => Some(used),
        _ => None,
    });
    let properties = &uses.next().ok_or("the format has no grok.match")?.properties;
    let property = |name: &str| properties.iter().find(|(key, _)| key.as_text() == Some(name)).map(|(_, value)| value);
    let custom = property("custom_patterns").map_or(Vec::new(), texts);
    let pattern = property("pattern").and_then(Constant::as_text).ok_or("grok.match has no pattern")?;
    expanded_grok(pattern, &custom).ok_or_else(|| "the pattern does not compile".to_owned())
}

fn texts(constant: &Constant) -> Vec<(&str, &str)> {
    let ConstantKind::Map(entries) = &constant.kind else { return Vec::new() };
    entries.iter().filter_map(|(key, value)| Some((key.as_text()?, value.as_text()?))).collect()
}

/// Groups whose text is a field of the event as it is, where the event has it.
const COPIED: [(&str, &str); 5] = [
    ("host", "/host/hostname"),
    ("verb", "/http/request/method"),
    ("version", "/http/version"),
    ("target", "/url/original"),
    ("agent", "/user_agent/original"),
];

/// Looks whether PCRE2 matches all lines, and finds what weir finds.
fn compare(workload: &Workload, lines: &Lines, regex: &Regex, keys: &[Option<String>]) -> Result<(), String> {
    let mut events = Vec::new();
    workload.run(&mut Scratch::default(), lines.iter(), |event| events.push(event.to_vec()));
    for (line, event) in lines.iter().zip(events) {
        let event: serde_json::Value = serde_json::from_slice(&event).map_err(|error| error.to_string())?;
        let found = regex.captures(line).map_err(|error| error.to_string())?;
        let found = found.ok_or_else(|| format!("PCRE2 does not match {}", String::from_utf8_lossy(line)))?;
        for (key, field) in COPIED {
            let group = keys.iter().position(|name| name.as_deref() == Some(key)).map(|place| place + 1);
            let text = group.and_then(|group| found.get(group)).map(|text| text.as_bytes());
            let expected = event.pointer(field).and_then(serde_json::Value::as_str).map(str::as_bytes);
            if text != expected {
                return Err(format!("PCRE2 finds another {key} in {}", String::from_utf8_lossy(line)));
            }
        }
    }
    Ok(())
}
