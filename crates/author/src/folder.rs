//! What a format and a module consist of, as texts: who calls has read them, from a disk, a request or an editor.

use weir::{Format, FormatText};

/// A text with the name under which findings show it, such as its path.
pub type NamedText = (String, String);

/// The texts in the folder of a format.
#[derive(Clone, Debug, Default)]
pub struct FormatFolder {
    /// `ingest/parser.yml`: the spec. A text whose name ends in `.json` is read as JSON.
    pub parser: NamedText,
    /// `_meta/fields.yml` of the module, which the format's own are put over.
    pub module_fields: Option<NamedText>,
    /// `_meta/fields.yml`
    pub fields: Option<NamedText>,
    /// `_meta/manifest.yml`
    pub manifest: Option<NamedText>,
    /// `_meta/smart-descriptions.json`
    pub descriptions: Option<NamedText>,
    /// `dataset.yml`: the contract of the dataset.
    pub contract: Option<NamedText>,
    /// `tests/*.json`: the recorded pairs.
    pub pairs: Vec<NamedText>,
}

impl FormatFolder {
    /// What of the folder the engine reads.
    pub fn text(&self) -> FormatText {
        let fields = self.module_fields.iter().chain(&self.fields).cloned().collect();
        FormatText { parser: self.parser.clone(), fields }
    }

    /// The name of `_meta/fields.yml`, whether or not it is there; `None` where the name of the spec does not tell the format's directory.
    pub fn fields_name(&self) -> Option<String> {
        let parser = &*self.parser.0;
        let root = match parser.strip_suffix("parser.yml")? {
            root if root == "ingest/" || root.ends_with("/ingest/") => root.strip_suffix("ingest/")?,
            // It may lie in `ingest` all the same.
            "" | "./" => return None,
            root if root.ends_with("../") => return None,
            root => root,
        };
        Some(format!("{root}_meta/fields.yml"))
    }

    /// The format, compiled.
    pub fn compile(&self) -> Format {
        weir::compile(&self.text())
    }
}

/// The texts in the folder of a module that its formats share.
#[derive(Clone, Debug, Default)]
pub struct ModuleFolder {
    /// `_meta/manifest.yml`
    pub manifest: Option<NamedText>,
    /// `_meta/routing.yml`: which dataset wins where a record fits several.
    pub routing: Option<NamedText>,
    /// `_meta/fields.yml`
    pub fields: Option<NamedText>,
    /// The contracts of the module's formats: routing names datasets of these.
    pub contracts: Vec<NamedText>,
}

#[cfg(test)]
mod tests {
    use super::FormatFolder;

    #[test]
    fn own_fields_are_where_the_spec_says_that_its_format_is() {
        for (parser, fields) in [
            ("ingest/parser.yml", Some("_meta/fields.yml")),
            ("a/b/ingest/parser.yml", Some("a/b/_meta/fields.yml")),
            ("a/parser.yml", Some("a/_meta/fields.yml")),
            ("a/digest/parser.yml", Some("a/digest/_meta/fields.yml")),
            ("parser.yml", None),
            ("../parser.yml", None),
            ("spec.yml", None),
        ] {
            let folder = FormatFolder { parser: (parser.to_owned(), String::new()), ..FormatFolder::default() };
            assert_eq!(folder.fields_name().as_deref(), fields, "{parser}");
        }
    }
}
