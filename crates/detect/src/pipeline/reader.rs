//! The YAML of a pipeline → [`Pipeline`].

use super::{Change, FieldChoice, Pipeline, Step, StepCondition};
use crate::findings::{PIPELINE_ITEM, PIPELINE_KEY};
use crate::rule::reader::{Reading, head, log_source, scalar_text, search, texts};
use std::collections::BTreeMap;
use weir::diagnostic::{Diagnostic, Diagnostics, SourceId, Span};
use weir::spec::yaml;
use weir::value::{Constant, ConstantKind};

/// Reads a pipeline; `None` with a finding where it is none. A step that is not supported is passed over, with a finding.
pub fn read(text: &str, source: SourceId, findings: &mut Diagnostics) -> Option<Pipeline> {
    let document = yaml::read(text, source, findings)?;
    pipeline(&document, findings).map_err(|finding| findings.push(finding)).ok()
}

fn pipeline(document: &Constant, findings: &mut Diagnostics) -> Reading<Pipeline> {
    if !matches!(document.kind, ConstantKind::Map(_)) {
        return Err(wrong(document.span, "it is no mapping"));
    }
    let mut pipeline = Pipeline {
        name: document.get("name").and_then(scalar_text).unwrap_or_default(),
        priority: document.get("priority").and_then(scalar_text).and_then(|text| text.parse().ok()).unwrap_or(0),
        vars: document.get("vars").map(lists).unwrap_or_default(),
        steps: Vec::new(),
    };
    let steps: &[Constant] = match document.get("transformations").map(|steps| &steps.kind) {
        None | Some(ConstantKind::Null) => &[],
        Some(ConstantKind::List(steps)) => steps,
        Some(_) => return Err(wrong(head(document), "`transformations` is no list")),
    };
    for constant in steps {
        pipeline.steps.extend(step(constant, findings)?);
    }
    Ok(pipeline)
}

fn wrong(span: Span, reason: &str) -> Diagnostic {
    PIPELINE_KEY.at(span, &[reason])
}

fn step(constant: &Constant, findings: &mut Diagnostics) -> Reading<Option<Step>> {
    let text = |key: &str| constant.get(key).and_then(scalar_text);
    let Some(kind) = text("type") else { return Err(wrong(head(constant), "a step needs `type`")) };
    let Some(change) = change(constant, &kind)? else {
        findings.push(PIPELINE_ITEM.at(head(constant), &["step", &kind]));
        return Ok(None);
    };
    let unknown = |kind: &str, name: &str, place: &Constant| PIPELINE_ITEM.at(head(place), &[kind, name]);
    // Conditions in a mapping have names for an expression over them.
    let is_named = |key: &&str| matches!(constant.get(key).map(|value| &value.kind), Some(ConstantKind::Map(_)));
    let named = ["rule_conditions", "field_name_conditions"].into_iter().find(is_named).map(str::to_owned);
    if let Some(key) = unknown_key(constant, &[STEP_KEYS, keys(&kind)]).or(named) {
        findings.push(unknown("key", &key, constant));
        return Ok(None);
    }
    let mut conditions = Vec::new();
    for condition in items(constant, "rule_conditions")? {
        match rule_condition(condition)? {
            Some(condition) => conditions.push(condition),
            None => {
                findings.push(unknown("condition", &kind_of(condition), condition));
                return Ok(None);
            }
        }
    }
    let mut fields = Vec::new();
    for condition in items(constant, "field_name_conditions")? {
        match field_choice(condition)? {
            Some(choice) => fields.push(choice),
            None => {
                findings.push(unknown("condition", &kind_of(condition), condition));
                return Ok(None);
            }
        }
    }
    let is_any = text("rule_cond_op").is_some_and(|word| word == "or");
    let is_negated = text("rule_cond_not").is_some_and(|word| word == "true");
    Ok(Some(Step { id: text("id"), change, conditions, is_any, is_negated, fields }))
}

fn kind_of(constant: &Constant) -> String {
    constant.get("type").and_then(scalar_text).unwrap_or_default()
}

/// The keys of any step. One that is not known may say to which rules or fields a step applies, so that such a step is passed over.
const STEP_KEYS: &[&str] = &["id", "type", "rule_conditions", "rule_cond_op", "rule_cond_not", "field_name_conditions"];

/// The keys of a step of a kind beside those of any.
fn keys(kind: &str) -> &'static [&'static str] {
    match kind {
        "field_name_mapping" | "field_name_prefix_mapping" => &["mapping"],
        "field_name_prefix" => &["prefix"],
        "field_name_suffix" => &["suffix"],
        "add_condition" => &["conditions", "negated", "name"],
        "change_logsource" => LOG_SOURCE_KEYS,
        "rule_failure" => &["message"],
        "set_state" => &["key", "val"],
        _ => &[],
    }
}

const LOG_SOURCE_KEYS: &[&str] = &["category", "product", "service"];

/// The first key of a mapping that is none of these.
fn unknown_key(constant: &Constant, known: &[&[&str]]) -> Option<String> {
    let ConstantKind::Map(pairs) = &constant.kind else { return None };
    let mut names = pairs.iter().map(|(key, _)| scalar_text(key).unwrap_or_default());
    names.find(|name| !known.iter().any(|known| known.contains(&&**name)))
}

/// The conditions under a key.
fn items<'c>(constant: &'c Constant, key: &str) -> Reading<&'c [Constant]> {
    match constant.get(key).map(|conditions| &conditions.kind) {
        None | Some(ConstantKind::Null) => Ok(&[]),
        Some(ConstantKind::List(items)) => Ok(items),
        Some(_) => Err(wrong(head(constant), &format!("`{key}` is no list"))),
    }
}

fn field_choice(constant: &Constant) -> Reading<Option<FieldChoice>> {
    let is_included = match &*kind_of(constant) {
        "include_fields" => true,
        "exclude_fields" => false,
        _ => return Ok(None),
    };
    if unknown_key(constant, &[&["type", "fields"]]).is_some() {
        return Ok(None);
    }
    let names = constant.get("fields").map(texts).unwrap_or_default();
    Ok(Some(FieldChoice { names, is_included }))
}

fn change(constant: &Constant, kind: &str) -> Reading<Option<Change>> {
    let text = |key: &str| constant.get(key).and_then(scalar_text).unwrap_or_default();
    Ok(Some(match kind {
        "field_name_mapping" => Change::Rename(mapping(constant)?),
        "field_name_prefix_mapping" => Change::RenamePrefix(mapping(constant)?),
        "field_name_prefix" => Change::Prefix(text("prefix")),
        "field_name_suffix" => Change::Suffix(text("suffix")),
        "add_condition" => {
            let Some(conditions) = constant.get("conditions") else {
                return Err(wrong(head(constant), "`add_condition` needs `conditions`"));
            };
            Change::AddCondition(search(conditions, conditions.span, 0)?, text("negated") == "true")
        }
        "change_logsource" => Change::ChangeLogSource(log_source(constant)?),
        "value_placeholders" => Change::Placeholders,
        "wildcard_placeholders" => Change::WildcardPlaceholders,
        "drop_detection_item" => Change::DropItem,
        "rule_failure" => Change::Fail(text("message")),
        "set_state" => Change::Nothing,
        _ => return Ok(None),
    }))
}

fn rule_condition(constant: &Constant) -> Reading<Option<StepCondition>> {
    let text = |key: &str| constant.get(key).and_then(scalar_text);
    let has_only = |keys: &[&str]| unknown_key(constant, &[&["type"], keys]).is_none();
    Ok(match text("type").as_deref() {
        Some("logsource") if has_only(LOG_SOURCE_KEYS) => Some(StepCondition::LogSource(log_source(constant)?)),
        Some("contains_field") if has_only(&["field"]) => text("field").map(StepCondition::HasField),
        Some("processing_item_applied") if has_only(&["processing_item_id"]) => {
            text("processing_item_id").map(StepCondition::Applied)
        }
        _ => None,
    })
}

fn mapping(constant: &Constant) -> Reading<BTreeMap<String, Vec<String>>> {
    match constant.get("mapping") {
        Some(mapping) if matches!(mapping.kind, ConstantKind::Map(_)) => Ok(lists(mapping)),
        _ => Err(wrong(head(constant), "`mapping` is missing or no mapping")),
    }
}

/// A mapping of names to one text or several.
fn lists(constant: &Constant) -> BTreeMap<String, Vec<String>> {
    let ConstantKind::Map(pairs) = &constant.kind else { return BTreeMap::new() };
    pairs.iter().filter_map(|(key, value)| Some((scalar_text(key)?, texts(value)))).collect()
}
