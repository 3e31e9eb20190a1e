//! Uses of extractors: the extractor of a name, its properties, what it reads and where its result goes.

use super::Compiler;
use crate::diagnostic::nearest;
use crate::extract::{self, findings::MISSING_PROPERTY};
use crate::plan::findings::*;
use crate::plan::layers::Layer;
use crate::plan::tree::{Extraction, RaiseErrors};
use crate::plan::words::is_bare_path;
use crate::spec::{self, Named, keys};

/// About how many bytes and steps an output takes that another entry of its name clears.
const CLEARED: usize = 32;

impl Compiler<'_> {
    pub(super) fn extraction(&mut self, layer: &Named, used: &spec::ExtractorUse) -> Option<Extraction> {
        let input = used.input_field.as_ref().map(|input| self.path_or_template(input).bare());
        let output = self.layers.declare_output(&layer.text, used.output_key());
        let clears = self.layers.get(&layer.text).map(Layer::slots).unwrap_or_default();
        self.goes_on(size_of::<Extraction>() + CLEARED * clears.len());
        let raise_errors = RaiseErrors::of(used.raise_errors.as_ref());
        let entry = self.extractor(used)?;
        let properties = extract::Properties { span: used.span, entries: &used.properties };
        let extractor = (entry.compile)(&properties, self.findings)?;
        let input = input.unwrap_or_else(|| self.layers.incoming(entry.default_input).into());
        let templates = extractor.templates.iter().map(|template| {
            let is_path = is_bare_path(template, |root| self.layers.get(root).is_some());
            if is_path { self.path_or_template(template) } else { self.source(template) }.bare()
        });
        let templates = templates.collect();
        Some(Extraction { name: entry.name, extractor, input, templates, output, clears, raise_errors })
    }

    /// The extractor that an entry uses, if it and all that it needs is there.
    fn extractor(&mut self, used: &spec::ExtractorUse) -> Option<&'static extract::Description> {
        let name = &used.name.text;
        if let Some(entry) = extract::find(name) {
            self.check_properties(entry, used);
            return self.has_properties(entry, used).then_some(entry);
        }
        let meant = (!self.findings.is_full()).then(|| nearest(name, extract::names())).flatten();
        let finding = UNKNOWN_EXTRACTOR.at(used.name.span, &[name]);
        self.findings.push(match meant {
            Some(_) => finding.suggest(name, meant),
            None => finding.suggest_among(name, extract::names()),
        });
        if let Some(entry) = meant.and_then(extract::find) {
            self.check_properties(entry, used);
        }
        None
    }

    fn check_properties(&mut self, entry: &extract::Description, used: &spec::ExtractorUse) {
        for (key, _) in &used.properties {
            let name = key.as_text().unwrap_or_default();
            if entry.properties.iter().all(|property| property.name != name) {
                let known = entry.properties.iter().map(|property| property.name);
                let known = known.chain(keys::names(keys::GENERAL_PROPERTIES));
                self.findings.push(UNKNOWN_PROPERTY.at(key.span, &[entry.name, name]).suggest_among(name, known));
            }
        }
    }

    fn has_properties(&mut self, entry: &extract::Description, used: &spec::ExtractorUse) -> bool {
        let mut has_all = true;
        for property in entry.properties.iter().filter(|property| property.required) {
            if used.properties.iter().all(|(key, _)| key.as_text() != Some(property.name)) {
                let finding = MISSING_PROPERTY.at(used.name.span, &[entry.name, property.name]);
                self.findings.push(finding.help(property.summary));
                has_all = false;
            }
        }
        has_all
    }
}
