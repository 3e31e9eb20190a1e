//! MISP: the attributes of events that are meant to be matched, and warning lists.

use super::kind::{self, KindId};
use super::store::{IndicatorAbout, Indicators, Validity};
use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::value::RawValue;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Document<'d> {
    #[serde(rename = "Event", borrow)]
    event: Option<&'d RawValue>,
    #[serde(borrow)]
    response: Option<&'d RawValue>,
    #[serde(rename = "Attribute", borrow)]
    attributes: Option<&'d RawValue>,
    #[serde(borrow)]
    list: Option<&'d RawValue>,
    name: Json,
    #[serde(rename = "type")]
    kind: Json,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Event<'e> {
    uuid: Json,
    info: Json,
    #[serde(rename = "Attribute", borrow)]
    attributes: Option<&'e RawValue>,
    #[serde(rename = "Object", borrow)]
    objects: Option<&'e RawValue>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Object<'o> {
    #[serde(rename = "Attribute", borrow)]
    attributes: Option<&'o RawValue>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Attribute {
    uuid: Json,
    #[serde(rename = "type")]
    kind: Json,
    value: Json,
    to_ids: Json,
    deleted: Json,
    comment: Json,
    first_seen: Json,
}

/// Reads events, a list of attributes, or a warning list. What of it is none is named, and the rest is read.
pub fn read(into: &mut Indicators, file: &str, text: &str) {
    for document in serde_json::Deserializer::from_str(text).into_iter::<&RawValue>() {
        match document {
            Ok(document) => each(into, file, document, take),
            Err(error) => return into.refuse("the file is neither STIX nor MISP", format!("{file}: {error}")),
        }
    }
}

/// Reads a value, or each of a list; one that cannot be read is named.
fn each<'d, T: Deserialize<'d>>(
    into: &mut Indicators,
    file: &str,
    raw: &'d RawValue,
    mut take: impl FnMut(&mut Indicators, &str, T),
) {
    let all = serde_json::from_str::<Vec<&RawValue>>(raw.get()).unwrap_or_else(|_| vec![raw]);
    for one in all.into_iter().filter(|one| one.get() != "null") {
        match serde_json::from_str::<T>(one.get()) {
            Ok(one) => take(into, file, one),
            Err(error) => into.refuse("a part of the file is not as MISP has it", format!("{file}: {error}")),
        }
    }
}

fn take(into: &mut Indicators, file: &str, document: Document<'_>) {
    let Document { event, response, attributes, list, name, kind } = document;
    if let Some(list) = list {
        let (name, kind) = (text(&name).unwrap_or_else(|| file.to_owned()), text(&kind));
        let mut values = Vec::new();
        each::<Json>(into, file, list, |into, file, value| match text(&value) {
            Some(value) => values.push(value),
            None => into.refuse("a value of a warning list is no text", file.to_owned()),
        });
        for reason in into.harmless.add(kind.as_deref().unwrap_or("string"), values) {
            into.refuse(reason, name.clone());
        }
    }
    if let Some(attributes) = attributes {
        each(into, file, attributes, |into, file, attribute| take_attribute(into, file, "", &attribute));
    }
    if let Some(event) = event {
        each(into, file, event, |into, file, event| take_event(into, file, &event));
    }
    match response {
        Some(response) => each(into, file, response, take),
        None if list.is_none() && attributes.is_none() && event.is_none() => {
            into.refuse("the document is neither an event nor a warning list", file.to_owned());
        }
        None => {}
    }
}

fn take_event(into: &mut Indicators, file: &str, event: &Event<'_>) {
    let name = text(&event.info).filter(|info| !info.is_empty()).or_else(|| text(&event.uuid)).unwrap_or_default();
    let take = |into: &mut Indicators, file: &str, attribute| take_attribute(into, file, &name, &attribute);
    if let Some(attributes) = event.attributes {
        each(into, file, attributes, take);
    }
    if let Some(objects) = event.objects {
        each(into, file, objects, |into, file, object: Object<'_>| {
            if let Some(attributes) = object.attributes {
                each(into, file, attributes, take);
            }
        });
    }
}

fn take_attribute(into: &mut Indicators, file: &str, event: &str, attribute: &Attribute) {
    if !is_true(&attribute.to_ids) || is_true(&attribute.deleted) {
        return;
    }
    let uuid = text(&attribute.uuid);
    let name = || format!("{file}: {}", uuid.as_deref().unwrap_or_default());
    let (kind, value) = (text(&attribute.kind).unwrap_or_default(), text(&attribute.value).unwrap_or_default());
    let validity = match Validity::between(text(&attribute.first_seen).as_deref(), None) {
        Ok(validity) => validity,
        Err(reason) => return into.refuse(reason, name()),
    };
    let values = values(&kind, &value);
    if values.is_empty() {
        return into.refuse(format!("no field is known for the type `{kind}`"), name());
    }
    let named = text(&attribute.comment).filter(|comment| !comment.is_empty());
    let named = named.or_else(|| Some(event.to_owned())).filter(|name| !name.is_empty());
    let about = into.about(IndicatorAbout { provider: file.to_owned(), id: uuid.clone(), name: named });
    values.into_iter().for_each(|(kind, value)| into.add(kind, value, about, validity, &name));
}

/// A text, or a number as a text.
fn text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The values of an attribute; one of two types has two, but a port, a size or a type of file alone is no indicator.
fn values<'v>(kind: &str, value: &'v str) -> Vec<(KindId, &'v str)> {
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
