//! A job as its user wants it, and the body of the request that creates it.

use crate::destination::Destination;
use crate::filter::Filter;
use crate::mistake::Mistake;
use crate::scope::Scope;
use serde_json::{Map, Value, json};
use weir_dataset::Contract;

/// A job to be created.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Where it pushes to.
    pub destination: Destination,
    /// What people call it.
    pub name: Option<String>,
    /// Whether it runs from the start. The API's own default is not to.
    pub enabled: bool,
    /// How it writes times.
    pub timestamps: TimestampFormat,
    /// How large its pushes get.
    pub limits: Limits,
    /// Which records it pushes.
    pub filter: Option<Filter>,
    /// Which share of the records it pushes: above 0, up to 1.
    pub sample_rate: Option<f64>,
    /// How the options are written.
    pub form: Form,
}

impl Job {
    /// A job that runs at once, writes RFC 3339 times, and makes the smallest pushes that the API allows: receivers for
    /// ordinary senders take no more.
    pub fn to(destination: Destination) -> Job {
        Job {
            destination,
            name: None,
            enabled: true,
            timestamps: TimestampFormat::Rfc3339,
            limits: Limits { bytes: Some(BYTES.least), records: Some(RECORDS.least), interval_seconds: None },
            filter: None,
            sample_rate: None,
            form: Form::Output,
        }
    }
}

/// How a job writes times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampFormat {
    /// RFC 3339 in seconds.
    Rfc3339,
    /// RFC 3339 in milliseconds.
    Rfc3339Ms,
    /// RFC 3339 in nanoseconds.
    Rfc3339Ns,
    /// Seconds since 1970.
    Unix,
    /// Nanoseconds since 1970: the API's own default.
    UnixNano,
}

impl TimestampFormat {
    /// All of them.
    pub const ALL: [TimestampFormat; 5] = [
        TimestampFormat::Rfc3339,
        TimestampFormat::Rfc3339Ms,
        TimestampFormat::Rfc3339Ns,
        TimestampFormat::Unix,
        TimestampFormat::UnixNano,
    ];

    /// The API's word for it.
    pub fn name(self) -> &'static str {
        match self {
            TimestampFormat::Rfc3339 => "rfc3339",
            TimestampFormat::Rfc3339Ms => "rfc3339ms",
            TimestampFormat::Rfc3339Ns => "rfc3339ns",
            TimestampFormat::Unix => "unix",
            TimestampFormat::UnixNano => "unixnano",
        }
    }
}

/// How large the pushes of a job get. What is `None` is not sent; 0 takes a limit away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Bytes before compression: 5,000,000 to 1,000,000,000.
    pub bytes: Option<u64>,
    /// Records: 1,000 to 1,000,000.
    pub records: Option<u64>,
    /// Seconds between pushes: 30 to 300.
    pub interval_seconds: Option<u64>,
}

/// A limit: its name in the API and its documented range.
struct Limit {
    name: &'static str,
    least: u64,
    most: u64,
}

const BYTES: Limit = Limit { name: "max_upload_bytes", least: 5_000_000, most: 1_000_000_000 };
const RECORDS: Limit = Limit { name: "max_upload_records", least: 1_000, most: 1_000_000 };
const INTERVAL: Limit = Limit { name: "max_upload_interval_seconds", least: 30, most: 300 };

impl Limits {
    /// Adds what is set to the body of a request.
    pub(crate) fn add_to(self, body: &mut Map<String, Value>) -> Result<(), Mistake> {
        for (limit, given) in [(BYTES, self.bytes), (RECORDS, self.records), (INTERVAL, self.interval_seconds)] {
            let Some(given) = given else { continue };
            if given != 0 && !(limit.least..=limit.most).contains(&given) {
                return Err(limit.exceeded(given));
            }
            body.insert(limit.name.to_owned(), given.into());
        }
        Ok(())
    }
}

impl Limit {
    fn exceeded(&self, given: u64) -> Mistake {
        let range = format!("between {} and {}, or 0 for no limit", self.least, self.most);
        Mistake::Range { what: self.name, given: given.to_string(), range }
    }
}

/// How the options of a job are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As `output_options`, an object.
    Output,
    /// As `logpull_options`, a text, which the API has deprecated.
    Legacy,
}

/// The body of the request that creates a job of a dataset, for the fields that it asks for
/// ([`requested`](crate::requested)).
///
/// # Errors
/// Where something is out of its documented range or has no place.
pub fn job_body(contract: &Contract, fields: &[&str], job: &Job) -> Result<Value, Mistake> {
    Scope::of(contract)?;
    let mut body = Map::new();
    if let Some(name) = &job.name {
        body.insert("name".to_owned(), checked_name(name)?.into());
    }
    body.insert("dataset".to_owned(), contract.name.clone().into());
    body.insert("enabled".to_owned(), job.enabled.into());
    job.limits.add_to(&mut body)?;
    if let Some(filter) = &job.filter {
        body.insert("filter".to_owned(), filter.text().into());
    }
    let (key, options) = options(fields, job)?;
    body.insert(key.to_owned(), options);
    body.insert("destination_conf".to_owned(), job.destination.expose().into());
    Ok(Value::Object(body))
}

/// The body of the request that has the options of a job validated, in their deprecated form: that endpoint has no
/// other.
pub fn origin_body(fields: &[&str], timestamps: TimestampFormat) -> Value {
    json!({"logpull_options": logpull_options(fields, timestamps)})
}

/// The options in the form that is asked for: their key and their value.
fn options(fields: &[&str], job: &Job) -> Result<(&'static str, Value), Mistake> {
    match job.form {
        Form::Legacy if job.sample_rate.is_some() => Err(Mistake::Legacy("a sample rate")),
        Form::Legacy => Ok(("logpull_options", logpull_options(fields, job.timestamps).into())),
        Form::Output => {
            let mut options = json!({"field_names": fields, "timestamp_format": job.timestamps.name()});
            if let Some(rate) = job.sample_rate {
                options["sample_rate"] = checked_rate(rate)?.into();
            }
            Ok(("output_options", options))
        }
    }
}

/// The deprecated text of options: `fields=A,B&timestamps=rfc3339`.
fn logpull_options(fields: &[&str], timestamps: TimestampFormat) -> String {
    format!("fields={}&timestamps={}", fields.join(","), timestamps.name())
}

pub(crate) fn checked_rate(rate: f64) -> Result<f64, Mistake> {
    let range = "above 0 and at most 1".to_owned();
    let mistake = Mistake::Range { what: "sample_rate", given: rate.to_string(), range };
    if rate > 0.0 && rate <= 1.0 { Ok(rate) } else { Err(mistake) }
}

pub(crate) fn checked_name(name: &str) -> Result<&str, Mistake> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
    let is_name = !name.is_empty() && name.len() <= 512 && name.bytes().all(plain);
    if is_name { Ok(name) } else { Err(Mistake::JobName(name.to_owned())) }
}
