//! The obvious implementation: serde_json reads the record, minijinja renders one template a field, serde_json writes.

use crate::contest::{Contender, Within};
use minijinja::{Environment, context};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::net::IpAddr;

/// One field of a mapping: its name, what kind of value it has, and its template, which reads `record`.
#[derive(Deserialize)]
struct Field(String, Kind, String);

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Text,
    Number,
    List,
}

/// Where a field stands, and what it gets.
struct Setter {
    path: Vec<String>,
    kind: Kind,
    source: Source,
}

enum Source {
    Constant(Value),
    /// The name of a template in the environment.
    Template(String),
}

/// A mapping as JSON: a list of fields.
///
/// # Errors
/// Where it is no mapping, or a template does not compile.
pub fn peer(fields: &str) -> Result<Box<dyn Contender>, String> {
    let fields: Vec<Field> = serde_json::from_str(fields).map_err(|error| error.to_string())?;
    let mut environment = environment();
    let mut setters = Vec::new();
    for Field(name, kind, text) in fields {
        let source = if text.contains('{') {
            environment.add_template_owned(name.clone(), text).map_err(|error| format!("{name}: {error:#}"))?;
            Source::Template(name.clone())
        } else {
            Source::Constant(value(kind, text).ok_or_else(|| format!("{name} is never set"))?)
        };
        setters.push(Setter { path: name.split('.').map(str::to_owned).collect(), kind, source });
    }
    Ok(Box::new(Within::new(super::TEMPLATES, move |line, out| {
        let event = event(&environment, &setters, line)?;
        serde_json::to_writer(out, &event).map_err(|error| error.to_string())
    })))
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Chainable);
    environment.add_filter("address", address);
    environment.add_filter("timestamp", timestamp);
    environment
}

fn event(environment: &Environment<'_>, setters: &[Setter], line: &[u8]) -> Result<Value, String> {
    let record: Value = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let message = std::str::from_utf8(line).map_err(|error| error.to_string())?;
    let context = context! { record => minijinja::Value::from(minijinja::value::Serde(&record)) };
    let mut event = Map::new();
    event.insert("message".to_owned(), Value::from(message));
    for setter in setters {
        let found = match &setter.source {
            Source::Constant(constant) => Some(constant.clone()),
            Source::Template(name) => {
                let template = environment.get_template(name).map_err(|error| error.to_string())?;
                value(setter.kind, template.render(&context).map_err(|error| format!("{name}: {error:#}"))?)
            }
        };
        if let Some(found) = found {
            insert(&mut event, &setter.path, found);
        }
    }
    Ok(Value::Object(event))
}

/// What a rendered text stands for; none where the field is not to be set.
fn value(kind: Kind, text: String) -> Option<Value> {
    if text.is_empty() || text == "none" {
        return None;
    }
    match kind {
        Kind::Text => Some(Value::String(text)),
        Kind::Number => serde_json::from_str(&text).ok(),
        Kind::List => serde_json::from_str(&text).ok().filter(|list: &Value| list != &Value::Array(Vec::new())),
    }
}

fn insert(map: &mut Map<String, Value>, path: &[String], value: Value) {
    match path {
        [name] => _ = map.insert(name.clone(), value),
        [name, rest @ ..] => {
            let inner = map.entry(name.clone()).or_insert_with(|| Value::Object(Map::new()));
            if let Some(inner) = inner.as_object_mut() {
                insert(inner, rest, value);
            }
        }
        [] => {}
    }
}

/// An address in its shortest form, IPv4 where it stands for one; nothing for what is no address.
fn address(text: &str) -> String {
    text.parse::<IpAddr>().map_or_else(|_| String::new(), |address| address.to_canonical().to_string())
}

/// A time as RFC 3339 in UTC: from RFC 3339, or from digits that begin with ten for the seconds since 1970.
fn timestamp(text: &str) -> Option<String> {
    let time: jiff::Timestamp = if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let (seconds, fraction) = text.split_at_checked(10)?;
        let micros: i64 = format!("{:0<6}", fraction.get(..6).unwrap_or(fraction)).parse().ok()?;
        jiff::Timestamp::from_microsecond(seconds.parse::<i64>().ok()? * 1_000_000 + micros).ok()?
    } else {
        text.parse().ok()?
    };
    Some(time.to_string())
}
