//! A file of rules: one document or several, and what a collection's actions make of them.

use super::correlation::correlation;
use super::naming::{DEEPEST, Naming};
use super::reader::{self, head, scalar_text};
use super::{Correlation, Filter, Rule};
use crate::findings::{
    COLLECTION, CORRELATION_CIRCLE, DUPLICATE_RULE, INDICATOR_RULE, NO_FILTERED_RULE, NO_RULE, OTHER_DOCUMENT,
    RULE_TOO_LARGE, RULE_TYPE,
};
use std::collections::HashSet;
use weir::diagnostic::{Diagnostic, Diagnostics, SourceId, Span};
use weir::spec::yaml;
use weir::value::{Constant, ConstantKind};

/// What files of rules have.
#[derive(Debug, Default)]
pub struct Documents {
    /// Rules about single events.
    pub rules: Vec<Rule>,
    /// Rules about several events.
    pub correlations: Vec<Correlation>,
    /// What excludes events from rules.
    pub filters: Vec<Filter>,
    /// Where documents stand that are no rules and look like none.
    pub others: Vec<Span>,
    /// How many documents were passed over; each has a finding of severity error.
    pub passed_over: usize,
}

impl Documents {
    /// Tells what is wrong with documents together, once all are read: ids and names that two rules have, names that none has, and
    /// correlations about themselves.
    pub fn check(&self, findings: &mut Diagnostics) {
        let Documents { rules, correlations, filters, .. } = self;
        let rules = || rules.iter().map(|rule| &*rule.about);
        let naming = Naming::new(rules(), correlations);
        let mut names = HashSet::new();
        for about in rules().chain(correlations.iter().map(|correlation| &*correlation.about)) {
            for name in about.names().filter(|name| !names.insert(*name)) {
                findings.push(DUPLICATE_RULE.at(about.span, &[name]));
            }
        }
        let mut about_indicators = self.rules.iter().filter(|rule| rule.is_about_indicators());
        let others = about_indicators.clone().filter(|rule| !rule.is_indicator_rule());
        let used = about_indicators.find(|rule| rule.is_indicator_rule()).map(|rule| &rule.about);
        let more = about_indicators.filter(|rule| rule.is_indicator_rule() && used.is_some());
        others.chain(more).for_each(|rule| findings.push(INDICATOR_RULE.at(rule.about.span, &[])));
        if let Some(first) = self.others.first() {
            findings.push(OTHER_DOCUMENT.at(*first, &[&self.others.len().to_string()]));
        }
        for correlation in correlations {
            let missing = correlation.rules.iter().filter(|name| !naming.is_known(name));
            missing.for_each(|name| findings.push(NO_RULE.at(correlation.span, &[name])));
        }
        for filter in filters {
            let missing = filter.rules.iter().flatten().filter(|name| naming.rule(name).is_none());
            missing.for_each(|name| findings.push(NO_FILTERED_RULE.at(filter.about.span, &[name])));
        }
        for number in naming.in_order().1 {
            findings.push(CORRELATION_CIRCLE.at(correlations[number].span, &[&DEEPEST.to_string()]));
        }
    }
}

/// How many documents a file may have.
const MOST_DOCUMENTS: usize = 10_000;

/// How many values the documents of a file may have together, where each has what is global again.
const MOST_VALUES: usize = 5_000_000;

/// Reads a file of rules. A document with a mistake is passed over, with a finding; the others are read.
pub fn read(text: &str, source: SourceId, into: &mut Documents, findings: &mut Diagnostics) {
    let mut collection = Collection { global: None, last: None, size: 0, into, findings };
    let documents = documents(text);
    if let Some((start, _)) = documents.get(MOST_DOCUMENTS) {
        let place = Span::new(source, *start, *start);
        collection.findings.push(RULE_TOO_LARGE.at(place, &["the file", &MOST_DOCUMENTS.to_string(), "documents"]));
        collection.into.passed_over += documents.len() - MOST_DOCUMENTS;
    }
    for (start, document) in documents.into_iter().take(MOST_DOCUMENTS) {
        let mut found = Diagnostics::new();
        let constant = yaml::read(document, source, &mut found);
        let has_errors = found.has_errors();
        found.iter().for_each(|finding| collection.findings.push(moved(finding.clone(), start)));
        match constant.filter(|_| !has_errors) {
            Some(constant) if constant.kind == ConstantKind::Null => {}
            Some(mut constant) => {
                move_spans(&mut constant, start);
                collection.take(constant);
            }
            None => collection.into.passed_over += 1,
        }
    }
}

/// The documents of a file, each with its first byte. A `---` at the start of a line begins one, wherever it stands.
fn documents(text: &str) -> Vec<(u32, &str)> {
    let mut starts = vec![0];
    let mut place = 0;
    for line in text.split_inclusive('\n') {
        let is_border = line
            .strip_prefix("---")
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n', '#']));
        if is_border && place > 0 {
            starts.push(place);
        }
        place += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(start, end)| (*start as u32, &text[*start..end])).collect()
}

fn moved(mut finding: Diagnostic, by: u32) -> Diagnostic {
    finding.labels.iter_mut().for_each(|label| label.span = moved_span(label.span, by));
    finding
}

fn moved_span(span: Span, by: u32) -> Span {
    Span::new(span.source, span.start + by, span.end + by)
}

fn move_spans(constant: &mut Constant, by: u32) {
    if by == 0 {
        return;
    }
    constant.span = moved_span(constant.span, by);
    match &mut constant.kind {
        ConstantKind::List(items) => items.iter_mut().for_each(|item| move_spans(item, by)),
        ConstantKind::Map(pairs) => pairs.iter_mut().for_each(|(key, value)| {
            move_spans(key, by);
            move_spans(value, by);
        }),
        _ => {}
    }
}

struct Collection<'i> {
    /// What all documents behind it have.
    global: Option<Constant>,
    /// The last document that was a rule, which `repeat` is put over.
    last: Option<Constant>,
    /// How many values all documents have, those that they have of others counted.
    size: usize,
    into: &'i mut Documents,
    findings: &'i mut Diagnostics,
}

impl Collection<'_> {
    fn take(&mut self, document: Constant) {
        if !matches!(document.kind, ConstantKind::Map(_)) {
            self.findings.push(RULE_TYPE.at(document.span, &["a document", "a mapping", document.type_name()]));
            self.into.passed_over += 1;
            return;
        }
        let action = document.get("action").and_then(scalar_text);
        match action.as_deref() {
            None | Some("correlation") => {
                let whole = self.global.as_ref().map_or_else(|| document.clone(), |global| merged(global, &document));
                self.last = Some(whole.clone());
                self.add(&whole);
            }
            Some("global") => self.global = Some(without_action(document)),
            Some("reset") => self.global = None,
            Some("repeat") => {
                let whole = self.last.as_ref().map_or_else(|| document.clone(), |last| merged(last, &document));
                self.last = Some(whole.clone());
                self.add(&whole);
            }
            Some(other) => {
                let place = document.get("action").map_or(document.span, |action| action.span);
                let finding = COLLECTION.at(place, &[other]).suggest(other, ["global", "reset", "repeat"]);
                self.findings.push(finding);
                self.into.passed_over += 1;
            }
        }
    }

    fn add(&mut self, document: &Constant) {
        self.size += size(document);
        if self.size > MOST_VALUES {
            let most = MOST_VALUES.to_string();
            self.findings
                .push(RULE_TOO_LARGE.at(head(document), &["the file with all that is global", &most, "values"]));
            self.into.passed_over += 1;
            return;
        }
        let keys = ["title", "name", "detection", "correlation", "filter", "logsource", "action"];
        if keys.iter().all(|key| document.get(key).is_none()) {
            return self.into.others.push(head(document));
        }
        let is_correlation = document.get("correlation").is_some()
            || document.get("action").and_then(scalar_text).as_deref() == Some("correlation");
        let added = if is_correlation {
            correlation(document).map(|correlation| self.into.correlations.push(correlation))
        } else if document.get("filter").is_some() {
            reader::filter(document, self.findings).map(|filter| self.into.filters.push(filter))
        } else {
            reader::rule(document, self.findings).map(|rule| self.into.rules.push(rule))
        };
        if let Err(finding) = added {
            self.findings.push(finding);
            self.into.passed_over += 1;
        }
    }
}

/// How many values there are in one.
fn size(constant: &Constant) -> usize {
    match &constant.kind {
        ConstantKind::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        ConstantKind::Map(pairs) => 1 + pairs.iter().map(|(key, value)| size(key) + size(value)).sum::<usize>(),
        _ => 1,
    }
}

fn without_action(document: Constant) -> Constant {
    let ConstantKind::Map(pairs) = document.kind else { return document };
    let kept = pairs.into_iter().filter(|(key, _)| key.as_text() != Some("action")).collect();
    Constant { span: document.span, kind: ConstantKind::Map(kept) }
}

/// A document put over another one: mappings are joined, anything else is replaced.
fn merged(below: &Constant, above: &Constant) -> Constant {
    let (ConstantKind::Map(lower), ConstantKind::Map(upper)) = (&below.kind, &above.kind) else { return above.clone() };
    let mut pairs = lower.clone();
    for (key, value) in upper.iter().filter(|(key, _)| key.as_text() != Some("action")) {
        match pairs.iter_mut().find(|(known, _)| known == key) {
            Some((_, known)) => *known = merged(known, value),
            None => pairs.push((key.clone(), value.clone())),
        }
    }
    Constant { span: above.span, kind: ConstantKind::Map(pairs) }
}
