//! What was found about a format or a module, with the texts that it was found in.

use super::declarations::Written;
use crate::finding::Finding;
use crate::folder::NamedText;
use weir::diagnostic::{Diagnostics, SourceId, Sources};

/// What was found about a format or a module.
#[derive(Debug, Default)]
pub struct Checked {
    /// The texts that the findings point into.
    pub sources: Sources,
    /// The findings, in the order of texts and places. A file that formats share is in the findings of each of them.
    pub findings: Diagnostics,
    /// The fields that the format can set.
    pub written: Written,
}

impl Checked {
    /// The findings as a tool tells them.
    pub fn findings(&self) -> impl Iterator<Item = Finding<'_>> {
        self.findings.iter().map(|finding| Finding::of(finding, &self.sources))
    }

    /// Adds a text.
    pub(super) fn read<'t>(&mut self, (name, text): &'t NamedText) -> (&'t str, SourceId) {
        (text, self.sources.add(&**name, &**text))
    }

    /// In the order of texts and places.
    pub(super) fn sorted(mut self) -> Self {
        self.findings.sort();
        self
    }
}
