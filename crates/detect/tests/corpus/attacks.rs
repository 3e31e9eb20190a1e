//! Recorded attacks fire the rule that they were recorded for, through our format of the Windows event log.
//!
//! Rules and attacks are third-party data beside the repository; without them the tests say so and pass.

use crate::beside::{format, say, shared, sigma_rules, walk};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use weir::diagnostic::Diagnostics;
use weir::{Input, Record};
use weir_detect::event::Places;
use weir_detect::{Dialect, Prepared, RuleSet, Scratch};

#[test]
fn recorded_attacks_fire_their_rule() {
    let Some(sigma) = shared("sigma") else { return };
    let plan = format(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs/windows/event_log"));
    let documents = sigma_rules(&sigma, &mut Diagnostics::new());
    let prepared = Prepared::new(&documents.rules, &documents.filters, &plan, &[]);
    let mut findings = Diagnostics::new();
    let set = RuleSet::new(&prepared.rules, Dialect::Sigma, &mut findings);
    let places = Places::new(set.fields().iter().map(String::as_str), &plan);
    let ids = |events: &[String]| {
        let (mut scratch, mut detect, mut found) = (weir::Scratch::default(), Scratch::default(), BTreeSet::new());
        for event in events {
            let record = Record { input: Input::Message(event.as_bytes()), now: 0, event_id: None };
            plan.run_batch_viewed(&mut scratch, &[record], |view, _| {
                let matches = set.matches(&mut detect, &places.event(view));
                found.extend(
                    matches.iter().map(|rule| set.rules()[*rule as usize].about.id.clone().unwrap_or_default()),
                );
            });
        }
        found
    };
    let benign: Vec<String> = include_str!("../sigma/benign.ndjson").lines().map(str::to_owned).collect();
    let harmless = ids(&benign);
    let (mut fired, mut silent, mut others) = (0, Vec::new(), 0);
    for (id, events) in attacks(&sigma.join("regression")) {
        let found = ids(&events);
        assert!(!harmless.contains(&id), "{id} fires on a harmless event");
        match found.contains(&id) {
            true => fired += 1,
            false => silent.push(id.clone()),
        }
        others += found.len() - usize::from(found.contains(&id));
    }
    say(&format!("of {} rules, {} fire on harmless events: {harmless:?}", set.rules().len(), harmless.len()));
    say(&format!("{fired} attacks fired their rule, {} did not; {others} other rules fired", silent.len()));
    assert!(silent.is_empty(), "these rules did not fire: {silent:#?}");
}

/// The attacks: the id of the rule of each, and its events.
fn attacks(folder: &Path) -> Vec<(String, Vec<String>)> {
    let mut files = Vec::new();
    walk(folder, "json", &mut files);
    files.iter().map(|path| (stem(path), events(path))).collect()
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

fn events(path: &PathBuf) -> Vec<String> {
    let text = fs::read_to_string(path).expect("an attack is text");
    let events = serde_json::Deserializer::from_str(&text).into_iter::<serde_json::Value>();
    events.map(|event| event.expect("an event is JSON").to_string()).collect()
}
