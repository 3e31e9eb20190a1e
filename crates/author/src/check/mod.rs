//! All that can be found about formats without running them.

pub mod allow;
mod checked;
mod declarations;
mod declare;
mod descriptions;
mod expectations;
mod keys;
mod kinds;
mod manifests;
mod published;

pub use checked::Checked;
pub use declarations::Written;
pub use kinds::kinds;
pub use manifests::DATA_SOURCES;
pub use published::{ASKED_SHARE, Published, Uuids, published, published_module};

use crate::folder::{FormatFolder, ModuleFolder, NamedText};
use keys::Words;
use weir::diagnostic::{Diagnostics, SourceId};
use weir::{Format, spec};

/// All findings about a format: its spec, fields, manifest, contract, recorded pairs and smart descriptions. Texts that
/// cannot be read are findings too.
pub fn format(folder: &FormatFolder) -> Checked {
    compiled(folder, &folder.compile())
}

/// As [`format`], of a folder that was compiled to this.
pub fn compiled(folder: &FormatFolder, Format { sources, spec, taxonomy, findings, .. }: &Format) -> Checked {
    let mut part = Checked { sources: sources.clone(), findings: findings.clone(), ..Checked::default() };
    let mut words = Words::default();
    part.manifest(folder.manifest.as_ref());
    if let Some(contract) = &folder.contract {
        let (text, source) = part.read(contract);
        weir_dataset::read_contract(text, source, &mut part.findings);
    }
    for pair in &folder.pairs {
        let (text, source) = part.read(pair);
        if let Some(test) = spec::read_test(text, source, &mut part.findings) {
            expectations::check(text, &test, taxonomy, &mut part.findings);
            part.written.add_test(&test);
            words.add(&test);
        }
    }
    let descriptions = folder.descriptions.as_ref().map(|descriptions| part.descriptions(descriptions));
    if let Some(spec) = spec {
        part.written.add_spec(spec);
        words.check(spec, &part.sources, &mut part.findings);
        words.check_inputs(spec, &part.sources, &mut part.findings);
        let written = std::mem::take(&mut part.written);
        part.declarations(folder.fields.as_ref(), &written);
        declare::offer(&mut part, folder, spec);
        if let Some((text, source)) = descriptions {
            descriptions::check(text, source, taxonomy, &written, &mut part.findings);
        }
        part.written = written;
    }
    let shared = folder.module_fields.as_ref().map(|(name, _)| &**name);
    part.left(shared).sorted()
}

/// All findings about what the formats of a module share. `written` is what its formats can set: a field that none of them
/// sets is declared without use.
pub fn module(folder: &ModuleFolder, written: &Written) -> Checked {
    let mut part = Checked::default();
    part.manifest(folder.manifest.as_ref());
    part.routing(folder);
    part.declarations(folder.fields.as_ref(), written);
    let shared = folder.fields.as_ref().map(|(name, _)| &**name);
    part.left(shared).sorted()
}

impl Checked {
    /// Takes out what comments allow; the text named `shared` is checked elsewhere too.
    fn left(mut self, shared: Option<&str>) -> Self {
        self.findings = allow::checked(&self.findings, &self.sources, shared);
        self
    }

    fn declarations(&mut self, fields: Option<&NamedText>, written: &Written) {
        if let Some(fields) = fields {
            let (text, source) = self.read(fields);
            written.check_declarations(text, source, &mut self.findings);
        }
    }

    fn descriptions<'t>(&mut self, descriptions: &'t NamedText) -> (&'t str, SourceId) {
        let (text, source) = self.read(descriptions);
        spec::check_descriptions(text, source, &mut self.findings);
        (text, source)
    }

    fn routing(&mut self, folder: &ModuleFolder) {
        let Some(routing) = &folder.routing else { return };
        let (text, source) = self.read(routing);
        let mut known = Vec::new();
        for (_, contract) in &folder.contracts {
            // What is wrong with a contract is told with its format.
            let read = weir_dataset::read_contract(contract, source, &mut Diagnostics::new());
            known.extend(read.map(|contract| contract.name));
        }
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        weir_dataset::read_routing(text, source, &known, &mut self.findings);
    }

    fn manifest(&mut self, manifest: Option<&NamedText>) {
        if let Some(manifest) = manifest {
            let (text, source) = self.read(manifest);
            if let Some(manifest) = spec::read_manifest(text, source, &mut self.findings) {
                manifests::check(&manifest, &mut self.findings);
            }
        }
    }
}
