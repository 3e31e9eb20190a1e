//! Runs an extractor alone.

use serde_json::Value as Json;
use weir::diagnostic::{Diagnostics, SourceId, Span};
use weir::extract::{self, Extractor, Job, Properties};
use weir::json::{self, KeyOrder, Projection};
use weir::spec;
use weir::value::{Arena, ConstantKind, Fault, Value};

/// An extractor with its properties as YAML.
pub fn compiled(name: &str, properties: &str) -> Box<dyn Extractor> {
    let entry = extract::find(name).expect("an extractor of that name");
    let mut findings = Diagnostics::new();
    let yaml = spec::yaml::read(properties, SourceId(0), &mut findings).expect("properties are YAML");
    let entries = match &yaml.kind {
        ConstantKind::Map(entries) => entries.as_slice(),
        _ => &[],
    };
    let properties = Properties { span: Span::new(SourceId(0), 0, properties.len() as u32), entries };
    (entry.compile)(&properties, &mut findings).unwrap_or_else(|| panic!("{name}: {findings:?}"))
}

/// What it makes of a text.
pub fn result(extractor: &dyn Extractor, text: &str) -> Result<Json, Fault> {
    result_at(extractor, text, 0)
}

/// What it makes of a text at a reference time.
pub fn result_at(extractor: &dyn Extractor, text: &str, now: i64) -> Result<Json, Fault> {
    let arena = Arena::default();
    let job = Job { arena: &arena, wanted: &Projection::WHOLE, now, order: &KeyOrder::default() };
    let result = extractor.extract(Value::Text(text), &job)?;
    let mut out = Vec::new();
    json::write(&mut out, result)?;
    Ok(serde_json::from_slice(&out).unwrap_or_else(|error| panic!("{text:?}: {error}")))
}
