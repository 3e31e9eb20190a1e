//! Runs an extractor alone.

use serde_json::Value as Json;
use weir::diagnostic::{Diagnostics, SourceId, Span};
use weir::extract::{self, CompiledExtractor, Properties, ResultSink};
use weir::json::{self, KeyOrder};
use weir::spec;
use weir::value::{Arena, ConstantKind, Fault, Value};

/// An extractor with its properties as YAML.
pub fn compiled(name: &str, properties: &str) -> CompiledExtractor {
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
pub fn result(extractor: &CompiledExtractor, text: &str) -> Result<Json, Fault> {
    result_at(extractor, text, 0)
}

/// What it makes of a text at a reference time.
pub fn result_at(extractor: &CompiledExtractor, text: &str, now: i64) -> Result<Json, Fault> {
    let arena = Arena::default();
    let order = KeyOrder::default();
    let sink = ResultSink { now, ..ResultSink::new(&arena, &order) };
    let result = extractor.function.extract(Value::Text(text), &sink)?;
    let mut out = Vec::new();
    json::write(&mut out, result)?;
    Ok(serde_json::from_slice(&out).unwrap_or_else(|error| panic!("{text:?}: {error}")))
}
