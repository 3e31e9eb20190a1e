//! STIX 2.1: the indicators among the objects of bundles and of what TAXII servers answer.

use super::pattern::Pattern;
use super::store::{IndicatorAbout, Indicators, Validity};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

#[derive(Deserialize)]
struct Bundle<'b> {
    #[serde(borrow)]
    objects: Vec<&'b RawValue>,
}

/// An indicator. A key that has something else than text is as if it were not there; only the pattern must be one.
#[derive(Deserialize)]
struct Object<'b> {
    #[serde(borrow, default)]
    id: Loose<'b>,
    #[serde(borrow, default)]
    name: Loose<'b>,
    #[serde(borrow)]
    pattern: Option<Cow<'b, str>>,
    #[serde(borrow, default)]
    pattern_type: Loose<'b>,
    #[serde(borrow, default)]
    valid_from: Loose<'b>,
    #[serde(borrow, default)]
    valid_until: Loose<'b>,
    #[serde(borrow, default)]
    revoked: Loose<'b>,
}

/// A scalar of JSON, by its text.
#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Loose<'b> {
    Text(#[serde(borrow)] Cow<'b, str>),
    Bool(bool),
    #[default]
    Nothing,
    Other(serde::de::IgnoredAny),
}

impl Loose<'_> {
    fn text(&self) -> Option<&str> {
        if let Loose::Text(text) = self { Some(text) } else { None }
    }

    fn is_true(&self) -> bool {
        matches!(self, Loose::Bool(true)) || self.text() == Some("true")
    }
}

/// Whether a JSON text is STIX: a bundle, the envelope of a TAXII server, a list of objects, or a single object. MISP's warning lists
/// have a `type`, too, and no id.
pub fn is_stix(text: &str) -> bool {
    #[derive(Deserialize, Default)]
    struct Head<'h> {
        #[serde(borrow, rename = "type", default)]
        kind: Loose<'h>,
        #[serde(borrow, default)]
        id: Loose<'h>,
        #[serde(borrow)]
        objects: Option<&'h RawValue>,
    }
    let is_it = |head: &Head<'_>| {
        // An id of STIX is a type, two dashes and a UUID.
        let is_object = head.kind.text().is_some() && head.id.text().is_some_and(|id| id.contains("--"));
        head.kind.text() == Some("bundle") || head.objects.is_some() || is_object
    };
    // Of several texts of JSON, one behind the other, the first tells.
    let first = |text: &str| match serde_json::Deserializer::from_str(text).into_iter::<Head<'_>>().next() {
        Some(Ok(head)) => is_it(&head),
        _ => false,
    };
    match serde_json::from_str::<Vec<&RawValue>>(text) {
        Ok(objects) => objects.first().is_some_and(|object| first(object.get())),
        Err(_) => first(text),
    }
}

/// Reads bundles, envelopes, lists of objects or objects, several of them one behind the other, too.
pub fn read(into: &mut Indicators, file: &str, text: &str) {
    for document in serde_json::Deserializer::from_str(text).into_iter::<&RawValue>() {
        match document {
            Ok(document) => read_document(into, file, document),
            Err(error) => return into.refuse("the file is no STIX bundle", format!("{file}: {error}")),
        }
    }
}

fn read_document(into: &mut Indicators, file: &str, document: &RawValue) {
    let objects = match serde_json::from_str::<Vec<&RawValue>>(document.get()) {
        Ok(objects) => objects,
        Err(_) => match serde_json::from_str::<Bundle<'_>>(document.get()) {
            Ok(bundle) => bundle.objects,
            Err(_) => vec![document],
        },
    };
    for object in objects.into_iter().filter(|object| is_indicator(object)) {
        match serde_json::from_str::<Object<'_>>(object.get()) {
            Ok(object) => one(into, file, &object),
            Err(error) => into.refuse(format!("the indicator cannot be read: {error}"), id_of(object, file)),
        }
    }
}

fn is_indicator(object: &RawValue) -> bool {
    #[derive(Deserialize)]
    struct Kind<'k> {
        #[serde(borrow, rename = "type", default)]
        kind: Loose<'k>,
    }
    serde_json::from_str::<Kind<'_>>(object.get()).is_ok_and(|object| object.kind.text() == Some("indicator"))
}

fn id_of(object: &RawValue, file: &str) -> String {
    #[derive(Deserialize)]
    struct Id<'i> {
        #[serde(borrow, default)]
        id: Loose<'i>,
    }
    let id = serde_json::from_str::<Id<'_>>(object.get()).ok();
    id.and_then(|object| object.id.text().map(str::to_owned)).unwrap_or_else(|| file.to_owned())
}

fn one(into: &mut Indicators, file: &str, object: &Object<'_>) {
    let name = || object.id.text().unwrap_or(file).to_owned();
    if object.revoked.is_true() {
        return into.refuse("it was revoked", name());
    }
    let Some(pattern) = &object.pattern else { return into.refuse("it has no pattern", name()) };
    if let Some(other) = object.pattern_type.text().filter(|kind| *kind != "stix") {
        return into.refuse(format!("its pattern is none of STIX but of `{other}`"), name());
    }
    let validity = match Validity::between(object.valid_from.text(), object.valid_until.text()) {
        Ok(validity) => validity,
        Err(reason) => return into.refuse(reason, name()),
    };
    match Pattern::read(pattern) {
        Ok((pattern, left_out)) => {
            for reason in left_out {
                into.refuse(format!("{reason}; the rest of the pattern is used"), name());
            }
            let about = into.about(IndicatorAbout {
                provider: file.to_owned(),
                id: object.id.text().map(str::to_owned),
                name: object.name.text().map(str::to_owned),
            });
            into.add_pattern(pattern, about, validity, &name);
        }
        Err(reason) => into.refuse(reason, name()),
    }
}
