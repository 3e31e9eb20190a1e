//! The files of a draft as text.

use super::decision::Decision;
use super::mapping::{Mapped, Mapping};
use super::proposal::Value;
use crate::{Contract, ValueType};
use std::fmt::Write;

/// The contract.
pub fn contract(contract: &Contract) -> String {
    let mut out = format!("name: {}\n", contract.name);
    if !contract.timestamps.is_empty() {
        out.push_str("timestamps:\n");
        contract.timestamps.iter().for_each(|name| line(&mut out, format_args!("  - {}", quoted(name))));
    }
    out.push_str("fields:\n");
    for field in &contract.fields {
        line(&mut out, format_args!("  {}:\n    type: {}", quoted(&field.name), field.kind));
    }
    out
}

/// The spec.
pub fn parser(name: &str, mapping: &Mapping) -> String {
    let mut out = format!(
        "name: {name}

pipeline:
  - name: record
    external:
      name: json.parse-json
      properties:
        input_field: original.message
        output_field: message
"
    );
    if let Some(timestamp) = mapping.timestamps.first() {
        let value = read(timestamp);
        line(
            &mut out,
            format_args!(
                "
  - name: happened_at
    description: \"Seconds, milliseconds, microseconds or nanoseconds since 1970, or RFC 3339\"
    filter: >-
      {{{{{value} | string | length >= 10}}}}
    external:
      name: date.parse
      properties:
        input_field: >-
          {{%- set at = {value} | string -%}}
          {{{{at[:10] ~ \".\" ~ (at[10:16] or \"0\") if at.isdigit() else at}}}}
        output_field: datetime"
            ),
        );
    }
    out.push_str("\n  - name: set_event\n  - name: set_fields\n\nstages:\n  set_event:\n    actions:\n      - set:\n");
    if !mapping.timestamps.is_empty() {
        out.push_str("          \"@timestamp\": \"{{happened_at.datetime}}\"\n");
    }
    line(&mut out, format_args!("          event.kind: \"event\"\n          event.dataset: \"{name}\""));
    out.push_str("\n  set_fields:\n    actions:\n      - set:\n");
    mapping.places.iter().for_each(|place| assignment(&mut out, place));
    out
}

fn assignment(out: &mut String, place: &Mapped) {
    let value = read(&place.raw);
    let template = match (place.value, place.kind) {
        (Some(Value::Address), _) => format!(
            "{{%- set ip = {value} | string -%}}
            {{{{ip[7:] if ip.lower().startswith(\"::ffff:\") and ip[7:] | is_ipv4 else ip if ip | is_ipaddress}}}}"
        ),
        (Some(Value::Port | Value::Status), _) => format!("{{{{({value} or 0) | int or null}}}}"),
        (Some(Value::Country), _) => format!("{{{{({value} or '') | upper}}}}"),
        (Some(Value::Lower), _) => format!("{{{{({value} or '') | lower}}}}"),
        (Some(Value::Host), _) => format!("{{{{re.sub(':[0-9]+$', '', ({value} or '') | lower).rstrip('.')}}}}"),
        (None, ValueType::Object | ValueType::Texts | ValueType::Ints | ValueType::Objects) => {
            format!("{{{{({value} | from_json if {value} is string else {value}) or null}}}}")
        }
        _ => format!("{{{{{value}}}}}"),
    };
    line(out, format_args!("          {}: >-\n            {template}", place.field));
}

/// The expression that reads a raw field.
fn read(name: &str) -> String {
    let is_plain = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && name.starts_with(|letter: char| letter.is_ascii_alphabetic());
    if is_plain { format!("record.message.{name}") } else { format!("record.message[\"{name}\"]") }
}

/// The declarations of the format's own fields.
pub fn fields(mapping: &Mapping) -> String {
    let own: Vec<&Mapped> = mapping.places.iter().filter(|place| place.value.is_none()).collect();
    if own.is_empty() {
        return "{}\n".to_owned();
    }
    let declaration = |place: &&Mapped| {
        let kind = match place.kind {
            ValueType::Int => "long",
            ValueType::Float => "float",
            ValueType::Bool => "boolean",
            ValueType::Object => "flattened",
            ValueType::Texts | ValueType::Ints | ValueType::Objects => "array",
            ValueType::Text | ValueType::Time => "keyword",
            ValueType::Unknown => "flattened",
        };
        let (field, raw) = (&place.field, &place.raw);
        format!("{field}:\n  description: \"The field {raw} as the source has it\"\n  name: {field}\n  type: {kind}\n")
    };
    own.iter().map(declaration).collect::<Vec<String>>().join("\n")
}

/// The manifest.
pub fn manifest(name: &str, uuid: &str) -> String {
    let slug = name.replace('_', "-");
    format!(
        "uuid: {uuid}\nname: {name}\nslug: {slug}\ndescription: >-\n  The dataset {name}. A first draft: say what it is for.\n\
         data_sources: {{}}\n"
    )
}

/// What a human must decide, as a page.
pub fn decisions(name: &str, decisions: &[Decision]) -> String {
    let mut out = format!(
        "# {name}: to decide\n\nA draft by names, types and sample values. Take each line out once it is decided.\n\n"
    );
    for decision in decisions {
        match &*decision.field {
            "" => line(&mut out, format_args!("- [ ] {}", decision.question)),
            field => line(&mut out, format_args!("- [ ] `{}`: {}", field.replace('`', "'"), decision.question)),
        }
    }
    out
}

/// A name as YAML reads it back: quoted, since `on` and `1` are no text.
fn quoted(name: &str) -> String {
    let is_plain = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && name.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && !["y", "n", "yes", "no", "on", "off", "true", "false", "null"].contains(&&*name.to_lowercase());
    if is_plain { name.to_owned() } else { format!("\"{name}\"") }
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{text}");
}
