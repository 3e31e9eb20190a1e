//! Texts with the certain fixes of their findings applied.
//!
//! Why so: `docs/decisions/0170`.

use crate::finding::{Edit, Finding, Fix};
use crate::folder::{FormatFolder, ModuleFolder, NamedText};
use std::collections::{BTreeMap, BTreeSet};
use weir::diagnostic::{Diagnostics, Severity, Sources};

/// How often texts are checked again: a fix may show another mistake.
const ROUNDS: usize = 20;

/// The texts that fixes changed, by name.
#[derive(Clone, Debug, Default)]
pub struct FixedTexts {
    texts: BTreeMap<String, String>,
}

/// A fix that was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Where its finding was.
    pub file: String,
    /// The line of the finding, from 1, as the text was then.
    pub line: u32,
    /// The code of the finding.
    pub code: &'static str,
    /// What it did.
    pub title: String,
    /// The files that it changed.
    pub changed: Vec<String>,
}

/// What a check found, and the texts that it is about.
pub type Found = (Diagnostics, Sources);

/// What a fix is known by, so that it is not tried again.
type Key = (String, u32, &'static str, String);

impl Applied {
    fn key(&self) -> Key {
        (self.file.clone(), self.line, self.code, self.title.clone())
    }
}

impl FixedTexts {
    /// The changed texts, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.iter().map(|(name, text)| (&**name, &**text))
    }

    /// Puts the changed texts of a format in the place of those that were read.
    pub fn put_into(&self, folder: &mut FormatFolder) {
        if folder.fields.is_none() {
            // A file that a fix made.
            folder.fields = folder.fields_name().and_then(|name| self.named(name));
        }
        let FormatFolder { parser, module_fields, fields, manifest, descriptions, contract, pairs } = folder;
        let optional = [module_fields, fields, manifest, descriptions, contract];
        let all = std::iter::once(parser).chain(optional.into_iter().flatten()).chain(pairs);
        all.for_each(|text| self.put(text));
    }

    /// Puts the changed texts of a module in the place of those that were read.
    pub fn put_into_module(&self, folder: &mut ModuleFolder) {
        let ModuleFolder { manifest, routing, fields, contracts } = folder;
        [manifest, routing, fields].into_iter().flatten().chain(contracts).for_each(|text| self.put(text));
    }

    /// Checks and mends until nothing is left to mend, and says what was applied. A fix is undone that does not mend its finding, or after
    /// which its line, or another file that it changed, has an error that was not there: then it was not the right answer.
    ///
    /// # Errors
    /// Where the check cannot be made.
    pub fn mend<E>(
        &mut self,
        also: &[String],
        check: &mut dyn FnMut(&FixedTexts) -> Result<Found, E>,
    ) -> Result<Vec<Applied>, E> {
        let (mut all, mut refused) = (Vec::new(), BTreeSet::new());
        let mut checked = check(self)?;
        for _ in 0..ROUNDS {
            let before = self.clone();
            let applied = self.apply_but(&checked.0, &checked.1, also, &refused);
            if applied.is_empty() {
                break;
            }
            let next = check(self)?;
            let wrong: Vec<Key> =
                applied.iter().filter(|fix| made_worse(fix, &checked, &next)).map(Applied::key).collect();
            if wrong.is_empty() {
                all.extend(applied);
                checked = next;
            } else {
                *self = before;
                refused.extend(wrong);
            }
        }
        Ok(all)
    }

    /// Applies the certain fixes of findings about these texts, and all of findings with the codes `also`, as far as they do not touch
    /// each other: the others come with the findings of the next check. Says which were applied.
    pub fn apply(&mut self, findings: &Diagnostics, sources: &Sources, also: &[String]) -> Vec<Applied> {
        self.apply_but(findings, sources, also, &BTreeSet::new())
    }

    fn apply_but(
        &mut self,
        findings: &Diagnostics,
        sources: &Sources,
        also: &[String],
        refused: &BTreeSet<Key>,
    ) -> Vec<Applied> {
        let mut edits: BTreeMap<String, Vec<Edit>> = BTreeMap::new();
        let mut applied = Vec::new();
        for finding in findings.iter().map(|finding| Finding::of(finding, sources)) {
            let is_wanted = |fix: &Fix| fix.is_certain || also.iter().any(|code| code == finding.code);
            let Some(fix) = finding.fix.filter(|fix| is_wanted(fix) && can_go_with(fix, &edits)) else { continue };
            let (file, line, code, title) = (finding.file.to_owned(), finding.line, finding.code, fix.title);
            let changed = fix.edits.iter().map(|edit| edit.file.clone()).collect();
            let new = Applied { file, line, code, title, changed };
            if refused.contains(&new.key()) {
                continue;
            }
            applied.push(new);
            for edit in fix.edits {
                edits.entry(edit.file.clone()).or_default().push(edit);
            }
        }
        for (file, edits) in edits {
            let known = (0..).map_while(|id| sources.get(weir::diagnostic::SourceId(id)));
            let text = known.filter(|source| source.name == file).map(|source| &*source.text).next().unwrap_or("");
            let text = edited(text, edits);
            self.texts.insert(file, text);
        }
        applied
    }

    fn named(&self, name: String) -> Option<NamedText> {
        let text = self.texts.get(&name)?.clone();
        Some((name, text))
    }

    fn put(&self, (name, text): &mut NamedText) {
        if let Some(changed) = self.texts.get(name) {
            text.clone_from(changed);
        }
    }
}

/// Whether a finding is there as often as before its fix, or there are new errors where the fix was.
fn made_worse(fix: &Applied, before: &Found, after: &Found) -> bool {
    let count = |(findings, sources): &Found| {
        let findings = findings.iter().map(|finding| Finding::of(finding, sources));
        let is_it = |finding: &Finding<'_>| {
            finding.code == fix.code
                && finding.line == fix.line
                && finding.file == fix.file
                && finding.fix.as_ref().is_some_and(|other| other.title == fix.title)
        };
        findings.filter(is_it).count()
    };
    let errors = |(findings, sources): &Found| -> BTreeSet<(&'static str, String)> {
        let is_error = |severity: Severity| matches!(severity, Severity::Error | Severity::Ignored);
        let errors = findings.iter().filter(|finding| is_error(finding.severity));
        let told = errors.map(|finding| Finding::of(finding, sources));
        let is_there = |finding: &Finding<'_>| {
            let is_changed = fix.changed.iter().any(|file| file == finding.file);
            if finding.file == fix.file { finding.line == fix.line } else { is_changed }
        };
        told.filter(is_there).map(|finding| (finding.code, finding.title.to_owned())).collect()
    };
    count(after) >= count(before) || !errors(after).is_subset(&errors(before))
}

/// Whether a fix touches none that is applied already: texts may be inserted at one place, each once.
fn can_go_with(fix: &Fix, edits: &BTreeMap<String, Vec<Edit>>) -> bool {
    fix.edits.iter().all(|edit| edits.get(&edit.file).into_iter().flatten().all(|other| can_go_beside(edit, other)))
}

fn can_go_beside(edit: &Edit, other: &Edit) -> bool {
    let (one, two) = (&edit.range, &other.range);
    let is_one_place = one.is_empty() && one == two;
    edit != other && (is_one_place || one.end < two.start || two.end < one.start)
}

/// A text with edits that do not touch each other.
fn edited(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| edit.range.start);
    let (mut out, mut end) = (String::with_capacity(text.len()), 0);
    for edit in &edits {
        let range = edit.range.start as usize..edit.range.end as usize;
        out.push_str(text.get(end..range.start).unwrap_or_default());
        out.push_str(&edit.text);
        end = range.end;
    }
    out.push_str(text.get(end..).unwrap_or_default());
    out
}
