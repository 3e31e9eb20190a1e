//! The files of a draft as text.

use crate::decision::Decision;
use crate::mapping::{Form, Mapped, Mapping, Origin};
use crate::proposal::{Proposed, Value};
use crate::step::{Property, Step, line, scalar};
use weir_dataset::{Contract, ValueType};

/// What of a spec is before its stages.
pub struct Parser<'p> {
    /// The entries with extractors.
    pub steps: &'p [Step],
    /// The words for nothing that samples have.
    pub ignored: &'p [&'static str],
    /// Where the names come from.
    pub origin: Origin,
}

/// The contract.
pub fn contract(contract: &Contract) -> String {
    let mut out = format!("name: {}\n", contract.name);
    if !contract.timestamps.is_empty() {
        out.push_str("timestamps:\n");
        contract.timestamps.iter().for_each(|name| line(&mut out, format_args!("  - {}", scalar(name))));
    }
    out.push_str("fields:\n");
    for field in &contract.fields {
        line(&mut out, format_args!("  {}:\n    type: {}", scalar(&field.name), field.kind));
    }
    out
}

/// The spec.
pub fn parser(name: &str, parser: &Parser<'_>, mapping: &Mapping) -> String {
    let mut out = format!("name: {name}\n");
    if !parser.ignored.is_empty() {
        let words: Vec<String> = parser.ignored.iter().map(|word| scalar(word)).collect();
        line(&mut out, format_args!("ignored_values: [{}]", words.join(", ")));
    }
    out.push_str("\npipeline:");
    parser.steps.iter().for_each(|step| step.write(&mut out));
    if let Some(moment) = mapping.moments.first() {
        let date = Step::new("happened_at", "date.parse", &moment.input);
        Step { output: "datetime", filter: moment.filter.clone(), ..date }.write(&mut out);
    }
    out.push_str("\n  - name: set_event\n");
    if !mapping.places.is_empty() {
        out.push_str("  - name: set_fields\n");
    }
    out.push_str("\nstages:\n  set_event:\n    actions:\n      - set:\n");
    if !mapping.moments.is_empty() {
        out.push_str("          '@timestamp': '{{happened_at.datetime}}'\n");
    }
    line(&mut out, format_args!("          event.kind: event\n          event.dataset: {}", scalar(name)));
    if !mapping.places.is_empty() {
        out.push_str("\n  set_fields:\n    actions:\n      - set:\n");
        mapping.places.iter().for_each(|place| assignment(&mut out, place, parser.origin));
    }
    out
}

fn assignment(out: &mut String, place: &Mapped, origin: Origin) {
    let value = &place.read;
    let is_documented = origin == Origin::Documentation;
    let template = match (place.value, place.kind) {
        (Some(Value::Address), _) if !is_documented && place.form != Form::Whole => match place.form {
            Form::First => format!("({value} or []) | first"),
            Form::BeforePort => format!("({value} or '').split(':')[0]"),
            _ => format!("{value} if {value} | is_ipaddress else null"),
        },
        (Some(Value::Port), _) if place.form == Form::Port => format!("({value} or ':').split(':')[1]"),
        (Some(Value::Address), _) if is_documented => {
            let template = format!(
                "{{%- set ip = {value} | string -%}}
            {{{{ip[7:] if ip.lower().startswith(\"::ffff:\") and ip[7:] | is_ipv4 else ip if ip | is_ipaddress}}}}"
            );
            line(out, format_args!("          {}: >-\n            {template}", place.field));
            return;
        }
        (Some(Value::Port | Value::Status), _) if is_documented => format!("({value} or 0) | int or null"),
        (Some(Value::Country), _) if is_documented || !place.is_as_wanted => format!("({value} or '') | upper"),
        (Some(Value::Lower), _) if is_documented || !place.is_as_wanted => format!("({value} or '') | lower"),
        (Some(Value::Host), _) if is_documented => {
            format!("re.sub(':[0-9]+$', '', ({value} or '') | lower).rstrip('.')")
        }
        (Some(Value::Host), _) if !place.is_as_wanted => format!("({value} or '') | lower"),
        (None, ValueType::Object | ValueType::Texts | ValueType::Ints | ValueType::Objects) if is_documented => {
            format!("({value} | from_json if {value} is string else {value}) or null")
        }
        _ => value.clone(),
    };
    line(out, format_args!("          {}: {}", place.field, scalar(&format!("{{{{{template}}}}}"))));
}

/// The declarations of the format's own fields.
pub fn fields(mapping: &Mapping) -> String {
    let own: Vec<&Mapped> = mapping.places.iter().filter(|place| place.value.is_none()).collect();
    if own.is_empty() {
        return String::new();
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
        let field = &place.field;
        let description = scalar(&format!("The field {} as the source has it", place.raw));
        format!("{field}:\n  description: {description}\n  name: {field}\n  type: {kind}\n")
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

/// What was proposed, and what a human must decide, as a page.
pub fn decisions(name: &str, proposals: &[Proposed], decisions: &[Decision]) -> String {
    let mut out = format!(
        "# {name}: to decide\n\nA draft by names, types and sample values. Take each line out once it is decided.\n\n"
    );
    for decision in decisions {
        match &*decision.field {
            "" => line(&mut out, format_args!("- [ ] {}", decision.question)),
            field => line(&mut out, format_args!("- [ ] `{}`: {}", field.replace('`', "'"), decision.question)),
        }
    }
    if !proposals.is_empty() {
        out.push_str("\n## Proposed fields\n\n| Of the record | Field | Confidence | Values |\n|---|---|---|---|\n");
    }
    let cell = |text: &str| text.replace('|', "\\|");
    for Proposed { raw, field, confidence, shown } in proposals {
        line(&mut out, format_args!("| {} | `{field}` | {} | {} |", cell(raw), confidence.name(), cell(shown)));
    }
    out
}

/// The entry that reads a record as JSON, with the name that drafts give it.
pub fn json_step(name: &str, input: &str) -> Step {
    Step::new(name, "json.parse-json", input)
}

/// A grok entry.
pub fn grok_step(name: &str, input: &str, pattern: String) -> Step {
    Step::new(name, "grok.match", input).with("pattern", Property::Text(pattern))
}
