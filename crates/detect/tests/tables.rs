//! Modifiers and conditions by their tables: each row is an event that a rule matches or does not.

#![allow(clippy::panic, reason = "a test fails by it")]

use serde::Deserialize;
use weir::diagnostic::{Diagnostics, Sources, render};
use weir::json::{Projection, read};
use weir::value::Arena;
use weir_detect::event::DictEvent;
use weir_detect::rule::{self, Documents, MODIFIERS};
use weir_detect::{Dialect, RuleSet, Scratch};

#[derive(Deserialize)]
struct Table {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    claim: String,
    item: Option<String>,
    detection: Option<String>,
    #[serde(default)]
    yes: Vec<String>,
    #[serde(default)]
    no: Vec<String>,
}

impl Case {
    fn rule(&self) -> String {
        let detection = match (&self.item, &self.detection) {
            (Some(item), _) => format!("selection:\n    {item}\ncondition: selection"),
            (None, Some(detection)) => detection.clone(),
            (None, None) => panic!("{}: neither an item nor a detection", self.claim),
        };
        format!("title: t\nlogsource: {{product: p}}\ndetection:\n  {}\n", detection.replace('\n', "\n  "))
    }
}

fn table(text: &str) -> Vec<Case> {
    toml::from_str::<Table>(text).expect("a table").case
}

fn compiled(text: &str, dialect: Dialect) -> RuleSet {
    let (mut sources, mut documents, mut findings) = (Sources::new(), Documents::default(), Diagnostics::new());
    let source = sources.add("rule.yml", text);
    rule::read(text, source, &mut documents, &mut findings);
    let set = RuleSet::new(&documents.rules, dialect, &mut findings);
    let found: Vec<String> = findings.iter().map(|finding| render(finding, &sources, true, false)).collect();
    assert!(!findings.has_errors(), "{}", found.join("\n"));
    assert_eq!(set.rules().len(), 1, "{text}");
    set
}

fn is_match(set: &RuleSet, event: &str) -> bool {
    let arena = Arena::default();
    let value = read(&arena, event, &Projection::WHOLE).expect("JSON");
    let mut scratch = Scratch::default();
    // Twice with the same scratch: what an event leaves behind is none of the next one's.
    let first = !set.matches(&mut scratch, &DictEvent::new(set.fields(), value)).is_empty();
    let empty = read(&arena, "{}", &Projection::WHOLE).expect("JSON");
    set.matches(&mut scratch, &DictEvent::new(set.fields(), empty));
    assert_eq!(first, !set.matches(&mut scratch, &DictEvent::new(set.fields(), value)).is_empty(), "{event}");
    first
}

fn run(cases: &[Case]) -> usize {
    let mut rows = 0;
    let mut wrong = Vec::new();
    for case in cases {
        let set = compiled(&case.rule(), Dialect::Sigma);
        for (events, expected) in [(&case.yes, true), (&case.no, false)] {
            for event in events {
                rows += 1;
                let whole = if event.starts_with('{') { event.clone() } else { format!("{{\"f\": {event}}}") };
                if is_match(&set, &whole) != expected {
                    wrong.push(format!("{}: {whole} should{} match", case.claim, if expected { "" } else { " not" }));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    rows
}

#[test]
fn modifiers_ask_what_their_table_says() {
    let cases = table(include_str!("sigma/modifiers.toml"));
    let rows = run(&cases);
    assert!(rows >= 150, "only {rows} rows");
    for modifier in MODIFIERS.iter().filter(|modifier| modifier.name != "expand") {
        let is_named = |case: &Case| {
            case.item.iter().any(|item| {
                let key = item.split(": ").next().unwrap_or_default();
                key.split('|').skip(1).any(|name| name == modifier.name)
            })
        };
        assert!(cases.iter().any(is_named), "no row for `{}`", modifier.name);
    }
}

#[test]
fn conditions_mean_what_their_table_says() {
    assert!(run(&table(include_str!("sigma/conditions.toml"))) > 30);
}

#[test]
fn in_the_platforms_dialect_an_expression_matches_the_whole_value_and_keywords_the_message() {
    let whole = "title: t\ndetection:\n  s:\n    f|re: 'a[0-9]'\n  condition: s\n";
    assert!(is_match(&compiled(whole, Dialect::Platform), r#"{"f": "a1"}"#));
    assert!(!is_match(&compiled(whole, Dialect::Platform), r#"{"f": "xa1"}"#));
    assert!(!is_match(&compiled(whole, Dialect::Platform), r#"{"f": "a1x"}"#));
    let keywords = "title: t\ndetection:\n  k: [evil]\n  condition: k\n";
    assert!(is_match(&compiled(keywords, Dialect::Platform), r#"{"message": "so EVIL!"}"#));
    assert!(!is_match(&compiled(keywords, Dialect::Platform), r#"{"f": "evil"}"#));
}

#[test]
fn the_manual_has_each_modifier_with_its_sentence() {
    let page = include_str!("../../../docs/detection/sigma.md");
    for modifier in MODIFIERS {
        let row = format!("| `{}` | {} |", modifier.name, modifier.summary);
        assert!(page.contains(&row), "docs/detection/sigma.md lacks {row}");
    }
}
