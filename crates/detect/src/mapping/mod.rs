//! The names of rules → the fields of a plan's events: found in the plan, which knows what each field is set from.
//!
//! A rule names what the product logs (`eventName`); the plan says which field carries it (`event.action`). A shipped table
//! has further names under which rules mean the same.
//!
//! Why so: `docs/decisions/0122`.

mod source;

pub use source::{FormatFacts, source_of, sources_of};

use crate::rule::{LogSource, Rule};
use std::collections::HashMap;
use weir::Plan;
use weir::plan::{Carried, FieldReach};

/// Product or category, the name that rules use, and the raw names or fields that may have it.
const ALIASES: &str = include_str!("aliases.tsv");

/// What a name of a rule is in the events of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mapped {
    /// A field of the event has this very name.
    Itself,
    /// It is under these names: one of them has it.
    Fields(Vec<String>),
    /// Nothing of the event has it.
    Nowhere,
}

/// The names that a plan's events have for those of rules.
#[derive(Debug)]
pub struct Mapping<'p> {
    plan: &'p Plan,
    carried: Vec<Carried<'p>>,
    aliases: HashMap<(&'static str, &'static str), Vec<&'static str>>,
}

impl<'p> Mapping<'p> {
    /// Reads the mapping from a plan.
    pub fn new(plan: &'p Plan) -> Self {
        let mut aliases: HashMap<_, Vec<&str>> = HashMap::new();
        for line in ALIASES.lines() {
            let mut columns = line.split('\t');
            if let (Some(of), Some(name), Some(raw)) = (columns.next(), columns.next(), columns.next()) {
                aliases.entry((of, name)).or_default().extend(raw.split(','));
            }
        }
        Mapping { plan, carried: plan.carries(), aliases }
    }

    /// Gives the fields of a rule the names that they have in the plan's events. What is nowhere keeps its name.
    ///
    /// # Errors
    /// Where that would make the rule too large.
    pub fn apply(&self, rule: &mut Rule) -> Result<(), String> {
        let source = rule.log_source.clone();
        rule.rename(&|name| match self.fields(name, &source) {
            Mapped::Fields(names) => Some(names),
            Mapped::Itself | Mapped::Nowhere => None,
        })
    }

    /// What a name of a rule is in the plan's events.
    pub fn fields(&self, name: &str, source: &LogSource) -> Mapped {
        if self.plan.reach(name) == FieldReach::Set {
            return Mapped::Itself;
        }
        let others = self.names(name, source);
        let names = || std::iter::once(name).chain(others.iter().copied());
        if let Some(found) = self.carrying(names()) {
            return Mapped::Fields(found);
        }
        if let Some(found) = others.iter().find(|other| self.plan.reach(other) == FieldReach::Set) {
            return Mapped::Fields(vec![(*found).to_owned()]);
        }
        let mut inside: Vec<(bool, String)> = names().filter_map(|name| self.inside(name, source)).collect();
        if inside.iter().any(|(is_open, _)| !is_open) {
            inside.retain(|(is_open, _)| !is_open);
        }
        if !inside.is_empty() {
            return Mapped::Fields(inside.into_iter().map(|(_, field)| field).collect());
        }
        if self.plan.reach(name) == FieldReach::Open { Mapped::Itself } else { Mapped::Nowhere }
    }

    /// The field to declare for a name that nothing carries, where the dict that has it in the record is set already.
    pub fn to_declare(&self, name: &str, source: &LogSource) -> Option<String> {
        let whole = self.carried.iter().filter(|carried| carried.is_whole);
        let below = whole.filter_map(|carried| {
            let field = format!("{}.{}", carried.field, rest(&carried.raw, name, source)?);
            (self.plan.reach(&field) == FieldReach::Never).then_some(field)
        });
        below.min_by_key(String::len)
    }

    /// The names that a rule about a log source may use: raw names that fields are set from, and those of the shipped table.
    pub fn known_names(&self, source: &LogSource) -> impl Iterator<Item = String> {
        let of = [&source.product, &source.service, &source.category].map(|part| part.clone().unwrap_or_default());
        let aliases = self.aliases.keys().filter(|(known, _)| of.iter().any(|of| of == known)).map(|(_, name)| *name);
        let raw = self.carried.iter().flat_map(|carried| {
            let last = carried.raw.rsplit('.').next().unwrap_or_default();
            // A last key alone is a name where the record nests for its own sake.
            let is_short = source.product.as_deref() == Some("windows");
            std::iter::once(&*carried.raw).chain(Some(last).filter(|_| is_short))
        });
        let mut names: Vec<String> = aliases.chain(raw).map(str::to_owned).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter()
    }

    fn names(&self, name: &str, source: &LogSource) -> Vec<&'static str> {
        let of = [&source.product, &source.service, &source.category];
        let of = of.into_iter().flatten().map(String::as_str);
        of.filter_map(|of| self.aliases.iter().find(|((known, alias), _)| *known == of && *alias == name))
            .flat_map(|(_, names)| names.iter().copied())
            .filter(|other| *other != name)
            .collect()
    }

    /// The fields that are set from a raw name: the first that always is, else all.
    fn carrying<'n>(&self, names: impl Iterator<Item = &'n str>) -> Option<Vec<String>> {
        let mut found: Vec<&Carried<'_>> = Vec::new();
        for name in names {
            let mut fitting: Vec<&Carried<'_>> =
                self.carried.iter().filter(|carried| is_named(&carried.raw, name)).collect();
            // The nearer to the top, the likelier it is meant.
            fitting.sort_by_key(|carried| (carried.raw.len(), carried.is_conditional, carried.is_changed));
            let shortest = fitting.first().map(|carried| carried.raw.clone());
            found.extend(fitting.into_iter().filter(|carried| Some(&carried.raw) == shortest.as_ref()));
        }
        found.retain(|carried| self.plan.reach(carried.field) != FieldReach::Never);
        if let Some(always) = found.iter().find(|carried| !carried.is_conditional && !carried.is_changed) {
            return Some(vec![always.field.to_owned()]);
        }
        let mut names: Vec<String> = Vec::new();
        for carried in found {
            if !names.iter().any(|known| known == carried.field) {
                names.push(carried.field.to_owned());
            }
        }
        (!names.is_empty()).then_some(names)
    }

    /// The field below a dict that is set whole, and whether only the record decides if it is there.
    fn inside(&self, name: &str, source: &LogSource) -> Option<(bool, String)> {
        let whole = self.carried.iter().filter(|carried| carried.is_whole);
        let below = whole.filter_map(|carried| {
            let field = format!("{}.{}", carried.field, rest(&carried.raw, name, source)?);
            let reach = self.plan.reach(&field);
            (reach != FieldReach::Never).then_some((reach != FieldReach::Set, field))
        });
        below.min()
    }
}

/// What of a name lies below a dict of the record: what follows the dict's own name. Rules about Windows leave out in which
/// part of the event a name stands.
fn rest<'n>(dict: &str, name: &'n str, source: &LogSource) -> Option<&'n str> {
    match name.strip_prefix(dict).and_then(|rest| rest.strip_prefix('.')) {
        Some(rest) => Some(rest),
        None => (source.product.as_deref() == Some("windows") && !name.contains('.')).then_some(name),
    }
}

/// Whether a raw name is one, or ends in it.
fn is_named(raw: &str, name: &str) -> bool {
    raw.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}
