//! The same facts through a whole format: the context is the message, the value a field that keeps what it is given.

use super::NOW;
use weir::json;
use weir::value::{Arena, Value, text};
use weir::{FormatText, Input, Record, Scratch, compile};

const FIELDS: &str = "result:\n  name: result\n  type: flattened\n  description: any value\n";

/// Checks that the field is set to the result, and not set where there is none to set.
/// `reads_text` tells whether the result is that of an expression, whose text may yet read as a list or a dict.
pub fn check(template: &str, context: &str, result: Option<&str>, reads_text: bool) -> Result<(), String> {
    let format = compile(&FormatText {
        parser: ("parser.yml".to_owned(), parser(template, context)),
        fields: vec![("fields.yml".to_owned(), FIELDS.to_owned())],
    });
    let plan = format.plan.as_ref().ok_or_else(|| format!("does not compile: {:?}", format.findings))?;
    let record = Record { input: Input::Message(context.as_bytes()), now: NOW, event_id: None };
    let mut out = Vec::new();
    let report = plan.run(&mut Scratch::default(), &record, &mut out).clone();
    let found = result_of(&out)?;
    let expected = result.and_then(|result| set_as(result, reads_text));
    match found == expected {
        true => Ok(()),
        false => Err(format!("found {found:?}, expected {expected:?}, {:?}", report.omissions())),
    }
}

/// Reads the message, gives each of its keys a name of its own, and sets the field.
fn parser(template: &str, context: &str) -> String {
    let names = json_keys(context);
    let named: String = names.iter().map(|name| format!("{{% set {name} = input.message.{name} %}}")).collect();
    let value = json_text(&(named + template));
    format!(
        "name: language\npipeline:\n  - name: input\n    external: {{name: json.parse-json, properties: {{input_field: \
         original.message}}}}\n  - name: stage\nstages:\n  stage:\n    actions:\n      - set: {{result: {value}}}\n"
    )
}

/// A result as JSON of the field that it is set on; `None` where it does not set the field. JSON has one word, `null`, for
/// what is undefined, nothing, or not finite.
fn set_as(result: &str, reads_text: bool) -> Option<String> {
    let arena = Arena::default();
    let result = result.replace("Undefined", "None");
    let value = match text::literal(&arena, &result) {
        Ok(Some(Value::Text(text))) if reads_text => text::native(&arena, text).ok()?,
        Ok(Some(value)) => value,
        _ => return Some("null".to_owned()),
    };
    match value {
        Value::None => None,
        Value::Text(text) if text.is_empty() || text.trim() == "None" => None,
        // Read back as the event is: integers of JSON are held to 64 bits.
        value => written(json::read(&arena, arena.text(&written(value)?).ok()?, &json::Projection::WHOLE).ok()?),
    }
}

fn result_of(event: &[u8]) -> Result<Option<String>, String> {
    let arena = Arena::default();
    let event = std::str::from_utf8(event).map_err(|error| error.to_string())?;
    match json::read(&arena, event, &json::Projection::WHOLE) {
        Ok(Value::Map(event)) => Ok(event.get_text("result").and_then(written)),
        other => Err(format!("{other:?} is no event")),
    }
}

fn written(value: Value<'_>) -> Option<String> {
    let mut out = Vec::new();
    json::write(&mut out, value).ok()?;
    String::from_utf8(out).ok()
}

fn json_text(text: &str) -> String {
    let mut out = Vec::new();
    json::write_text(&mut out, text);
    String::from_utf8_lossy(&out).into_owned()
}

fn json_keys(object: &str) -> Vec<String> {
    let arena = Arena::default();
    match json::read(&arena, object, &json::Projection::WHOLE) {
        Ok(Value::Map(map)) => map.iter().filter_map(|(key, _)| key.as_text().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}
