//! STIX 2.1 bundles: the indicators among their objects.

use super::pattern::Pattern;
use super::store::{IndicatorAbout, Indicators, Validity};
use serde::Deserialize;
use std::borrow::Cow;

#[derive(Deserialize)]
struct Bundle<'b> {
    #[serde(borrow, default)]
    objects: Vec<Object<'b>>,
}

#[derive(Deserialize)]
struct Object<'b> {
    #[serde(borrow, rename = "type", default)]
    kind: Cow<'b, str>,
    #[serde(borrow, default)]
    id: Cow<'b, str>,
    #[serde(borrow)]
    name: Option<Cow<'b, str>>,
    #[serde(borrow)]
    pattern: Option<Cow<'b, str>>,
    #[serde(borrow)]
    pattern_type: Option<Cow<'b, str>>,
    #[serde(borrow)]
    valid_from: Option<Cow<'b, str>>,
    #[serde(borrow)]
    valid_until: Option<Cow<'b, str>>,
    #[serde(default)]
    revoked: bool,
}

/// Whether a JSON text is a bundle or a single object of STIX, by its first keys.
pub fn is_bundle(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Head<'h> {
        #[serde(borrow, rename = "type")]
        kind: Option<Cow<'h, str>>,
        #[serde(borrow)]
        id: Option<Cow<'h, str>>,
    }
    // MISP's warning lists have a `type`, too, and no id.
    serde_json::from_str::<Head<'_>>(text).is_ok_and(|head| {
        matches!((head.kind.as_deref(), head.id.is_some()), (Some("bundle"), _) | (Some("indicator"), true))
    })
}

/// Reads a bundle, or an indicator alone.
pub fn read(into: &mut Indicators, file: &str, text: &str) {
    let bundle = match serde_json::from_str::<Bundle<'_>>(text) {
        Ok(bundle) if !bundle.objects.is_empty() => Ok(bundle),
        Ok(empty) => serde_json::from_str(text).map(|object| Bundle { objects: vec![object] }).or(Ok(empty)),
        Err(error) => Err(error),
    };
    match bundle {
        Ok(bundle) => bundle.objects.iter().for_each(|object| one(into, file, object)),
        Err(error) => into.refuse("the file is no STIX bundle", format!("{file}: {error}")),
    }
}

fn one(into: &mut Indicators, file: &str, object: &Object<'_>) {
    if object.kind != "indicator" {
        return;
    }
    let name = || object.id.to_string();
    if object.revoked {
        return into.refuse("it was revoked", name());
    }
    let Some(pattern) = &object.pattern else { return into.refuse("it has no pattern", name()) };
    if let Some(other) = object.pattern_type.as_deref().filter(|kind| *kind != "stix") {
        return into.refuse(format!("its pattern is none of STIX but of `{other}`"), name());
    }
    match Pattern::read(pattern) {
        Ok(pattern) => {
            let about = into.about(IndicatorAbout {
                provider: file.to_owned(),
                id: Some(object.id.to_string()),
                name: object.name.as_ref().map(|name| name.to_string()),
            });
            let validity = Validity::between(object.valid_from.as_deref(), object.valid_until.as_deref());
            into.add_pattern(pattern, about, validity, &name);
        }
        Err(reason) => into.refuse(reason, name()),
    }
}
