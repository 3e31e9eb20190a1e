//! A change of a job that exists, and the body of the request that makes it.

use crate::destination::Destination;
use crate::filter::Filter;
use crate::hiding::Secrets;
use crate::job::{Limits, TimestampFormat, checked_name, checked_rate};
use crate::mistake::Mistake;
use serde_json::{Map, Value, json};
use weir_dataset::Contract;

/// What is to be changed. What is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    /// Where it pushes to.
    pub destination: Option<Destination>,
    /// What people call it.
    pub name: Option<String>,
    /// Whether it runs.
    pub enabled: Option<bool>,
    /// How large its pushes get.
    pub limits: Limits,
    /// Which records it pushes.
    pub filter: Option<Filter>,
    /// Which fields it asks for.
    pub fields: Option<Vec<String>>,
    /// How it writes times.
    pub timestamps: Option<TimestampFormat>,
    /// Which share of the records it pushes.
    pub sample_rate: Option<f64>,
}

impl Change {
    /// Whether the options change: then the body needs the job as it is, since the API takes options as a whole.
    pub fn has_options(&self) -> bool {
        self.fields.is_some() || self.timestamps.is_some() || self.sample_rate.is_some()
    }
}

/// The body of the request that changes a job. `current` is the job as [`endpoint::show`](crate::endpoint::show) tells
/// it, needed where the options change; other options stay as they are, and deprecated `logpull_options` become
/// `output_options`.
///
/// # Errors
/// Where nothing changes, something is out of its documented range, or a deprecated option is not known.
pub fn change_body(change: &Change, current: Option<&Value>) -> Result<Value, Mistake> {
    let mut body = Map::new();
    if let Some(name) = &change.name {
        body.insert("name".to_owned(), checked_name(name)?.into());
    }
    if let Some(enabled) = change.enabled {
        body.insert("enabled".to_owned(), enabled.into());
    }
    change.limits.add_to(&mut body)?;
    if let Some(filter) = &change.filter {
        body.insert("filter".to_owned(), filter.text().into());
    }
    if change.has_options() {
        body.insert("output_options".to_owned(), options(change, current)?.into());
    }
    if let Some(destination) = &change.destination {
        body.insert("destination_conf".to_owned(), destination.expose().into());
    }
    if body.is_empty() { Err(Mistake::Nothing("there is nothing to change")) } else { Ok(Value::Object(body)) }
}

/// Refuses a job of another dataset.
///
/// # Errors
/// [`Mistake::OtherDataset`].
pub fn check_dataset(job: u64, current: &Value, contract: &Contract) -> Result<(), Mistake> {
    match current["dataset"].as_str() {
        Some(found) if found != contract.name => {
            let found = crate::shown::clean(found, &Secrets::default());
            Err(Mistake::OtherDataset { job, found, wanted: contract.name.clone() })
        }
        _ => Ok(()),
    }
}

fn options(change: &Change, current: Option<&Value>) -> Result<Map<String, Value>, Mistake> {
    let mut options = current.map(current_options).transpose()?.unwrap_or_default();
    if let Some(fields) = &change.fields {
        options.insert("field_names".to_owned(), json!(fields));
    }
    if let Some(timestamps) = change.timestamps {
        options.insert("timestamp_format".to_owned(), timestamps.name().into());
    }
    if let Some(rate) = change.sample_rate {
        options.insert("sample_rate".to_owned(), checked_rate(rate)?.into());
    }
    Ok(options)
}

fn current_options(job: &Value) -> Result<Map<String, Value>, Mistake> {
    if let Some(options) = job["output_options"].as_object() {
        return Ok(options.clone());
    }
    let text = job["logpull_options"].as_str().unwrap_or_default();
    text.split('&').filter(|part| !part.is_empty()).map(renamed).collect()
}

/// An option of the deprecated text under its present name, with a value of its present type.
fn renamed(part: &str) -> Result<(String, Value), Mistake> {
    let (name, value) = part.split_once('=').unwrap_or((part, ""));
    let (name, value) = match name {
        "fields" => ("field_names", value.split(',').collect()),
        "timestamps" => ("timestamp_format", value.into()),
        "sample" => ("sample_rate", value.parse::<f64>().map_or(Value::Null, Value::from)),
        "CVE-2021-44228" => (name, (value == "true").into()),
        _ => return Err(Mistake::Option(crate::shown::clean(name, &Secrets::default()))),
    };
    Ok((name.to_owned(), value))
}
