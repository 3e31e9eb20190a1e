//! A trace and a coverage change nothing: the same bytes and the same report as a plain run, for every recorded pair of the
//! project and of a repository of formats beside it, if there is one, and where the budget is about to end.
//!
//! Why so: `docs/decisions/0046`.

#![allow(clippy::panic, reason = "a test fails by it")]

mod repository;
mod watching;

use std::fs;
use weir::diagnostic::{Diagnostics, SourceId};
use weir::{FormatText, Input, Record, Scratch, compile, spec};

#[test]
fn every_own_pair_runs_the_same_whoever_looks_on() {
    assert!(check_below("specs") > 100, "the pairs are there");
}

#[test]
fn every_public_pair_runs_the_same_whoever_looks_on() {
    let Some(folder) = repository::public() else { return };
    assert!(check_below(folder) > 1_000, "the pairs are there");
}

/// Reading all fields takes off the budget as many steps as there are fields. Where the budget just suffices for the run,
/// it must also suffice while someone looks at the same fields.
#[test]
fn looking_on_is_not_on_the_budget() {
    let reads = "          user.name: \"{{ final.source }}{{ final.event }}\"\n".to_owned();
    let parser = format!(
        "name: budget\npipeline:\n  - name: fill\nstages:\n  fill:\n    actions:\n      - set:\n          event.kind: event\n          \
         source.ip: 192.0.2.1\n          event.reason: \"{{{{ ('0123456789' * (original.message | int)) | length }}}}\"\n{}",
        ["      - set:\n", &reads].concat().repeat(50)
    );
    let format = compile(&FormatText { parser: ("parser.yml".to_owned(), parser), fields: vec![] });
    let plan = format.plan.as_ref().unwrap_or_else(|| panic!("{:?}", format.findings));
    let mut scratch = Scratch::default();
    let mut suffices = |times: u32| {
        let text = times.to_string();
        let record = Record { input: Input::Message(text.as_bytes()), now: 0, event_id: None };
        plan.run(&mut scratch, &record, &mut Vec::new()).omissions().is_empty()
    };
    let (mut enough, mut too_many) = (0u32, 1 << 24);
    while too_many - enough > 1 {
        let middle = enough.midpoint(too_many);
        if suffices(middle) { enough = middle } else { too_many = middle }
    }
    assert!(enough > 1 << 20, "{enough}");
    for times in enough - 8..enough + 8 {
        watching::check(plan, &mut Scratch::default(), Input::Message(times.to_string().as_bytes()));
    }
}

/// Runs all pairs of all formats below a folder; tells how many.
fn check_below(folder: &str) -> usize {
    let mut pairs = 0;
    let mut scratch = Scratch::default();
    for (root, format) in repository::formats(folder) {
        let Some(plan) = &format.plan else { continue };
        for pair in repository::files(&root.join("tests")) {
            let text = fs::read_to_string(&pair).unwrap_or_default();
            if let Some(recorded) = spec::read_test(&text, SourceId(0), &mut Diagnostics::new()) {
                watching::check(plan, &mut scratch, Input::Event(recorded.input.as_bytes()));
                pairs += 1;
            }
        }
    }
    pairs
}
