//! Domain names in parts, beside Python's `tldextract` with the list that it ships: rules with wildcards and exceptions,
//! names of all scripts, private suffixes, names that are none.

use crate::python;
use crate::tally::Tally;
use serde_json::{Value, json};
use weir::{FormatText, Input, Plan, Record, Scratch, compile};

const PEER: &str = "tldextract";

/// What the last labels of a name are: suffixes of all kinds, and texts that are none.
const ENDS: &[&str] = &[
    "com",
    "org",
    "COM",
    "biz",
    "fr",
    "de",
    "uk",
    "co.uk",
    "ac.uk",
    "gov.uk",
    "jp",
    "co.jp",
    "ac.jp",
    "kyoto.jp",
    "ide.kyoto.jp",
    "kobe.jp",
    "c.kobe.jp",
    "city.kobe.jp",
    "kawasaki.jp",
    "x.kawasaki.jp",
    "ck",
    "test.ck",
    "www.ck",
    "us",
    "ak.us",
    "k12.ak.us",
    "mm",
    "c.mm",
    "np",
    "com.np",
    "er",
    "fk",
    "com.au",
    "sa.edu.au",
    "no",
    "gs.aa.no",
    "github.io",
    "blogspot.com",
    "s3.amazonaws.com",
    "uk.com",
    "公司.cn",
    "中国",
    "xn--fiqs8s",
    "xn--85x722f.com.cn",
    "food.xn--55qx5d.cn",
    "рф",
    "lan",
    "local",
    "corp.internal",
    "localhost",
    "192.0.2.7",
    "1.2.3",
    "[2001:db8::7]",
    "com.",
    "co.uk..",
    "arpa",
    "in-addr.arpa",
];

/// What stands before.
const STARTS: &[&str] = &[
    "",
    "a.",
    "b.a.",
    "c.b.a.",
    "A.",
    "example.",
    "www.Example.",
    "_sip._tcp.",
    "x-y.",
    "1.",
    "食狮.",
    "xn--85x722f.",
    "é.",
    ".",
];

#[test]
fn names_are_split_as_tldextract_splits_them() {
    let names: Vec<String> =
        ENDS.iter().flat_map(|end| STARTS.iter().map(move |start| format!("{start}{end}"))).collect();
    let questions: Vec<Value> = names.iter().map(|name| json!(name)).collect();
    let Some(answers) = python::ask(PEER, "domain_parts.py", &questions) else { return };
    let (plan, mut scratch) = (plan(), Scratch::default());
    let mut tally = Tally::new(PEER);
    for (name, theirs) in names.iter().zip(answers) {
        let ours = parts(&plan, &mut scratch, name);
        tally.take(name, &ours.to_string(), &theirs.to_string(), || difference(name));
    }
    tally.finish();
}

fn difference(name: &str) -> Option<&'static str> {
    name.starts_with('.').then_some("dot-in-front")
}

fn plan() -> Plan {
    let parser = "name: names\npipeline:\n- name: s\nstages:\n  s:\n    actions:\n    - set:\n        dns.question.name: \"{{ original.message }}\"\n";
    let format = compile(&FormatText { parser: ("parser.yml".to_owned(), parser.to_owned()), fields: Vec::new() });
    format.plan.unwrap_or_else(|| panic!("{:?}", format.findings))
}

/// Registered domain, suffix and what stands before, as an event has them.
fn parts(plan: &Plan, scratch: &mut Scratch, name: &str) -> Value {
    let mut out = Vec::new();
    let record = Record { input: Input::Message(name.as_bytes()), now: 0, event_id: Some("id") };
    plan.run(scratch, &record, &mut out);
    let event: Value = serde_json::from_slice(&out).unwrap_or_else(|error| panic!("{name}: {error}"));
    let part = |part: &str| event["dns"]["question"][part].as_str().unwrap_or_default().to_owned();
    json!([part("registered_domain"), part("top_level_domain"), part("subdomain")])
}
