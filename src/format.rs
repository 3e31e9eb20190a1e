//! A format: its texts, read and compiled together.

use crate::diagnostic::{Diagnostics, GoesOn, Sources};
use crate::lint;
use crate::plan::findings::UNKNOWN_TYPE;
use crate::plan::{self, Plan};
use crate::spec::{self, FieldDeclaration, Named, Spec};
use crate::taxonomy::{Field, FieldType, Origin, Taxonomy};

/// The texts of a format, each with the name under which findings show it.
#[derive(Clone, Debug, Default)]
pub struct FormatText {
    /// `ingest/parser.yml`. A text whose name ends in `.json` is read as JSON, any other as YAML.
    pub parser: (String, String),
    /// `_meta/fields.yml` of the module and of the format, where there are any; a later one wins. JSON may also be a list
    /// of the declarations.
    pub fields: Vec<(String, String)>,
}

/// A format that was read: everything that is known of it, and what was found.
#[derive(Debug)]
pub struct Format {
    /// The texts.
    pub sources: Sources,
    /// The spec; `None` if it cannot be read.
    pub spec: Option<Spec>,
    /// The base taxonomy with the format's own fields.
    pub taxonomy: Taxonomy,
    /// What runs; `None` where there is no spec. What a finding of severity error is about does not run, all else does.
    pub plan: Option<Plan>,
    /// All findings, ordered by place.
    pub findings: Diagnostics,
}

/// Reads and compiles a format. All findings are found together.
pub fn compile(text: &FormatText) -> Format {
    compile_into(text, Diagnostics::new())
}

/// As [`compile`], and stops soon after `goes_on` said no, with a finding that says so.
pub fn compile_while(text: &FormatText, goes_on: GoesOn) -> Format {
    compile_into(text, Diagnostics::while_wanted(goes_on))
}

fn compile_into(text: &FormatText, mut findings: Diagnostics) -> Format {
    let mut sources = Sources::new();
    let parser = sources.add(&*text.parser.0, &*text.parser.1);
    let read = if is_json(&text.parser.0) { spec::read_json } else { spec::read };
    let spec = read(&text.parser.1, parser, &mut findings);
    let taxonomy = taxonomy(text, &mut sources, &mut findings);
    let plan = spec.as_ref().and_then(|spec| {
        let compiled = plan::compile(spec, &taxonomy, &sources, &mut findings)?;
        lint::check(spec, &taxonomy, &sources, &compiled, &mut findings);
        Some(compiled.plan)
    });
    findings.sort();
    Format { sources, spec, taxonomy, plan, findings: findings.done() }
}

fn taxonomy(text: &FormatText, sources: &mut Sources, findings: &mut Diagnostics) -> Taxonomy {
    let mut declared = Vec::new();
    for (name, fields) in &text.fields {
        let source = sources.add(&**name, &**fields);
        let read = if is_json(name) { spec::read_json_fields } else { spec::read_fields };
        for declaration in read(fields, source, findings) {
            declared.push(field(declaration, findings));
        }
    }
    Taxonomy::base().with(declared)
}

fn is_json(name: &str) -> bool {
    name.ends_with(".json")
}

fn known_type(name: &Named, findings: &mut Diagnostics) -> FieldType {
    FieldType::parse(&name.text).unwrap_or_else(|| {
        findings.push(UNKNOWN_TYPE.at(name.span, &[&name.text]).suggest(&name.text, FieldType::names()));
        FieldType::Unknown
    })
}

fn field(declaration: FieldDeclaration, findings: &mut Diagnostics) -> Field {
    let FieldDeclaration { name, type_name, description, .. } = declaration;
    let kind = type_name.map_or(FieldType::Unknown, |type_name| known_type(&type_name, findings));
    let mut field = Field::new(name.text, kind, Origin::Format);
    field.description = description.map(|description| description.text.into());
    field
}
