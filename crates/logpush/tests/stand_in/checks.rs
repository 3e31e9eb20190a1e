//! What the stand-in takes: the documented keys, types and ranges of each body, and nothing else.

use super::Dataset;
use serde_json::{Map, Value};

/// An answer that refuses.
pub struct Refusal {
    pub status: u16,
    pub code: i64,
    pub message: String,
}

impl Refusal {
    pub fn new(status: u16, code: i64, message: &str) -> Refusal {
        Refusal { status, code, message: message.to_owned() }
    }

    pub fn no_job() -> Refusal {
        Refusal::new(404, 1001, "job does not exist")
    }
}

type Checked = Result<(), Refusal>;

const TIMES: &[&str] = &["unixnano", "unix", "rfc3339", "rfc3339ms", "rfc3339ns"];

/// The body of a new job.
pub fn check_job(body: &Map<String, Value>, dataset: &Dataset) -> Checked {
    let changed: Map<String, Value> = body.iter().filter(|(key, _)| *key != "dataset").map(owned).collect();
    holds(body.contains_key("destination_conf"), "destination_conf is missing")?;
    let options = ["output_options", "logpull_options"].iter().filter(|key| body.contains_key(**key)).count();
    holds(options == 1, "exactly one of output_options and logpull_options")?;
    check_change(&changed, dataset)
}

/// The body of a change.
pub fn check_change(body: &Map<String, Value>, dataset: &Dataset) -> Checked {
    holds(!body.is_empty(), "nothing to change")?;
    body.iter().try_for_each(|(key, value)| match &**key {
        "name" => holds(is_name(value), "name"),
        "enabled" => holds(value.is_boolean(), "enabled"),
        "filter" => holds(is_filter(value), "filter"),
        "destination_conf" => holds(is_destination(value), "destination_conf"),
        "max_upload_bytes" => within(value, 5_000_000, 1_000_000_000, key),
        "max_upload_records" => within(value, 1_000, 1_000_000, key),
        "max_upload_interval_seconds" => within(value, 30, 300, key),
        "output_options" => check_options(value, dataset),
        "logpull_options" => holds(logpull_fields(value).is_some_and(|asked| are_fields(&asked, dataset)), key),
        _ => holds(false, &format!("unknown key {key}")),
    })
}

/// A body with a destination and nothing else.
pub fn check_destination(body: &Map<String, Value>) -> Result<&str, Refusal> {
    let conf = body.get("destination_conf").filter(|conf| body.len() == 1 && is_destination(conf));
    conf.and_then(Value::as_str).ok_or_else(|| Refusal::new(400, 1400, "destination_conf, alone"))
}

/// A body with deprecated options and nothing else: the fields they ask for.
pub fn check_origin(body: &Map<String, Value>) -> Result<Vec<&str>, Refusal> {
    let options = body.get("logpull_options").filter(|_| body.len() == 1).and_then(logpull_fields);
    options.ok_or_else(|| Refusal::new(400, 1400, "logpull_options, alone"))
}

fn check_options(value: &Value, dataset: &Dataset) -> Checked {
    let options = value.as_object().ok_or_else(|| Refusal::new(400, 1400, "output_options is no object"))?;
    options.iter().try_for_each(|(key, value)| match &**key {
        "field_names" => {
            let names: Option<Vec<&str>> = value.as_array().and_then(|names| names.iter().map(Value::as_str).collect());
            holds(names.is_some_and(|names| are_fields(&names, dataset)), "field_names")
        }
        "timestamp_format" => holds(value.as_str().is_some_and(|format| TIMES.contains(&format)), key),
        "sample_rate" => holds(value.as_f64().is_some_and(|rate| rate > 0.0 && rate <= 1.0), key),
        "CVE-2021-44228" => holds(value.is_boolean(), key),
        "output_type" => holds(["ndjson", "csv"].map(Some).contains(&value.as_str()), key),
        "batch_prefix" | "batch_suffix" => holds(value.is_string(), key),
        _ => holds(false, &format!("unknown key {key} in output_options")),
    })
}

fn holds(holds: bool, what: &str) -> Checked {
    if holds { Ok(()) } else { Err(Refusal::new(400, 1400, &format!("bad request: {what}"))) }
}

fn within(value: &Value, least: u64, most: u64, what: &str) -> Checked {
    holds(value.as_u64().is_some_and(|number| number == 0 || (least..=most).contains(&number)), what)
}

fn are_fields(names: &[&str], dataset: &Dataset) -> bool {
    let mut sorted = names.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    sorted.len() == names.len()
        && !names.is_empty()
        && names.iter().all(|name| dataset.fields.iter().any(|field| field == name))
}

/// The fields of `fields=A,B&timestamps=rfc3339`, if it is that and no more.
fn logpull_fields(value: &Value) -> Option<Vec<&str>> {
    let (fields, times) = value.as_str()?.strip_prefix("fields=")?.split_once("&timestamps=")?;
    TIMES.contains(&times).then(|| fields.split(',').collect())
}

fn is_name(value: &Value) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-.".contains(letter);
    value.as_str().is_some_and(|name| name.len() <= 512 && name.chars().all(plain))
}

fn is_filter(value: &Value) -> bool {
    let json: Option<Value> = value.as_str().and_then(|text| serde_json::from_str(text).ok());
    json.is_some_and(|json| json["where"].is_object())
}

/// An HTTPS URL whose parameters are properly encoded, and in which each header has a name and a value.
fn is_destination(value: &Value) -> bool {
    let Some(url) = value.as_str().and_then(|url| url.strip_prefix("https://")) else { return false };
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte);
    url.len() <= 4096
        && !url.contains('$')
        && query.split('&').filter_map(|part| part.strip_prefix("header_")).all(|header| {
            let named = header.split_once('=').filter(|(name, value)| !name.is_empty() && !value.is_empty());
            named.is_some_and(|(name, value)| name.bytes().all(plain) && value.bytes().all(plain))
        })
}

fn owned((key, value): (&String, &Value)) -> (String, Value) {
    (key.clone(), value.clone())
}
