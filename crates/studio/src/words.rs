//! What an author can write: fields of the taxonomy, functions of the library, extractors. For completion and for the pointer.

use serde::Serialize;
use weir::taxonomy::Taxonomy;
use weir::{extract, filters};

/// All of it.
#[derive(Debug, Serialize)]
pub struct Words<'t> {
    version: &'static str,
    fields: Vec<Word<'t>>,
    functions: Vec<Word<'t>>,
    extractors: Vec<Word<'t>>,
}

/// A word.
#[derive(Debug, Serialize)]
struct Word<'t> {
    name: &'t str,
    kind: &'static str,
    /// The type of a field, the parameters of a function.
    #[serde(rename = "type")]
    kind_of_value: String,
    text: &'t str,
}

/// The words of a format with these fields.
pub fn words(taxonomy: &Taxonomy) -> Words<'_> {
    let fields = taxonomy.iter().map(|field| Word {
        name: &field.name,
        kind: "field",
        kind_of_value: field.kind.name().to_owned(),
        text: field.description.as_deref().unwrap_or_else(|| field.kind.summary()),
    });
    let functions = filters::all().flat_map(|entry| {
        let own = usize::from(entry.kind != filters::LibraryKind::Global);
        let parameters: Vec<String> = entry.parameters.iter().skip(own).map(ToString::to_string).collect();
        let kind_of_value = format!("({})", parameters.join(", "));
        entry.names.iter().map(move |name| Word {
            name,
            kind: entry.kind.name(),
            kind_of_value: kind_of_value.clone(),
            text: entry.summary,
        })
    });
    let extractors = extract::all().map(|description| {
        let properties: Vec<&str> = description.properties.iter().map(|property| property.name).collect();
        Word {
            name: description.name,
            kind: "extractor",
            kind_of_value: properties.join(", "),
            text: description.summary,
        }
    });
    Words {
        version: concat!("weir ", env!("CARGO_PKG_VERSION")),
        fields: fields.collect(),
        functions: functions.collect(),
        extractors: extractors.collect(),
    }
}
