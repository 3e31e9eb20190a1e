//! Correlations: what several events must be together.

use super::reader::{Reading, about, head, required, scalar_text, typed_text, typed_texts, wrong_type};
use super::{About, Order};
use crate::findings::{CORRELATION_VALUE, RULE_KEY, RULE_TOO_LARGE};
use std::sync::Arc;
use weir::diagnostic::Span;
use weir::value::{Constant, ConstantKind};

/// What several events must be together, within a time (Sigma's specification of correlation rules 2.1).
#[derive(Clone, Debug)]
pub struct Correlation {
    /// What it says of itself.
    pub about: Arc<About>,
    /// What is counted.
    pub kind: CorrelationKind,
    /// The ids or names of the rules, or other correlations, whose matches it is about.
    pub rules: Vec<String>,
    /// The fields that must be alike in all.
    pub group_by: Vec<String>,
    /// The time within which they must lie, in seconds.
    pub timespan: i64,
    /// Bounds of what is counted: all must hold.
    pub bounds: Vec<Bound>,
    /// The field whose different values are counted.
    pub field: Option<String>,
    /// For a name of `group_by`, the field that each rule has it under: name, rule, field.
    pub aliases: Vec<(String, String, String)>,
    /// Whether the rules that it is about tell their matches, too.
    pub generates: bool,
    /// Where it stands.
    pub span: Span,
}

impl Correlation {
    /// Whether a rule or correlation is among those that it is about.
    pub fn is_about(&self, other: &About) -> bool {
        self.rules.iter().any(|name| other.is_called(name))
    }

    /// What a field of it is called by one that it is about.
    pub fn aliased<'c>(&'c self, member: &str, field: &'c str) -> &'c str {
        let alias = self.aliases.iter().find(|(alias, of, _)| alias == field && of == member);
        alias.map_or(field, |(_, _, own)| own)
    }

    /// The fields that it reads of events: those that it groups by, and the one whose values it counts.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.group_by.iter().chain(&self.field).map(String::as_str)
    }

    /// Whether it can hold where only some of those that it is about ever match.
    pub fn can_hold(&self, can_match: &[bool]) -> bool {
        let most = match self.kind {
            CorrelationKind::EventCount | CorrelationKind::ValueCount => return can_match.contains(&true),
            CorrelationKind::Temporal => can_match.iter().filter(|can| **can).count(),
            CorrelationKind::TemporalOrdered => can_match.iter().take_while(|can| **can).count(),
        };
        (1..=most).any(|count| self.bounds.iter().all(|bound| bound.holds(count as f64)))
    }
}

/// What a correlation counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CorrelationKind {
    /// Events.
    EventCount,
    /// Different values of a field.
    ValueCount,
    /// Which of its rules matched.
    Temporal,
    /// Which of its rules matched one after the other, in their order.
    TemporalOrdered,
}

/// A bound of a count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// `gt`, `gte`, `lt`, `lte`
    Order(Order, f64),
    /// `eq`
    Equal(f64),
    /// `neq`
    NotEqual(f64),
}

impl Bound {
    /// Whether it holds of a count.
    pub fn holds(self, count: f64) -> bool {
        match self {
            Bound::Order(order, value) => order.holds(count, value),
            Bound::Equal(value) => count == value,
            Bound::NotEqual(value) => count != value,
        }
    }
}

/// The longest time that a correlation may look back, in seconds.
const LONGEST: i64 = 366 * 24 * 3600;

/// How many rules a correlation may be about, and how many fields it may group by.
const MOST_NAMES: usize = 1000;

/// Reads a correlation, whose body stands below `correlation`, or beside `action: correlation`.
///
/// # Errors
/// The first mistake that makes it unusable.
pub fn correlation(document: &Constant) -> Reading<Correlation> {
    let body = document.get("correlation").unwrap_or(document);
    let about = Arc::new(about(document)?);
    let kind = kind(body)?;
    let rules = body.get("rules").or_else(|| body.get("rule"));
    let rules = rules.ok_or_else(|| RULE_KEY.at(head(body), &["a correlation", "rules"]))?;
    let rules = typed_texts(rules, "`rules`")?;
    let timespan = timespan(required(body, "timespan", "a correlation")?)?;
    let (bounds, field) = condition(body)?;
    let field = match (field, body.get("field")) {
        (None, Some(field)) => Some(typed_text(field, "`field`")?),
        (field, _) => field,
    };
    if kind == CorrelationKind::ValueCount && field.is_none() {
        return Err(RULE_KEY.at(head(body), &["a `value_count`", "field"]));
    }
    let is_count = matches!(kind, CorrelationKind::EventCount | CorrelationKind::ValueCount);
    if is_count && bounds.is_empty() {
        return Err(RULE_KEY.at(head(body), &["a count", "condition"]));
    }
    // Without a condition all rules must match: pySigma's default.
    let bounds = if bounds.is_empty() { vec![Bound::Order(Order::GreaterOrEqual, rules.len() as f64)] } else { bounds };
    let group_by = body.get("group-by").filter(|fields| fields.kind != ConstantKind::Null);
    let group_by = group_by.map(|fields| typed_texts(fields, "`group-by`")).transpose()?.unwrap_or_default();
    if rules.len().max(group_by.len()) > MOST_NAMES {
        return Err(RULE_TOO_LARGE.at(head(body), &["the correlation", &MOST_NAMES.to_string(), "rules or fields"]));
    }
    let generates = truth(body.get("generate").or_else(|| document.get("generate")), "`generate`")?;
    let aliases = body.get("aliases").map(aliases).transpose()?.unwrap_or_default();
    Ok(Correlation { about, kind, rules, group_by, timespan, bounds, field, aliases, generates, span: head(document) })
}

/// A truth value; what is not there is none.
fn truth(constant: Option<&Constant>, what: &str) -> Reading<bool> {
    match constant.map(|constant| (&constant.kind, constant)) {
        None | Some((ConstantKind::Null, _)) => Ok(false),
        Some((ConstantKind::Bool(value), _)) => Ok(*value),
        Some((_, other)) => Err(wrong_type(other, what, "`true` or `false`")),
    }
}

fn kind(body: &Constant) -> Reading<CorrelationKind> {
    let name = required(body, "type", "a correlation")?;
    let is_ordered = truth(body.get("ordered"), "`ordered`")?;
    match scalar_text(name).unwrap_or_default().as_str() {
        "event_count" => Ok(CorrelationKind::EventCount),
        "value_count" => Ok(CorrelationKind::ValueCount),
        "temporal" if is_ordered => Ok(CorrelationKind::TemporalOrdered),
        "temporal" => Ok(CorrelationKind::Temporal),
        "temporal_ordered" => Ok(CorrelationKind::TemporalOrdered),
        other => {
            let known = ["event_count", "value_count", "temporal", "temporal_ordered"];
            let finding = CORRELATION_VALUE.at(name.span, &["the type", &format!("there is no `{other}`")]);
            Err(finding.suggest(other, known))
        }
    }
}

const TIMESPAN: &str = "it is a number with `s`, `m`, `h`, `d`, `w`, `M` or `y`";

/// A time such as `5m`, in seconds.
fn timespan(constant: &Constant) -> Reading<i64> {
    let text = scalar_text(constant).unwrap_or_default();
    let wrong = |reason: &str| CORRELATION_VALUE.at(constant.span, &["the timespan", reason]);
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 24 * 3600,
        "w" => 7 * 24 * 3600,
        // A year of the calendar on average, and a twelfth of it, as pySigma has them.
        "M" => 2_629_746,
        "y" => 31_556_952,
        _ => return Err(wrong(TIMESPAN)),
    };
    match digits.parse::<i64>().ok().and_then(|number| number.checked_mul(unit)) {
        Some(seconds) if (1..=LONGEST).contains(&seconds) => Ok(seconds),
        Some(_) => Err(wrong("it is between a second and 366 days")),
        None => Err(wrong(TIMESPAN)),
    }
}

fn condition(body: &Constant) -> Reading<(Vec<Bound>, Option<String>)> {
    let Some(condition) = body.get("condition") else { return Ok((Vec::new(), None)) };
    let ConstantKind::Map(pairs) = &condition.kind else {
        return Err(wrong_type(condition, "the condition of a correlation", "a mapping"));
    };
    let (mut bounds, mut field) = (Vec::new(), None);
    for (key, value) in pairs {
        let name = scalar_text(key).unwrap_or_default();
        if name == "field" {
            field = Some(typed_text(value, "the `field` of a condition")?);
            continue;
        }
        let number = scalar_text(value).and_then(|text| text.parse::<f64>().ok());
        let Some(number) = number else { return Err(wrong_type(value, &format!("`{name}`"), "a number")) };
        bounds.push(match name.as_str() {
            "gt" => Bound::Order(Order::Greater, number),
            "gte" => Bound::Order(Order::GreaterOrEqual, number),
            "lt" => Bound::Order(Order::Less, number),
            "lte" => Bound::Order(Order::LessOrEqual, number),
            "eq" => Bound::Equal(number),
            "neq" => Bound::NotEqual(number),
            other => {
                let finding = CORRELATION_VALUE.at(key.span, &["the condition", &format!("there is no `{other}`")]);
                return Err(finding.suggest(other, ["gt", "gte", "lt", "lte", "eq", "neq", "field"]));
            }
        });
    }
    Ok((bounds, field))
}

/// For each name the rules, and for each rule its field.
fn aliases(constant: &Constant) -> Reading<Vec<(String, String, String)>> {
    let mut found = Vec::new();
    for (name, fields) in pairs(constant)? {
        for (rule, field) in pairs(fields)? {
            let what = "a name in `aliases`";
            found.push((typed_text(name, what)?, typed_text(rule, what)?, typed_text(field, what)?));
        }
    }
    Ok(found)
}

fn pairs(constant: &Constant) -> Reading<&[(Constant, Constant)]> {
    match &constant.kind {
        ConstantKind::Map(pairs) => Ok(pairs),
        _ => Err(wrong_type(constant, "`aliases`", "a mapping of names to mappings of rules to fields")),
    }
}
