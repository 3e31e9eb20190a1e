//! YAML as specs are read: `tests/yaml/*.toml`.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use weir::diagnostic::{Diagnostics, SourceId};
use weir::spec::yaml::{place_in_scalar, read, span_in_scalar};
use weir::value::{Constant, ConstantKind};

#[test]
fn scalars_stand_for_what_pyyaml_says() -> Result<(), Box<dyn Error>> {
    let groups: BTreeMap<String, BTreeMap<String, String>> = table("scalars")?;
    for (written, meant) in groups.values().flatten() {
        let (value, found) = read_value(&format!("v: {written}"));
        assert_eq!(value.as_ref().map(described).as_deref(), Some(&**meant), "`{written}`, found {found:?}");
        assert!(found.is_empty(), "`{written}`: {found:?}");
    }
    Ok(())
}

#[test]
fn documents_are_read_as_pyyaml_reads_them() -> Result<(), Box<dyn Error>> {
    for case in cases("documents")? {
        let claim = text(&case, "claim")?;
        let mut findings = Diagnostics::new();
        let document = read(text(&case, "yaml")?, SourceId(0), &mut findings).ok_or(claim)?;
        let expected: serde_json::Value = serde_json::from_str(&text(&case, "json")?.replace('\n', "\\n"))?;
        // As text: the order of the keys counts.
        assert_eq!(json(&document).to_string(), expected.to_string(), "{claim}");
        let found: Vec<&str> = findings.iter().map(|finding| finding.code.0).collect();
        let listed = case.get("found").and_then(toml::Value::as_array).cloned().unwrap_or_default();
        assert_eq!(found, listed.iter().filter_map(toml::Value::as_str).collect::<Vec<_>>(), "{claim}");
    }
    Ok(())
}

#[test]
fn every_letter_of_a_scalar_is_found_where_it_was_written() -> Result<(), Box<dyn Error>> {
    for case in cases("places")? {
        let (claim, source) = (text(&case, "claim")?, text(&case, "yaml")?);
        let scalar = read_value(source).0.ok_or(claim)?;
        let meant = scalar.as_text().ok_or(claim)?;
        for (offset, letter) in meant.char_indices().filter(|(_, letter)| letter.is_alphanumeric()) {
            let written = source.match_indices(letter).map(|(byte, _)| byte);
            let Some(byte) = written.clone().find(|byte| *byte >= scalar.span.start as usize) else { continue };
            let place = place_in_scalar(source, scalar.span, meant, offset as u32);
            assert_eq!(place as usize, byte, "{claim}: the place of `{letter}`");
            let span = span_in_scalar(source, scalar.span, meant, offset as u32, (offset + letter.len_utf8()) as u32);
            assert_eq!(&source[span.start as usize..span.end as usize], letter.to_string(), "{claim}");
        }
        for pair in case.get("places").and_then(toml::Value::as_array).into_iter().flatten() {
            let number = |index: usize| pair.get(index).and_then(toml::Value::as_integer).unwrap_or(-1);
            let place = place_in_scalar(source, scalar.span, meant, number(0) as u32);
            assert_eq!(i64::from(place), number(1), "{claim}: the place of byte {}", number(0));
        }
    }
    Ok(())
}

#[test]
fn any_cut_of_a_document_is_read_or_refused() -> Result<(), Box<dyn Error>> {
    for file in ["documents", "places"] {
        for case in cases(file)? {
            let source = text(&case, "yaml")?;
            for (cut, _) in source.char_indices() {
                let value = read_value(&source[..cut]).0;
                let Some((scalar, meant)) = value.as_ref().and_then(|value| Some((value, value.as_text()?))) else {
                    continue;
                };
                for offset in 0..=meant.len() as u32 + 1 {
                    let place = place_in_scalar(&source[..cut], scalar.span, meant, offset);
                    assert!(source.is_char_boundary(place as usize) && place <= scalar.span.end, "{source:?}");
                }
            }
        }
    }
    Ok(())
}

#[test]
fn a_number_of_more_digits_than_python_reads_is_refused() {
    let (value, found) = read_value(&format!("v: {}", "9".repeat(4301)));
    assert_eq!(found, ["yaml-value"]);
    assert!(value.is_some_and(|value| value.as_text().is_some()));
    assert!(read_value(&format!("v: {}", "9".repeat(4300))).1.is_empty());
}

#[test]
fn a_file_of_more_than_16_mebibytes_is_refused() {
    let (value, found) = read_value(&" ".repeat((16 << 20) + 1));
    assert_eq!((value, found), (None, vec!["yaml-too-large"]));
}

/// The value under `v`, and the codes of what was found.
fn read_value(source: &str) -> (Option<Constant>, Vec<&'static str>) {
    let mut findings = Diagnostics::new();
    let document = read(source, SourceId(0), &mut findings);
    let value = document.and_then(|document| document.get("v").cloned());
    (value, findings.iter().map(|finding| finding.code.0).collect())
}

/// The type and the value of a scalar, as the table writes them.
fn described(value: &Constant) -> String {
    let name = value.type_name();
    match &value.kind {
        ConstantKind::Null => name.to_owned(),
        ConstantKind::Bool(value) => format!("{name} {value}"),
        ConstantKind::Int(value) => format!("{name} {value}"),
        ConstantKind::Float(value) if value.is_nan() => format!("{name} nan"),
        ConstantKind::Float(value) => format!("{name} {value:?}"),
        ConstantKind::BigInt(value) | ConstantKind::Text(value) => format!("{name} {value}"),
        ConstantKind::List(_) | ConstantKind::Map(_) => name.to_owned(),
    }
}

fn json(value: &Constant) -> serde_json::Value {
    match &value.kind {
        ConstantKind::Null => serde_json::Value::Null,
        ConstantKind::Bool(value) => (*value).into(),
        ConstantKind::Int(value) => (*value).into(),
        ConstantKind::Float(value) => (*value).into(),
        ConstantKind::BigInt(text) | ConstantKind::Text(text) => text.as_ref().into(),
        ConstantKind::List(items) => items.iter().map(json).collect(),
        ConstantKind::Map(entries) => entries.iter().map(|(name, value)| (key(name), json(value))).collect(),
    }
}

fn key(value: &Constant) -> String {
    match &value.kind {
        ConstantKind::Text(text) => text.to_string(),
        ConstantKind::Bool(true) => "True".to_owned(),
        other => format!("{other:?}"),
    }
}

fn table<T: serde::de::DeserializeOwned>(name: &str) -> Result<T, Box<dyn Error>> {
    let path = format!("{}/tests/yaml/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    Ok(toml::from_str(&fs::read_to_string(path)?)?)
}

fn cases(name: &str) -> Result<Vec<toml::Value>, Box<dyn Error>> {
    let table: BTreeMap<String, Vec<toml::Value>> = table(name)?;
    Ok(table.into_values().flatten().collect())
}

fn text<'c>(case: &'c toml::Value, key: &str) -> Result<&'c str, Box<dyn Error>> {
    case.get(key).and_then(toml::Value::as_str).ok_or_else(|| format!("a case without `{key}`: {case}").into())
}
