//! `weir run`: options, outputs and exit codes.

use crate::weir::{BROKEN_ENTRY, Folder, json_lines};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;

const RECORDS: &str =
    "{\"who\":\"ada\",\"from\":\"192.0.2.1\",\"n\":7}\nnot json\n{\"who\":\"bob\",\"from\":\"nowhere\"}\n";

#[test]
fn each_record_is_one_event_in_order_whether_it_fails_or_not() {
    let ran = Folder::new().pipe(&["run", "gates/gate"], RECORDS.as_bytes()).exits(0);
    let events = ran.events();
    assert_eq!(events.len(), 3);
    assert_eq!(events[0]["user"]["name"], "ada");
    assert_eq!(events[0]["gate"], json!({"count": 7}), "the module's field and no other");
    assert_eq!(events[0]["related"]["ip"], json!(["192.0.2.1"]));
    assert_eq!(events[1]["message"], "not json");
    assert!(events[1]["sekoiaio"]["intake"]["parsing_error"].is_string());
    assert_eq!(events[2]["user"]["name"], "bob");
    assert_eq!(events[2].get("source"), None, "`nowhere` is no address");
    assert!(ran.err.contains("3 records, 1 failed, 1 partial (left out: 1 cast); "), "{}", ran.err);
}

#[test]
fn the_format_is_a_folder_or_its_parser_from_anywhere() {
    let folder = Folder::new();
    let whole = folder.pipe(&["run", "gates/gate", "-q"], RECORDS.as_bytes()).exits(0).out;
    for (from, format) in [
        (".", "gates/gate/ingest/parser.yml"),
        (".", "./gates/gate/"),
        ("gates/gate", "."),
        ("gates/gate/ingest", "parser.yml"),
        ("gates", "gate/ingest/../ingest/parser.yml"),
    ] {
        folder.write("records", RECORDS);
        let mut command = folder.weir(&["run", format, "-q"]);
        let output = command.current_dir(folder.path(from)).arg(folder.path("records")).output().expect("a run");
        assert_eq!(String::from_utf8_lossy(&output.stdout), whole, "{format} from {from}: {output:?}");
    }
}

#[test]
fn a_parser_without_a_format_around_it_runs() {
    let folder = Folder::new();
    folder.write("alone.yml", crate::weir::PARSER);
    let events = folder.pipe(&["run", "alone.yml"], RECORDS.as_bytes()).exits(0).events();
    assert_eq!(events[0]["user"]["name"], "ada");
    assert_eq!(events[0]["gate"].get("count"), None, "nothing declares the format's own fields");
}

#[test]
fn strict_runs_exit_with_one_where_a_record_failed_was_not_read_or_lost_a_value() {
    let folder = Folder::new();
    let whole = "{\"who\":\"ada\"}\n";
    folder.pipe(&["run", "gates/gate", "--strict"], whole.as_bytes()).exits(0);
    for bad in ["not json", "[3]", "{}", "{\"who\":\"bob\",\"from\":\"nowhere\"}", "{\"other\":1}"] {
        let records = format!("{whole}{bad}\n{whole}");
        folder.pipe(&["run", "gates/gate", "--strict"], records.as_bytes()).exits(1);
        folder.pipe(&["run", "gates/gate"], records.as_bytes()).exits(0);
    }
}

#[test]
fn records_of_which_nothing_is_read_are_counted_told_and_written_apart() {
    let folder = Folder::new();
    let records = "[{\"who\":\"ada\"},{\"who\":\"bob\"}]\n\"who\"\n-7.5\nnull\ntrue\n{ }\n{\"unheard\":\"of\"}\n{\"who\":\"ada\"}\n";
    for flags in [&["--threads", "1"][..], &["--threads", "3"], &["--meta"]] {
        let arguments = [&["run", "gates/gate", "--errors", "apart.ndjson"][..], flags].concat();
        let ran = folder.pipe(&arguments, records.as_bytes()).exits(0);
        assert_eq!(ran.events().len(), 8);
        assert!(ran.err.contains("8 records, 0 failed, 7 not read, 0 partial; "), "{}", ran.err);
        for line in [
            "\n  unread: record 1 (standard input) and 4 more like it: the record is a JSON list, not an object; --records '$[*]' ",
            "\n  unread: record 6 (standard input): the record is an empty JSON object",
            "\n  unread: record 7 (standard input): the event has only the message of the record",
        ] {
            assert!(ran.err.contains(line), "{line}\n--\n{}", ran.err);
        }
        let apart = json_lines(&folder.read("apart.ndjson"));
        let codes: Vec<&str> = apart.iter().filter_map(|one| one["code"].as_str()).collect();
        let no_object = "not-an-object";
        assert_eq!(codes, [no_object, no_object, no_object, no_object, no_object, "empty-object", "nothing-read"]);
        assert_eq!((&apart[3]["record"], &apart[3]["status"]), (&json!(4), &json!("unread")));
        assert_eq!((&apart[3]["message"], &apart[3]["file"]), (&json!("null"), &json!("-")));
    }
    let items = ["run", "gates/gate", "--strict", "--records", "$[*]"];
    let ran = folder.pipe(&items, records.lines().next().expect("a list").as_bytes()).exits(0);
    assert_eq!(ran.events().len(), 2, "as the hint says");
    // A format of plain text may read a number.
    let words = "name: words\npipeline:\n  - name: word\n    external:\n      name: grok.match\n      properties:\n        \
                 pattern: \"%{WORD:w}\"\n  - name: set\nstages:\n  set:\n    actions:\n      - set:\n          user.name: \
                 \"{{word.message.w}}\"\n";
    folder.write("words/ingest/parser.yml", words);
    let ran = folder.pipe(&["run", "words", "--errors", "apart.ndjson"], b"42\n\"a b\"\nada\n").exits(0);
    let apart = json_lines(&folder.read("apart.ndjson"));
    assert_eq!((apart.len(), &apart[0]["message"]), (1, &json!("\"a b\"")), "{}", ran.err);
}

#[test]
fn what_a_partial_event_lacks_is_told_and_written_apart() {
    let folder = Folder::new();
    let record = "{\"who\":\"eve\",\"from\":\"nowhere\",\"n\":\"many\"}\n";
    let records = format!("{{\"who\":\"ada\"}}\n{}", record.repeat(30));
    let ran = folder.pipe(&["run", "gates/gate", "--errors", "apart.ndjson"], records.as_bytes()).exits(0);
    assert!(ran.err.contains("31 records, 0 failed, 30 partial (left out: 60 cast); "), "{}", ran.err);
    let line = "\n  partial: record 2 (standard input) and 29 more like it: ";
    assert!(ran.err.contains(line), "{}", ran.err);
    let apart = json_lines(&folder.read("apart.ndjson"));
    assert_eq!(apart.len(), 30);
    let fields: Vec<&Value> =
        apart[0]["left_out"].as_array().expect("a list").iter().map(|one| &one["field"]).collect();
    assert_eq!(fields, ["source.ip", "gate.count"].map(Value::from).iter().collect::<Vec<_>>(), "{}", apart[0]);
    assert_eq!((&apart[29]["record"], &apart[29]["status"]), (&json!(31), &json!("partial")));
    assert!(apart[0]["reason"].is_string() && apart[0]["message"].is_string(), "{}", apart[0]);
}

#[test]
fn of_many_kinds_of_trouble_the_first_are_told() {
    let folder = Folder::new();
    let actions: String =
        (0..12).map(|n| format!("      - set:\n          gate.n{n}: \"{{{{parsed.message.n{n}}}}}\"\n")).collect();
    let fields: String = (0..12).map(|n| format!("gate.n{n}:\n  name: gate.n{n}\n  type: long\n")).collect();
    folder.write("gates/gate/ingest/parser.yml", format!("{}{actions}", crate::weir::PARSER));
    folder.write("gates/gate/_meta/fields.yml", format!("{}{fields}", crate::weir::FIELDS));
    let records: String = (0..12).map(|n| format!("{{\"n{n}\":\"x\"}}\n")).collect();
    let ran = folder.pipe(&["run", "gates/gate"], records.as_bytes()).exits(0);
    assert_eq!(ran.err.matches("\n  partial: record ").count(), 8, "{}", ran.err);
    assert!(ran.err.ends_with("\n  and 4 records of other kinds\n"), "{}", ran.err);
}

#[test]
fn an_output_that_is_there_is_replaced_when_the_new_one_is_whole() {
    let folder = Folder::new();
    folder.write("out.ndjson", "kept");
    folder.write("bad.yml", "name: x\npipeline: 3\n");
    folder.pipe(&["run", "bad.yml", "-o", "out.ndjson"], RECORDS.as_bytes()).exits(2);
    assert_eq!(folder.read("out.ndjson"), "kept", "nothing ran");
    let ran =
        folder.pipe(&["run", "gates/gate", "-o", "out.ndjson", "--errors", "/dev/full"], RECORDS.as_bytes()).exits(2);
    assert!(ran.err.contains("cannot write /dev/full"), "{}", ran.err);
    assert_eq!(folder.read("out.ndjson"), "kept", "the other output was full");
    folder.pipe(&["run", "gates/gate", "-o", "out.ndjson"], RECORDS.as_bytes()).exits(0);
    assert_eq!(json_lines(&folder.read("out.ndjson")).len(), 3);
}

#[test]
fn quiet_runs_say_nothing() {
    let ran = Folder::new().pipe(&["run", "gates/gate", "--quiet"], RECORDS.as_bytes()).exits(0);
    assert_eq!(ran.err, "");
}

#[test]
fn meta_adds_an_id_of_its_own_and_what_the_run_says_to_each_event() {
    let folder = Folder::new();
    let events = folder.pipe(&["run", "gates/gate", "--meta"], RECORDS.as_bytes()).exits(0).events();
    let statuses: Vec<&Value> = events.iter().map(|event| &event["sekoiaio"]["intake"]["parsing_status"]).collect();
    assert_eq!(statuses, ["success", "failure", "success"]);
    let ids: std::collections::BTreeSet<&str> =
        events.iter().filter_map(|event| event["event"]["id"].as_str()).collect();
    assert_eq!(ids.len(), 3);
    assert!(ids.iter().all(|id| id.len() == 36 && &id[14..15] == "4"), "{ids:?}");
    let plain = folder.pipe(&["run", "gates/gate"], RECORDS.as_bytes()).exits(0).events();
    assert_eq!(plain[0]["event"].get("id"), None);
    assert_eq!(plain[0].get("sekoiaio"), None);
}

#[test]
fn failed_records_are_written_apart_too() {
    let folder = Folder::new();
    folder.write("a", RECORDS);
    folder.write("b", "{\n");
    let ran = folder.run(&["run", "gates/gate", "a", "b", "--errors", "failed.ndjson"]).exits(0);
    assert_eq!(ran.events().len(), 4);
    let failed = json_lines(&folder.read("failed.ndjson"));
    let statuses: Vec<&Value> = failed.iter().map(|one| &one["status"]).collect();
    assert_eq!(statuses, ["failed", "partial", "failed"]);
    let failed = [&failed[0], &failed[2]];
    let keys: Vec<&String> = failed[0].as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["record", "file", "status", "stage", "code", "reason", "message"]);
    assert_eq!((&failed[0]["record"], &failed[0]["file"]), (&json!(2), &json!("a")));
    assert_eq!((&failed[0]["stage"], &failed[0]["message"]), (&json!("parsed"), &json!("not json")));
    assert_eq!(failed[0]["code"], "parse");
    assert_eq!((&failed[1]["record"], &failed[1]["file"]), (&json!(4), &json!("b")));
}

#[test]
fn pretty_events_have_a_line_for_each_field_and_say_the_same() {
    let folder = Folder::new();
    let plain = folder.pipe(&["run", "gates/gate", "-q"], b"{\"who\":\"a\\\"{b\"}").exits(0);
    let pretty = folder.pipe(&["run", "gates/gate", "-q", "--pretty"], b"{\"who\":\"a\\\"{b\"}").exits(0);
    assert!(pretty.out.contains("\n  \"user\": {\n    \"name\": \"a\\\"{b\"\n  }"), "{}", pretty.out);
    let read: Value = serde_json::from_str(&pretty.out).expect("JSON");
    assert_eq!(vec![read], plain.events());
}

#[test]
fn events_go_to_a_file_if_one_is_named() {
    let folder = Folder::new();
    let ran = folder.pipe(&["run", "gates/gate", "-o", "out.ndjson"], RECORDS.as_bytes()).exits(0);
    assert_eq!(ran.out, "");
    assert_eq!(json_lines(&folder.read("out.ndjson")).len(), 3);
}

#[test]
fn a_file_that_is_read_is_never_written() {
    let folder = Folder::new();
    folder.write("records", RECORDS);
    std::fs::hard_link(folder.path("records"), folder.path("linked")).expect("a link");
    for arguments in [
        &["run", "gates/gate", "records", "--output", "records"][..],
        &["run", "gates/gate", "records", "--output", "./gates/../records"],
        &["run", "gates/gate", "records", "--output", "linked"],
        &["run", "gates/gate", "records", "--errors", "linked"],
    ] {
        let ran = folder.run(arguments).exits(2);
        assert!(ran.err.contains("same file"), "{}", ran.err);
        assert_eq!(folder.read("records"), RECORDS);
    }
    let input = std::fs::File::open(folder.path("records")).expect("the records");
    let output = std::fs::OpenOptions::new().append(true).open(folder.path("records")).expect("the records");
    let status = folder.weir(&["run", "gates/gate"]).stdin(input).stdout(output).status().expect("a run");
    assert_eq!(status.code(), Some(2), "by redirection too");
    assert_eq!(folder.read("records"), RECORDS);
}

#[test]
fn the_two_outputs_are_two_files() {
    let folder = Folder::new();
    folder.write("out", "kept");
    folder.pipe(&["run", "gates/gate", "-o", "out", "--errors", "out"], RECORDS.as_bytes()).exits(2);
    assert_eq!(folder.read("out"), "kept");
    folder.pipe(&["run", "gates/gate", "-o", "new", "--errors", "./new"], RECORDS.as_bytes()).exits(2);
}

#[test]
fn unusable_formats_and_files_exit_with_two() {
    let folder = Folder::new();
    folder.run(&["run"]).exits(2);
    folder.run(&["run", "nowhere"]).exits(2);
    let ran = folder.run(&["run", "gates"]).exits(2);
    assert!(ran.err.contains("is a module of 1"), "{}", ran.err);
    for nothing in ["name: x\n", "pipeline: [\n", ""] {
        folder.write("broken/ingest/parser.yml", nothing);
        let ran = folder.pipe(&["run", "broken"], b"x\n").exits(2);
        assert!(ran.err.contains("error[") && ran.err.contains("broken/ingest/parser.yml"), "{}", ran.err);
        assert_eq!(ran.out, "");
    }
    folder.pipe(&["run", "gates/gate", "-o", "no/such/folder"], b"x\n").exits(2);
}

#[test]
fn a_stream_keeps_its_events_where_an_entry_is_broken() {
    let folder = Folder::new();
    folder.write("broken/ingest/parser.yml", crate::weir::PARSER.replace("pipeline:\n", BROKEN_ENTRY));
    for threads in ["1", "3"] {
        let arguments = ["run", "broken", "--errors", "apart.ndjson", "--threads", threads];
        let ran = folder.pipe(&arguments, RECORDS.as_bytes()).exits(0);
        let events = ran.events();
        let names: Vec<&Value> = events.iter().map(|event| &event["user"]["name"]).collect();
        assert_eq!(names, [&json!("ada"), &Value::Null, &json!("bob")], "what the other entries read is there");
        assert!(events[1]["sekoiaio"]["intake"]["parsing_error"].is_string(), "{}", events[1]);
        assert!(ran.err.contains("error[unknown-stage]: there is no stage `nothing`"), "{}", ran.err);
        assert!(ran.err.contains("broken/ingest/parser.yml:4:11"), "{}", ran.err);
        let summary = "3 records, 1 failed, 2 partial (left out: 1 cast, 2 unsupported); ";
        assert!(ran.err.contains(summary), "{}", ran.err);
        assert!(
            ran.err.contains("\n  partial: record 1 (standard input) and 1 more like it: nothing: "),
            "{}",
            ran.err
        );
        let apart = json_lines(&folder.read("apart.ndjson"));
        let statuses: Vec<&Value> = apart.iter().map(|one| &one["status"]).collect();
        assert_eq!(statuses, ["partial", "failed", "partial"]);
        assert_eq!((&apart[0]["stage"], &apart[0]["code"]), (&json!("nothing"), &json!("unsupported")));
    }
    let whole = "{\"who\":\"ada\"}\n";
    folder.pipe(&["run", "broken", "--strict"], whole.as_bytes()).exits(1);
    assert_eq!(folder.pipe(&["run", "broken", "-q"], whole.as_bytes()).exits(0).events().len(), 1);
}

#[test]
fn nothing_runs_where_errors_are_denied() {
    let folder = Folder::new();
    folder.write("broken/ingest/parser.yml", crate::weir::PARSER.replace("pipeline:\n", BROKEN_ENTRY));
    folder.write("out.ndjson", "kept");
    let ran = folder.pipe(&["run", "broken", "--deny-errors", "-o", "out.ndjson"], RECORDS.as_bytes()).exits(2);
    assert!(ran.err.contains("error[unknown-stage]: there is no stage `nothing`"), "{}", ran.err);
    assert_eq!((&*ran.out, &*folder.read("out.ndjson")), ("", "kept"), "not even for the records before");
    assert!(!ran.err.contains(" records, "), "{}", ran.err);
    assert_eq!(folder.pipe(&["run", "gates/gate", "--deny-errors"], RECORDS.as_bytes()).exits(0).events().len(), 3);
}

#[test]
fn a_file_that_cannot_be_read_does_not_keep_the_others_from_running() {
    let folder = Folder::new();
    folder.write("records", RECORDS);
    let ran = folder.run(&["run", "gates/gate", "nowhere", "records", "gates"]).exits(2);
    assert_eq!(ran.events().len(), 3);
    assert!(ran.err.contains("cannot read nowhere") && ran.err.contains("cannot read gates"), "{}", ran.err);
}

#[test]
fn warnings_about_the_format_are_counted_and_do_not_keep_it_from_running() {
    let folder = Folder::new();
    folder.write("odd/ingest/parser.yml", format!("{}\nstagse: {{}}\n", crate::weir::PARSER));
    let ran = folder.pipe(&["run", "odd"], RECORDS.as_bytes()).exits(0);
    assert_eq!(ran.events().len(), 3);
    assert!(ran.err.contains("weir check odd/ingest/parser.yml"), "{}", ran.err);
}

#[test]
fn a_reader_that_has_enough_is_no_error() {
    let folder = Folder::new();
    folder.write("records", RECORDS.repeat(20_000));
    let mut command = folder.weir(&["run", "gates/gate", "records"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a run");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("an event");
    assert!(line.contains("ada"));
    let mut err = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut err).expect("text");
    assert_eq!((child.wait().expect("an end").code(), &*err), (Some(0), ""));
}

#[test]
fn events_come_out_while_the_input_is_still_open() {
    let folder = Folder::new();
    let mut command = folder.weir(&["run", "gates/gate", "-q"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a run");
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    for who in ["{\"who\":\"ada\"}", "1", "{\"who\":\"eve\"}"] {
        writeln!(stdin, "{who}").expect("the pipe is open");
        let mut line = String::new();
        stdout.read_line(&mut line).expect("an event");
        assert_eq!(line.matches("\"message\"").count(), 1, "{line}");
    }
    drop(stdin);
    assert!(child.wait().expect("an end").success());
}

#[test]
fn incomplete_dates_are_read_against_the_time_that_is_given() {
    let folder = Folder::new();
    let parser = "name: dates\npipeline:\n  - name: date\n    external:\n      name: date.parse\n      properties:\n        \
                  input_field: original.message\n        output_field: at\n        format: \"%b %d %H:%M\"\n  - name: set\n\
                  stages:\n  set:\n    actions:\n      - set:\n          \"@timestamp\": \"{{date.at}}\"\n";
    folder.write("dates/ingest/parser.yml", parser);
    let ran = folder.pipe(&["run", "dates", "--now", "2031-05-01T00:00:00Z"], b"Feb 03 04:05\n").exits(0);
    assert_eq!(ran.events()[0]["@timestamp"], "2031-02-03T04:05:00Z");
    folder.pipe(&["run", "dates", "--now", "yesterday"], b"").exits(2);
}

#[test]
fn the_plan_is_printed() {
    let folder = Folder::new();
    let ran = folder.run(&["plan", "gates/gate"]).exits(0);
    assert!(ran.out.starts_with("format gate\n") && ran.out.contains("set_fields"), "{}", ran.out);
    folder.run(&["plan", "nowhere"]).exits(2);
}

#[test]
fn what_compiles_of_a_format_is_planned_measured_and_documented() {
    let folder = Folder::new();
    folder.write("broken/ingest/parser.yml", crate::weir::PARSER.replace("pipeline:\n", BROKEN_ENTRY));
    folder.write("none/ingest/parser.yml", "name: x\n");
    folder.write("records", "{\"who\":\"ada\"}\n");
    for (arguments, told) in [
        (&["plan"][..], "set user.name = parsed.message.who"),
        (&["bench", "records", "--seconds", "0", "--no-instructions"], "set_fields"),
        (&["docs"], "| `user.name` |"),
    ] {
        let of = |format| [&arguments[..1], &[format], &arguments[1..]].concat();
        let ran = folder.run(&of("broken")).exits(0);
        assert!(ran.out.contains(told), "{}", ran.out);
        assert!(ran.err.contains("error[unknown-stage]: there is no stage `nothing`"), "{}", ran.err);
        let ran = folder.run(&of("none")).exits(2);
        assert!(ran.out.is_empty() && ran.err.contains("error["), "{ran:?}");
    }
}
