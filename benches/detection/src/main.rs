//! What rules and indicators cost an event: with them and without, and beside rsigma, in one run on one thread.
//!
//! `cargo run --release` here, with SigmaHQ's rules at `../shared/sigma` beside the repository. Each figure is the best of several
//! rounds, and what is compared takes its rounds in turn, so that a busy machine slows both.

use rsigma_eval::event::JsonEvent;
use rsigma_eval::{Engine, parse_pipeline};
use rsigma_parser::parse_sigma_yaml;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use weir::diagnostic::{Diagnostics, Sources};
use weir::{FormatText, Input, Plan, Record};
use weir_detect::correlate::CorrelationState;
use weir_detect::indicators::Indicators;
use weir_detect::mapping::FormatFacts;
use weir_detect::pipeline::derived;
use weir_detect::rule::{self, Documents, Rule};
use weir_detect::{Detection, Detector, Scratch};

/// How often each side is measured.
const ROUNDS: usize = 15;

/// How many events a round has at least.
const EVENTS: usize = 20_000;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let sigma = root.join("../shared/sigma");
    access_requests(&root, &sigma);
    windows(&root, &sigma);
    indicators(&root);
}

/// Access Requests with the rules that can match, SigmaHQ's and our own, and without.
fn access_requests(root: &Path, sigma: &Path) {
    let (plan, facts) = format(root, "specs/cloudflare/access_requests", "cloudflare access requests");
    let mut rules = files(&root.join("specs/rules"));
    rules.extend(sigma_files(sigma));
    let detection = Detection { documents: documents(&rules), ..Detection::default() };
    let detector = detection.of_format(&plan, &facts, &mut Diagnostics::new());
    let records = logins();
    println!("access_requests, {} rules that can match of {}:", detector.len(), detection.documents.rules.len());
    with_and_without(&plan, &detector, &records);
}

/// 1,000,000 indicators over Access Requests.
fn indicators(root: &Path) {
    let (plan, facts) = format(root, "specs/cloudflare/access_requests", "cloudflare access requests");
    let started = Instant::now();
    let mut indicators = Indicators::default();
    indicators.read("made.txt", &million());
    let detection = Detection { indicators: Some(Arc::new(indicators.build())), ..Detection::default() };
    let detector = detection.of_format(&plan, &facts, &mut Diagnostics::new());
    let records = logins();
    let count = detection.indicators.as_ref().map_or(0, |set| set.len());
    println!("access_requests, {count} indicators, read in {:.1} s:", started.elapsed().as_secs_f64());
    with_and_without(&plan, &detector, &records);
}

/// A list of 400,000 domains, 400,000 addresses, 100,000 URLs and 100,000 hashes, made by a generator with a fixed seed.
fn million() -> String {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut list = String::new();
    for number in 0..1_000_000 {
        let bits = next();
        list += &match number % 10 {
            0..4 => format!("{:x}.{:x}.example\n", bits >> 24, bits & 0xfff),
            4..8 => format!("{}.{}.{}.{}\n", bits >> 56, bits >> 48 & 255, bits >> 40 & 255, bits >> 32 & 255),
            8 => format!("http://{:x}.example/{:x}\n", bits >> 32, bits & 0xffff),
            _ => format!("{bits:016x}{:016x}{:016x}{:016x}\n", next(), next(), next()),
        };
    }
    list
}

/// 1,000 records of Access Requests, of different people and addresses.
fn logins() -> Vec<String> {
    let record = |number: u64| {
        let bits = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let (user, country) = (bits >> 40 & 0xffff, ["fr", "de", "us", "gb", "jp"][number as usize % 5]);
        let (allowed, app) = (number % 4 != 0, ["wiki", "mail", "git", "crm"][number as usize % 4]);
        format!(
            r#"{{"Action":"login","Allowed":{allowed},"AppDomain":"{app}.example.com","AppUUID":"0d3b6f1e-5a52-4c0b-9a38-{bits:012x}","Connection":"onetimepin","Country":"{country}","CreatedAt":"2026-11-30T08:{:02}:{:02}Z","Email":"user{user}@example.com","IPAddress":"{}.{}.{}.{}","PurposeJustificationPrompt":"","PurposeJustificationResponse":"","RayID":"{bits:016x}","TemporaryAccessApprovers":[],"TemporaryAccessDuration":0,"UserUID":"5b1c7f42-93d0-5e1a-8f6b-{bits:012x}"}}"#,
            number / 60 % 60,
            number % 60,
            1 + (bits >> 8 & 127),
            bits >> 16 & 255,
            bits >> 24 & 255,
            bits >> 32 & 255,
        )
    };
    (0..1000).map(record).collect()
}

fn with_and_without(plan: &Plan, detector: &Detector, records: &[String]) {
    let (mut without, mut with) = (Duration::MAX, Duration::MAX);
    let mut runner = Runner::new(plan, records);
    for _ in 0..ROUNDS {
        without = without.min(runner.without());
        with = with.min(runner.with(detector).0);
    }
    let rate = |time: Duration| runner.events() as f64 / time.as_secs_f64();
    let slower = 100.0 * (with.as_secs_f64() / without.as_secs_f64() - 1.0);
    println!("  without {:>9.0} events/s", rate(without));
    println!("  with    {:>9.0} events/s, {slower:.1} % more time", rate(with));
}

/// The event log of Windows with SigmaHQ's rules for Windows, beside rsigma on the same events as parsed JSON.
fn windows(root: &Path, sigma: &Path) {
    let (plan, facts) = format(root, "specs/windows/event_log", "windows event log");
    let rules = files(&sigma.join("rules/windows"));
    let documents = documents(&rules);
    let names: BTreeSet<&str> = documents.rules.iter().flat_map(Rule::fields).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let pipelines = [
        fs::read_to_string(root.join("crates/detect/src/pipeline/windows.yml")).expect("the pipeline"),
        derived("windows", &plan, &facts, &names),
    ];
    let records = attacks(&sigma.join("regression"));
    let detection = Detection { documents, ..Detection::default() };
    let detector = detection.of_format(&plan, &facts, &mut Diagnostics::new());
    let engine = engine(&rules, &pipelines);
    let mut runner = Runner::new(&plan, &records);
    let events = runner.parsed();
    println!(
        "windows, {} recorded events; weir {} rules, rsigma {}:",
        records.len(),
        detector.len(),
        engine.rule_count()
    );
    let (mut without, mut with, mut theirs) = (Duration::MAX, Duration::MAX, Duration::MAX);
    let (mut own_matches, mut their_matches) = (0, 0);
    for round in 0..ROUNDS {
        without = without.min(runner.without());
        let (time, matches) = runner.with(&detector);
        (with, own_matches) = (with.min(time), matches);
        // rsigma takes long: a few rounds are enough.
        if round < 3 {
            let started = Instant::now();
            their_matches = events.iter().map(|event| engine.evaluate(&JsonEvent::borrow(event)).len()).sum();
            theirs = theirs.min(started.elapsed());
        }
    }
    let an_event = |time: Duration, events: usize| time.as_secs_f64() * 1e6 / events as f64;
    let (all, alone) = (an_event(with, runner.events()), an_event(with.saturating_sub(without), runner.events()));
    let rsigma = an_event(theirs, events.len());
    println!("  weir, reading the record and rules: {all:.1} µs an event; rules alone: {alone:.1} µs");
    println!("  rsigma, rules alone:                {rsigma:.1} µs an event");
    println!("  rules alone: {:.1} times as fast; with reading: {:.1} times", rsigma / alone, rsigma / all);
    println!("  events with a match: {own_matches} of {}", runner.events());
    println!("  matches of rsigma on each once: {their_matches}");
    tell_differences(&runner.matches(&detector), &events, &engine);
}

/// Tells by which rules each event is matched here and not there, and how many matches are the same.
fn tell_differences(own: &[BTreeSet<String>], events: &[Value], engine: &Engine) {
    let (mut same, mut different) = (0, BTreeMap::<String, usize>::new());
    for (own, event) in own.iter().zip(events) {
        let found = engine.evaluate(&JsonEvent::borrow(event)).into_iter();
        let theirs: BTreeSet<String> = found.map(|found| found.header.rule_title).collect();
        same += own.intersection(&theirs).count();
        let ours = own.difference(&theirs).map(|title| format!("weir alone: {title}"));
        let others = theirs.difference(own).map(|title| format!("rsigma alone: {title}"));
        ours.chain(others).for_each(|line| *different.entry(line).or_default() += 1);
    }
    println!("  matches of both: {same}; of one alone: {}", different.values().sum::<usize>());
    different.iter().for_each(|(line, count)| println!("    {count} x {line}"));
}

fn engine(rules: &[PathBuf], pipelines: &[String]) -> Engine {
    let mut engine = Engine::new();
    for pipeline in pipelines {
        engine.add_pipeline(parse_pipeline(pipeline).expect("rsigma reads our pipeline"));
    }
    for path in rules {
        let collection = parse_sigma_yaml(&fs::read_to_string(path).expect("a rule"));
        // What it does not take is not measured.
        let _ = collection.map(|collection| engine.add_collection(&collection));
    }
    engine
}

/// Runs records again and again until there are enough events for a round.
struct Runner<'r> {
    plan: &'r Plan,
    records: Vec<Record<'r>>,
    repeats: usize,
    scratch: weir::Scratch,
    detect: Scratch,
}

impl<'r> Runner<'r> {
    fn new(plan: &'r Plan, records: &'r [String]) -> Self {
        let record = |text: &'r String| Record { input: Input::Message(text.as_bytes()), now: 0, event_id: None };
        let records: Vec<Record<'r>> = records.iter().map(record).collect();
        let repeats = EVENTS.div_ceil(records.len());
        Runner { plan, records, repeats, scratch: weir::Scratch::default(), detect: Scratch::default() }
    }

    fn events(&self) -> usize {
        self.repeats * self.records.len()
    }

    fn without(&mut self) -> Duration {
        let started = Instant::now();
        let mut bytes = 0;
        for _ in 0..self.repeats {
            let mut rest = &self.records[..];
            while !rest.is_empty() {
                let count = self.plan.run_batch(&mut self.scratch, rest, |event, _| bytes += event.len());
                rest = &rest[count..];
            }
        }
        std::hint::black_box(bytes);
        started.elapsed()
    }

    /// The time, and how many events something matched.
    fn with(&mut self, detector: &Detector) -> (Duration, usize) {
        let started = Instant::now();
        let (mut bytes, mut matched) = (0, 0);
        let Runner { plan, records, repeats, scratch, detect } = self;
        for _ in 0..*repeats {
            let mut rest = &records[..];
            while !rest.is_empty() {
                let count = plan.run_batch_viewed(scratch, rest, |view, _| {
                    bytes += view.line().len();
                    matched += usize::from(detector.look(detect, view, 0).is_some());
                });
                rest = &rest[count..];
            }
        }
        std::hint::black_box(bytes);
        (started.elapsed(), matched)
    }

    /// The titles of the rules that match each record once.
    fn matches(&mut self, detector: &Detector) -> Vec<BTreeSet<String>> {
        let Runner { plan, records, scratch, detect, .. } = self;
        let (mut found, mut rest) = (Vec::new(), &records[..]);
        while !rest.is_empty() {
            let count = plan.run_batch_viewed(scratch, rest, |view, _| {
                let matched = detector.look(detect, view, 0);
                let mut state = CorrelationState::default();
                let alerts = matched.iter().flat_map(|matched| detector.alerts(&mut state, matched));
                let title = |line: Vec<u8>| {
                    let alert: Value = serde_json::from_slice(&line).expect("an alert is JSON");
                    alert["rule"]["name"].as_str().expect("a title").to_owned()
                };
                found.push(alerts.map(|alert| title(alert.line(b"{}"))).collect());
            });
            rest = &rest[count..];
        }
        found
    }

    /// The events, each once, as who reads them from JSON has them.
    fn parsed(&mut self) -> Vec<Value> {
        let mut events = Vec::new();
        let mut rest = &self.records[..];
        while !rest.is_empty() {
            let count = self.plan.run_batch(&mut self.scratch, rest, |event, _| {
                events.push(serde_json::from_slice(event).expect("an event is JSON"));
            });
            rest = &rest[count..];
        }
        events
    }
}

fn format(root: &Path, folder: &str, name: &str) -> (Plan, FormatFacts) {
    let folder = root.join(folder);
    let read = |path: PathBuf| fs::read_to_string(&path).ok().map(|text| (path.display().to_string(), text));
    let fields = [folder.join("../_meta/fields.yml"), folder.join("_meta/fields.yml")];
    let parser = read(folder.join("ingest/parser.yml")).expect("a parser");
    let text = FormatText { parser, fields: fields.into_iter().filter_map(read).collect() };
    (weir::compile(&text).plan.expect("a plan"), FormatFacts { names: vec![name.to_owned()] })
}

fn documents(files: &[PathBuf]) -> Documents {
    let (mut sources, mut documents) = (Sources::new(), Documents::default());
    for path in files {
        let text = fs::read_to_string(path).expect("a rule is text");
        let source = sources.add(path.display().to_string(), &*text);
        rule::read(&text, source, &mut documents, &mut Diagnostics::new());
    }
    documents
}

fn sigma_files(sigma: &Path) -> Vec<PathBuf> {
    let mut found = files(sigma);
    found.retain(|path| !path.starts_with(sigma.join("regression")));
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    walk(folder, "yml", &mut found);
    found
}

fn attacks(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    walk(folder, "json", &mut found);
    let mut events = Vec::new();
    for path in found {
        let text = fs::read_to_string(path).expect("an attack is text");
        let values = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
        events.extend(values.map(|value| value.expect("JSON").to_string()));
    }
    events
}

fn walk(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut entries: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            walk(&path, extension, found);
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
}
