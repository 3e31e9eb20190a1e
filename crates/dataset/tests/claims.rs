//! Claims about validation, profiles and drift, as tables.

#![expect(clippy::type_complexity, reason = "a table of claims is read once, where it stands")]

use std::collections::{BTreeMap, HashSet};
use weir::diagnostic::{Diagnostics, SourceId, Sources};
use weir_dataset::{Contract, Fit, Observed, Profile, Profiles, ValueType, drift, read_contract, validate};

const CONTRACT: &str = "
name: doors
scope: account
permissions: [Read]
timestamps: [OpenedAt]
fields:
  OpenedAt: {type: int or string}
  ClientIP: {type: string}
  Floor: {type: int}
  Forced: {type: bool}
  Result: {type: string, values: [let_in, refused]}
  Tags: {type: 'array[string]'}
  Badge: {type: object}
retired:
  Gate: {type: int}
left_out:
  Badge: A credential
";

const RECORD: &str = r#"{"OpenedAt":1715675412,"ClientIP":"192.0.2.1","Floor":2,"Forced":false,"Result":"LetIn","Tags":["a"],"Badge":{"id":1}}"#;

fn read(text: &str) -> (Option<Contract>, Vec<String>) {
    let mut findings = Diagnostics::new();
    let contract = read_contract(text, Sources::new().add("dataset.yml", text), &mut findings);
    let told = findings.iter().map(|finding| format!("{} {}", finding.code, finding.span().start)).collect();
    (contract, told)
}

fn doors() -> Contract {
    read(CONTRACT).0.expect("a contract")
}

#[test]
fn a_value_fits_its_type_or_not() {
    use Fit::{Notation, Other, Same};
    let table: &[(&str, &[(&str, Fit)])] = &[
        ("string", &[(r#""a""#, Same), (r#""1""#, Same), (r#""""#, Same), ("null", Same), ("1", Other), ("{}", Other)]),
        ("int", &[("1", Same), ("0", Same), ("-1", Same), ("99999999999999999999", Same), (r#""1""#, Notation)]),
        ("int", &[("1.5", Other), ("1e3", Other), (r#""x""#, Other), ("true", Other), (r#""""#, Same), ("[]", Other)]),
        ("float", &[("1", Same), ("1.5", Same), (r#""1.5""#, Notation), (r#""1e5""#, Other), ("null", Same)]),
        ("bool", &[("true", Same), ("0", Notation), ("1", Notation), ("2", Other), (r#""TRUE""#, Notation)]),
        ("bool", &[(r#""maybe""#, Other), (r#""""#, Same), ("null", Same)]),
        (
            "object",
            &[("{}", Same), (r#"{"a":1}"#, Same), ("null", Same), (r#""{\"a\":1}""#, Notation), ("[]", Notation)],
        ),
        ("object", &[("[1]", Other), (r#""text""#, Other), ("1", Other)]),
        (
            "array[string]",
            &[("[]", Same), (r#"["a"]"#, Same), (r#"["a",null]"#, Same), ("[1]", Other), ("{}", Notation)],
        ),
        ("array[string]", &[(r#""[\"a\"]""#, Notation), (r#""a""#, Other), (r#"["a",1]"#, Other)]),
        ("array[int]", &[("[1,2]", Same), ("[1.5]", Other), (r#"["1"]"#, Other), ("[]", Same)]),
        ("array[object]", &[("[{}]", Same), ("[[]]", Other), ("null", Same)]),
        ("int or string", &[("1715675412", Same), ("1715675412345678912", Same), (r#""1715675412""#, Same)]),
        (
            "int or string",
            &[(r#""2024-05-14T08:30:12.5Z""#, Same), (r#""yesterday""#, Other), ("0", Same), (r#""""#, Same)],
        ),
        ("unknown", &[("1", Same), (r#"{"a":1}"#, Same)]),
    ];
    for (kind, values) in table {
        let kind = ValueType::parse(kind).expect("a type");
        for (value, expected) in *values {
            assert_eq!(Observed::of(value).fit(kind), *expected, "{value} as {kind}");
        }
    }
}

#[test]
fn a_bad_contract_is_told_where_it_is_bad() {
    let table = [
        ("a contract", CONTRACT, vec![]),
        ("a slip", "name: a\nfeilds: {}\nfields: {A: {type: int}}\n", vec!["contract-key 8"]),
        ("no fields", "name: a\n", vec!["contract-missing 0"]),
        ("an unknown type", "name: a\nfields: {A: {type: strin}}\n", vec!["contract-type 27"]),
        ("no type", "name: a\nfields:\n  A: {}\n", vec!["contract-missing 18"]),
        ("another shape", "name: a\nfields: [A]\n", vec!["contract-shape 16"]),
        ("an unknown timestamp", "name: a\nfields: {A: {type: int}}\ntimestamps: [B]\n", vec!["contract-field 46"]),
        ("an unknown reason", "name: a\nfields: {A: {type: int}}\nleft_out: {B: x}\n", vec!["contract-field 44"]),
        (
            "retired fields and reasons",
            "name: a\nfields: {A: {type: int}}\nretired: {B: {type: int}}\nnot_set: {c.d: x}\n",
            vec![],
        ),
        (
            "an unknown type of a retired field",
            "name: a\nfields: {A: {type: int}}\nretired: {B: {type: in}}\n",
            vec!["contract-type 53"],
        ),
        ("no reason", "name: a\nfields: {A: {type: int}}\nnot_set: {c.d: }\n", vec!["contract-shape 46"]),
        ("no YAML", "name: [", vec!["yaml-syntax 7"]),
        ("a list", "- a\n", vec!["contract-shape 0"]),
    ];
    for (name, text, expected) in table {
        assert_eq!(read(text).1, expected, "{name}");
    }
}

#[test]
fn a_value_that_means_nothing_is_told_with_what_was_meant() {
    let with = |line: &str| {
        let rest = "fields:\n  A: {type: int}\n  B: {type: bool}\n  C: {type: 'array[string]'}\n";
        let text =
            if line.starts_with("fields") { format!("name: a\n{line}\n") } else { format!("name: a\n{line}\n{rest}") };
        let mut findings = Diagnostics::new();
        read_contract(&text, SourceId(0), &mut findings);
        findings.iter().map(|finding| (finding.code.0, finding.help.clone().unwrap_or_default())).collect::<Vec<_>>()
    };
    let meant = |word: &str| vec![("contract-value", format!("did you mean `{word}`?"))];
    let wrong = || vec![("contract-value", String::new())];
    for (line, expected) in [
        ("scope: account", vec![]),
        ("scope: zone", vec![]),
        ("scope: accuont", meant("account")),
        ("scope: zones", meant("zone")),
        ("scope: galaxy", wrong()),
        ("permissions: [Logs Edit, 'Anything Else: Read']", vec![]),
        ("permissions: [Logs Edti]", meant("Logs Edit")),
        ("permissions: ['Zero Trust: PII Raed']", meant("Zero Trust: PII Read")),
        ("timestamps: [A]", vec![]),
        ("timestamps: [B]", wrong()),
        ("timestamps: [C]", wrong()),
        ("fields: {A: {type: int, values: [1, '2', -3]}}", vec![]),
        ("fields: {A: {type: int, values: [1, two]}}", wrong()),
        ("fields: {A: {type: float, values: [1, 2.5]}}", vec![]),
        ("fields: {A: {type: float, values: [high]}}", wrong()),
        ("fields: {A: {type: bool, values: [yes, 'true']}}", vec![]),
        ("fields: {A: {type: bool, values: [maybe]}}", wrong()),
        ("fields: {A: {type: string, values: [on, 7, word]}}", vec![]),
    ] {
        assert_eq!(with(line), expected, "{line}");
    }
    assert_eq!(read("name: my doors\nfields: {A: {type: int}}\n").1, ["contract-value 6"]);
}

#[test]
fn the_routing_of_a_module_names_its_datasets() {
    let read = |text: &str| {
        let mut findings = Diagnostics::new();
        let names = weir_dataset::read_routing(text, SourceId(0), &["doors", "gates"], &mut findings);
        let told = findings.iter().map(|finding| (finding.code.0, finding.help.clone().unwrap_or_default()));
        (names.join(" "), told.collect::<Vec<_>>())
    };
    let one = |code, help: &str| vec![(code, help.to_owned())];
    for (text, names, told) in [
        ("prefer: [gates, doors]", "gates doors", vec![]),
        ("prefer: [gate, doors]", "doors", one("contract-value", "did you mean `gates`?")),
        ("prefer: [doors, doors]", "doors", one("contract-value", "")),
        ("prefer: doors", "", one("contract-shape", "")),
        (
            "perfer: [doors]",
            "",
            vec![("contract-key", "did you mean `prefer`?".to_owned()), ("contract-missing", String::new())],
        ),
        ("- doors", "", one("contract-shape", "")),
    ] {
        assert_eq!(read(text), (names.to_owned(), told), "{text}");
    }
}

/// What validation finds, as `kind field`.
fn found(records: &[String], selected: Option<&[&str]>) -> Vec<String> {
    let (contract, mut profile) = (doors(), Profile::default());
    records.iter().for_each(|record| profile.add(record, Some(&contract)));
    let mapped = contract.fields.iter().map(|field| field.name.clone()).filter(|name| name != "Badge").collect();
    let selected = selected.map(|names| names.iter().map(|&name| name.to_owned()).collect::<HashSet<_>>());
    let found = validate(&contract, &profile, &mapped, selected.as_ref());
    found.findings.iter().map(|finding| format!("{} {}", finding.kind.name(), finding.field)).collect()
}

#[test]
fn validation_names_what_differs_and_nothing_else() {
    let table: &[(&str, &[(&str, &str)], &[&str])] = &[
        ("as documented", &[], &[]),
        (
            "one renamed, one new, one retyped",
            &[("\"ClientIP\"", "\"ClientIPAddress\""), ("\"Floor\":2", "\"Floor\":\"second\",\"Widget\":1")],
            &["renamed ClientIP", "unknown Widget", "type Floor"],
        ),
        ("missing", &[("\"Floor\":2,", "")], &["missing Floor"]),
        ("new", &[("{\"Op", "{\"Widget\":1,\"Op")], &["unknown Widget"]),
        ("from an archive", &[("{\"Op", "{\"Gate\":1,\"Op")], &[]),
        ("from an archive, of another type", &[("{\"Op", "{\"Gate\":\"north\",\"Op")], &["type Gate"]),
        (
            "renamed and retyped is no renaming",
            &[("\"Floor\":2", "\"Floors\":[2]")],
            &["unknown Floors", "missing Floor"],
        ),
        ("another notation", &[("\"Floor\":2", "\"Floor\":\"2\"")], &["notation Floor"]),
        ("a value that is not listed", &[("LetIn", "ignored")], &["value Result"]),
        ("an empty value is no value", &[("LetIn", "")], &["never-filled Result"]),
        (
            "empty values of any kind",
            &[("\"192.0.2.1\"", "null"), ("[\"a\"]", "[]")],
            &["never-filled ClientIP", "never-filled Tags"],
        ),
    ];
    for (name, edits, expected) in table {
        let record = edits.iter().fold(RECORD.to_owned(), |record, (from, to)| record.replace(from, to));
        assert_eq!(found(&[record], None), *expected, "{name}");
    }
}

#[test]
fn a_field_that_some_records_lack_is_not_missing_and_selected_ones_are() {
    let bare = r#"{"OpenedAt":1}"#.to_owned();
    assert_eq!(found(&[RECORD.to_owned(), bare.clone()], None), [] as [&str; 0]);
    assert_eq!(found(std::slice::from_ref(&bare), Some(&["OpenedAt"])), [] as [&str; 0]);
    assert_eq!(found(&[bare], Some(&["OpenedAt", "Floor"])), ["missing Floor"]);
    assert_eq!(found(&["not json".to_owned(), "[1]".to_owned()], None), ["unreadable "]);
}

#[test]
fn hostile_records_take_bounded_memory() {
    let mut profile = Profile::default();
    let wide: Vec<String> = (0..50_000).map(|number| format!("\"f{number}\":\"{number}\"")).collect();
    profile.add(&format!("{{{}}}", wide.join(",")), None);
    profile.add(&format!("{{\"{}\":1}}", "n".repeat(100_000)), None);
    profile.add(&format!("{{\"a\":{}{}}}", "[".repeat(200_000), "]".repeat(200_000)), None);
    for number in 0..10_000 {
        profile.add(&format!("{{\"f1\":\"{number}{}\"}}", "v".repeat(500)), None);
    }
    assert!(profile.fields.len() <= 2000 && profile.other_fields > 48_000);
    assert!(profile.fields.values().all(|field| field.values.len() <= 32));
    let text = serde_json::to_string(&profile).expect("JSON");
    assert_eq!(
        serde_json::from_str::<Profile>(&text).expect("a profile"),
        profile,
        "a profile is read as it was written"
    );
}

#[test]
fn values_that_do_not_come_again_are_not_kept() {
    let mut profile = Profile::default();
    for number in 0..20 {
        profile.add(&format!("{{\"who\":\"user{number}\",\"what\":\"login\"}}"), None);
    }
    profile.forget_values(None);
    assert!(profile.fields["who"].values.is_empty() && profile.fields["who"].open);
    assert_eq!(profile.fields["what"].values, BTreeMap::from([("login".to_owned(), 20)]));
}

/// The profile of records, each as often as is said.
fn profiles(records: &[(&str, u32)]) -> Profiles {
    let mut profile = Profile::default();
    for (record, count) in records {
        (0..*count).for_each(|_| profile.add(record, None));
    }
    profile.forget_values(None);
    Profiles { datasets: BTreeMap::from([("doors".to_owned(), profile)]), unrouted: 0 }
}

#[test]
fn drift_tells_what_changed_the_worst_first() {
    const A: &str = r#"{"Who":"ada","Floor":1,"Result":"in","Old":"x"}"#;
    let table: &[(&str, &[(&str, u32)], &[&str])] = &[
        ("nothing", &[(A, 100)], &[]),
        ("fewer records", &[(A, 3)], &[]),
        ("none", &[], &["dataset-gone "]),
        ("gone", &[(r#"{"Who":"ada","Floor":1,"Result":"in"}"#, 50)], &["field-gone Old"]),
        ("renamed", &[(r#"{"Who":"ada","Floors":1,"Result":"in","Old":"x"}"#, 50)], &["field-renamed Floor"]),
        (
            "another type",
            &[(A, 49), (r#"{"Who":"ada","Floor":"one","Result":"in","Old":"x"}"#, 1)],
            &["type-changed Floor", "value-new Floor"],
        ),
        ("a new value", &[(A, 80), (r#"{"Who":"ada","Floor":1,"Result":"out","Old":"x"}"#, 20)], &["value-new Result"]),
        (
            "null",
            &[(A, 50), (r#"{"Who":null,"Floor":1,"Result":"in","Old":"x"}"#, 50)],
            &["fill-fell Who", "null-rose Who"],
        ),
        ("one of a hundred empty is chance", &[(A, 99), (r#"{"Who":"","Floor":1,"Result":"in","Old":"x"}"#, 1)], &[]),
        (
            "much at once",
            &[(r#"{"Who":["ada"],"Result":"in","Old":"x","Widget":1}"#, 50)],
            &["field-gone Floor", "type-changed Who", "field-new Widget"],
        ),
    ];
    for (name, records, expected) in table {
        let found = drift(&profiles(&[(A, 100)]), &profiles(records), 0.05);
        let found: Vec<String> =
            found.changes.iter().map(|change| format!("{} {}", change.kind.name(), change.field)).collect();
        assert_eq!(found, *expected, "{name}");
    }
}
