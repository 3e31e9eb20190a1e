//! Steps that every reader of a format's files takes: a mapping's keys, a text, a list; each with a finding if it is not so.

use super::Named;
use super::findings::{MISSING_KEY, UNKNOWN_KEY, WRONG_TYPE};
use super::keys::{self, FileKey};
use super::word::{key_text, word};
use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::value::{Constant, ConstantKind};

/// The pairs of a mapping, as written.
pub(super) type Pairs = [(Constant, Constant)];

/// Collects findings while constants are taken apart.
pub(super) struct SpecReader<'f> {
    findings: &'f mut Diagnostics,
}

impl<'f> SpecReader<'f> {
    pub(super) fn new(findings: &'f mut Diagnostics) -> Self {
        SpecReader { findings }
    }

    /// How many errors were found so far.
    pub(super) fn errors(&self) -> usize {
        self.findings.errors()
    }

    /// Adds a finding.
    pub(super) fn report(&mut self, finding: Diagnostic) {
        self.findings.push(finding);
    }

    /// Says that a value has the wrong type: `what` is `expected` (with its article).
    pub(super) fn wrong_type(&mut self, found: &Constant, what: &str, expected: &str) {
        self.report(WRONG_TYPE.at(found.span, &[what, expected, with_article(found)]));
    }

    /// The pairs of a mapping.
    pub(super) fn mapping<'c>(&mut self, constant: &'c Constant, what: &str) -> Option<&'c Pairs> {
        match &constant.kind {
            ConstantKind::Map(pairs) => Some(pairs),
            _ => {
                self.wrong_type(constant, what, "a mapping");
                None
            }
        }
    }

    /// The items of a list.
    pub(super) fn list<'c>(&mut self, constant: &'c Constant, what: &str) -> Option<&'c [Constant]> {
        match &constant.kind {
            ConstantKind::List(items) => Some(items),
            _ => {
                self.wrong_type(constant, what, "a list");
                None
            }
        }
    }

    /// A word: text, or another scalar by its text; not null.
    pub(super) fn name(&mut self, constant: &Constant, what: &str) -> Option<Named> {
        match word(constant).filter(|_| constant.kind != ConstantKind::Null) {
            Some(text) => Some(Named { text, span: constant.span }),
            None => {
                self.wrong_type(constant, what, "text");
                None
            }
        }
    }

    /// A value that is no collection: a template, a path or a constant.
    pub(super) fn scalar(&mut self, constant: &Constant, what: &str) -> Option<Constant> {
        match constant.kind {
            ConstantKind::List(_) | ConstantKind::Map(_) => {
                self.wrong_type(constant, what, "text");
                None
            }
            _ => Some(constant.clone()),
        }
    }

    /// Reports the keys that are not known.
    pub(super) fn check_keys(&mut self, pairs: &Pairs, what: &str, known: &[FileKey]) {
        for (key, _) in pairs {
            let text = key_text(key);
            if keys::names(known).all(|known| known != text) {
                let finding = UNKNOWN_KEY.at(key.span, &[what, &text]);
                self.report(finding.suggest(&text, keys::names(known)));
            }
        }
    }

    /// The value under a key that must be there. `place` is where its absence is shown.
    pub(super) fn required<'c>(
        &mut self,
        pairs: &'c Pairs,
        key: &str,
        what: &str,
        place: Span,
    ) -> Option<&'c Constant> {
        let found = find(pairs, key);
        if found.is_none() {
            self.report(MISSING_KEY.at(place, &[what, key]));
        }
        found
    }

    /// The word under a key that may be missing or null.
    pub(super) fn optional_name(&mut self, pairs: &Pairs, key: &str, what: &str) -> Option<Named> {
        self.name(present(pairs, key)?, what)
    }
}

/// The value under a text key, null included.
pub(super) fn find<'c>(pairs: &'c Pairs, key: &str) -> Option<&'c Constant> {
    pairs.iter().find(|(known, _)| known.as_text() == Some(key)).map(|(_, value)| value)
}

/// The value under a text key, where it says anything: null and empty text say nothing.
pub(super) fn present<'c>(pairs: &'c Pairs, key: &str) -> Option<&'c Constant> {
    find(pairs, key).filter(|value| value.kind != ConstantKind::Null && value.as_text() != Some(""))
}

/// The place of a key, else of the whole.
pub(super) fn key_span(pairs: &Pairs, key: &str) -> Option<Span> {
    pairs.iter().find(|(known, _)| known.as_text() == Some(key)).map(|(known, _)| known.span)
}

/// The first line of a mapping, so that a finding about all of it does not underline a page.
pub(super) fn head(pairs: &Pairs, whole: Span) -> Span {
    pairs.first().map_or(whole, |(key, _)| key.span)
}

fn with_article(constant: &Constant) -> &'static str {
    match constant.kind {
        ConstantKind::Null => "nothing",
        ConstantKind::Bool(_) => "a boolean",
        ConstantKind::Int(_) | ConstantKind::BigInt(_) => "an integer",
        ConstantKind::Float(_) => "a float",
        ConstantKind::Text(_) => "text",
        ConstantKind::List(_) => "a list",
        ConstantKind::Map(_) => "a mapping",
    }
}

/// The condition of an entry or action, where it has one; an empty text is none. `None` where there is one that cannot be
/// read: what it guards does not run.
pub(super) fn filter(reader: &mut SpecReader<'_>, pairs: &Pairs) -> Option<Option<Constant>> {
    match present(pairs, "filter") {
        None => Some(None),
        Some(filter) => reader.scalar(filter, "a filter").map(Some),
    }
}
