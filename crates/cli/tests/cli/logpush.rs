//! `weir logpush`: requests as they are printed, and as they are sent over a real socket to a strict stand-in.

use crate::stand_in::{ACCOUNT, Dataset, StandIn, TOKEN, ZONE};
use crate::weir::{Folder, Ran, binary, workspace};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use weir::diagnostic::{Diagnostics, SourceId};
use weir_dataset::{Contract, read_contract};
use weir_logpush::Scope;

const KEY: &str = "geheim+/=";
const URL: &str = "https://intake.example.com/plain/batch";
const HEADER: &str = "header_X-SEKOIAIO-INTAKE-KEY";

fn format(name: &str) -> String {
    workspace().join("specs/cloudflare").join(name).display().to_string()
}

fn contracts() -> Vec<Contract> {
    let folders = fs::read_dir(workspace().join("specs/cloudflare")).expect("the formats are there");
    let paths = folders.map(|entry| entry.expect("a readable folder").path().join("dataset.yml"));
    let texts = paths.filter(|path: &PathBuf| path.is_file()).map(|path| fs::read_to_string(path).expect("text"));
    let read = |text: String| read_contract(&text, SourceId(0), &mut Diagnostics::new()).expect("a contract");
    texts.map(read).collect()
}

fn server() -> StandIn {
    let dataset = |contract: Contract| Dataset {
        scope: Scope::of(&contract).expect("a scope").name(),
        name: contract.name,
        fields: contract.fields.into_iter().map(|field| field.name).collect(),
    };
    StandIn::with(&contracts().into_iter().map(dataset).collect::<Vec<_>>())
}

/// The command, with key and token in the environment.
fn command(arguments: &[&str]) -> Command {
    let mut command = binary(&[&["logpush"], arguments].concat());
    command.env("CLOUDFLARE_API_TOKEN", TOKEN).env("KEY", KEY).env_remove("INTAKE_KEY");
    command
}

/// Runs the command; whatever it says, it says no secret, unless it was asked to.
fn run(arguments: &[&str]) -> Ran {
    let ran = Ran::of(command(arguments).output().expect("the binary runs"));
    if !arguments.contains(&"--show-key") {
        let said = format!("{}{}", ran.out, ran.err);
        assert!(!said.contains(TOKEN) && !said.contains("geheim"), "{said}");
    }
    ran
}

fn ask(server: &StandIn, arguments: &[&str]) -> Ran {
    let api = server.api();
    run(&[arguments, &["--api", &api]].concat())
}

fn json_of(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).expect("JSON")
}

#[test]
fn a_request_is_printed_with_a_placeholder_for_the_key() {
    let job =
        ["job", &format("access_requests"), "--account", ACCOUNT, "--destination", "https://a.example/p?x=%20&y=1"];
    let request = json_of(&run(&job).exits(0));
    assert_eq!(request["method"], "POST");
    assert_eq!(request["url"], format!("https://api.cloudflare.com/client/v4/accounts/{ACCOUNT}/logpush/jobs"));
    let conf = |arguments: &[&str]| {
        let ran = run(&[&job[..], arguments].concat()).exits(0);
        (json_of(&ran)["body"]["destination_conf"].as_str().expect("text").to_owned(), ran.err)
    };
    let at = "https://a.example/p?x=%20&y=1";
    assert_eq!(conf(&[]).0, format!("{at}&{HEADER}=$INTAKE_KEY"));
    assert_eq!(conf(&["--key", KEY]).0, format!("{at}&{HEADER}=$INTAKE_KEY"));
    let (shown, said) = conf(&["--key-env", "KEY", "--header", "X-Key"]);
    assert_eq!(shown, format!("{at}&header_X-Key=$KEY"));
    assert!(said.contains("$KEY must hold it encoded"), "{said}");
    assert_eq!(conf(&["--key-env", "KEY", "--show-key"]).0, format!("{at}&{HEADER}=geheim%2B%2F%3D"));
    assert_eq!(conf(&["--no-key"]).0, at);
    assert_eq!(request["body"]["output_options"]["field_names"].as_array().map(Vec::len), Some(15));
}

#[test]
fn keys_in_the_destination_itself_are_hidden_too() {
    let destination = format!("https://a.example/?t=1&intake_key=geheim&{HEADER}=geheim");
    let job = ["job", &format("dns_logs"), "--zone", ZONE, "--destination", &destination];
    let conf = |ran: &Ran| json_of(ran)["body"]["destination_conf"].clone();
    assert_eq!(conf(&run(&job).exits(0)), format!("https://a.example/?t=1&intake_key=***&{HEADER}=***"));
    assert_eq!(conf(&run(&[&job[..], &["--show-key"]].concat()).exits(0)), destination);
    let twice = run(&[&job[..], &["--key-env", "KEY"]].concat()).exits(2);
    assert!(twice.err.contains("already"), "{}", twice.err);
}

#[test]
fn all_options_are_in_the_body() {
    let filter = r#"{ "where": {"key": "QueryName", "operator": "eq", "value": "a.example"} }"#;
    let (format, mut job) = (format("dns_logs"), vec!["job"]);
    job.extend([&*format, "--zone", ZONE, "--destination", URL, "--no-key", "--name", "a.example", "--filter", filter]);
    job.extend([
        "--timestamps",
        "unixnano",
        "--max-upload-bytes",
        "10000000",
        "--max-upload-records",
        "0",
        "--disabled",
    ]);
    job.extend(["--max-upload-interval-seconds", "60", "--sample-rate", "0.5"]);
    let ran = run(&job).exits(0);
    assert_eq!(ran.err, "");
    let mut body = json_of(&ran)["body"].clone();
    let fields = body["output_options"]["field_names"].take();
    assert!(fields.as_array().is_some_and(|fields| fields.contains(&json!("QueryName"))));
    let expected = json!({
        "name": "a.example", "dataset": "dns_logs", "enabled": false, "max_upload_bytes": 10_000_000, "max_upload_records": 0,
        "max_upload_interval_seconds": 60,
        "filter": r#"{"where":{"key":"QueryName","operator":"eq","value":"a.example"}}"#,
        "output_options": {"field_names": null, "timestamp_format": "unixnano", "sample_rate": 0.5},
        "destination_conf": URL,
    });
    assert_eq!(body, expected);
    let odd =
        ["job", &*format, "--zone", ZONE, "--destination", URL, "--no-key", "--timestamps", "unixnano", "--legacy"];
    let ran = run(&[&odd[..], &["--filter", r#"{"where":{"key":"Nmae"}}"#]].concat()).exits(0);
    assert!(ran.err.contains("\"Nmae\", which the contract of dns_logs does not have"), "{}", ran.err);
    assert_eq!(json_of(&ran)["body"].get("output_options"), None);
    let options = json_of(&ran)["body"]["logpull_options"].clone();
    assert!(options.as_str().is_some_and(|text| text.starts_with("fields=") && text.ends_with("&timestamps=unixnano")));
}

#[test]
fn what_cannot_be_a_job_is_refused_before_anything_is_sent() {
    let server = server();
    let (dns, access) = (format("dns_logs"), format("access_requests"));
    let whole = ["job", &dns, "--zone", ZONE, "--destination", URL, "--key-env", "KEY", "--apply"];
    for (more, expected) in [
        (&["--max-upload-bytes", "1"][..], "max_upload_bytes is 1: it must be between 5000000 and 1000000000"),
        (&["--max-upload-records", "999"], "max_upload_records is 999: it must be between 1000 and 1000000"),
        (
            &["--max-upload-interval-seconds", "301"],
            "max_upload_interval_seconds is 301: it must be between 30 and 300",
        ),
        (&["--sample-rate", "2"], "sample_rate is 2: it must be above 0 and at most 1"),
        (&["--sample-rate", "0.5", "--legacy"], "a sample rate has no place in `logpull_options`"),
        (&["--name", "a b"], "`a b` is not a valid name of a job"),
        (&["--filter", "{}"], "the filter cannot be used"),
        (&["--header", "a b"], "`a b` is not a valid name of a header"),
        (&["--timestamps", "iso"], "invalid value 'iso'"),
        (&["--enabled", "--disabled"], "cannot be used with"),
        (&["--token-env", "NO_SUCH_TOKEN"], "NO_SUCH_TOKEN is not set"),
        (&["--token-env", "a-b"], "not a valid name of a variable"),
        (&["--curl"], "cannot be used with"),
    ] {
        let ran = ask(&server, &[&whole[..], more].concat()).exits(2);
        assert!(ran.err.contains(expected) && ran.out.is_empty(), "{more:?}: {}", ran.err);
    }
    for (arguments, expected) in [
        (vec!["job", &*dns, "--destination", URL, "--no-key"], "dataset of the zone: give it with --zone ID"),
        (vec!["job", &*access, "--destination", URL, "--no-key"], "dataset of the account: give it with --account ID"),
        (vec!["job", &*access, "--zone", ZONE, "--destination", URL, "--no-key"], "give it with --account ID"),
        (vec!["job", &*dns, "--zone", "a/b", "--destination", URL, "--no-key"], "`a/b` is not a valid id"),
        (vec!["job", &*dns, "--zone", ZONE, "--account", ACCOUNT, "--destination", URL], "cannot be used with"),
        (vec!["job", &*dns, "--zone", ZONE], "there is no destination"),
        (vec!["job", &*dns, "--zone", ZONE, "--destination", "http://a.example"], "https://"),
        (vec!["job", &*dns, "--zone", ZONE, "--destination", URL, "--apply"], "no key for the receiver"),
        (vec!["job", &*dns, "--zone", ZONE, "--destination", URL, "--key-env", "NONE", "--apply"], "NONE is not set"),
        (vec!["delete", "1", "--account", ACCOUNT], "--yes"),
        (vec!["show", "1"], "give the account with --account ID"),
        (vec!["update", "1", "--account", ACCOUNT], "there is nothing to change"),
        (vec!["update", "1", "--account", ACCOUNT, "--sample-rate", "7"], "sample_rate is 7"),
        (vec!["show", "one", "--account", ACCOUNT], "invalid value"),
        (vec!["job", "nowhere", "--zone", ZONE, "--destination", URL], "cannot read nowhere"),
    ] {
        let ran = ask(&server, &arguments).exits(2);
        assert!(ran.err.contains(expected), "{arguments:?}: {}", ran.err);
    }
    assert_eq!(server.seen(), []);
    let http = run(&["list", "--account", ACCOUNT, "--api", "http://api.example.com"]).exits(2);
    assert!(http.err.contains("must begin with https://"), "{}", http.err);
}

#[test]
fn formats_without_a_contract_or_with_a_broken_one_are_told() {
    let folder = Folder::new();
    let job = ["logpush", "job", "gates/gate", "--account", ACCOUNT, "--destination", URL, "--no-key"];
    let ran = folder.run(&job).exits(2);
    assert!(ran.err.contains("gates/gate has no dataset.yml"), "{}", ran.err);
    folder.run(&["logpush", "permissions", "gates"]).exits(2);
    folder.write("gates/gate/dataset.yml", "name: gate\nscope: moon\npermissions: []\nfields: {who: {type: string}}\n");
    let ran = folder.run(&job).exits(2);
    assert!(ran.err.contains("`scope` must be `account` or `zone`, but this is `moon`"), "{}", ran.err);
    folder.write("gates/gate/dataset.yml", "name: gate\nfelds: {}\n");
    let ran = folder.run(&job).exits(2);
    assert!(
        ran.err.contains("gates/gate/dataset.yml is not a valid contract") && ran.err.contains("felds"),
        "{}",
        ran.err
    );
    let contract = "name: gate\nscope: account\npermissions: [Logs Edit]\nfields:\n  who: {type: string}\n  old: {type: int}\n  \
                    from: {type: string}\nleft_out:\n  old: nobody needs it\n  from: it gets no field of its own\n";
    folder.write("gates/gate/dataset.yml", contract);
    let ran = folder.run(&job).exits(0);
    assert_eq!(json_of(&ran)["body"]["output_options"]["field_names"], json!(["who", "from"]), "`from` is read");
    assert!(ran.err.contains("the job does not ask for old (--all-fields does): nobody needs it"), "{}", ran.err);
    let all = folder.run(&[&job[..], &["--all-fields"]].concat()).exits(0);
    assert_eq!(json_of(&all)["body"]["output_options"]["field_names"], json!(["who", "old", "from"]));
    folder.write("gates/gate/ingest/parser.yml", "pipeline:\n  - name: nothing\nstages: {}\n");
    assert!(folder.run(&job).exits(2).err.contains("unknown-stage"));
}

#[test]
fn a_curl_command_reads_key_and_token_from_the_environment() {
    let format = format("access_requests");
    let job = ["job", &format, "--account", ACCOUNT, "--destination", URL, "--key-env", "KEY", "--curl", "--legacy"];
    let command = run(&job).exits(0).out;
    let shell = |command: &str| {
        let script = format!("curl() {{ printf '%s\\n--\\n' \"$@\"; }}\n{command}");
        let output =
            Command::new("sh").args(["-c", &script]).env("CLOUDFLARE_API_TOKEN", "t0ken").env("KEY", "k%2B").output();
        String::from_utf8(output.expect("a shell").stdout).expect("text")
    };
    let words = shell(&command);
    let words: Vec<&str> = words.trim_end_matches("\n--\n").split("\n--\n").collect();
    let url = format!("https://api.cloudflare.com/client/v4/accounts/{ACCOUNT}/logpush/jobs");
    let (body, words) = words.split_last().expect("words");
    let head = [
        "--request",
        "POST",
        &url,
        "--header",
        "Authorization: Bearer t0ken",
        "--header",
        "Content-Type: application/json",
        "--data",
    ];
    assert_eq!(words, head);
    let body: Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(body["destination_conf"], format!("{URL}?{HEADER}=k%2B"));
    let shown = run(&[&job[..], &["--show-key"]].concat()).exits(0).out;
    assert!(shown.contains(&format!("{HEADER}=geheim%2B%2F%3D")), "{shown}");
}

#[test]
fn jobs_of_all_formats_are_made_in_both_forms() {
    let server = server();
    let contracts = contracts();
    assert_eq!(contracts.len(), 37);
    for contract in &contracts {
        let (format, scope) = (format(&contract.name), &*contract.scope);
        let whose = [format!("--{scope}"), (if scope == "zone" { ZONE } else { ACCOUNT }).to_owned()];
        for form in [&[][..], &["--legacy"]] {
            let job = ["job", &format, &whose[0], &whose[1], "--destination", URL, "--key-env", "KEY", "--apply"];
            let ran = ask(&server, &[&job[..], form].concat()).exits(0);
            assert!(ran.err.contains("was created and runs"), "{}", ran.err);
            assert_eq!(json_of(&ran)["destination_conf"], format!("{URL}?{HEADER}=***"));
        }
    }
    server.state(|state| {
        assert_eq!(state.jobs.len(), 2 * contracts.len());
        let sent = format!("{URL}?{HEADER}=geheim%2B%2F%3D");
        assert!(state.jobs.iter().all(|job| job["destination_conf"] == sent), "the key itself is sent");
    });
}

#[test]
fn jobs_are_listed_shown_changed_and_deleted() {
    let server = server();
    let access = format("access_requests");
    let job = ["job", &access, "--account", ACCOUNT, "--destination", URL, "--key-env", "KEY", "--apply", "--disabled"];
    let made = ask(&server, &job).exits(0);
    assert_eq!((json_of(&made)["id"].clone(), &*made.err), (json!(100), "job 100 was created and does not run yet\n"));
    server.state(|state| {
        let mut other = state.jobs[0].clone();
        other["id"] = 101.into();
        other["dataset"] = "gateway_dns".into();
        other["name"] = "a\u{1b}[31mb".into();
        (other["last_error"], other["error_message"]) = ("2026-01-01T00:00:00Z".into(), "refused".into());
        state.jobs.push(other);
    });
    let whose = ["--account", ACCOUNT];
    let listed = ask(&server, &[&["list"], &whose[..]].concat()).exits(0).out;
    let conf = format!("{URL}?{HEADER}=***");
    let expected = format!(
        "100\taccess_requests\tstopped\tnever\t-\t{conf}\n101\tgateway_dns\tstopped\tnever\ta [31mb\t{conf}\t\
         2026-01-01T00:00:00Z: refused\n"
    );
    assert_eq!(listed, expected);
    let json = json_of(&ask(&server, &["list", &access, "--account", ACCOUNT, "--json"]).exits(0));
    assert_eq!((json.as_array().map(Vec::len), &json[0]["destination_conf"]), (Some(1), &json!(conf)));
    let show = ["show", "100", "--account", ACCOUNT];
    assert_eq!(json_of(&ask(&server, &show).exits(0))["destination_conf"], conf);
    let open = json_of(&ask(&server, &[&show[..], &["--show-key"]].concat()).exits(0));
    assert_eq!(open["destination_conf"], format!("{URL}?{HEADER}=geheim%2B%2F%3D"));
    let enabled = json_of(&ask(&server, &["update", "100", "--account", ACCOUNT, "--enabled"]).exits(0));
    assert_eq!(enabled["enabled"], true);
    server.state(|state| state.jobs[0]["output_options"]["sample_rate"] = 0.5.into());
    let update = ["update", "100", &access, "--account", ACCOUNT, "--timestamps", "rfc3339ns"];
    let options = |ran: &Ran, at: &str| json_of(ran).pointer(at).cloned().expect("options");
    let dry = ask(&server, &[&update[..], &["--dry-run", "--destination", "https://b.example"]].concat()).exits(0);
    assert_eq!(json_of(&dry)["body"]["destination_conf"], format!("https://b.example?{HEADER}=$INTAKE_KEY"));
    assert_eq!(server.state(|state| state.jobs[0]["output_options"]["timestamp_format"].clone()), "rfc3339");
    let changed = options(&ask(&server, &update).exits(0), "/output_options");
    assert_eq!(changed, options(&dry, "/body/output_options"));
    assert_eq!((&changed["timestamp_format"], &changed["sample_rate"]), (&json!("rfc3339ns"), &json!(0.5)));
    let other = ask(&server, &["update", "101", &access, "--account", ACCOUNT]).exits(2);
    assert!(other.err.contains("job 101 pushes `gateway_dns`, and not `access_requests`"), "{}", other.err);
    let deleted = ask(&server, &["delete", "100", "--account", ACCOUNT, "--yes"]).exits(0);
    assert_eq!(deleted.err, "job 100 was deleted\n");
    for gone in [&["delete", "100", "--yes"][..], &["show", "100"], &["update", "100", "--enabled"]] {
        let ran = ask(&server, &[gone, &whose].concat()).exits(1);
        assert!(ran.err.contains("HTTP 404") && ran.err.contains("help: there is no such job"), "{}", ran.err);
    }
}

#[test]
fn destinations_and_origins_are_validated() {
    let server = server();
    let there = ["--account", ACCOUNT, "--key-env", "KEY", "--destination"];
    let validate = |what: &str, url: &str| ask(&server, &[&["validate", what], &there[..], &[url]].concat());
    assert_eq!(validate("destination", URL).exits(0).out, "valid\n");
    let away = validate("destination", "https://unreachable.example/").exits(1).out;
    assert_eq!(away, format!("not valid: cannot push to https://unreachable.example/?{HEADER}=***\n"));
    assert_eq!(validate("exists", URL).exits(0).out, "no job pushes there\n");
    let access = format("access_requests");
    ask(&server, &[&["job", &access, "--apply"], &there[..], &[URL]].concat()).exits(0);
    assert_eq!(validate("exists", URL).exits(1).out, "a job already pushes there\n");
    let origin = ["validate", "origin", &access, "--account", ACCOUNT];
    assert_eq!(ask(&server, &origin).exits(0).out, "valid\n");
    server.state(|state| state.datasets.clear());
    assert_eq!(ask(&server, &origin).exits(1).out, "not valid: unknown field\n");
}

#[test]
fn drift_of_a_dataset_is_told() {
    let server = server();
    let fields = ["fields", &format("access_requests"), "--account", ACCOUNT];
    let same = ask(&server, &fields).exits(0);
    assert_eq!((&*same.out, &*same.err), ("", "access_requests: both have 15 fields\n"));
    server.state(|state| {
        let dataset = state.datasets.iter_mut().find(|dataset| dataset.name == "access_requests").expect("it is there");
        dataset.fields.retain(|field| field != "Country");
        dataset.fields.push("Shiny".to_owned());
    });
    let drift = ask(&server, &fields).exits(1);
    let expected = "+ Shiny  only the API has it\n- Country  only the contract has it\n";
    assert_eq!((&*drift.out, &*drift.err), (expected, "access_requests: both have 14 fields\n"));
}

#[test]
fn refusals_exit_with_one_and_say_which_permission_is_missing() {
    let server = server();
    server.state(|state| state.lacks_permission = true);
    let access = format("access_requests");
    let job = ["job", &access, "--account", ACCOUNT, "--destination", URL, "--key-env", "KEY", "--apply"];
    let ran = ask(&server, &job).exits(1);
    assert!(ran.err.contains("(1004)"), "{}", ran.err);
    assert!(
        ran.err.contains("help: the token lacks a permission: this dataset needs Logs Edit and Zero Trust: PII Read")
    );
    server.state(|state| (state.lacks_permission, state.tells_destination) = (false, true));
    let ran = ask(&server, &job).exits(1);
    assert!(ran.err.contains(&format!("{HEADER}=***")), "{}", ran.err);
    let mut other = command(&["list", "--account", ACCOUNT, "--api", &server.api(), "--token-env", "KEY"]);
    let ran = Ran::of(other.output().expect("the binary runs")).exits(1);
    assert!(ran.err.contains("(10000)") && !ran.err.contains("geheim"), "{}", ran.err);
}

#[test]
fn answers_of_another_kind_and_silence_exit_with_two() {
    let server = server();
    let list = ["list", "--account", ACCOUNT];
    server.answers("502 Bad Gateway", "text/html", "<html>Bad Gateway</html>");
    let ran = ask(&server, &list).exits(2);
    assert!(ran.err.contains("HTTP 502 with text/html: <html>") && ran.err.contains("try again later"), "{}", ran.err);
    server.answers("302 Found\r\nLocation: https://b.example/", "text/plain", "");
    assert!(ask(&server, &list).exits(2).err.contains("does not follow"));
    server.answers("200 OK", "application/json", r#"{"success":true,"result":{"no":"list"}}"#);
    assert!(ask(&server, &list).exits(2).err.contains("no list of jobs"));
    server.answers(
        "200 OK",
        "application/json",
        r#"{"success":true,"messages":[{"code":1,"message":"hello"}],"result":[]}"#,
    );
    assert_eq!(ask(&server, &list).exits(0).err, "the API says: hello (1)\n");
    let ran = run(&[&list[..], &["--api", "http://127.0.0.1:1"]].concat()).exits(2);
    assert!(ran.err.contains("cannot be reached"), "{}", ran.err);
}

#[test]
fn permissions_are_listed_for_formats_and_folders_of_them() {
    let ran = run(&["permissions", &format("access_requests")]).exits(0);
    assert_eq!(ran.out, "access_requests\taccount\tLogs Edit\naccess_requests\taccount\tZero Trust: PII Read\n");
    let all = run(&["permissions", &format("")]).exits(0).out;
    let counted = all.lines().filter(|line| line.ends_with("\tLogs Edit")).count();
    assert_eq!(counted, 37);
}
