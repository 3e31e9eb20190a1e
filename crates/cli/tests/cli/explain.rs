//! `weir explain`: claims in `tests/explained/*.toml`, and what they leave: which record is explained, and hostile ones.

use crate::snapshots::kept_in;
use crate::weir::{BROKEN_ENTRY, Folder, PARSER, workspace};
use insta::assert_snapshot;
use serde::Deserialize;
use std::fmt::Write;
use std::fs;

/// A format and what is asked of it.
#[derive(Deserialize)]
struct Table {
    about: String,
    parser: String,
    #[serde(default)]
    fields: String,
    explain: Vec<Question>,
}

/// One event, and the field that is asked for.
#[derive(Deserialize)]
struct Question {
    claim: String,
    event: String,
    field: Option<String>,
    now: Option<String>,
    #[serde(default)]
    exit: i32,
}

#[test]
fn every_claim_is_explained_as_recorded() {
    let mut names = Vec::new();
    for entry in fs::read_dir(workspace().join("crates/cli/tests/explained")).expect("claims") {
        let path = entry.expect("a file").path();
        let table: Table = toml::from_str(&fs::read_to_string(&path).expect("a table")).expect("claims");
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        kept_in("explain").bind(|| assert_snapshot!(&*name, answers(&table)));
        names.push(name);
    }
    assert!(names.len() > 1, "{names:?}");
}

fn answers(table: &Table) -> String {
    let folder = Folder::new();
    folder.write("format/ingest/parser.yml", table.parser.trim_start());
    folder.write("format/_meta/fields.yml", table.fields.trim_start());
    let mut out = format!("{}\n", table.about);
    for Question { claim, event, field, now, exit } in &table.explain {
        let mut arguments = vec!["explain", "format", "--input", "events"];
        arguments.extend(field.iter().flat_map(|field| ["--field", field]));
        arguments.extend(now.iter().flat_map(|now| ["--now", now]));
        let ran = folder.pipe(&arguments, event.as_bytes()).exits(*exit);
        assert_eq!(ran.err, "", "{claim}");
        let _ = write!(out, "\n# {claim}\n{}", ran.out);
    }
    out
}

#[test]
fn the_record_is_the_one_that_is_counted_to() {
    let folder = Folder::new();
    folder.write("records", "{\"who\":\"ada\"}\n\n  \n{\"who\":\"bob\"}\n{\"who\":\"eve\"}");
    for (number, who) in [("1", "ada"), ("2", "bob"), ("3", "eve")] {
        let ran = folder.run(&["explain", "gates/gate", "records", "--record", number, "-f", "user.name"]).exits(0);
        assert!(ran.out.starts_with(&format!("user.name = \"{who}\"\n")), "{}", ran.out);
    }
    let ran = folder.run(&["explain", "gates/gate", "records", "--record", "4"]).exits(2);
    assert!(ran.err.contains("records has 3 records; there is no record 4"), "{}", ran.err);
    folder.run(&["explain", "gates/gate", "records", "--record", "0"]).exits(2);
    folder.run(&["explain", "gates/gate", "nowhere"]).exits(2);
    let ran = folder.pipe(&["explain", "gates/gate"], b"").exits(2);
    assert!(ran.err.contains("standard input has no records"), "{}", ran.err);
}

#[test]
fn a_recorded_pair_is_an_event_and_other_json_is_lines() {
    let folder = Folder::new();
    let input = "{\"input\": {\"message\": \"{\\\"who\\\":\\\"ada\\\"}\", \"note\": \"n\"}";
    for (name, text) in [("a.json", format!("{input}, \"expected\": {{}}}}")), ("b.json", format!("{input}}}"))] {
        folder.write(name, text);
        let ran = folder.run(&["explain", "gates/gate", name, "--field", "gate.note"]).exits(0);
        assert!(ran.out.starts_with("gate.note = \"n\"\n"), "{}", ran.out);
    }
    folder.write("c.json", "{\"who\":\"bob\"}\n{\"who\":\"eve\"}\n");
    let ran = folder.run(&["explain", "gates/gate", "c.json", "--record", "2", "-f", "user.name"]).exits(0);
    assert!(ran.out.starts_with("user.name = \"eve\"\n"), "{}", ran.out);
}

#[test]
fn a_format_that_does_not_compile_is_told_about() {
    let folder = Folder::new();
    folder.write("broken/ingest/parser.yml", "name: x\n");
    let ran = folder.pipe(&["explain", "broken"], b"x\n").exits(2);
    assert!(ran.err.contains("error["), "{}", ran.err);
    assert_eq!(ran.out, "");
    folder.write("broken/ingest/parser.yml", format!("{}\n", PARSER.replace("pipeline:\n", BROKEN_ENTRY)));
    let ran = folder.pipe(&["explain", "broken"], b"{\"who\":\"ada\"}\n").exits(0);
    assert!(ran.err.contains("error[unknown-stage]: there is no stage `nothing`"), "{}", ran.err);
    assert!(
        ran.out.starts_with("  1 nothing  parser.yml:4:5\n      left out: there is no stage `nothing`\n  2 parsed"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("  left out nothing: there is no stage `nothing`\n"), "{}", ran.out);
    assert!(ran.out.contains("          user.name = \"ada\"\n"), "{}", ran.out);
}

#[test]
fn huge_values_are_cut_and_nothing_in_them_reaches_the_terminal() {
    let folder = Folder::new();
    let record = format!(r#"{{"who":"{}","from":"\u001b[2J\u009b","tags":["\u001b]0;x"]}}"#, "é".repeat(1 << 20));
    for arguments in [&["explain", "gates/gate"][..], &["explain", "gates/gate", "-f", "source.ip"]] {
        let ran = folder.pipe(arguments, record.as_bytes()).exits(0);
        assert!(ran.out.len() < 10_000, "{}", ran.out.len());
        assert!(!ran.out.contains(|letter: char| letter.is_control() && letter != '\n'), "{}", ran.out);
    }
    let ran = folder.pipe(&["explain", "gates/gate", "-f", "\u{1b}[2J"], record.as_bytes()).exits(2);
    assert!(!ran.out.contains('\u{1b}'), "{}", ran.out);
}

#[test]
fn a_record_that_is_too_long_is_said_to_be() {
    let record = vec![b'x'; (16 << 20) + 1];
    let ran = Folder::new().pipe(&["explain", "gates/gate", "-f", "event.kind"], &record).exits(0);
    assert!(ran.out.contains("did not run; the run had failed before: the record has 16777217 bytes"), "{}", ran.out);
}

#[test]
fn colours_are_for_those_who_ask() {
    let folder = Folder::new();
    let plain = folder.pipe(&["explain", "gates/gate"], b"{}").exits(0).out;
    assert!(!plain.contains('\u{1b}'));
    let coloured = folder.pipe(&["explain", "gates/gate", "--color", "always"], b"{}").exits(0).out;
    assert!(coloured.contains("\u{1b}[33mnot set\u{1b}[0m"), "{coloured}");
}

/// What an explanation claims of a field is what the run does with it.
#[test]
fn what_is_explained_is_what_runs() {
    let folder = Folder::new();
    let spec = "name: paths\npipeline:\n  - name: parsed\n    external:\n      name: json.parse-json\n  - name: set\nstages:\n  \
                set:\n    actions:\n      - set:\n          server.address: \"{{parsed.message.a}}\"\n          server.domain: \
                \"{{parsed.message.d}}\"\n          server.ip: \"{{parsed.message.i}}\"\n          url.full: \
                \"{{parsed.message.u}}\"\n          user.name: \"{{parsed.message.n}}\"\n      - delete:\n          - \
                server.address\n          - user.name\n";
    folder.write("paths/ingest/parser.yml", spec);
    for record in [
        r#"{"a":"s.example.org","d":"s.example.org","i":"192.0.2.88"}"#,
        r#"{"a":"192.0.2.88","n":"kim"}"#,
        r#"{"i":"192.0.2.88","u":"https://w.example.org/p?q"}"#,
        "{}",
    ] {
        let event = folder.pipe(&["run", "paths", "-q"], record.as_bytes()).exits(0).events().remove(0);
        for field in
            ["server.address", "server.domain", "related.ip", "related.hosts", "related.user", "url.port", "user.name"]
        {
            let explained = folder.pipe(&["explain", "paths", "-f", field], record.as_bytes()).out;
            let (first, rest) = explained.split_once('\n').expect("a line");
            match field.split('.').try_fold(&event, |event, key| event.get(key)) {
                None => {
                    assert_eq!(first, format!("{field} is missing"), "{record}");
                    assert!(!rest.contains(" sets it: ") && !rest.contains(", inferred by "), "{record}: {explained}");
                }
                Some(value) => {
                    assert_eq!(first, format!("{field} = {value}"), "{record}");
                    assert!(!rest.contains("did not set it"), "{record}: {explained}");
                }
            }
        }
    }
    let both = r#"{"d":"s.example.org","u":"https://w.example.org/p?q"}"#;
    let ran = folder.pipe(&["explain", "paths", "-f", "related.hosts"], both.as_bytes()).exits(0);
    assert!(
        ran.out.contains("server.domain = ") && !ran.out.contains("url.domain = "),
        "only what it has: {}",
        ran.out
    );
    let ran = folder.pipe(&["explain", "paths", "-f", "url.port"], both.as_bytes()).exits(0);
    assert!(ran.out.contains("url.full = ") && !ran.out.contains("      url.domain = "), "not its own: {}", ran.out);
}
