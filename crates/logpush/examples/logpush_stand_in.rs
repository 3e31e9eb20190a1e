//! A stand-in for Logpush as a process, for a whole flow on one machine: it takes the request for a job as the API does, and pushes
//! the records of a file to the job's destination, in gzip batches, each again and again until it is answered 200.
//!
//! ```text
//! logpush_stand_in CONTRACT RECORDS CERTIFICATE BATCHES
//! ```
//!
//! It prints `api URL`, then a line for each upload, and ends when all batches are pushed. It pushes by curl.

/// The API, as the tests of this crate have it.
#[allow(dead_code, reason = "most of it is for tests")]
#[path = "../tests/stand_in/mod.rs"]
mod stand_in;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Map, Value};
use stand_in::{ACCOUNT, Dataset, StandIn, TOKEN};
use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, fs, thread};
use weir::diagnostic::{Diagnostics, SourceId};
use weir_dataset::read_contract;
use weir_logpush::Scope;

/// How many records a batch has.
const RECORDS: usize = 1_000;

/// How long it waits before a batch is pushed again, and after each: as long as a person needs to read the line.
const PAUSE: Duration = Duration::from_millis(200);

/// How often a batch is pushed before it is given up.
const MOST: usize = 300;

/// Where a job's batches go, and the fields that it asks for.
struct Job {
    url: String,
    headers: Vec<String>,
    fields: Vec<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [contract, records, certificate, batches] = &arguments[..] else {
        return Err("it takes CONTRACT RECORDS CERTIFICATE BATCHES".into());
    };
    let api = StandIn::with(&[dataset(contract)?]);
    say(&format!("api {}\naccount {ACCOUNT}\ntoken {TOKEN}", api.api()))?;
    let job = loop {
        match api.state(|state| state.jobs.first().cloned()) {
            Some(job) => break Job::of(&job).ok_or("the job has no destination or no fields")?,
            None => thread::sleep(PAUSE),
        }
    };
    let upload = |body: &str| job.push(Path::new(certificate), body);
    say(&format!("validation upload: {}", upload("{\"content\":\"tests\"}")?))?;
    let records = fs::read_to_string(records)?;
    let records: Vec<Map<String, Value>> =
        records.lines().map(serde_json::from_str).collect::<Result<_, serde_json::Error>>()?;
    let batches: usize = batches.parse()?;
    for batch in 0..batches {
        let body = job.batch(&records, batch * RECORDS);
        let mut tries = 0;
        loop {
            tries += 1;
            let status = upload(&body)?;
            say(&format!("batch {batch}: {RECORDS} records, answer {status}"))?;
            thread::sleep(PAUSE);
            match status.as_str() {
                "200" => break,
                _ if tries >= MOST => return Err("the receiver does not take it".into()),
                _ => {}
            }
        }
    }
    say(&format!("pushed {} records", batches * RECORDS))
}

fn say(line: &str) -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

/// The dataset of a contract, as the API knows it.
fn dataset(contract: &str) -> Result<Dataset, Box<dyn Error>> {
    let text = fs::read_to_string(contract)?;
    let contract = read_contract(&text, SourceId(0), &mut Diagnostics::new()).ok_or("it is no contract")?;
    let scope = Scope::of(&contract).map_err(|mistake| mistake.to_string())?.name();
    let fields = contract.fields.into_iter().map(|field| field.name).collect();
    Ok(Dataset { name: contract.name, scope, fields })
}

impl Job {
    fn of(job: &Value) -> Option<Job> {
        let conf = job["destination_conf"].as_str()?;
        let (url, query) = conf.split_once('?').unwrap_or((conf, ""));
        let (headers, others): (Vec<&str>, Vec<&str>) =
            query.split('&').filter(|pair| !pair.is_empty()).partition(|pair| pair.starts_with("header_"));
        let header = |pair: &&str| {
            let (name, value) = pair.strip_prefix("header_")?.split_once('=')?;
            Some(format!("{}: {}", decoded(name), decoded(value)))
        };
        let fields = job["output_options"]["field_names"].as_array()?;
        let fields = fields.iter().map(|field| field.as_str().map(str::to_owned)).collect::<Option<_>>()?;
        let query = if others.is_empty() { String::new() } else { format!("?{}", others.join("&")) };
        Some(Job { url: format!("{url}{query}"), headers: headers.iter().filter_map(header).collect(), fields })
    }

    /// The lines of a batch: the records in turn, each with the fields that the job asks for and a number of its own in `RayID`.
    fn batch(&self, records: &[Map<String, Value>], first: usize) -> String {
        let line = |number: usize| {
            let record = &records[number % records.len()];
            let mut asked: Map<String, Value> = self
                .fields
                .iter()
                .filter_map(|field| record.get(field).map(|value| (field.clone(), value.clone())))
                .collect();
            asked.insert("RayID".to_owned(), format!("{number:016x}").into());
            format!("{}\n", Value::Object(asked))
        };
        (first..first + RECORDS).map(line).collect()
    }

    /// Pushes a body, and gives the status of the answer; `000` where none came.
    fn push(&self, certificate: &Path, body: &str) -> Result<String, Box<dyn Error>> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(body.as_bytes())?;
        let packed = packed.finish()?;
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--max-time", "30", "--output", "/dev/null", "--write-out", "%{http_code}", "--cacert"]);
        curl.arg(certificate).args(["--header", "Content-Encoding: gzip", "--data-binary", "@-"]);
        for header in &self.headers {
            curl.args(["--header", header]);
        }
        let mut child = curl.arg(&self.url).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            // Where the receiver goes away, curl stops reading.
            drop(stdin.write_all(&packed));
        }
        Ok(String::from_utf8(child.wait_with_output()?.stdout)?)
    }
}

/// Percent-encoded text as it was.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digits = || Some([rest.clone().next()?, rest.clone().nth(1)?]);
        let code = digits().filter(|_| byte == b'%');
        let code = code.and_then(|digits| u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok());
        if code.is_some() {
            rest.nth(1);
        }
        bytes.push(code.unwrap_or(byte));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
