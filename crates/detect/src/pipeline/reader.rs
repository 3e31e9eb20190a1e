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
    let steps = document.get("transformations").map(|steps| &steps.kind);
    let Some(ConstantKind::List(steps)) = steps else {
        return Err(wrong(head(document), "`transformations` is missing or no list"));
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
    let mut conditions = Vec::new();
    for condition in items(constant.get("rule_conditions")) {
        match rule_condition(condition)? {
            Some(condition) => conditions.push(condition),
            None => {
                let kind = condition.get("type").and_then(scalar_text).unwrap_or_default();
                findings.push(PIPELINE_ITEM.at(head(condition), &["condition", &kind]));
                return Ok(None);
            }
        }
    }
    let mut fields = None;
    for condition in items(constant.get("field_name_conditions")) {
        let kind = condition.get("type").and_then(scalar_text).unwrap_or_default();
        let is_included = match kind.as_str() {
            "include_fields" => true,
            "exclude_fields" => false,
            _ => {
                findings.push(PIPELINE_ITEM.at(head(condition), &["condition", &kind]));
                return Ok(None);
            }
        };
        fields = Some(FieldChoice { names: condition.get("fields").map(texts).unwrap_or_default(), is_included });
    }
    let is_any = text("rule_cond_op").is_some_and(|word| word == "or");
    let is_negated = text("rule_cond_not").is_some_and(|word| word == "true");
    Ok(Some(Step { id: text("id"), change, conditions, is_any, is_negated, fields }))
}

fn items(constant: Option<&Constant>) -> &[Constant] {
    match constant.map(|constant| &constant.kind) {
        Some(ConstantKind::List(items)) => items,
        _ => &[],
    }
}

fn change(constant: &Constant, kind: &str) -> Reading<Option<Change>> {
    let text = |key: &str| constant.get(key).and_then(scalar_text).unwrap_or_default();
    Ok(Some(match kind {
        "field_name_mapping" => Change::Rename(constant.get("mapping").map(lists).unwrap_or_default()),
        "field_name_prefix_mapping" => Change::RenamePrefix(constant.get("mapping").map(lists).unwrap_or_default()),
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
    Ok(match text("type").as_deref() {
        Some("logsource") => Some(StepCondition::LogSource(log_source(constant)?)),
        Some("contains_field") => text("field").map(StepCondition::HasField),
        Some("processing_item_applied") => text("processing_item_id").map(StepCondition::Applied),
        _ => None,
    })
}

/// A mapping of names to one text or several.
fn lists(constant: &Constant) -> BTreeMap<String, Vec<String>> {
    let ConstantKind::Map(pairs) = &constant.kind else { return BTreeMap::new() };
    pairs.iter().filter_map(|(key, value)| Some((scalar_text(key)?, texts(value)))).collect()
}
