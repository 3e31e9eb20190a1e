//! One document → a rule or a filter. A mistake is a finding at its place, and the rule is passed over.

use super::condition::{Condition, Named, fitting};
use super::modifier::{self, MODIFIERS, Values};
use super::{About, Detection, Filter, Item, LogSource, Rule, Search};
use crate::findings::{NO_DETECTION, RULE_KEY, RULE_TOO_LARGE, RULE_TYPE, UNKNOWN_MODIFIER, UNUSED_DETECTION};
use std::collections::BTreeMap;
use std::sync::Arc;
use weir::diagnostic::{Diagnostic, Diagnostics, Span};
use weir::value::{Constant, ConstantKind};

/// How many values one item may have.
const MOST_VALUES: usize = 100_000;

/// How many detections a rule may have, and how many names its condition.
const MOST_NAMES: usize = 5_000;

/// How many modifiers an item may have: some make a text longer, or several of one.
const MOST_MODIFIERS: usize = 20;

/// How deep lists and mappings of a detection nest at most.
const DEEPEST: usize = 20;

/// What one finding ends.
pub type Reading<T> = Result<T, Diagnostic>;

/// Reads a rule.
///
/// # Errors
/// The first mistake that makes it unusable; warnings go to `findings`.
pub fn rule(document: &Constant, findings: &mut Diagnostics) -> Reading<Rule> {
    let about = Arc::new(about(document)?);
    let log_source = document.get("logsource").map(log_source).transpose()?.unwrap_or_default();
    let detection = required(document, "detection", "a rule")?;
    let (detections, conditions) = detections(detection)?;
    check_names(&detections, &conditions, findings)?;
    Ok(Rule {
        about,
        log_source,
        detections,
        conditions: conditions.into_iter().map(|(condition, _)| condition).collect(),
        correlated: BTreeMap::new(),
    })
}

/// Reads a filter.
///
/// # Errors
/// As [`rule`].
pub fn filter(document: &Constant, findings: &mut Diagnostics) -> Reading<Filter> {
    let about = Arc::new(about(document)?);
    let log_source = document.get("logsource").map(log_source).transpose()?.unwrap_or_default();
    let body = required(document, "filter", "a filter")?;
    let rules = match body.get("rules") {
        Some(rules) if rules.as_text().is_some_and(|text| text.eq_ignore_ascii_case("any")) => None,
        Some(rules) => Some(typed_texts(rules, "`rules`")?),
        None => None,
    };
    let (detections, mut conditions) = detections(&without(body, "rules"))?;
    check_names(&detections, &conditions, findings)?;
    let (condition, _) = conditions.remove(0);
    Ok(Filter { about, rules, log_source, detections, condition })
}

fn without(mapping: &Constant, key: &str) -> Constant {
    let kind = match &mapping.kind {
        ConstantKind::Map(pairs) => {
            ConstantKind::Map(pairs.iter().filter(|(name, _)| name.as_text() != Some(key)).cloned().collect())
        }
        other => other.clone(),
    };
    Constant { span: mapping.span, kind }
}

/// What a document says of itself. The public platform's documents may have a name alone.
///
/// # Errors
/// Where it has neither title nor name.
pub fn about(document: &Constant) -> Reading<About> {
    let list = |key: &str| document.get(key).map(texts).unwrap_or_default();
    let title = document.get("title").or_else(|| document.get("name"));
    let title = title.ok_or_else(|| RULE_KEY.at(head(document), &["a rule", "title"]))?;
    let known = |key: &str| document.get(key).filter(|value| value.kind != ConstantKind::Null);
    let text = |key: &str| known(key).map(|value| typed_text(value, &format!("`{key}`"))).transpose();
    Ok(About {
        id: text("id")?,
        name: text("name")?,
        title: typed_text(title, "`title`")?,
        description: document.get("description").and_then(scalar_text),
        status: document.get("status").and_then(scalar_text),
        level: text("level")?,
        tags: list("tags").iter().map(|tag| tag.to_lowercase()).collect(),
        author: document.get("author").and_then(scalar_text),
        references: list("references"),
        effort: document.get("effort").and_then(scalar_text),
        false_positives: list("falsepositives"),
        span: title.span,
    })
}

/// Reads which events a document is about.
///
/// # Errors
/// Where it is no mapping.
pub fn log_source(constant: &Constant) -> Reading<LogSource> {
    if !matches!(constant.kind, ConstantKind::Map(_)) {
        return Err(wrong_type(constant, "`logsource`", "a mapping"));
    }
    let known = |key: &str| constant.get(key).filter(|value| value.kind != ConstantKind::Null);
    let text = |key: &str| known(key).map(|value| typed_text(value, &format!("`{key}`"))).transpose();
    Ok(LogSource { category: text("category")?, product: text("product")?, service: text("service")? })
}

/// The value under a key that must be there.
///
/// # Errors
/// Where it is not.
pub fn required<'c>(document: &'c Constant, key: &str, what: &str) -> Reading<&'c Constant> {
    document.get(key).ok_or_else(|| RULE_KEY.at(head(document), &[what, key]))
}

/// The place of a mapping's first key, so that a finding about all of it does not underline a page.
pub fn head(document: &Constant) -> Span {
    match &document.kind {
        ConstantKind::Map(pairs) => pairs.first().map_or(document.span, |(key, _)| key.span),
        _ => document.span,
    }
}

/// Says that a value has the wrong type.
pub fn wrong_type(constant: &Constant, what: &str, expected: &str) -> Diagnostic {
    RULE_TYPE.at(constant.span, &[what, expected, constant.type_name()])
}

/// A scalar by its text; null and collections have none.
pub fn scalar_text(constant: &Constant) -> Option<String> {
    match &constant.kind {
        ConstantKind::Text(text) => Some(text.to_string()),
        ConstantKind::Int(value) => Some(value.to_string()),
        ConstantKind::BigInt(digits) => Some(digits.to_string()),
        ConstantKind::Float(value) => Some(value.to_string()),
        ConstantKind::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// The text of a value that must have one.
///
/// # Errors
/// Where it is null or a collection.
pub fn typed_text(constant: &Constant, what: &str) -> Reading<String> {
    scalar_text(constant).ok_or_else(|| wrong_type(constant, what, "text"))
}

/// The texts of a list, or one text, where nothing else may stand.
///
/// # Errors
/// Where there is something else.
pub fn typed_texts(constant: &Constant, what: &str) -> Reading<Vec<String>> {
    let one = |constant: &Constant| {
        scalar_text(constant).ok_or_else(|| wrong_type(constant, what, "text or a list of texts"))
    };
    match &constant.kind {
        ConstantKind::List(items) => items.iter().map(one).collect(),
        _ => Ok(vec![one(constant)?]),
    }
}

/// The texts of a list, or one text; anything else is left out.
pub fn texts(constant: &Constant) -> Vec<String> {
    match &constant.kind {
        ConstantKind::List(items) => items.iter().filter_map(scalar_text).collect(),
        _ => scalar_text(constant).into_iter().collect(),
    }
}

type Conditions = Vec<(Condition, Span)>;

fn detections(constant: &Constant) -> Reading<(Vec<Detection>, Conditions)> {
    let ConstantKind::Map(pairs) = &constant.kind else {
        return Err(wrong_type(constant, "`detection`", "a mapping"));
    };
    let mut detections = Vec::new();
    for (key, value) in pairs {
        let name = scalar_text(key).unwrap_or_default();
        if !["condition", "timeframe"].contains(&&*name) {
            detections.push(Detection { name, search: search(value, key.span, 0)?, span: key.span });
        }
    }
    let condition = required(constant, "condition", "a detection")?;
    let conditions = match &condition.kind {
        ConstantKind::List(items) => items.iter().map(one_condition).collect::<Reading<_>>()?,
        _ => vec![one_condition(condition)?],
    };
    if conditions.is_empty() {
        return Err(wrong_type(condition, "`condition`", "text"));
    }
    Ok((detections, conditions))
}

fn one_condition(constant: &Constant) -> Reading<(Condition, Span)> {
    match scalar_text(constant) {
        Some(text) => Ok((Condition::read(&text, constant.span)?, constant.span)),
        None => Err(wrong_type(constant, "`condition`", "text")),
    }
}

/// Each name of a condition must be one of a detection; one that no condition names is said.
fn check_names(detections: &[Detection], conditions: &Conditions, findings: &mut Diagnostics) -> Reading<()> {
    let mut uses = vec![0_usize; detections.len()];
    for (condition, span) in conditions {
        let names = condition.names();
        if names.len().max(detections.len()) > MOST_NAMES {
            return Err(RULE_TOO_LARGE.at(*span, &["the rule", &MOST_NAMES.to_string(), "names"]));
        }
        for named in names {
            let mut is_known = false;
            let (name, pattern) = match named {
                Named::Name(name) => (name, None),
                Named::Of(names) => (names, Some(fitting(names))),
            };
            let is_meant = |other: &str| pattern.as_ref().map_or(other == name, |fits| fits(other));
            for (_, uses) in detections.iter().zip(&mut uses).filter(|(detection, _)| is_meant(&detection.name)) {
                is_known = true;
                *uses += 1;
            }
            if !is_known {
                let known = detections.iter().map(|detection| &*detection.name);
                return Err(NO_DETECTION.at(*span, &[name]).suggest(name, known));
            }
        }
    }
    let parts = |(detection, uses): (&Detection, &usize)| detection.search.size().saturating_mul(*uses);
    let place = conditions.first().map(|(_, span)| *span).unwrap_or_default();
    if detections.iter().zip(&uses).map(parts).fold(0, usize::saturating_add) > Search::MOST {
        return Err(RULE_TOO_LARGE.at(place, &["the rule", &Search::MOST.to_string(), "parts"]));
    }
    for (detection, _) in detections.iter().zip(uses).filter(|(_, uses)| *uses == 0) {
        findings.push(UNUSED_DETECTION.at(detection.span, &[&detection.name]));
    }
    Ok(())
}

/// A mapping is all of its items; a list of mappings one of them; anything else is a keyword.
pub fn search(constant: &Constant, place: Span, depth: usize) -> Reading<Search> {
    if depth > DEEPEST {
        return Err(RULE_TOO_LARGE.at(constant.span, &["a detection", &DEEPEST.to_string(), "levels"]));
    }
    match &constant.kind {
        ConstantKind::Null => Err(wrong_type(constant, "a detection", "a mapping or a list of values")),
        ConstantKind::Map(pairs) if pairs.is_empty() => Err(empty(place, "a mapping with a field")),
        ConstantKind::List(values) if values.is_empty() => Err(empty(place, "a list with a value")),
        ConstantKind::Map(pairs) => {
            let items = pairs.iter().map(|(key, value)| item(key, value));
            Ok(Search::All(items.collect::<Reading<_>>()?))
        }
        ConstantKind::List(values) if values.iter().any(is_collection) => {
            let parts = values.iter().map(|value| search(value, place, depth + 1));
            Ok(Search::Any(parts.collect::<Reading<_>>()?))
        }
        ConstantKind::List(values) => keywords(values, place),
        _ => keywords(std::slice::from_ref(constant), place),
    }
}

/// Nothing to look for would be found in each event.
fn empty(place: Span, expected: &str) -> Diagnostic {
    RULE_TYPE.at(place, &["a detection", expected, "empty"])
}

fn is_collection(constant: &Constant) -> bool {
    matches!(constant.kind, ConstantKind::Map(_) | ConstantKind::List(_))
}

/// A keyword must be something that an event may lack.
fn check_keywords(values: &[Constant], span: Span) -> Reading<()> {
    let is_empty = |value: &&Constant| match &value.kind {
        ConstantKind::Null => true,
        ConstantKind::Text(text) => text.is_empty(),
        _ => false,
    };
    match values.iter().find(is_empty) {
        Some(value) => Err(wrong_type(value, "a keyword", "text that is not empty")),
        None if values.is_empty() => Err(empty(span, "a list with a value")),
        None => Ok(()),
    }
}

fn keywords(values: &[Constant], span: Span) -> Reading<Search> {
    check_keywords(values, span)?;
    let values = Values::new(values, false).tests()?;
    Ok(Search::Item(Item { field: None, values, all: false, negated: false, span }))
}

fn item(key: &Constant, value: &Constant) -> Reading<Search> {
    let name = scalar_text(key).unwrap_or_default();
    let mut words = name.split('|');
    let field = words.next().unwrap_or_default();
    let mut modifiers = Vec::new();
    for word in words {
        let known = || MODIFIERS.iter().map(|modifier| modifier.name);
        let unknown = || UNKNOWN_MODIFIER.at(key.span, &[word]).suggest(word, known());
        modifiers.push(modifier::named(word).ok_or_else(unknown)?);
    }
    if modifiers.len() > MOST_MODIFIERS {
        return Err(RULE_TOO_LARGE.at(key.span, &["the item", &MOST_MODIFIERS.to_string(), "modifiers"]));
    }
    let constants = match &value.kind {
        ConstantKind::List(items) if items.iter().any(is_collection) => {
            return Err(wrong_type(value, &format!("the value of `{name}`"), "a value or a list of values"));
        }
        ConstantKind::List(items) => &items[..],
        ConstantKind::Map(_) => {
            return Err(wrong_type(value, &format!("the value of `{name}`"), "a value or a list of values"));
        }
        _ => std::slice::from_ref(value),
    };
    if constants.len() > MOST_VALUES {
        return Err(RULE_TOO_LARGE.at(key.span, &["the item", &MOST_VALUES.to_string(), "values"]));
    }
    let field = (!field.is_empty()).then(|| field.to_owned());
    if field.is_none() {
        check_keywords(constants, key.span)?;
    }
    let null = [Constant { span: value.span, kind: ConstantKind::Null }];
    let (constants, modifiers) = match constants {
        // A field that has none of no values is one that is not there: so pySigma has it, whatever the modifiers.
        [] => (&null[..], modifiers.into_iter().filter(|modifier| modifier.name == "neq").collect()),
        constants => (constants, modifiers),
    };
    let is_verbatim = modifiers.iter().any(|modifier| ["re", "fieldref"].contains(&modifier.name));
    let mut values = Values::new(constants, is_verbatim);
    for modifier in modifiers {
        values.apply(modifier)?;
    }
    let (all, negated) = (values.all, values.negated);
    Ok(Search::Item(Item { field, values: values.tests()?, all, negated, span: key.span }))
}
