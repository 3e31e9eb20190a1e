//! What is odd in grok patterns that compile: named and never used, never reached, slow where an engine backtracks.

use super::expand::{Custom, WrittenPattern, expand};
use super::library;
use super::scan::{GrokPiece, GrokToken, pieces};
use crate::diagnostic::Diagnostics;
use crate::extract::findings::{COVERED_ALTERNATIVE, REFERENCE_IN_CLASS, SLOW_PATTERN, UNUSED_PATTERN};
use crate::pattern::{Dialect, Extent, Outline};
use crate::value::Constant;
use std::collections::HashSet;

/// What the search for covered alternatives may cost in one extractor.
const MOST_STEPS: usize = 1_000_000;
/// The most alternatives of one group that are compared with each other.
const MOST_ALTERNATIVES: usize = 64;

/// Checks the patterns that run, with those that they name; `names` are the keys of `custom_patterns`.
pub(super) fn check(
    patterns: &[WrittenPattern<'_>],
    custom: &Custom<'_>,
    names: &[&Constant],
    findings: &mut Diagnostics,
) {
    let used = used(patterns, custom);
    // What only an unused pattern names is told with that one.
    let named: HashSet<&str> = custom.iter().flat_map(|(name, written)| others(name, written.pattern)).collect();
    for name in names {
        let text = name.as_text().unwrap_or_default();
        if !used.contains(text) && !named.contains(text) {
            findings.push(UNUSED_PATTERN.at(name.span, &[text]));
        }
    }
    let mut checker = GrokChecker { custom, findings, steps: MOST_STEPS };
    let names = names.iter().filter_map(|name| name.as_text()).filter(|name| used.contains(name));
    let named = names.filter_map(|name| custom.get(name)).copied();
    for written in patterns.iter().copied().chain(named) {
        checker.classes(written);
        checker.alternatives(written);
        checker.repetitions(written);
    }
}

/// The names that the patterns use, by way of others too, customary ones among them.
fn used<'s>(patterns: &[WrittenPattern<'s>], custom: &Custom<'s>) -> HashSet<&'s str> {
    let mut used = HashSet::new();
    let mut open: Vec<&str> = patterns.iter().map(|written| written.pattern).collect();
    while let Some(pattern) = open.pop() {
        for name in references(pattern).filter(|name| used.insert(*name)) {
            let own = custom.get(name).map(|written| written.pattern);
            open.extend(own.or_else(|| library::find(name).map(|known| known.pattern)));
        }
    }
    used
}

/// The names in a pattern, but its own.
fn others<'s>(own: &str, pattern: &'s str) -> impl Iterator<Item = &'s str> {
    references(pattern).filter(move |name| *name != own)
}

fn references(pattern: &str) -> impl Iterator<Item = &str> {
    pieces(pattern).filter_map(|piece| match piece.token {
        GrokToken::Reference(reference) => Some(reference.name),
        _ => None,
    })
}

struct GrokChecker<'c, 's> {
    custom: &'c Custom<'s>,
    findings: &'c mut Diagnostics,
    steps: usize,
}

impl<'s> GrokChecker<'_, 's> {
    /// Finds alternatives that a text never gets to, in each group of a pattern.
    fn alternatives(&mut self, written: WrittenPattern<'s>) {
        for group in groups(written) {
            let outlines: Vec<_> = group.iter().map(|alternative| self.outline(*alternative)).collect();
            for (at, narrow) in outlines.iter().enumerate() {
                let Some(narrow) = narrow else { continue };
                let wide = outlines[..at].iter().position(|wide| {
                    wide.as_ref().is_some_and(|wide| self.steps > 0 && wide.covers(narrow, &mut self.steps))
                });
                if let Some(earlier) = wide.and_then(|wide| group.get(wide)) {
                    let words = [earlier.pattern, group[at].pattern];
                    self.findings.push(COVERED_ALTERNATIVE.at(group[at].whole(), &words));
                }
            }
        }
    }

    /// Finds references to patterns inside the brackets of a class.
    fn classes(&mut self, written: WrittenPattern<'s>) {
        for GrokPiece { at, token } in pieces(written.pattern) {
            let GrokToken::Text(class) = token else { continue };
            let inside = class.strip_prefix('[').and_then(|class| class.strip_suffix(']'));
            let Some(inside) = inside.filter(|inside| references(inside).next().is_some()) else { continue };
            let finding = REFERENCE_IN_CLASS.at(written.part(class, at).whole(), &[class]);
            self.findings.push(finding.help(format!("for brackets of the text: `\\[{inside}\\]`")));
        }
    }

    fn repetitions(&mut self, written: WrittenPattern<'s>) {
        let repeats = [")*", ")+", "){"].iter().any(|mark| written.pattern.contains(mark));
        if repeats && self.outline(written).is_some_and(|outline| outline.is_exponential(Extent::Whole)) {
            self.findings.push(SLOW_PATTERN.at(written.span, &[]));
        }
    }

    /// A pattern written out; `None` where nothing can be told of it.
    fn outline(&self, written: WrittenPattern<'s>) -> Option<Outline> {
        let expansion = expand(written, self.custom, &mut Diagnostics::new())?;
        Outline::read(expansion.exact(), Dialect::Re2)
    }
}

/// The groups of a pattern that have alternatives, the pattern itself among them; none where flags or references to groups
/// reach from one part into another.
fn groups<'s>(written: WrittenPattern<'s>) -> Vec<Vec<WrittenPattern<'s>>> {
    let mut groups = Vec::new();
    let mut open = vec![Open::default()];
    for GrokPiece { at, token } in pieces(written.pattern) {
        match token {
            GrokToken::SameName(_) | GrokToken::SameNumber(_) => return Vec::new(),
            GrokToken::Special(_) if !written.pattern[at..].starts_with("(?:") => return Vec::new(),
            GrokToken::Special(_) => open.push(Open { start: at + "(?:".len(), bars: Vec::new() }),
            GrokToken::Plain => open.push(Open { start: at + 1, bars: Vec::new() }),
            GrokToken::Named(_) => {
                let length = written.pattern[at..].find('>').unwrap_or_default();
                open.push(Open { start: at + length + 1, bars: Vec::new() });
            }
            GrokToken::Bar => open.last_mut().into_iter().for_each(|open| open.bars.push(at)),
            GrokToken::Close => groups.extend(open.pop().and_then(|open| open.alternatives(written, at))),
            GrokToken::Text(_) | GrokToken::Reference(_) | GrokToken::BrokenReference(_) => {}
        }
    }
    groups.extend(open.pop().and_then(|open| open.alternatives(written, written.pattern.len())));
    groups
}

/// A group that is being read.
#[derive(Default)]
struct Open {
    start: usize,
    bars: Vec<usize>,
}

impl Open {
    fn alternatives(self, written: WrittenPattern<'_>, end: usize) -> Option<Vec<WrittenPattern<'_>>> {
        let starts = std::iter::once(self.start).chain(self.bars.iter().map(|bar| bar + 1));
        let ends = self.bars.iter().copied().chain([end]);
        let parts = starts.zip(ends).map(|(start, end)| Some(written.part(written.pattern.get(start..end)?, start)));
        (1..MOST_ALTERNATIVES).contains(&self.bars.len()).then(|| parts.collect()).flatten()
    }
}
