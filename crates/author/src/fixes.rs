//! Texts with the certain fixes of their findings applied.
//!
//! Why so: `docs/decisions/0170`.

use crate::finding::{Edit, Finding, Fix};
use crate::folder::{FormatFolder, ModuleFolder, NamedText};
use std::collections::BTreeMap;
use weir::diagnostic::{Diagnostics, Sources};

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

    /// Applies the certain fixes of findings about these texts, and all of findings with the codes `also`, as far as they do not touch
    /// each other: the others come with the findings of the next check. Says which were applied.
    pub fn apply(&mut self, findings: &Diagnostics, sources: &Sources, also: &[String]) -> Vec<Applied> {
        let mut edits: BTreeMap<String, Vec<Edit>> = BTreeMap::new();
        let mut applied = Vec::new();
        for finding in findings.iter().map(|finding| Finding::of(finding, sources)) {
            let is_wanted = |fix: &Fix| fix.is_certain || also.iter().any(|code| code == finding.code);
            let Some(fix) = finding.fix.filter(|fix| is_wanted(fix) && can_go_with(fix, &edits)) else { continue };
            let (file, line, code, title) = (finding.file.to_owned(), finding.line, finding.code, fix.title);
            applied.push(Applied { file, line, code, title });
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
