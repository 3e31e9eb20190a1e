//! A format's or module's manifest: `_meta/manifest.yml`.

use super::Named;
use super::findings::{MALFORMED_UUID, MANIFEST_KEY};
use super::reader::{Pairs, SpecReader, find, head, present};
use super::{keys, yaml};
use crate::diagnostic::{Diagnostics, SourceId};
use crate::value::ConstantKind;

/// What a repository says about a format or module.
#[derive(Clone, Debug, Default)]
pub struct Manifest {
    /// Its identity.
    pub uuid: Option<Named>,
    /// Its name for people.
    pub name: Option<Named>,
    /// Its name in addresses.
    pub slug: Option<Named>,
    /// What it is.
    pub description: Option<Named>,
    /// Kinds of logs, each with what it brings; a module has none.
    pub data_sources: Vec<(Named, Option<Named>)>,
}

/// Reads a manifest; `None` if it is no mapping.
pub fn read_manifest(text: &str, source: SourceId, findings: &mut Diagnostics) -> Option<Manifest> {
    let document = yaml::read(text, source, findings)?;
    let mut reader = SpecReader::new(findings);
    let pairs = reader.mapping(&document, "a manifest")?;
    reader.check_keys(pairs, "a manifest", keys::MANIFEST);
    for key in ["uuid", "name", "slug", "description"] {
        // Empty text is allowed: modules have empty descriptions.
        if find(pairs, key).is_none_or(|value| value.kind == ConstantKind::Null) {
            reader.report(MANIFEST_KEY.at(head(pairs, document.span), &[key]));
        }
    }
    for key in ["automation_module_uuid", "automation_connector_uuid"] {
        uuid(&mut reader, pairs, key);
    }
    Some(Manifest {
        uuid: uuid(&mut reader, pairs, "uuid"),
        name: reader.optional_name(pairs, "name", "the name of a manifest"),
        slug: reader.optional_name(pairs, "slug", "a slug"),
        description: reader.optional_name(pairs, "description", "a description"),
        data_sources: data_sources(&mut reader, pairs),
    })
}

fn uuid(reader: &mut SpecReader<'_>, pairs: &Pairs, key: &str) -> Option<Named> {
    let uuid = reader.optional_name(pairs, key, &format!("`{key}`"))?;
    if !has_uuid_form(&uuid.text) {
        reader.report(MALFORMED_UUID.at(uuid.span, &[&uuid.text]));
    }
    Some(uuid)
}

/// Groups of 8, 4, 4, 4 and 12 hexadecimal digits.
fn has_uuid_form(text: &str) -> bool {
    let groups = text.split('-').map(|group| (group.len(), group.bytes().all(|byte| byte.is_ascii_hexdigit())));
    groups.eq([(8, true), (4, true), (4, true), (4, true), (12, true)])
}

fn data_sources(reader: &mut SpecReader<'_>, pairs: &Pairs) -> Vec<(Named, Option<Named>)> {
    let sources = present(pairs, "data_sources").and_then(|sources| reader.mapping(sources, "`data_sources`"));
    let sources = sources.unwrap_or_default().iter().filter_map(|(name, value)| {
        let name = reader.name(name, "the name of a data source")?;
        let says = (value.kind != ConstantKind::Null).then_some(value);
        Some((name, says.and_then(|value| reader.name(value, "the description of a data source"))))
    });
    sources.collect()
}
