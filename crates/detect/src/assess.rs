//! Which rules can ever match the events of a plan: decided by the logic of each rule's condition, over what the plan can
//! write. A rule that is called never matches no event of the format, whatever comes in as a message.
//!
//! Why so: `docs/decisions/0123`.

use crate::Dialect;
use crate::findings::RULES_WAIT;
use crate::mapping::{FormatFacts, Mapping, source_of};
use crate::prepare::Prepared;
use crate::rule::{About, Correlation, Documents, LogSource, Naming, Test, lowered};
use crate::set::{Atoms, Node, Question, Scope};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use weir::Plan;
use weir::diagnostic::{Diagnostic, Span};
use weir::plan::FieldReach;
use weir::possible::PossibleValues;

/// What was found out about rules and a format.
#[derive(Debug, Default)]
pub struct Assessment {
    /// The rules about events such as the format's, in the order given.
    pub rules: Vec<Assessed>,
    /// The correlations that can be about these, in the order given; their log sources are those of a rule.
    pub correlations: Vec<Assessed>,
    /// Fields that rules wait for, most rules first.
    pub waits: Vec<Wait>,
    /// How many rules are about other events.
    pub others: usize,
    /// Rules that a pipeline passes over, with the reasons.
    pub passed_over: Vec<(Arc<About>, String)>,
}

/// A rule, and whether it can match.
#[derive(Debug)]
pub struct Assessed {
    /// What it says of itself.
    pub about: Arc<About>,
    /// Which events it is about.
    pub log_source: LogSource,
    /// Its number among the rules or correlations given.
    pub number: usize,
    /// Whether it can match.
    pub verdict: Verdict,
    /// Whether it is told by itself, and not only through a correlation.
    pub is_told: bool,
}

/// Whether a rule can match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It can: the fields that it needs are set.
    CanMatch,
    /// It is not known: these fields lie below an object that declares no children, and the record decides if they are there.
    Unknown(Vec<String>),
    /// It cannot: fields are never set. One of these would free it; if `together`, all of them would.
    NoField {
        /// The fields.
        fields: Vec<String>,
        /// Whether all of them are needed.
        together: bool,
    },
    /// It cannot: these fields never have such a value.
    NoValue(Vec<String>),
}

impl Verdict {
    /// A word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Verdict::CanMatch => "can match",
            Verdict::Unknown(_) => "unknown",
            Verdict::NoField { .. } => "never, by field",
            Verdict::NoValue(_) => "never, by value",
        }
    }

    /// Whether no event can match.
    pub fn is_never(&self) -> bool {
        matches!(self, Verdict::NoField { .. } | Verdict::NoValue(_))
    }
}

/// A field that rules wait for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Its name as the rules have it, or as the event would.
    pub field: String,
    /// The rules that it alone would free, by their numbers among the rules given.
    pub rules: Vec<usize>,
    /// The field to declare, where the dict that has it in the record is set already.
    pub declare: Option<String>,
}

impl Assessment {
    /// Rules and correlations that are told by themselves.
    pub fn told(&self) -> impl Iterator<Item = &Assessed> {
        self.rules.iter().filter(|rule| rule.is_told).chain(&self.correlations)
    }

    /// A hint at the field that most rules wait for, about a place of the format; `None` where none waits.
    pub fn hint(&self, place: Span) -> Option<Diagnostic> {
        let wait = self.waits.first()?;
        let finding = RULES_WAIT.at(place, &[&wait.field, &wait.rules.len().to_string()]);
        Some(match &wait.declare {
            Some(field) => {
                finding.help(format!("declare `{field}` in fields.yml: the dict that has it is set already"))
            }
            None => finding.help("`weir rules` tells which rules these are, and what others wait for"),
        })
    }
}

/// Assesses rules for a format. `all_sources` takes each rule, whatever events it is about.
pub fn assess(
    documents: &Documents,
    prepared: &Prepared,
    plan: &Plan,
    facts: &FormatFacts,
    dialect: Dialect,
    all_sources: bool,
) -> Assessment {
    let rules = &documents.rules;
    let values = PossibleValues::new(plan);
    let is_meant = source_of(facts, plan, &values);
    let mut assessment = Assessment::default();
    let mut atoms = Atoms::default();
    let mut nodes = Vec::new();
    for (rule, number) in prepared.rules.iter().zip(&prepared.numbers) {
        if all_sources || is_meant(&rules[*number].log_source) {
            nodes.push((*number, atoms.rule(rule, dialect)));
        } else {
            assessment.others += 1;
        }
    }
    for (number, reason) in &prepared.passed_over {
        if all_sources || is_meant(&rules[*number].log_source) {
            assessment.passed_over.push((Arc::clone(&rules[*number].about), reason.clone()));
        } else {
            assessment.others += 1;
        }
    }
    let facts = Facts::new(&atoms, plan, &values);
    for (number, node) in nodes {
        let (about, log_source) = (Arc::clone(&rules[number].about), rules[number].log_source.clone());
        assessment.rules.push(Assessed { about, log_source, number, verdict: facts.verdict(&node), is_told: true });
    }
    assess_correlations(documents, prepared, plan, &mut assessment);
    assessment.waits = waits(&assessment.rules, &Mapping::new(plan));
    assessment
}

/// Assesses correlations over the rules that were, each behind those that it is about; one of a circle is about nothing, and one
/// about something that is not there is no correlation.
fn assess_correlations(documents: &Documents, prepared: &Prepared, plan: &Plan, assessment: &mut Assessment) {
    let correlations = &documents.correlations;
    let naming = Naming::new(documents.rules.iter().map(|rule| &*rule.about), correlations);
    let rules: HashMap<usize, &Assessed> = assessment.rules.iter().map(|rule| (rule.number, rule)).collect();
    let fields: HashMap<usize, _> =
        prepared.numbers.iter().copied().zip(prepared.rules.iter().map(|rule| &rule.correlated)).collect();
    let mut found: BTreeMap<usize, Assessed> = BTreeMap::new();
    let mut others = 0;
    for number in naming.in_order().0 {
        let correlation = &correlations[number];
        if !correlation.rules.iter().all(|name| naming.is_known(name)) {
            continue;
        }
        let known = |name: &String| match naming.rule(name) {
            Some(rule) => rules.get(&rule).copied(),
            None => naming.correlation(name).and_then(|other| found.get(&other)),
        };
        let members: Vec<Option<&Assessed>> = correlation.rules.iter().map(known).collect();
        if !correlation.can_hold(&members.iter().map(Option::is_some).collect::<Vec<_>>()) {
            others += 1;
            continue;
        }
        let reaches = |name: &str, field: &str| -> Vec<(String, FieldReach)> {
            let names = naming.fields(correlation, name, field).into_iter();
            let names = names.filter(|(rule, _)| rules.get(rule).is_some_and(|rule| !rule.verdict.is_never()));
            let own = |(rule, name): (usize, &str)| {
                fields.get(&rule).and_then(|fields| fields.get(name)).cloned().unwrap_or_else(|| vec![name.to_owned()])
            };
            names.flat_map(own).map(|name| (plan.reach(&name), name)).map(|(reach, name)| (name, reach)).collect()
        };
        let verdicts = correlation.rules.iter().zip(&members).map(|(name, member)| {
            member.map(|member| of_member(&member.verdict, &mut correlation.fields().map(|field| reaches(name, field))))
        });
        let verdict = of_correlation(correlation, &verdicts.collect::<Vec<_>>());
        let log_source = members.iter().flatten().next().map(|member| member.log_source.clone()).unwrap_or_default();
        let about = Arc::clone(&correlation.about);
        found.insert(number, Assessed { about, log_source, number, verdict, is_told: true });
    }
    assessment.correlations = found.into_values().collect();
    assessment.others += others;
    let can: Vec<&Correlation> = assessment
        .correlations
        .iter()
        .filter(|one| !one.verdict.is_never())
        .map(|one| &correlations[one.number])
        .collect();
    let names = |generates: bool| -> HashSet<&str> {
        let can = can.iter().filter(|correlation| correlation.generates == generates);
        can.flat_map(|correlation| correlation.rules.iter().map(String::as_str)).collect()
    };
    let (silent, spoken) = (names(false), names(true));
    let is_in = |about: &About, names: &HashSet<&str>| about.names().any(|name| names.contains(name));
    for rule in &mut assessment.rules {
        rule.is_told = is_in(&rule.about, &spoken) || !is_in(&rule.about, &silent);
    }
    for correlation in &mut assessment.correlations {
        correlation.is_told = !is_in(&correlation.about, &silent);
    }
}

/// A member that can match counts where its events can have the fields that the correlation reads: `fields` are for each of these
/// what it may be, and what an event can have there.
fn of_member(own: &Verdict, fields: &mut dyn Iterator<Item = Vec<(String, FieldReach)>>) -> Verdict {
    let (mut missing, mut open) = (Vec::new(), Vec::new());
    for names in fields {
        let has = |wanted: FieldReach| names.iter().any(|(_, reach)| *reach == wanted);
        let into = match (has(FieldReach::Set), has(FieldReach::Open)) {
            (true, _) => continue,
            (false, true) => &mut open,
            (false, false) => &mut missing,
        };
        into.extend(names.into_iter().next().map(|(name, _)| name));
    }
    match own {
        Verdict::NoField { .. } | Verdict::NoValue(_) => own.clone(),
        _ if !missing.is_empty() => Verdict::NoField { fields: missing, together: true },
        Verdict::CanMatch if !open.is_empty() => Verdict::Unknown(open),
        other => other.clone(),
    }
}

/// It can hold where enough of its members can match; else what stands in the way of the first that cannot. `None` is a member
/// about other events.
fn of_correlation(correlation: &Correlation, members: &[Option<Verdict>]) -> Verdict {
    let can_hold = |is: &dyn Fn(&Verdict) -> bool| {
        correlation.can_hold(&members.iter().map(|member| member.as_ref().is_some_and(is)).collect::<Vec<_>>())
    };
    if can_hold(&|verdict| *verdict == Verdict::CanMatch) {
        return Verdict::CanMatch;
    }
    let is_unknown = |verdict: &&Verdict| matches!(verdict, Verdict::Unknown(_));
    let is_never = |verdict: &&Verdict| verdict.is_never();
    let mut known = members.iter().flatten();
    let found = match can_hold(&|verdict| !verdict.is_never()) {
        true => known.find(is_unknown),
        false => known.find(is_never),
    };
    found.cloned().unwrap_or(Verdict::NoValue(Vec::new()))
}

fn waits(rules: &[Assessed], mapping: &Mapping<'_>) -> Vec<Wait> {
    let mut by_field: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for rule in rules {
        if let Verdict::NoField { fields, together: false } = &rule.verdict {
            fields.iter().for_each(|field| by_field.entry(field).or_default().push(rule.number));
        }
    }
    let source = |number: &usize| rules.iter().find(|rule| rule.number == *number).map(|rule| &rule.log_source);
    let wait = |(field, numbers): (&str, Vec<usize>)| Wait {
        field: field.to_owned(),
        declare: numbers.first().and_then(source).and_then(|source| mapping.to_declare(field, source)),
        rules: numbers,
    };
    let mut waits: Vec<Wait> = by_field.into_iter().map(wait).collect();
    waits.sort_by(|left, right| right.rules.len().cmp(&left.rules.len()).then_with(|| left.field.cmp(&right.field)));
    waits
}

/// What is known of the atoms of rules.
struct Facts<'f> {
    atoms: &'f Atoms,
    /// By field, what an event can have there.
    reach: Vec<FieldReach>,
    /// By atom, whether a value that the field can have fits; `None` where all are not known.
    fits: HashMap<u32, bool>,
}

/// What is taken as given while it is asked whether a rule can match.
#[derive(Clone, Copy, Default)]
struct Given<'g> {
    /// Fields that may be there, though nothing sets them.
    free: Option<&'g dyn Fn(u32) -> bool>,
    /// Whether what lies below an open object may be there.
    open: bool,
}

impl<'f> Facts<'f> {
    fn new(atoms: &'f Atoms, plan: &Plan, values: &PossibleValues<'_>) -> Self {
        let reach: Vec<FieldReach> = atoms.fields.iter().map(|name| plan.reach(name)).collect();
        let places = plan.places();
        let dots = |name: &'_ str| name.match_indices('.').map(|(dot, _)| dot).collect::<Vec<_>>();
        // What is below a field counts for it, too.
        let dicts: HashSet<&str> =
            places.iter().flat_map(|place| dots(place.name()).into_iter().map(|dot| &place.name()[..dot])).collect();
        let mut known: HashMap<u32, Option<Vec<String>>> = HashMap::new();
        let mut fits = HashMap::new();
        for (number, (scope, question)) in atoms.all.iter().enumerate() {
            let (Scope::Field(field), Question::Test(Test::Text(text, _))) = (scope, question) else { continue };
            if reach[*field as usize] != FieldReach::Set || dicts.contains(&*atoms.fields[*field as usize]) {
                continue;
            }
            let known = known.entry(*field).or_insert_with(|| {
                let found = values.of(&atoms.fields[*field as usize]);
                (!found.others).then(|| found.known.iter().map(|value| lowered(value)).collect())
            });
            if let Some(known) = known {
                let text = text.lowered();
                fits.insert(number as u32, known.iter().any(|value| text.matches(value)));
            }
        }
        Facts { atoms, reach, fits }
    }

    fn verdict(&self, node: &Node) -> Verdict {
        let given = Given::default();
        if self.can_be(node, true, given) {
            return Verdict::CanMatch;
        }
        if self.can_be(node, true, Given { open: true, ..given }) {
            return Verdict::Unknown(self.fields(node, FieldReach::Open));
        }
        // Where no field would free it, a value stands in the way.
        if !self.can_be(node, true, Given { free: Some(&|_| true), open: true }) {
            return Verdict::NoValue(self.valued(node));
        }
        let missing = self.numbers(node, FieldReach::Never);
        let frees = |field: &u32| {
            let free = |other: u32| other == *field;
            self.can_be(node, true, Given { free: Some(&free), open: true })
        };
        let single: Vec<u32> = missing.iter().copied().filter(frees).collect();
        let (fields, together) = if single.is_empty() { (missing, true) } else { (single, false) };
        Verdict::NoField {
            fields: fields.into_iter().map(|field| self.atoms.fields[field as usize].clone()).collect(),
            together,
        }
    }

    /// Whether a node can have a truth value: never less than it can.
    fn can_be(&self, node: &Node, truth: bool, given: Given<'_>) -> bool {
        match node {
            Node::Atom(atom) => !truth || self.can_hold(*atom, given),
            Node::Not(inner) => self.can_be(inner, !truth, given),
            Node::All(parts) if truth => parts.iter().all(|part| self.can_be(part, true, given)),
            Node::Any(parts) if !truth => parts.iter().all(|part| self.can_be(part, false, given)),
            Node::All(parts) | Node::Any(parts) => parts.iter().any(|part| self.can_be(part, truth, given)),
        }
    }

    /// Whether an atom can hold.
    fn can_hold(&self, atom: u32, given: Given<'_>) -> bool {
        let (scope, question) = &self.atoms.all[atom as usize];
        let is_there = |field: u32| match self.reach[field as usize] {
            FieldReach::Set => true,
            FieldReach::Open => given.open,
            FieldReach::Never => given.free.is_some_and(|free| free(field)),
        };
        let is_scoped = match scope {
            Scope::Anywhere => true,
            Scope::Field(field) => is_there(*field),
        };
        let is_other = match question {
            Question::Other(field, _) => is_there(*field),
            _ => true,
        };
        is_scoped && is_other && self.fits.get(&atom).copied().unwrap_or(true)
    }

    fn numbers(&self, node: &Node, reach: FieldReach) -> Vec<u32> {
        let mut atoms = Vec::new();
        node.atoms(&mut atoms);
        let mut fields = Vec::new();
        for atom in atoms {
            let (scope, question) = &self.atoms.all[atom as usize];
            let own = if let Scope::Field(field) = scope { Some(*field) } else { None };
            let other = if let Question::Other(field, _) = question { Some(*field) } else { None };
            fields.extend(own.into_iter().chain(other).filter(|field| self.reach[*field as usize] == reach));
        }
        fields.sort_unstable();
        fields.dedup();
        fields
    }

    fn fields(&self, node: &Node, reach: FieldReach) -> Vec<String> {
        self.numbers(node, reach).into_iter().map(|field| self.atoms.fields[field as usize].clone()).collect()
    }

    /// The fields of a node whose values are known and do not fit.
    fn valued(&self, node: &Node) -> Vec<String> {
        let mut atoms = Vec::new();
        node.atoms(&mut atoms);
        let unfit = atoms.into_iter().filter(|atom| self.fits.get(atom) == Some(&false));
        let mut fields: Vec<String> = unfit
            .filter_map(|atom| match self.atoms.all[atom as usize].0 {
                Scope::Field(field) => Some(self.atoms.fields[field as usize].clone()),
                Scope::Anywhere => None,
            })
            .collect();
        fields.sort_unstable();
        fields.dedup();
        fields
    }
}
