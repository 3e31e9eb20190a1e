//! What the checks look at: the spec, its templates as they were parsed, and where findings go.

use crate::diagnostic::{Diagnostic, Diagnostics, Sources, Span};
use crate::expr::Expr;
use crate::plan::parsed::{Parsed, Written};
use crate::plan::tree::Entry;
use crate::spec::{self, Spec, yaml};
use crate::taxonomy::Taxonomy;
use crate::value::Constant;
use std::collections::{HashMap, HashSet};

/// A spec that is being checked.
pub(super) struct Scene<'s> {
    pub spec: &'s Spec,
    pub taxonomy: &'s Taxonomy,
    pub sources: &'s Sources,
    pub parsed: &'s Parsed,
    /// The entries, those that could not be compiled too.
    pub entries: &'s [Entry],
    pub findings: &'s mut Diagnostics,
    stages: HashMap<&'s str, &'s spec::Stage>,
}

impl<'s> Scene<'s> {
    pub fn new(
        spec: &'s Spec,
        taxonomy: &'s Taxonomy,
        sources: &'s Sources,
        parsed: &'s Parsed,
        entries: &'s [Entry],
        findings: &'s mut Diagnostics,
    ) -> Self {
        // Of two stages of one name the first runs.
        let stages = spec.stages.iter().rev().map(|stage| (&*stage.name.text, stage)).collect();
        Scene { spec, taxonomy, sources, parsed, entries, findings, stages }
    }

    /// Adds a finding.
    pub fn report(&mut self, finding: Diagnostic) {
        self.findings.push(finding);
    }

    /// The template that a constant is, with its place.
    pub fn written(&self, constant: &Constant) -> Option<&'s Written> {
        self.parsed.get(&constant.span)
    }

    /// Where an expression of a template stands in the spec.
    pub fn place(&self, scalar: Span, written: &Written, expression: &Expr) -> Span {
        self.bytes(scalar, written, expression.start + written.indent, expression.end + written.indent)
    }

    /// Where bytes of a template's text stand in the spec.
    pub fn bytes(&self, scalar: Span, written: &Written, start: u32, end: u32) -> Span {
        match self.sources.get(scalar.source) {
            Some(source) if !self.findings.is_full() => yaml::span_in_source(source, scalar, &written.text, start, end),
            _ => scalar,
        }
    }

    /// The places of all filters.
    pub fn filters(&self) -> HashSet<Span> {
        let of_entries = self.spec.pipeline.iter().filter_map(|entry| entry.filter.as_ref());
        let actions = self.spec.stages.iter().flat_map(|stage| &stage.actions);
        let of_actions = actions.filter_map(|action| action.filter.as_ref());
        of_entries.chain(of_actions).map(|filter| filter.span).collect()
    }

    /// The stage that an entry runs.
    pub fn stage(&self, entry: &spec::PipelineEntry) -> Option<&'s spec::Stage> {
        match entry.work {
            spec::EntryKind::Unreadable => None,
            spec::EntryKind::Stage => self.stages.get(&*entry.name.text).copied(),
            spec::EntryKind::Extractor(_) => None,
        }
    }
}
