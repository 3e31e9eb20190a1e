//! Correlations over streams of events: what holds when, within which time and memory.

use weir::diagnostic::{Diagnostics, Sources};
use weir_detect::correlate::{CorrelatedEvent, CorrelatedRule, CorrelationState, Correlations};
use weir_detect::rule::{self, Documents};

const RULES: &str = "
title: Failed
name: failed
detection: {s: {a: 1}, condition: s}
---
title: Succeeded
name: succeeded
detection: {s: {a: 2}, condition: s}
";

struct TestEvent<'e> {
    correlations: &'e Correlations,
    time: i64,
    fields: &'e [(&'e str, &'e str)],
}

impl CorrelatedEvent for TestEvent<'_> {
    fn time(&self) -> i64 {
        self.time * 1000
    }

    fn text(&self, field: usize) -> Option<String> {
        let name = &self.correlations.fields()[field];
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| (*value).to_owned())
    }
}

fn read(correlations: &str) -> (Documents, Diagnostics) {
    let text = format!("{RULES}---\n{correlations}");
    let (mut sources, mut documents, mut findings) = (Sources::new(), Documents::default(), Diagnostics::new());
    let source = sources.add("rules.yml", &*text);
    rule::read(&text, source, &mut documents, &mut findings);
    documents.check(&mut findings);
    (documents, findings)
}

fn bound(documents: &Documents) -> Correlations {
    let rules = documents.rules.iter().map(|rule| CorrelatedRule { about: &rule.about, fields: &rule.correlated });
    Correlations::new(&documents.correlations, &rules.collect::<Vec<_>>())
}

/// The second of an event, the rule that it matches, and its fields.
type StreamEvent<'e> = (i64, u32, &'e [(&'e str, &'e str)]);

/// The seconds at which something holds, of events.
fn holds(correlations: &str, events: &[StreamEvent<'_>]) -> Vec<i64> {
    let (documents, findings) = read(correlations);
    assert!(!findings.has_errors(), "{findings:?}");
    let correlations = bound(&documents);
    let mut state = CorrelationState::default();
    let mut found = Vec::new();
    for (time, rule, fields) in events {
        let event = TestEvent { correlations: &correlations, time: *time, fields };
        found.extend(correlations.take(&mut state, &[*rule], &event).iter().map(|_| *time));
    }
    found
}

/// Nothing holds.
const NEVER: [i64; 0] = [];

const COUNT: &str = "
title: Many
correlation: {type: event_count, rules: [failed], group-by: [user], timespan: 10s, condition: {gte: 3}}
";

#[test]
fn events_are_counted_within_the_time_and_by_group() {
    let a: &[(&str, &str)] = &[("user", "a")];
    let b: &[(&str, &str)] = &[("user", "b")];
    assert_eq!(holds(COUNT, &[(0, 0, a), (1, 0, a), (2, 0, a)]), [2]);
    assert_eq!(holds(COUNT, &[(0, 0, a), (1, 0, b), (2, 0, a), (3, 0, b)]), NEVER);
    assert_eq!(holds(COUNT, &[(0, 0, a), (9, 0, a), (11, 0, a), (12, 0, a)]), [12]);
    assert_eq!(holds(COUNT, &[(0, 0, a), (1, 1, a), (2, 0, a)]), NEVER, "another rule does not count");
    assert_eq!(holds(COUNT, &[(0, 0, &[]), (1, 0, &[]), (2, 0, &[])]), NEVER, "no group, no count");
}

#[test]
fn a_correlation_that_held_counts_anew() {
    let a: &[(&str, &str)] = &[("user", "a")];
    let events: Vec<StreamEvent<'_>> = (0..7).map(|second| (second, 0, a)).collect();
    assert_eq!(holds(COUNT, &events), [2, 5]);
}

#[test]
fn events_that_come_late_count_at_their_own_time() {
    let a: &[(&str, &str)] = &[("user", "a")];
    assert_eq!(holds(COUNT, &[(5, 0, a), (1, 0, a), (3, 0, a)]), [3]);
    assert_eq!(holds(COUNT, &[(20, 0, a), (1, 0, a), (21, 0, a)]), NEVER, "too late");
}

#[test]
fn different_values_are_counted_once_each() {
    let correlation = "
title: Hosts
correlation: {type: value_count, rules: failed, timespan: 1m, condition: {field: host, gt: 1}}
";
    let host = |name| -> Vec<(&str, &str)> { vec![("host", name)] };
    let (x, y) = (host("x"), host("y"));
    assert_eq!(holds(correlation, &[(0, 0, &x), (1, 0, &x), (2, 0, &y)]), [2]);
    assert_eq!(holds(correlation, &[(0, 0, &x), (1, 0, &x)]), NEVER);
    assert_eq!(holds(correlation, &[(0, 0, &x), (30, 0, &x), (70, 0, &y)]), [70], "the last time of a value counts");
}

#[test]
fn temporal_needs_all_rules_in_any_order_and_ordered_in_theirs() {
    let temporal = |kind: &str| {
        format!(
            "title: T\ncorrelation: {{type: {kind}, rules: [failed, succeeded], group-by: [user], timespan: 10s}}\n"
        )
    };
    let a: &[(&str, &str)] = &[("user", "a")];
    assert_eq!(holds(&temporal("temporal"), &[(0, 1, a), (1, 0, a)]), [1]);
    assert_eq!(holds(&temporal("temporal"), &[(0, 1, a), (1, 1, a)]), NEVER, "one rule twice is not two");
    assert_eq!(holds(&temporal("temporal_ordered"), &[(0, 1, a), (1, 0, a)]), NEVER);
    assert_eq!(holds(&temporal("temporal_ordered"), &[(0, 0, a), (1, 0, a), (2, 1, a)]), [2]);
    assert_eq!(holds(&temporal("temporal"), &[(0, 1, a), (11, 0, a)]), NEVER, "too far apart");
}

#[test]
fn aliases_give_a_group_the_field_of_each_rule() {
    let correlation = "
title: A
correlation:
  type: temporal
  rules: [failed, succeeded]
  group-by: [who]
  timespan: 1m
  aliases: {who: {failed: source, succeeded: destination}}
";
    assert_eq!(holds(correlation, &[(0, 0, &[("source", "x")]), (1, 1, &[("destination", "x")])]), [1]);
    assert_eq!(holds(correlation, &[(0, 0, &[("source", "x")]), (1, 1, &[("source", "x")])]), NEVER);
}

#[test]
fn a_correlation_may_be_about_another_one() {
    let chain = "
title: Many
name: many
correlation: {type: event_count, rules: [failed], group-by: [user], timespan: 10s, condition: {gte: 2}}
---
title: Then in
correlation: {type: temporal_ordered, rules: [many, succeeded], group-by: [user], timespan: 1m}
";
    let a: &[(&str, &str)] = &[("user", "a")];
    assert_eq!(holds(chain, &[(0, 0, a), (1, 0, a), (2, 1, a)]), [1, 2]);
}

#[test]
fn the_public_platforms_form_is_read() {
    let form = "
action: correlation
name: many
type: event_count
rule: failed
group-by: [user]
timespan: 10s
condition: {gte: 2}
";
    let a: &[(&str, &str)] = &[("user", "a")];
    assert_eq!(holds(form, &[(0, 0, a), (1, 0, a)]), [1]);
}

#[test]
fn mistakes_are_named() {
    let body = "type: event_count, timespan: 1m, condition: {gte: 1}";
    for wrong in [
        "rules: {}",
        "rules: [failed], group-by: {x: user}",
        "rules: [failed], aliases: [user]",
        "rules: [failed], aliases: {user: x}",
        "rules: [failed], generate: 'true'",
        "rules: [failed, [x]]",
    ] {
        let (_, findings) = read(&format!("title: A\ncorrelation: {{{body}, {wrong}}}"));
        assert_eq!(findings.last_error().map(|finding| finding.code.0), Some("rule-type"), "{wrong}");
    }
    for (correlation, code) in [
        ("title: A\ncorrelation: {type: counts, rules: [failed], timespan: 1m}", "correlation-value"),
        (
            "title: A\ncorrelation: {type: event_count, rules: [failed], timespan: soon, condition: {gte: 1}}",
            "correlation-value",
        ),
        ("title: A\ncorrelation: {type: event_count, rules: [failed], timespan: 1m}", "rule-key"),
        ("title: A\ncorrelation: {type: value_count, rules: [failed], timespan: 1m, condition: {gte: 1}}", "rule-key"),
        (
            "title: A\ncorrelation: {type: event_count, rules: [failed], timespan: 1m, condition: {most: 1}}",
            "correlation-value",
        ),
    ] {
        let (_, findings) = read(correlation);
        assert_eq!(findings.last_error().map(|finding| finding.code.0), Some(code), "{correlation}");
    }
    let (_, findings) = read("title: A\ncorrelation: {type: temporal, rules: [nobody, failed], timespan: 1m}");
    assert_eq!(findings.last_error().map(|finding| finding.code.0), Some("no-rule"));
    let circle = "
title: A
name: x
correlation: {type: temporal, rules: [y], timespan: 1m}
---
title: B
name: y
correlation: {type: temporal, rules: [x], timespan: 1m}
";
    let (_, findings) = read(circle);
    assert_eq!(findings.errors(), 2);
}

#[test]
fn memory_is_bounded_and_what_is_forgotten_is_counted() {
    let (documents, _) = read(COUNT);
    let correlations = bound(&documents);
    let mut state = CorrelationState::new(1000);
    for number in 0..100_000_i64 {
        let user = number.to_string();
        let fields = [("user", &*user)];
        let event = TestEvent { correlations: &correlations, time: number, fields: &fields };
        correlations.take(&mut state, &[0], &event);
        assert!(state.len() <= 1001);
    }
    assert!(state.forgotten() > 90_000);
    let last: &[(&str, &str)] = &[("user", "99999")];
    let at = |time| TestEvent { correlations: &correlations, time, fields: last };
    correlations.take(&mut state, &[0], &at(100_000));
    assert_eq!(correlations.take(&mut state, &[0], &at(100_001)).len(), 1, "the newest are kept");
}

#[test]
fn where_all_have_one_time_or_one_group_has_most_the_half_stays() {
    let (documents, _) = read(COUNT);
    let correlations = bound(&documents);
    let mut state = CorrelationState::new(100);
    for number in 0..100 {
        let user = number.to_string();
        let fields = [("user", &*user)];
        correlations.take(&mut state, &[0], &TestEvent { correlations: &correlations, time: 0, fields: &fields });
    }
    let b: &[(&str, &str)] = &[("user", "b")];
    correlations.take(&mut state, &[0], &TestEvent { correlations: &correlations, time: 0, fields: b });
    assert_eq!((state.len(), state.forgotten()), (51, 50), "half of the groups stay");

    let most = COUNT.replace("gte: 3", "gte: 90");
    let (documents, _) = read(&most);
    let correlations = bound(&documents);
    let mut state = CorrelationState::new(60);
    for _ in 0..60 {
        correlations.take(&mut state, &[0], &TestEvent { correlations: &correlations, time: 0, fields: b });
    }
    correlations.take(&mut state, &[0], &TestEvent { correlations: &correlations, time: 1, fields: b });
    assert_eq!(state.len(), 31, "half of its events stay");
}
