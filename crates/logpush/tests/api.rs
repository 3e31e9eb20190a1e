//! Requests over a real socket, to a stand-in that takes only what is documented, and everything that can go wrong
//! there.

mod stand_in;

use serde_json::{Value, json};
use stand_in::{ACCOUNT, Dataset, Instead, StandIn, TOKEN, ZONE};
use std::net::TcpListener;
use std::time::{Duration, Instant};
use weir::diagnostic::{Diagnostics, SourceId};
use weir_dataset::{Contract, read_contract};
use weir_logpush::{
    Answer, Api, Change, Destination, Failure, FieldDrift, Filter, Form, Job, Limits, Owner, Request, Scope, Secret,
    TimestampFormat, Verdict, change_body, check_dataset, endpoint, field_drift, job_body, job_of, jobs_of,
    origin_body,
};

const KEY: &str = "geheim+/=&key";

fn doors() -> Contract {
    let text = "name: doors\nscope: account\npermissions: [Logs Edit, \"Zero Trust: PII Read\"]\ntimestamps: [At]\nfields:\n  \
         At: {type: int}\n  Who: {type: string}\n";
    read_contract(text, SourceId(0), &mut Diagnostics::new()).expect("a contract")
}

fn server() -> StandIn {
    let doors = doors();
    let windows = Dataset { name: "windows".into(), scope: "zone", fields: vec!["At".into()] };
    StandIn::with(&[
        Dataset {
            name: doors.name,
            scope: "account",
            fields: doors.fields.into_iter().map(|field| field.name).collect(),
        },
        windows,
    ])
}

fn api(server: &StandIn) -> Api {
    Api::new(&server.api(), Secret::new(TOKEN), Duration::from_secs(10)).expect("an API")
}

fn account() -> Owner {
    Owner::new(Scope::Account, ACCOUNT).expect("an id")
}

fn destination() -> Destination {
    let destination = Destination::parse("https://intake.example.com/plain/batch?tag=a").expect("a destination");
    destination.with_key("X-Key", &Secret::new(KEY)).expect("a key")
}

fn create() -> Request {
    let body = job_body(&doors(), &["At", "Who"], &Job::to(destination())).expect("a body");
    endpoint::create(&account(), body)
}

/// The answer; whatever happens, nothing that is shown may hold a secret.
fn send(server: &StandIn, request: &Request) -> Result<Answer, Failure> {
    let api = api(server);
    let sent = api.send(request);
    let shown = format!("{api:?} {request:?}")
        + &match &sent {
            Ok(answer) => format!("{} {:?}", answer.shown(), answer.messages),
            Err(failure) => format!("{failure} {failure:?} {:?}", failure.help(&[])),
        };
    for secret in [TOKEN, KEY, "geheim", "%2B%2F"] {
        assert!(!shown.contains(secret), "{secret} is in {shown}");
    }
    sent
}

fn refused(server: &StandIn, request: &Request) -> Failure {
    send(server, request).expect_err("a failure")
}

#[test]
fn a_job_is_created_listed_shown_changed_and_deleted() {
    let (server, account) = (server(), account());
    let job = job_of(&send(&server, &create()).expect("a job")).expect("a job");
    assert_eq!((job.id, &*job.dataset, job.enabled, job.name), (100, "doors", true, None));
    assert_eq!(job.destination, "https://intake.example.com/plain/batch?tag=***&header_X-Key=***");
    for list in [endpoint::list(&account), endpoint::list_of(&account, &doors())] {
        let jobs = jobs_of(&send(&server, &list).expect("a list")).expect("jobs");
        assert_eq!(jobs.iter().map(|job| job.id).collect::<Vec<_>>(), [100]);
    }
    let change = Change { enabled: Some(false), ..Change::default() };
    let body = change_body(&change, None).expect("a body");
    let changed = send(&server, &endpoint::update(&account, 100, body)).expect("a change");
    assert!(!job_of(&changed).expect("a job").enabled);
    let shown = send(&server, &endpoint::show(&account, 100)).expect("a job");
    assert_eq!(
        shown.expose()["destination_conf"],
        "https://intake.example.com/plain/batch?tag=a&header_X-Key=geheim%2B%2F%3D%26key"
    );
    send(&server, &endpoint::delete(&account, 100)).expect("no job");
    let failure = refused(&server, &endpoint::show(&account, 100));
    assert_eq!(failure.to_string(), "the API refused (HTTP 404): job does not exist (1001)");
    let asked: Vec<String> = server.seen().iter().map(|seen| format!("{} {}", seen.method, seen.path)).collect();
    let at = format!("/client/v4/accounts/{ACCOUNT}/logpush");
    let expected = [
        format!("POST {at}/jobs"),
        format!("GET {at}/jobs"),
        format!("GET {at}/datasets/doors/jobs"),
        format!("PUT {at}/jobs/100"),
        format!("GET {at}/jobs/100"),
        format!("DELETE {at}/jobs/100"),
        format!("GET {at}/jobs/100"),
    ];
    assert_eq!(asked, expected);
}

#[test]
fn every_kind_of_job_is_taken_by_the_stand_in() {
    let server = server();
    let limits = Limits { bytes: Some(0), records: Some(1_000_000), interval_seconds: Some(30) };
    let filter = Filter::parse(r#"{"where":{"key":"Who","operator":"eq","value":"ada"}}"#).ok();
    let full = Job { name: Some("a.example-1".into()), enabled: false, limits, filter, ..Job::to(destination()) };
    for timestamps in TimestampFormat::ALL {
        for (form, sample_rate) in [(Form::Output, Some(0.001)), (Form::Output, None), (Form::Legacy, None)] {
            let job = Job { timestamps, form, sample_rate, ..full.clone() };
            let body = job_body(&doors(), &["Who"], &job).expect("a body");
            send(&server, &endpoint::create(&account(), body)).expect("a job");
        }
    }
    assert_eq!(server.state(|state| state.jobs.len()), 15);
}

#[test]
fn options_are_changed_as_a_whole_and_what_is_not_named_stays() {
    let (server, account) = (server(), account());
    let with = |options: Value| {
        let mut job = json!({"id": 7, "dataset": "doors", "enabled": true, "destination_conf": "https://a.example"});
        job.as_object_mut().expect("an object").extend(options.as_object().cloned().expect("an object"));
        server.state(|state| state.jobs = vec![job]);
        send(&server, &endpoint::show(&account, 7)).expect("a job").expose().clone()
    };
    let change = Change { fields: Some(vec!["Who".into()]), ..Change::default() };
    for (before, after) in [
        (
            json!({"output_options": {"field_names": ["At"], "timestamp_format": "unix", "batch_prefix": "[", "sample_rate": 0.5}}),
            json!({"field_names": ["Who"], "timestamp_format": "unix", "batch_prefix": "[", "sample_rate": 0.5}),
        ),
        (
            json!({"logpull_options": "fields=At&timestamps=rfc3339&sample=0.1&CVE-2021-44228=true"}),
            json!({"field_names": ["Who"], "timestamp_format": "rfc3339", "sample_rate": 0.1, "CVE-2021-44228": true}),
        ),
        (json!({}), json!({"field_names": ["Who"]})),
    ] {
        let current = with(before);
        let body = change_body(&change, Some(&current)).expect("a body");
        send(&server, &endpoint::update(&account, 7, body)).expect("a change");
        assert_eq!(server.state(|state| state.jobs[0]["output_options"].clone()), after);
    }
    let odd = with(json!({"logpull_options": "fields=At&shape=round"}));
    assert!(change_body(&change, Some(&odd)).expect_err("a mistake").to_string().contains("`shape`"));
    assert!(change_body(&Change::default(), None).is_err(), "nothing to change");
    let times = Change { timestamps: Some(TimestampFormat::Unix), sample_rate: Some(2.0), ..Change::default() };
    assert!(change_body(&times, None).is_err(), "a rate out of its range");
    check_dataset(7, &odd, &doors()).expect("its dataset");
    let other = check_dataset(7, &json!({"dataset": "windows"}), &doors()).expect_err("a mistake").to_string();
    assert_eq!(other, "job 7 pushes `windows`, and not `doors`");
}

#[test]
fn destinations_and_origins_are_validated() {
    let (server, account) = (server(), account());
    let body = json!({"destination_conf": destination().expose()});
    let valid = send(&server, &endpoint::validate_destination(&account, body.clone())).expect("an answer");
    assert_eq!(Verdict::valid(&valid), Ok(Verdict { holds: true, message: None }));
    let away =
        Destination::parse("https://unreachable.example/").and_then(|url| url.with_key("X-Key", &Secret::new(KEY)));
    let away = json!({"destination_conf": away.expect("a destination").expose()});
    let away = send(&server, &endpoint::validate_destination(&account, away)).expect("an answer");
    let message = "cannot push to https://unreachable.example/?header_X-Key=***".to_owned();
    assert_eq!(Verdict::valid(&away), Ok(Verdict { holds: false, message: Some(message) }));
    let exists =
        || Verdict::exists(&send(&server, &endpoint::validate_exists(&account, body.clone())).expect("an answer"));
    assert!(!exists().expect("a verdict").holds);
    send(&server, &create()).expect("a job");
    assert!(exists().expect("a verdict").holds);
    for (fields, holds) in [(["At", "Who"], true), (["At", "Whom"], false)] {
        let origin = endpoint::validate_origin(&account, origin_body(&fields, TimestampFormat::UnixNano));
        assert_eq!(Verdict::valid(&send(&server, &origin).expect("an answer")).expect("a verdict").holds, holds);
    }
}

#[test]
fn a_contract_is_compared_with_the_fields_of_the_api() {
    let server = server();
    let fields = endpoint::fields(&account(), &doors());
    let compared = || field_drift(&doors(), &send(&server, &fields).expect("fields"));
    assert_eq!(compared(), Ok(FieldDrift::default()));
    server.state(|state| state.datasets[0].fields = vec!["Who".into(), "New".into(), "Bell".into()]);
    let differing = FieldDrift { only_api: vec!["Bell".into(), "New".into()], only_contract: vec!["At".into()] };
    assert_eq!(compared(), Ok(differing.clone()));
    for list in [r#"["Who","New","Bell"]"#, r#"[{"name":"Who"},{"name":"New"},{"name":"Bell"}]"#] {
        let body = format!(r#"{{"success":true,"errors":[],"messages":[],"result":{list}}}"#);
        server.answers("200 OK", "application/json", &body);
        assert_eq!(compared(), Ok(differing.clone()));
    }
    server.answers("200 OK", "application/json", r#"{"success":true,"result":{}}"#);
    assert_eq!(compared(), Err(Failure::Lacks("list of fields")));
}

#[test]
fn a_missing_permission_says_which() {
    let server = server();
    server.state(|state| state.lacks_permission = true);
    let failure = refused(&server, &create());
    assert!(failure.to_string().contains("(1004)"), "{failure}");
    let help = failure.help(&doors().permissions).expect("help");
    assert_eq!(help, "the token lacks a permission: this dataset needs Logs Edit and Zero Trust: PII Read");
    let general = failure.help(&[]).expect("help");
    assert!(general.contains("Logs Edit") && general.contains("Zero Trust: PII Read"), "{general}");
}

#[test]
fn a_wrong_token_account_or_dataset_is_told() {
    let server = server();
    let other = Api::new(&server.api(), Secret::new("other"), Duration::from_secs(10)).expect("an API");
    let failure = other.send(&create()).expect_err("a failure");
    assert!(failure.to_string().contains("HTTP 403") && failure.to_string().contains("(10000)"), "{failure}");
    assert!(failure.help(&[]).is_some_and(|help| help.contains("token")));
    let nobody = Owner::new(Scope::Account, "1").expect("an id");
    let failure = refused(&server, &endpoint::list(&nobody));
    assert!(failure.help(&[]).is_some_and(|help| help.contains("no such account or zone")), "{failure}");
    let zone = Owner::new(Scope::Zone, ZONE).expect("an id");
    let mistake = zone.fits(&doors()).expect_err("a mistake").to_string();
    assert_eq!(mistake, "`doors` is a dataset of an account: it needs the id of an account, not of a zone");
    refused(&server, &endpoint::fields(&zone, &doors()));
    for id in ["", "a/b", "..", "a?b", "é", &"a".repeat(33)] {
        assert!(Owner::new(Scope::Zone, id).is_err(), "{id}");
    }
}

#[test]
fn what_the_api_tells_of_keys_is_not_shown() {
    let server = server();
    server.state(|state| state.tells_destination = true);
    let failure = refused(&server, &create()).to_string();
    assert!(failure.contains("header_X-Key=***") && failure.contains("tried with ***"), "{failure}");
    server.answers("400 Bad Request", "text/plain", &format!("what is {TOKEN} and geheim+/=&key?"));
    assert!(refused(&server, &create()).to_string().contains("what is *** and ***?"));
}

#[test]
fn keys_and_tokens_that_come_back_in_any_text_are_not_shown() {
    let server = server();
    let (url, base64) = ("geheim%2B%2F%3D%26key", "Z2VoZWltKy89JmtleQ");
    let job = json!({
        "id": 31, "dataset": "doors", "enabled": true, "name": format!("to {KEY}"), "kind": TOKEN,
        "destination_conf": format!("https://intake.example.com/a?header_X-Key={url}&zone=a"),
        "error_message": format!("push with X-Key: {KEY} and Basic {base64}== was refused, tried geheim%2b/=%26key"),
        "last_error": null, KEY: {"deep": [format!("again {url}"), {"token": "an0ther"}]},
        "logpull_options": "fields=At&timestamps=rfc3339", "ownership_challenge": "ch4llenge-text",
    });
    let note =
        json!([{"code": 9, "message": format!("{KEY}, {TOKEN}, ch4llenge-text and https://x.example?sig=s1gn")}]);
    let body = json!({"success": true, "errors": [], "messages": note, "result": job});
    // Of a job that is shown the request knows no key: it is in the answer alone.
    for request in [endpoint::show(&account(), 31), create()] {
        server.answers("200 OK", "application/json", &body.to_string());
        let answer = send(&server, &request).expect("an answer");
        let shown = format!("{} {:?} {:?}", answer.shown(), answer.messages, job_of(&answer).expect("a job"));
        for secret in [TOKEN, KEY, url, base64, "geheim", "an0ther", "ch4llenge", "s1gn", "%2b/=", "=%26key"] {
            assert!(!shown.contains(secret), "{secret} is in {shown}");
        }
        for kept in ["doors", "intake.example.com/a", "rfc3339", "was refused"] {
            assert!(shown.contains(kept), "{kept} is not in {shown}");
        }
        assert_eq!(job_of(&answer).expect("a job").id, 31);
        let asked = answer.with_keys().to_string();
        assert!(asked.contains(url) && asked.contains(KEY) && !asked.contains(TOKEN), "{asked}");
        let list = json!({"success": true, "errors": [], "messages": [], "result": [job]});
        server.answers("200 OK", "application/json", &list.to_string());
        let jobs = jobs_of(&send(&server, &endpoint::list(&account())).expect("an answer")).expect("jobs");
        assert!(!format!("{jobs:?}").contains("geheim"), "{jobs:?}");
    }
    // One that stands where a text is cut is gone before it is.
    let text = format!("{}{TOKEN} and more", "x".repeat(75));
    server.answers("502 Bad Gateway", "text/plain", &text);
    let failure = refused(&server, &endpoint::list(&account())).to_string();
    assert!(!failure.contains(&TOKEN[..4]), "{failure}");
}

#[test]
fn errors_keep_their_codes_chains_and_no_control_characters() {
    let server = server();
    let errors = r#"[{"code":10013,"message":"a\u001b[31m\nb","error_chain":[{"code":5,"message":"why"}]},"text",{"code":3},{}]"#;
    server.answers("400 Bad Request", "application/json", &format!(r#"{{"success":false,"errors":{errors}}}"#));
    let failure = refused(&server, &create()).to_string();
    assert_eq!(failure, "the API refused (HTTP 400): a [31m b (10013); why (5); text; no text (3)");
    let many = vec![json!({"code": 1, "message": "x".repeat(10_000)}); 1000];
    server.answers("400 Bad Request", "application/json", &json!({"success": false, "errors": many}).to_string());
    assert!(refused(&server, &create()).to_string().len() < 10_000);
}

#[test]
fn success_needs_both_the_status_and_the_envelope() {
    let server = server();
    for (status, body) in [
        ("200 OK", r#"{"success":false,"errors":[],"messages":[],"result":null}"#),
        ("200 OK", r#"{"success":false}"#),
        ("500 Oops", r#"{"success":true,"errors":[],"messages":[],"result":{"id":1}}"#),
    ] {
        server.answers(status, "application/json", body);
        let failure = refused(&server, &create());
        assert!(matches!(failure, Failure::Refused { .. }), "{failure:?}");
        assert!(failure.to_string().ends_with("it does not say why"), "{failure}");
    }
    server.answers(
        "201 Created",
        "text/plain",
        r#"{"success":true,"messages":[{"code":2,"message":"soon"}],"result":{"id":"5","dataset":"d"}}"#,
    );
    let answer = send(&server, &create()).expect("an answer");
    assert_eq!(answer.messages.iter().map(ToString::to_string).collect::<Vec<_>>(), ["soon (2)"]);
    assert_eq!(job_of(&answer).expect("a job").id, 5);
}

#[test]
fn answers_that_are_no_envelope_are_told_with_their_beginning() {
    let server = server();
    let html = "<html><title>502 Bad Gateway</title></html>";
    for (status, kind, body, expected) in [
        ("502 Bad Gateway", "text/html", html, "HTTP 502 with text/html: <html><title>502"),
        ("200 OK", "application/json", "", "HTTP 200 with nothing"),
        ("200 OK", "application/json", "[]", "HTTP 200 with application/json: []"),
        ("200 OK", "application/json", r#"{"success":"yes"}"#, "is not an answer of the API"),
        ("200 OK", "application/json", r#"{"success":true"#, "is not an answer of the API"),
    ] {
        server.answers(status, kind, body);
        let failure = refused(&server, &create());
        assert!(matches!(failure, Failure::Strange { .. }) && failure.to_string().contains(expected), "{failure}");
    }
    server.answers("503 No", "text/html", html);
    assert!(refused(&server, &create()).help(&[]).is_some_and(|help| help.contains("try again later")));
    server.answers("200 OK", "application/json", &"[".repeat(1_000_000));
    assert!(matches!(refused(&server, &create()), Failure::Strange { .. }), "deep nesting is no answer");
    server.answers("200 OK", "application/json", &" ".repeat(17 << 20));
    assert!(refused(&server, &create()).to_string().contains("more than 16 MiB"));
    server.answers("200 OK", "application/json", r#"{"success":true,"result":[{"id":-1}]}"#);
    assert_eq!(
        jobs_of(&send(&server, &endpoint::list(&account())).expect("an answer")),
        Err(Failure::Lacks("list of jobs"))
    );
    server.answers("200 OK", "application/json", r#"{"success":true,"result":null}"#);
    let answer = send(&server, &endpoint::list(&account())).expect("an answer");
    assert_eq!(Verdict::valid(&answer), Err(Failure::Lacks("`valid`")));
}

#[test]
fn no_redirect_is_followed() {
    let (server, elsewhere) = (server(), server());
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        let to = format!("{}/accounts/{ACCOUNT}/logpush/jobs", elsewhere.api());
        let answer = format!("HTTP/1.1 {status}\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n");
        server.instead(Instead::Answer(answer.into_bytes()));
        let failure = refused(&server, &endpoint::list(&account()));
        assert!(matches!(failure, Failure::Redirected { .. }), "{failure:?}");
    }
    assert_eq!(elsewhere.seen(), []);
    assert_eq!(server.seen().len(), 5);
}

#[test]
fn a_network_that_fails_is_told_and_nothing_is_waited_for_forever() {
    let server = server();
    server.instead(Instead::Answer(Vec::new()));
    assert!(matches!(refused(&server, &create()), Failure::Unreachable { .. }), "closed at once");
    server.instead(Instead::Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".to_vec()));
    assert!(matches!(refused(&server, &create()), Failure::Unreachable { .. }), "closed too early");
    server.instead(Instead::Answer(b"SSH-2.0-OpenSSH_9.9\r\n\r\n".to_vec()));
    assert!(matches!(refused(&server, &create()), Failure::Unreachable { .. }), "no HTTP");
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
    let nobody = Api::new(&format!("http://127.0.0.1:{port}"), Secret::new(TOKEN), Duration::from_secs(10));
    let failure = nobody.expect("an API").send(&create()).expect_err("a failure");
    assert!(failure.to_string().contains("cannot be reached"), "{failure}");
    server.instead(Instead::Silence(Duration::from_secs(20)));
    let hasty = Api::new(&server.api(), Secret::new(TOKEN), Duration::from_millis(200)).expect("an API");
    let start = Instant::now();
    let failure = hasty.send(&create()).expect_err("a failure");
    assert!(failure.to_string().contains("timeout") && start.elapsed() < Duration::from_secs(10), "{failure}");
}

#[test]
fn the_token_goes_nowhere_in_clear_text_but_to_this_machine() {
    let refused = |address: &str, token: &str| Api::new(address, Secret::new(token), Duration::from_secs(1)).map(drop);
    for address in [
        "http://api.example.com",
        "http://127.0.0.1.example.com",
        "http://192.0.2.1/",
        "ftp://localhost",
        "localhost",
        "",
        "https://",
        "https://a.example/?x",
        "https://me@a.example",
        "https://a.example/#x",
    ] {
        assert!(refused(address, TOKEN).is_err(), "{address}");
    }
    for address in ["https://api.example.com/client/v4/", "http://localhost:1", "http://127.0.0.2", "http://[::1]:80/x"]
    {
        assert_eq!(refused(address, TOKEN), Ok(()), "{address}");
    }
    for token in ["", "a b", "a\r\nX: y", "é"] {
        assert!(refused("https://api.example.com", token).is_err(), "{token:?}");
    }
}

#[test]
fn a_request_reads_as_a_command_of_a_shell() {
    let body = json!({"name": "it's", "destination_conf": "https://a.example?header_K=$INTAKE_KEY"});
    let command = endpoint::create(&account(), body).curl("https://api.example.com/v4/", "TOKEN", Some("INTAKE_KEY"));
    let expected = format!(
        "curl --request POST 'https://api.example.com/v4/accounts/{ACCOUNT}/logpush/jobs' \\\n  --header \"Authorization: \
         Bearer $TOKEN\" \\\n  --header 'Content-Type: application/json' \\\n  --data '{{\n  \"name\": \"it'\\''s\",\n  \
         \"destination_conf\": \"https://a.example?header_K='\"$INTAKE_KEY\"'\"\n}}'"
    );
    assert_eq!(command, expected);
}
