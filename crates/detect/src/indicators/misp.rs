//! MISP: the attributes of events that are meant to be matched, and warning lists.

use super::kind::{self, KindId};
use super::store::{IndicatorAbout, Indicators, Validity};
use serde::Deserialize;
use serde_json::Value as Json;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Document {
    #[serde(rename = "Event")]
    event: Option<Event>,
    response: Option<Response>,
    #[serde(rename = "Attribute")]
    attributes: Option<Vec<Attribute>>,
    list: Option<Vec<String>>,
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Response {
    Many(Vec<Document>),
    One(Box<Document>),
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Event {
    uuid: String,
    info: String,
    #[serde(rename = "Attribute")]
    attributes: Vec<Attribute>,
    #[serde(rename = "Object")]
    objects: Vec<Object>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Object {
    #[serde(rename = "Attribute")]
    attributes: Vec<Attribute>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Attribute {
    uuid: String,
    #[serde(rename = "type")]
    kind: String,
    value: String,
    to_ids: Json,
    deleted: Json,
    comment: Option<String>,
    first_seen: Option<String>,
}

/// Reads events, a list of attributes, or a warning list.
pub fn read(into: &mut Indicators, file: &str, text: &str) {
    let documents = match text.trim_start().starts_with('[') {
        true => serde_json::from_str(text),
        false => serde_json::from_str(text).map(|document| vec![document]),
    };
    match documents {
        Ok(documents) => documents.into_iter().for_each(|document| take(into, file, document)),
        Err(error) => into.refuse("the file is neither STIX nor MISP", format!("{file}: {error}")),
    }
}

fn take(into: &mut Indicators, file: &str, document: Document) {
    let mut is_known = false;
    if let Some(list) = document.list {
        let name = document.name.unwrap_or_else(|| file.to_owned());
        let kind = document.kind.unwrap_or_else(|| "string".to_owned());
        if let Err((reason, name)) = into.harmless.add(&kind, list, &name) {
            into.refuse(reason, name);
        }
        is_known = true;
    }
    if let Some(attributes) = document.attributes {
        attributes_of(into, file, "", &attributes);
        is_known = true;
    }
    if let Some(event) = document.event {
        let objects = event.objects.into_iter().flat_map(|object| object.attributes);
        let name = if event.info.is_empty() { event.uuid } else { event.info };
        attributes_of(into, file, &name, &event.attributes.into_iter().chain(objects).collect::<Vec<_>>());
        is_known = true;
    }
    match document.response {
        Some(Response::Many(documents)) => documents.into_iter().for_each(|document| take(into, file, document)),
        Some(Response::One(document)) => take(into, file, *document),
        None if !is_known => into.refuse("the document is neither an event nor a warning list", file.to_owned()),
        None => {}
    }
}

fn attributes_of(into: &mut Indicators, file: &str, event: &str, attributes: &[Attribute]) {
    for attribute in attributes.iter().filter(|attribute| is_true(&attribute.to_ids) && !is_true(&attribute.deleted)) {
        let name = || format!("{file}: {}", attribute.uuid);
        let validity = Validity::between(attribute.first_seen.as_deref(), None);
        let values = values(attribute);
        if values.is_empty() {
            into.refuse(format!("no field is known for the type `{}`", attribute.kind), name());
            continue;
        }
        let comment = attribute.comment.as_deref().filter(|comment| !comment.is_empty());
        let about = into.about(IndicatorAbout {
            provider: file.to_owned(),
            id: Some(attribute.uuid.clone()),
            name: comment.or(Some(event)).filter(|name| !name.is_empty()).map(str::to_owned),
        });
        values.into_iter().for_each(|(kind, value)| into.add(kind, value, about, validity, &name));
    }
}

/// The values of an attribute; one of two types has two, but a port alone is no indicator.
fn values(attribute: &Attribute) -> Vec<(KindId, &str)> {
    let (kind, value) = (&*attribute.kind, &*attribute.value);
    if kind.ends_with("|port") {
        let end = value.rfind(['|', ':']).unwrap_or(value.len());
        return kind::of_misp(kind).map(|kind| (kind, &value[..end])).into_iter().collect();
    }
    if let (Some((first, second)), Some((one, other))) = (kind.split_once('|'), value.split_once('|')) {
        // The name of a file alone says little where its hash is there.
        let first = kind::of_misp(first).filter(|_| first != "filename").map(|kind| (kind, one));
        let second = kind::of_misp(second).map(|kind| (kind, other));
        return first.into_iter().chain(second).collect();
    }
    kind::of_misp(kind).map(|kind| (kind, value)).into_iter().collect()
}

fn is_true(value: &Json) -> bool {
    matches!(value, Json::Bool(true))
        || value.as_str().is_some_and(|text| text == "1" || text == "true")
        || value.as_i64() == Some(1)
}
