//! Detection rules: what `weir rules` says of them, and what `weir run --rules` does.

use crate::weir::Folder;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// A rule that matches one user's records.
fn rule(user: &str) -> String {
    format!(
        "title: About {user}
id: 00000000-0000-4000-8000-000000000001
status: test
logsource: {{product: gate}}
tags: [attack.t1078]
detection:
    selection: {{user.name: {user}}}
    condition: selection
"
    )
}

/// A rule about a field that the format never sets.
const WAITS: &str = "title: Waits
id: 00000000-0000-4000-8000-000000000002
logsource: {product: gate}
detection:
    selection: {process.name: cmd}
    condition: selection
";

const RECORDS: &[u8] = b"{\"who\":\"ada\",\"from\":\"192.0.2.1\"}\n{\"who\":\"bob\"}\n";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("rules/ada.yml", rule("ada"));
    folder.write("rules/waits.yml", WAITS);
    folder
}

#[test]
fn each_rule_can_match_or_says_what_it_waits_for() {
    let folder = folder();
    let ran = folder.run(&["rules", "gates/gate", "--rules", "rules", "--format", "json"]).exits(0);
    let told: Value = serde_json::from_str(&ran.out).expect("JSON");
    let text = told.to_string();
    assert!(text.contains("About ada") && text.contains("Waits") && text.contains("process.name"), "{told:#}");
    let ran = folder.run(&["rules", "gates/gate", "--rules", "rules"]).exits(0);
    assert!(ran.out.contains("process.name"), "{}", ran.out);
    let layer = folder.run(&["rules", "gates/gate", "--rules", "rules", "--navigator"]).exits(0);
    let layer: Value = serde_json::from_str(&layer.out).expect("a layer is JSON");
    assert_eq!(layer["techniques"][0]["techniqueID"], "T1078");
    let pipeline = folder.run(&["rules", "gates/gate", "--pipeline", "--rules", "rules"]).exits(0);
    assert!(pipeline.out.contains("transformations:"), "{}", pipeline.out);
    folder.run(&["rules", "gates/gate", "--rules", "gates/_meta"]).exits(2);
    folder.run(&["rules", "gates/gate", "--rules", "nothing"]).exits(2);
}

#[test]
fn events_carry_the_rules_that_match_and_alerts_have_the_event() {
    let folder = folder();
    let arguments = ["run", "gates/gate", "--rules", "rules", "--alerts", "alerts"];
    let events = folder.pipe(&arguments, RECORDS).exits(0).events();
    assert_eq!(events[0]["rule"], json!({"id": ["00000000-0000-4000-8000-000000000001"], "name": ["About ada"]}));
    assert_eq!(events[0]["threat"]["technique"]["id"], json!(["T1078"]));
    assert_eq!((events[1].get("rule"), events[1].get("threat")), (None, None));
    let alerts = folder.read("alerts");
    let alert: Value = serde_json::from_str(alerts.trim()).expect("one alert");
    assert_eq!((&alert["rule"]["name"], &alert["event"]), (&json!("About ada"), &events[0]));
}

#[test]
fn a_rule_that_cannot_be_used_is_named_and_the_others_hold() {
    let folder = folder();
    folder.write("rules/broken.yml", "title: Broken\nlogsource: {product: gate}\ndetection: {condition: selection}\n");
    let ran = folder.pipe(&["run", "gates/gate", "--rules", "rules"], RECORDS).exits(0);
    assert_eq!(ran.events()[0]["rule"]["name"][0], "About ada");
    assert!(ran.err.contains("broken.yml:") && ran.err.contains("passed over"), "{}", ran.err);
}

#[test]
fn indicators_are_found_in_the_fields_of_their_type() {
    let folder = folder();
    folder.write("feed.txt", "192.0.2.0/24\nevil.example\n");
    let events = folder.pipe(&["run", "gates/gate", "--iocs", "feed.txt"], RECORDS).exits(0).events();
    let enrichments = &events[0]["threat"]["enrichments"];
    assert_eq!(enrichments[0]["matched"]["atomic"], "192.0.2.1", "{enrichments}");
    assert_eq!(events[1].get("threat"), None);
    folder.pipe(&["run", "gates/gate", "--alerts", "alerts"], RECORDS).exits(2);
}

#[test]
fn rules_that_change_hold_from_the_next_record_on() {
    let folder = folder();
    let mut command = folder.weir(&["run", "gates/gate", "-q", "--rules", "rules", "--reload"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a run");
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut names = |who: &str| {
        writeln!(stdin, "{{\"who\":\"{who}\"}}").expect("the pipe is open");
        let mut line = String::new();
        stdout.read_line(&mut line).expect("an event");
        let event: Value = serde_json::from_str(&line).expect("JSON");
        event["rule"]["name"][0].as_str().map(str::to_owned)
    };
    assert_eq!((names("ada").as_deref(), names("bob")), (Some("About ada"), None));
    folder.write("rules/ada.yml", rule("bob"));
    let begun = Instant::now();
    while names("bob").as_deref() != Some("About bob") {
        assert!(begun.elapsed() < Duration::from_secs(60), "the change is seen");
        std::thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(names("ada"), None);
    // What cannot be read takes nobody's place.
    std::fs::remove_file(folder.path("rules/ada.yml")).expect("it is there");
    std::fs::remove_file(folder.path("rules/waits.yml")).expect("it is there");
    std::thread::sleep(Duration::from_millis(5_500));
    assert_eq!(names("bob").as_deref(), Some("About bob"));
    drop(stdin);
    assert!(child.wait().expect("an end").success());
}
