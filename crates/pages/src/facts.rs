//! What a page tells of a format, derived from its plan.

use crate::descriptions;
use crate::manifest::Words;
use crate::{FormatFiles, PageError};
use std::collections::{BTreeMap, BTreeSet};
use weir::Plan;
use weir::possible::{FieldValues, PossibleValues};
use weir::taxonomy::{Field, Origin};

/// The facts of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The format's name for people; its spec's, where no manifest gives one.
    pub title: String,
    /// What `event.kind` can be.
    pub kinds: FieldValues,
    /// What the items of `event.category` can be.
    pub categories: FieldValues,
    /// What the items of `event.type` can be.
    pub types: FieldValues,
    /// The fields that the format sets, ordered by name.
    pub fields: Vec<ExtractedField>,
    /// The fields that may follow from them.
    pub inferred: BTreeSet<&'static str>,
}

/// A field that a format sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtractedField {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: &'static str,
    /// What it holds; empty where nobody says.
    pub description: String,
}

impl Facts {
    /// Derives the facts.
    ///
    /// # Errors
    /// Where nothing of the format compiles.
    pub fn of(files: &FormatFiles<'_>) -> Result<Facts, PageError> {
        let plan = files.format.plan.as_ref().ok_or(PageError::NoPlan)?;
        let name = Words::of(files.manifest).name;
        let title = if name.is_empty() { plan.name().unwrap_or("A format without a name").to_owned() } else { name };
        let values = PossibleValues::new(plan);
        let fields = fields(plan);
        let own: BTreeSet<&str> = fields.iter().map(|field| &*field.name).collect();
        let inferred = plan.infers().into_iter().filter(|name| !own.contains(name)).collect();
        Ok(Facts {
            title,
            kinds: values.of("event.kind"),
            categories: values.of("event.category"),
            types: values.of("event.type"),
            fields,
            inferred,
        })
    }
}

/// The fields that can come out because an action sets them, or a dict above them. Of the fields below a dict only those
/// are named that the format itself declares.
fn fields(plan: &Plan) -> Vec<ExtractedField> {
    let mut found = BTreeMap::new();
    for name in plan.sets() {
        let own = |field: &&Field| matches!(field.origin, Origin::Module | Origin::Format);
        for field in plan.taxonomy().below(name).filter(own) {
            found.insert(field.name.to_string(), extracted(field));
        }
        let is_field = plan.taxonomy().get(name).is_some() || !plan.taxonomy().is_container(name);
        if let Some(field) = plan.field(name).filter(|_| is_field && !is_owned(name)) {
            found.insert(name.to_owned(), extracted(&field));
        }
    }
    found.into_values().collect()
}

/// What a spec sets there is dropped.
fn is_owned(name: &str) -> bool {
    weir::infer::OWNED.contains(&name)
}

fn extracted(field: &Field) -> ExtractedField {
    let own = field.description.as_deref().map(str::to_owned);
    let description = own.or_else(|| descriptions::of(&field.name)).unwrap_or_default();
    let description = description.split_whitespace().collect::<Vec<_>>().join(" ");
    ExtractedField { name: field.name.to_string(), kind: field.kind.name(), description }
}
