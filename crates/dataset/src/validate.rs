//! A profile compared with a contract: what records have that is not documented, and what is documented that they lack.

use crate::profile::{FieldProfile, Profile};
use crate::record::Shape;
use crate::rename::renamed;
use crate::{Contract, ValueType};
use serde::Serialize;
use std::collections::HashSet;

/// What was found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Validation {
    /// The dataset's name.
    pub dataset: String,
    /// How many records were looked at.
    pub records: u64,
    /// Findings, in the order of their kinds; within a kind those of the most records first.
    pub findings: Vec<Finding>,
    /// All fields, documented and seen, by name.
    pub fields: Vec<FieldShare>,
}

macro_rules! finding_kinds {
    ($($variant:ident $name:literal $fails:literal $summary:literal;)*) => {
        /// What can be found.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FindingKind {
            $(#[doc = $summary] $variant,)*
        }

        impl FindingKind {
            /// All kinds, in the order of a report.
            pub const ALL: &[FindingKind] = &[$(FindingKind::$variant,)*];

            /// Its name in reports.
            pub fn name(self) -> &'static str {
                match self {
                    $(FindingKind::$variant => $name,)*
                }
            }

            /// Whether records and contract disagree; else it is a note.
            pub fn fails(self) -> bool {
                match self {
                    $(FindingKind::$variant => $fails,)*
                }
            }

            /// What it says, in one sentence.
            pub fn summary(self) -> &'static str {
                match self {
                    $(FindingKind::$variant => $summary,)*
                }
            }
        }
    };
}

finding_kinds! {
    Unreadable "unreadable" true "Records that are not JSON objects.";
    Renamed "renamed" true "A documented field is in no record, and an undocumented one has a similar name and the same type.";
    Unknown "unknown" true "A field that is not documented.";
    Type "type" true "Values of another type than documented.";
    Notation "notation" true "Values of the documented type in another notation: a number in text, 0 for false, JSON in text.";
    Value "value" true "Values that the documented enumeration does not list.";
    Missing "missing" true "A documented field that is in no record.";
    Unmapped "unmapped" false "A documented field that the format neither reads nor leaves out for a reason.";
    NeverFilled "never-filled" false "A field that the format reads is in records, but always empty.";
}

impl Serialize for FindingKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// The field, as documented or else as seen; empty for records that have none.
    pub field: String,
    /// The new name of a renamed field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renamed_to: Option<String>,
    /// How many records it is about.
    pub records: u64,
    /// Their share of all records, from 0 to 1.
    pub share: f64,
    /// What was expected and what is there.
    pub detail: String,
    /// Whether it makes the validation fail; the caller may change its mind.
    pub fails: bool,
}

/// A field of the dataset in numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldShare {
    /// Its name.
    pub field: String,
    /// The documented type; nothing where it is not documented.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
    /// Whether the format reads it.
    pub mapped: bool,
    /// Why the format leaves it out, where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<String>,
    /// The share of records that have it, from 0 to 1.
    pub present: f64,
    /// The share of records in which it says something.
    pub filled: f64,
    /// The shapes of its values.
    pub shapes: Vec<&'static str>,
}

impl Validation {
    /// Whether a finding fails.
    pub fn fails(&self) -> bool {
        self.findings.iter().any(|finding| finding.fails)
    }
}

/// Compares a profile, gathered with this contract, with it. `mapped` are the fields that the format reads; `selected` those
/// that the records are to have, where it is not all that are documented.
pub fn validate(
    contract: &Contract,
    profile: &Profile,
    mapped: &HashSet<String>,
    selected: Option<&HashSet<String>>,
) -> Validation {
    let mut comparison = Comparison { contract, profile, mapped, findings: Vec::new() };
    if profile.unreadable > 0 {
        comparison.add(FindingKind::Unreadable, "", profile.unreadable, "a record must be one JSON object".to_owned());
    }
    comparison.names(selected);
    for (name, field) in &profile.fields {
        comparison.values(name, field);
    }
    comparison.mapping();
    let mut findings = comparison.findings;
    findings.sort_by(|a, b| (a.kind, b.records, &a.field).cmp(&(b.kind, a.records, &b.field)));
    Validation {
        dataset: contract.name.clone(),
        records: profile.records,
        findings,
        fields: shares(contract, profile, mapped),
    }
}

struct Comparison<'c> {
    contract: &'c Contract,
    profile: &'c Profile,
    mapped: &'c HashSet<String>,
    findings: Vec<Finding>,
}

impl Comparison<'_> {
    fn add(&mut self, kind: FindingKind, field: &str, records: u64, detail: String) {
        let share = self.profile.share(records);
        let field = field.to_owned();
        self.findings.push(Finding { kind, field, renamed_to: None, records, share, detail, fails: kind.fails() });
    }

    /// Names that are missing, new, or one for the other.
    fn names(&mut self, selected: Option<&HashSet<String>>) {
        let (contract, profile) = (self.contract, self.profile);
        let is_seen = |name: &str| profile.fields.contains_key(name);
        let is_expected = |name: &str| selected.is_none_or(|selected| selected.contains(name));
        let documented = contract.fields.iter().map(|field| &*field.name);
        let has_records = profile.records > profile.unreadable;
        let missing: Vec<&str> = documented.filter(|name| has_records && is_expected(name) && !is_seen(name)).collect();
        let unknown = profile.fields.iter().filter(|(name, _)| contract.known(name).is_none());
        let unknown: Vec<(&str, &FieldProfile)> = unknown.map(|(name, field)| (&**name, field)).collect();
        let new: Vec<&str> = unknown.iter().map(|(name, _)| *name).collect();
        let fits = |old: &str, new: &str| match (contract.field(old), profile.fields.get(new)) {
            (Some(old), Some(new)) => may_be(old.kind, new),
            _ => false,
        };
        let pairs = renamed(&missing, &new, &fits);
        for (old, now) in &pairs {
            let (name, field) = unknown[*now];
            self.add(FindingKind::Renamed, missing[*old], field.present, format!("now {name}?"));
            if let Some(finding) = self.findings.last_mut() {
                finding.renamed_to = Some(name.to_owned());
            }
        }
        for (place, name) in missing.iter().enumerate() {
            if pairs.iter().all(|(old, _)| *old != place) {
                self.add(FindingKind::Missing, name, profile.records, "in no record".to_owned());
            }
        }
        for (place, (name, field)) in unknown.iter().enumerate() {
            if pairs.iter().all(|(_, now)| *now != place) {
                self.add(FindingKind::Unknown, name, field.present, format!("not documented; {}", seen(field)));
            }
        }
        if profile.other_fields > 0 {
            let detail = format!("{} values of fields beyond the first {}", profile.other_fields, profile.fields.len());
            self.add(FindingKind::Unknown, "…", profile.other_fields.min(profile.records), detail);
        }
    }

    /// Values of a documented field.
    fn values(&mut self, name: &str, field: &FieldProfile) {
        let Some(documented) = self.contract.known(name) else { return };
        for (kind, count, odd) in
            [(FindingKind::Notation, field.notation, field.odd[0]), (FindingKind::Type, field.misfits, field.odd[1])]
        {
            if count > 0 {
                let shape = odd.map_or("another type", Shape::name);
                self.add(kind, name, count, format!("documented as {}, found {shape}", documented.kind));
            }
        }
        if field.unlisted_values > 0 {
            let mut values: Vec<String> = field.unlisted.keys().take(5).map(|value| format!("`{value}`")).collect();
            if field.unlisted.len() > 5 || values.is_empty() {
                values.push("…".to_owned());
            }
            self.add(FindingKind::Value, name, field.unlisted_values, format!("not documented: {}", values.join(", ")));
        }
    }

    /// What the format does with documented fields.
    fn mapping(&mut self) {
        let (contract, profile, mapped) = (self.contract, self.profile, self.mapped);
        for field in &contract.fields {
            let is_mapped = mapped.contains(&field.name);
            let seen = profile.fields.get(&field.name);
            if !is_mapped && contract.left_out(&field.name).is_none() {
                let records = seen.map_or(0, |seen| seen.present);
                self.add(FindingKind::Unmapped, &field.name, records, "the format does not read it".to_owned());
            }
            if let Some(seen) = seen.filter(|seen| is_mapped && seen.filled == 0) {
                self.add(FindingKind::NeverFilled, &field.name, seen.present, "always empty".to_owned());
            }
        }
    }
}

/// What an undocumented field looks like.
fn seen(field: &FieldProfile) -> String {
    let shapes: Vec<&str> = field.shapes.iter().map(|(shape, _)| shape.name()).collect();
    if shapes.is_empty() { "always empty".to_owned() } else { shapes.join(" or ") }
}

/// Whether what was seen may be of a documented type. What was always empty may be of any.
fn may_be(kind: ValueType, field: &FieldProfile) -> bool {
    let fits = |shape: Shape| match kind {
        ValueType::Text => matches!(shape, Shape::Text | Shape::Number),
        ValueType::Int => matches!(shape, Shape::Int | Shape::Number),
        ValueType::Float => matches!(shape, Shape::Int | Shape::Float | Shape::Number),
        ValueType::Bool => matches!(shape, Shape::Bool | Shape::Int),
        ValueType::Object => shape == Shape::Object,
        ValueType::Texts => shape == Shape::Texts,
        ValueType::Ints => shape == Shape::Ints,
        ValueType::Objects => shape == Shape::Objects,
        ValueType::Time => matches!(shape, Shape::Text | Shape::Number | Shape::Int),
        ValueType::Unknown => true,
    };
    field.shapes.iter().all(|(shape, _)| shape == Shape::Null || fits(shape))
}

fn shares(contract: &Contract, profile: &Profile, mapped: &HashSet<String>) -> Vec<FieldShare> {
    let mut names: Vec<&str> = contract.fields.iter().map(|field| &*field.name).collect();
    names.extend(profile.fields.keys().filter(|name| contract.field(name).is_none()).map(String::as_str));
    names.sort_unstable();
    let none = FieldProfile::default();
    let share = |name: &str| {
        let field = profile.fields.get(name).unwrap_or(&none);
        FieldShare {
            field: name.to_owned(),
            kind: contract.known(name).map(|field| field.kind.name()),
            mapped: mapped.contains(name),
            left_out: contract.left_out(name).map(str::to_owned),
            present: profile.share(field.present),
            filled: profile.share(field.filled),
            shapes: field.shapes.iter().map(|(shape, _)| shape.name()).collect(),
        }
    };
    names.into_iter().map(share).collect()
}
