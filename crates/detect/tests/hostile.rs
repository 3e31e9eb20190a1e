//! Hostile rules: each is read or named within a time, and what must hold of all rules holds of these, and of rules made by
//! changing others at random.

#[path = "../../../fuzz/src/detect.rs"]
mod detect;

use std::time::{Duration, Instant};
use weir::diagnostic::{Diagnostics, Sources};
use weir::json::{Projection, read};
use weir::value::Arena;
use weir_detect::event::DictEvent;
use weir_detect::rule::{self, Documents};
use weir_detect::{Dialect, RuleSet, Scratch};

/// How long one of them may take: a debug build on a busy machine.
const LONGEST: Duration = Duration::from_secs(30);

const RULE: &str = "title: t\nlogsource: {product: p}\ndetection:\n  s:\n    ";

fn rule(item: &str) -> String {
    format!("{RULE}{item}\n  condition: s\n")
}

fn condition(condition: &str) -> String {
    format!("title: t\ndetection:\n  s: {{f: a}}\n  condition: {condition}\n")
}

/// Reads and compiles: the findings' codes, and how many rules there are.
fn compiled(text: &str) -> (Vec<&'static str>, usize) {
    let (mut documents, mut findings) = (Documents::default(), Diagnostics::new());
    rule::read(text, Sources::new().add("rules.yml", text), &mut documents, &mut findings);
    let set = RuleSet::new(&documents.rules, Dialect::Sigma, &mut findings);
    let codes = findings.iter().map(|finding| finding.code.0).collect();
    (codes, set.rules().len())
}

#[test]
fn hostile_rules_are_named_or_compile_and_take_no_long_time() {
    let deep = |open: &str, close: &str, count: usize| format!("{}a{}", open.repeat(count), close.repeat(count));
    let list = |count: usize, item: &str| {
        let items: Vec<String> = (0..count).map(|number| format!("'{item}{number}'")).collect();
        format!("[{}]", items.join(", "))
    };
    let star = "'".to_owned() + &"*a".repeat(10_000) + "'";
    let dashes = "'".to_owned() + &"-a ".repeat(1_000) + "'";
    let names: String = (0..20_000).map(|number| format!("  s{number}: {{f: a}}\n")).collect();
    let cases: Vec<(String, &[&str])> = vec![
        (rule("f: ") + &deep("[", "]", 5_000), &["rule-type", "yaml", "yaml-syntax", "too-deep"]),
        (rule(&format!("f|contains: {}", list(50_000, "evil"))), &[]),
        (rule(&format!("f|contains: {}", list(150_000, "e"))), &["rule-too-large", "yaml-too-large"]),
        (rule(&format!("f|contains: {star}")), &[]),
        (rule(&format!("f|contains|windash: {dashes}")), &["rule-too-large"]),
        (rule("f|re: '(a+)+$'"), &[]),
        (rule("f|re: '(a{1000}){1000}'"), &["rule-regex"]),
        (rule("f|re: '(?=x)('"), &["rule-regex"]),
        (rule(&format!("f|re: '{}'", "(".repeat(10_000))), &["rule-regex"]),
        (rule("f|base64offset|contains|base64offset|contains: a"), &["wrong-modifier"]),
        (rule(&format!("f{}: a", "|base64".repeat(20))), &[]),
        (rule(&format!("f{}: abcdef", "|base64offset".repeat(15))), &["rule-too-large"]),
        (rule("f|utf16: a"), &["wrong-modifier"]),
        ("title: t\ndetection:\n  s: {}\n  condition: s\n".to_owned(), &["rule-type"]),
        ("title: t\ndetection:\n  s:\n  condition: s\n".to_owned(), &["rule-type"]),
        ("title: t\ndetection:\n  s: []\n  condition: s\n".to_owned(), &["rule-type"]),
        ("title: t\ndetection:\n  s: [null]\n  condition: s\n".to_owned(), &["rule-type"]),
        ("title: t\ndetection:\n  s: [1, '']\n  condition: s\n".to_owned(), &["rule-type"]),
        ("title: t\ndetection:\n  s: [{f: a}, {}]\n  condition: s\n".to_owned(), &["rule-type"]),
        ("title: t\ndetection:\n  s: {'|all': []}\n  condition: s\n".to_owned(), &["rule-type"]),
        ("title: [t]\ndetection:\n  s: {f: a}\n  condition: s\n".to_owned(), &["rule-type"]),
        (rule("f|cidr: [1.2.3.4/99]"), &["wrong-modifier"]),
        (rule("f|lt: [a]"), &["wrong-modifier"]),
        (rule("f|minute|lt: x"), &["wrong-modifier"]),
        (rule(&format!("f|{}: a", "contains|".repeat(5_000) + "all")), &["yaml-syntax"]),
        (rule(&format!("f|{}: a", "contains|".repeat(30) + "all")), &["rule-too-large"]),
        (condition(&"(".repeat(10_000)), &["condition-syntax"]),
        (condition(&format!("{}s", "not ".repeat(10_000))), &["condition-syntax"]),
        (condition(&format!("s{}", " and s".repeat(4_000))), &[]),
        (condition(&format!("s{}", " and s".repeat(50_000))), &["rule-too-large"]),
        (condition("1 of ****************************************"), &[]),
        (condition("s | count() by x > 5"), &["condition-aggregation"]),
        (format!("title: t\ndetection:\n{names}  condition: all of s*\n"), &["rule-too-large"]),
        ("a: &a [x]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\ntitle: t\n".to_owned(), &["rule-key"]),
        ("---\n".repeat(20_000), &[]),
        ("\u{0}\u{feff}".to_owned(), &["rule-type", "yaml"]),
    ];
    for (text, codes) in cases {
        let started = Instant::now();
        let (found, rules) = compiled(&text);
        let shown: String = text.chars().take(120).collect();
        assert!(started.elapsed() < LONGEST, "{:?}: {shown}", started.elapsed());
        match codes {
            [] => assert!(rules == 1 || text.starts_with("---"), "{found:?}: {shown}"),
            _ => assert!(rules == 0 && !found.is_empty(), "{found:?}: {shown}"),
        }
    }
}

/// How long an event may take: what it costs must not grow with the square of its length.
const LONGEST_EVENT: Duration = Duration::from_secs(10);

#[test]
fn a_long_value_is_asked_for_a_pattern_once_however_often_its_literal_stands_there() {
    for (item, value) in [
        ("f|contains: ' -e* JAB'", " JAB".repeat(250_000)),
        ("f: '*aa?b*'", "a".repeat(300_000)),
        ("f|contains: 'a?b'", "a".repeat(300_000)),
    ] {
        let (mut documents, mut findings) = (Documents::default(), Diagnostics::new());
        rule::read(&rule(item), Default::default(), &mut documents, &mut findings);
        let set = RuleSet::new(&documents.rules, Dialect::Sigma, &mut findings);
        let (arena, event) = (Arena::default(), format!("{{\"f\": \"{value}\"}}"));
        let event = read(&arena, &event, &Projection::WHOLE).expect("JSON");
        let started = Instant::now();
        let mut scratch = Scratch::default();
        assert!(set.matches(&mut scratch, &DictEvent::new(set.fields(), event)).is_empty(), "{item}");
        assert!(started.elapsed() < LONGEST_EVENT, "{:?}: {item}", started.elapsed());
    }
}

#[test]
fn two_long_lists_are_not_compared_value_by_value_for_ever() {
    let (mut documents, mut findings) = (Documents::default(), Diagnostics::new());
    rule::read(&rule("f|fieldref: g"), Default::default(), &mut documents, &mut findings);
    let set = RuleSet::new(&documents.rules, Dialect::Sigma, &mut findings);
    let list = |letter: &str| vec![format!("\"{letter}\""); 200_000].join(",");
    let (arena, event) = (Arena::default(), format!("{{\"f\": [{}], \"g\": [{}]}}", list("a"), list("b")));
    let event = read(&arena, &event, &Projection::WHOLE).expect("JSON");
    let (started, mut scratch) = (Instant::now(), Scratch::default());
    assert!(set.matches(&mut scratch, &DictEvent::new(set.fields(), event)).is_empty());
    assert!(started.elapsed() < LONGEST_EVENT, "{:?}", started.elapsed());
}

/// Rules, pipelines and feeds to change at random.
const SEEDS: &[&str] = &[
    "title: a\nid: i\nlogsource: {category: dns}\ndetection:\n  s:\n    f|contains|all: [a, 'b*c?']\n    ip|cidr: 10.0.0.0/8\n    g|re|i: '^x.*y$'\n  k: [one, 'two']\n  condition: s and not 1 of k*\n===\n{\"f\": \"a b1c2\", \"ip\": \"10.1.2.3\", \"g\": \"Xy\"}",
    "title: m\nname: m\ndetection: {s: {url.domain|endswith: .bad, event.action|exists: true}, condition: s}\n---\ntitle: c\ncorrelation: {type: event_count, rules: [m], group-by: [user.name], timespan: 5m, condition: {gte: 2}}\n---\naction: global\nlevel: low\n===\n{\"domain\": \"x.bad\", \"a\": \"b\", \"g\": \"ada\", \"time\": \"2026-01-01T00:00:00Z\"}",
    "name: p\npriority: 5\ntransformations:\n  - {id: x, type: field_name_mapping, mapping: {f: [user.name, event.action]}}\n  - {type: add_condition, conditions: {a: 1}, rule_conditions: [{type: logsource, product: p}]}\n",
    "title: f\nfilter: {rules: any, s: {f: a}, condition: not s}\nlogsource: {product: p}\n---\ntitle: w\ndetection: {s: {f|windash|contains: ' -enc ', g|base64offset|contains: http, t|hour|gte: 5, h|fieldref: g}, condition: s}\n===\n{\"f\": \"x /enc y\"}",
    "value,type,valid_until\n192.0.2.7,ip,2030-01-01\nevil.example,domain,\n===\n{\"ip\": \"192.0.2.7\", \"domain\": \"a.evil.example\"}",
    "{\"type\":\"bundle\",\"id\":\"b\",\"objects\":[{\"type\":\"indicator\",\"id\":\"i\",\"pattern\":\"[url:value LIKE 'http%' AND ipv4-addr:value IN ('192.0.2.7')]\",\"pattern_type\":\"stix\"}]}\n===\n{\"url\": \"http://x/\", \"ip\": \"192.0.2.7\"}",
    "{\"Event\":{\"info\":\"e\",\"Attribute\":[{\"uuid\":\"1\",\"type\":\"domain|ip\",\"value\":\"a.b|192.0.2.7\",\"to_ids\":true}]}}\n===\n{\"domain\": \"a.b\"}",
];

#[test]
fn what_must_hold_holds_of_seeds_and_of_seeds_changed_at_random() {
    let mut state = 1_u64;
    let mut random = |most: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % most.max(1)
    };
    for seed in SEEDS {
        both(seed.as_bytes());
        for _ in 0..60 {
            let mut changed = seed.as_bytes().to_vec();
            for _ in 0..=random(4) {
                let (place, length) = (random(changed.len()), random(24));
                let end = (place + length).min(changed.len());
                match random(4) {
                    0 => changed.truncate(place),
                    1 => drop(changed.drain(place..end)),
                    2 => {
                        let (piece, at) = (changed[place..end].to_vec(), random(changed.len()));
                        changed.splice(at..at, piece);
                    }
                    _ if changed.is_empty() => {}
                    _ => changed[place] = b"{}[]|%\"':,-\n a0.*?\\\xff"[random(20)],
                }
            }
            both(&changed);
        }
    }
}

fn both(data: &[u8]) {
    detect::rules(data);
    detect::indicators(data);
}
