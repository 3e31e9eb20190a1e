//! `weir test --coverage`: what the pairs take, for people, as lcov's tracefile and as Cobertura's XML.

use crate::weir::{Folder, Ran};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::collections::BTreeMap;

/// Line numbers matter here: they are what is claimed.
const PARSER: &str = r#"name: covered
pipeline:
  - name: parsed
    external:
      name: grok.match
      properties:
        input_field: original.message
        pattern: "%{LOGIN}|%{LOGOUT}|%{OTHER}"
        custom_patterns:
          LOGIN: "login %{WORD:user}"
          LOGOUT: "logout %{WORD:user}"
          OTHER: "other"
  - name: fill
    filter: "{{ parsed.message is defined }}"
  - name: never
    filter: "{{ parsed.message.user == 'nobody' }}"
stages:
  fill:
    actions:
      - set:
          event.kind: event
          user.name: "{{ parsed.message.user }}"
          event.code: "{{ parsed.message.code }}"
        filter: "{{ true }}"
      - set: {event.reason: idle}
        filter: "{{ parsed.message.user == 'eve' }}"
      - translate:
        dictionary: {ada: admin, bob: user, "a<b>&\"c": x}
        mapping: {parsed.message.user: user.roles}
        fallback: none
      - delete: [event.code, event.kind]
  never:
    actions:
      - set: {event.action: x}
"#;

/// A format whose pairs take this much: one of three alternatives, one of three keys, and never the entry `never`.
fn covered() -> Folder {
    let folder = Folder::new();
    folder.write("m & \"m\"/f/ingest/parser.yml", PARSER);
    for who in ["ada", "ada"] {
        let name = format!("m & \"m\"/f/tests/{who}.json");
        folder.write(&name, format!("{{\"input\": {{\"message\": \"login {who}\"}}, \"expected\": {{}}}}"));
    }
    folder
}

fn coverage(folder: &Folder, kind: &str) -> Ran {
    folder.run(&["test", "m & \"m\"", &format!("--coverage{kind}")]).exits(1)
}

#[test]
fn people_see_counts_and_each_part_that_is_not_taken_once() {
    let ran = coverage(&covered(), "");
    let (_, shown) = ran.out.split_once("coverage of ").expect("a coverage");
    let file = "m & \"m\"/f/ingest/parser.yml";
    let expected = format!(
        "m & \"m\"/f: 15 of 31 (48 %)
  entries                2 of 3 (66 %)
  pattern alternatives   1 of 3 (33 %)
  filters taken          2 of 4 (50 %)
  filters not taken      2 of 4 (50 %)
  actions                3 of 5 (60 %)
  fields                 3 of 6 (50 %)
  deletions              1 of 2 (50 %)
  translate keys         1 of 3 (33 %)
  translate fallbacks    0 of 1 (0 %)
  {file}:11:20: no message of `parsed` matches the alternative `logout %{{WORD:user}}`
  {file}:12:19: no message of `parsed` matches the alternative `other`
  {file}:14:13: the filter is always true
  {file}:24:17: the filter is always true
  {file}:23:11: `event.code` is never set
  {file}:25:9: an action of `fill` never runs
  {file}:28:34: the key `bob` is never looked up
  {file}:28:45: the key `a<b>&\"c` is never looked up
  {file}:27:9: the fallback is never used
  {file}:31:18: `event.code` never has a value to delete
  {file}:15:5: the entry `never` never runs
"
    );
    assert_eq!(shown, expected);
}

#[test]
fn lcov_counts_lines_and_branches() {
    let ran = coverage(&covered(), "=lcov");
    let record = ran.out.strip_suffix("end_of_record\n").expect("nothing but a record");
    let mut counts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in record.lines() {
        let (key, value) = line.split_once(':').expect("key and value");
        counts.entry(key).or_default().push(value);
    }
    assert_eq!(counts["SF"], ["m & \"m\"/f/ingest/parser.yml"]);
    let taken = |value: &&&str| !value.ends_with(",0") && !value.ends_with(",-");
    for (items, found, hit) in [("DA", "LF", "LH"), ("BRDA", "BRF", "BRH")] {
        assert_eq!(counts[found], [counts[items].len().to_string()]);
        assert_eq!(counts[hit], [counts[items].iter().filter(taken).count().to_string()]);
    }
    assert!(counts["DA"].contains(&"22,1") && counts["DA"].contains(&"23,0"), "{counts:?}");
    assert!(counts["BRDA"].contains(&"14,0,0,1") && counts["BRDA"].contains(&"14,0,1,0"), "{counts:?}");
    let lines: Vec<u32> = counts["DA"].iter().map(|line| number(line.split(',').next())).collect();
    assert!(lines.is_sorted_by(|one, next| one < next), "each line once: {lines:?}");
    assert_eq!(counts["BRDA"].len(), 3 + 2 * 4 + 3, "alternatives, filters both ways, and keys");
}

#[test]
fn branches_that_were_never_reached_have_a_dash() {
    let folder = covered();
    folder.write("m & \"m\"/f/tests/ada.json", "{\"input\": {\"message\": \"?\"}, \"expected\": {}}");
    let ran = coverage(&folder, "=lcov");
    assert!(ran.out.contains("BRDA:10,0,0,-\n") && ran.out.contains("BRDA:16,0,0,0\n"), "{}", ran.out);
}

#[test]
fn cobertura_is_xml_whose_numbers_add_up() {
    let text = coverage(&covered(), "=cobertura").out;
    let elements = elements(&text);
    let of =
        |name: &str| elements.iter().filter(|(element, _)| element == name).map(|(_, has)| has).collect::<Vec<_>>();
    let [whole] = of("coverage")[..] else { unreachable!("one root") };
    let lines = of("line");
    assert_eq!(number(whole.get("lines-valid")), lines.len() as u32);
    assert_eq!(number(whole.get("lines-covered")), lines.iter().filter(|line| line["hits"] != "0").count() as u32);
    let (mut valid, mut hit) = (0, 0);
    for line in lines.iter().filter(|line| line["branch"] == "true") {
        let condition = &line["condition-coverage"];
        let (share, counts) = condition.split_once("% (").expect("a share and counts");
        let (some, all) = counts.trim_end_matches(')').split_once('/').expect("two counts");
        assert_eq!(number(Some(share)), 100 * number(Some(some)) / number(Some(all)), "{condition}");
        (valid, hit) = (valid + number(Some(all)), hit + number(Some(some)));
    }
    assert_eq!((number(whole.get("branches-valid")), number(whole.get("branches-covered"))), (valid, hit));
    for name in ["coverage", "package", "class"] {
        let rate: f64 = of(name)[0]["branch-rate"].parse().expect("a rate");
        assert!((rate - f64::from(hit) / f64::from(valid)).abs() < 1e-4, "{name}: {rate}");
    }
    let class = of("class")[0];
    assert_eq!((&*class["filename"], &*class["name"]), ("m & \"m\"/f/ingest/parser.yml", "m & \"m\"/f"));
}

/// The elements of an XML text, in order, each with its attributes; it is well-formed.
fn elements(text: &str) -> Vec<(String, BTreeMap<String, String>)> {
    let mut reader = Reader::from_str(text);
    let mut found = Vec::new();
    loop {
        match reader.read_event().expect("well-formed XML") {
            Event::Start(element) | Event::Empty(element) => found.push(element_of(&element)),
            Event::Eof => return found,
            _ => {}
        }
    }
}

fn element_of(element: &BytesStart<'_>) -> (String, BTreeMap<String, String>) {
    let name = element.name().as_ref().to_owned();
    let attributes = element.attributes().map(|attribute| {
        let attribute = attribute.expect("an attribute");
        let value = attribute.normalized_value(XmlVersion::Explicit1_0).expect("a value").into_owned();
        (attribute.key.as_ref().to_owned(), value)
    });
    (name, attributes.collect())
}

fn number(text: Option<impl AsRef<str>>) -> u32 {
    text.expect("a number").as_ref().parse().expect("a number")
}

#[test]
fn reports_go_where_they_are_sent_and_several_formats_into_one() {
    let folder = covered();
    folder.write("gates/gate/tests/a.json", "{\"input\": {\"message\": \"{}\"}, \"expected\": {}}");
    let ran = folder.run(&["test", "--coverage=lcov", "--coverage-file", "lcov.info"]).exits(1);
    assert!(ran.out.contains("0 of 2 pairs pass"), "{}", ran.out);
    assert_eq!(folder.read("lcov.info").matches("end_of_record").count(), 2);
    let ran = folder.run(&["test", "--coverage=cobertura"]).exits(1);
    assert!(ran.out.starts_with("<?xml") && ran.out.matches("<package ").count() == 2, "nothing else: {}", ran.out);
    let ran = folder.run(&["test", "--coverage"]).exits(1);
    assert!(ran.out.contains("coverage of all formats: "), "{}", ran.out);
    folder.run(&["test", "--coverage-file", "x"]).exits(2);
    folder.run(&["test", "--coverage=html"]).exits(2);
    folder.run(&["test", "--coverage=lcov", "--coverage-file", "no/such/folder"]).exits(2);
}

#[test]
fn a_format_of_which_nothing_compiles_has_no_coverage_and_fails() {
    let folder = covered();
    folder.write("m & \"m\"/f/ingest/parser.yml", "name: x\n");
    let ran = coverage(&folder, "=lcov");
    assert_eq!(ran.out, "");
}

#[test]
fn what_compiles_of_a_format_is_covered_and_the_format_fails() {
    let folder = covered();
    folder.write("m & \"m\"/f/ingest/parser.yml", "name: x\npipeline:\n  - name: nothing\n");
    let ran = coverage(&folder, "=lcov");
    assert!(ran.out.contains("\nDA:3,1\nLF:1\nLH:1\n"), "{}", ran.out);
}
