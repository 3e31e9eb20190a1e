//! A set of rules, compiled together: immutable and shared; all that changes is a [`Scratch`] that the caller owns.
//!
//! Each question is asked once for all rules. The texts of one field are one automaton; a rule is looked at only where an
//! atom was found of which it needs one; what is left (regular expressions, networks, numbers) is asked when a rule comes to
//! it. Why so: `docs/decisions/0120`.

mod anchor;
mod index;
mod lazy;
mod node;
mod scratch;

pub use scratch::Scratch;

pub(crate) use node::{Atoms, Node, Question, Scope};

use crate::Dialect;
use crate::event::{Event, as_text, each_of_field, each_single};
use crate::findings::{NO_PLACEHOLDER, RULE_REGEX};
use crate::rule::{About, Case, Rule, Test, lower_into};
use anchor::Known;
use index::{FieldIndex, IndexBuilder};
use lazy::Lazy;
use node::AtomId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use weir::diagnostic::Diagnostics;
use weir::value::Value;

/// A set of rules, compiled together.
#[derive(Debug)]
pub struct RuleSet {
    rules: Vec<SetRule>,
    fields: Vec<String>,
    atoms: Vec<(Scope, Question)>,
    /// By field, what is looked for in it.
    indexes: Vec<FieldIndex>,
    keywords: Option<FieldIndex>,
    /// By field, the atom that says that it is there.
    presence: Vec<Option<AtomId>>,
    /// By atom, what is asked only where a rule comes to it.
    lazy: Vec<Option<Lazy>>,
    /// By atom, the rules that are looked at where it holds.
    anchored: Vec<Vec<u32>>,
    /// The rules that are always looked at.
    always: Vec<u32>,
}

/// A rule of a set.
#[derive(Debug)]
pub struct SetRule {
    /// What it says of itself.
    pub about: Arc<About>,
    /// What correlations read of its events, as [`Rule::correlated`] has it.
    pub correlated: BTreeMap<String, Vec<String>>,
    pub(crate) node: Node,
}

impl RuleSet {
    /// Compiles rules. One that cannot be compiled is passed over, with a finding of severity error at it.
    pub fn new(rules: &[Rule], dialect: Dialect, findings: &mut Diagnostics) -> Self {
        let mut atoms = Atoms::default();
        let mut kept = Vec::new();
        for rule in rules.iter().filter(|rule| is_whole(rule, findings)) {
            kept.push((rule, atoms.rule(rule, dialect)));
        }
        let lazy = atoms.all.iter().map(|(_, question)| Lazy::of(question, dialect).transpose());
        let lazy: Vec<Result<Option<Lazy>, String>> = lazy.collect();
        let broken = |node: &Node| {
            let mut used = Vec::new();
            node.atoms(&mut used);
            used.into_iter().find_map(|atom| lazy[atom as usize].as_ref().err())
        };
        let mut set_rules = Vec::new();
        for (rule, node) in kept {
            match broken(&node) {
                Some(reason) => findings.push(RULE_REGEX.at(rule.about.span, &[reason])),
                None => {
                    let (about, correlated) = (Arc::clone(&rule.about), rule.correlated.clone());
                    set_rules.push(SetRule { about, correlated, node });
                }
            }
        }
        let lazy = lazy.into_iter().map(|lazy| lazy.unwrap_or_default()).collect();
        RuleSet::built(set_rules, atoms, lazy)
    }

    fn built(rules: Vec<SetRule>, mut atoms: Atoms, mut lazy: Vec<Option<Lazy>>) -> Self {
        let fields = std::mem::take(&mut atoms.fields);
        let mut builders: Vec<IndexBuilder> = fields.iter().map(|_| IndexBuilder::default()).collect();
        let mut keywords = IndexBuilder::default();
        let mut presence = vec![None; fields.len()];
        let mut is_told = vec![false; atoms.all.len()];
        for (number, (scope, question)) in atoms.all.iter().enumerate() {
            let builder = match scope {
                Scope::Field(field) => &mut builders[*field as usize],
                Scope::Anywhere => &mut keywords,
            };
            match (question, scope) {
                (Question::Present, Scope::Field(field)) => {
                    presence[*field as usize] = Some(number as AtomId);
                    is_told[number] = true;
                }
                (Question::Test(Test::Text(text, Case::Ignored)), _) if lazy[number].is_none() => {
                    is_told[number] = builder.add(text, number as AtomId);
                }
                _ => {}
            }
        }
        for (field, presence) in presence.iter_mut().enumerate().filter(|(_, presence)| presence.is_none()) {
            *presence = Some(atoms.atom(Scope::Field(field as u32), Question::Present));
        }
        is_told.resize(atoms.all.len(), true);
        lazy.resize_with(atoms.all.len(), || None);
        let uses = uses(&rules, atoms.all.len());
        let presence_of = |atom: AtomId| match atoms.all[atom as usize].0 {
            Scope::Field(field) => presence[field as usize],
            Scope::Anywhere => None,
        };
        let known = Known { atoms: &atoms.all, uses: &uses, is_told: &is_told, presence: &presence_of };
        let mut anchored = vec![Vec::new(); atoms.all.len()];
        let mut always = Vec::new();
        for (number, rule) in rules.iter().enumerate() {
            match known.anchor(&rule.node) {
                Some(anchor) => {
                    let atoms: BTreeSet<AtomId> = anchor.atoms.into_iter().collect();
                    atoms.into_iter().for_each(|atom| anchored[atom as usize].push(number as u32));
                }
                None => always.push(number as u32),
            }
        }
        let indexes = builders.into_iter().map(|builder| builder.build().unwrap_or_default()).collect();
        let keywords = Some(keywords.build().unwrap_or_default()).filter(|index| !index.is_empty());
        RuleSet { rules, fields, atoms: atoms.all, indexes, keywords, presence, lazy, anchored, always }
    }

    /// The rules, by number.
    pub fn rules(&self) -> &[SetRule] {
        &self.rules
    }

    /// The names of the fields that the rules read, by number.
    pub fn fields(&self) -> &[String] {
        &self.fields
    }

    /// The numbers of the rules that hold of an event, ascending.
    pub fn matches<'s>(&self, scratch: &'s mut Scratch, event: &impl Event) -> &'s [u32] {
        scratch.begin(self.atoms.len(), self.rules.len());
        self.scan(scratch, event);
        self.gather(scratch);
        let mut looked_at = std::mem::take(&mut scratch.looked_at);
        scratch.found.clear();
        for rule in looked_at.drain(..) {
            let node = &self.rules[rule as usize].node;
            if node.holds(&mut |atom| self.holds(scratch, event, atom)) {
                scratch.found.push(rule);
            }
        }
        scratch.looked_at = looked_at;
        scratch.found.sort_unstable();
        &scratch.found
    }

    /// Finds the atoms that the automata tell.
    fn scan(&self, scratch: &mut Scratch, event: &impl Event) {
        let Scratch { lowered, number, .. } = scratch;
        let (mut lowered, mut number) = (std::mem::take(lowered), std::mem::take(number));
        for (field, index) in self.indexes.iter().enumerate() {
            let mut is_there = false;
            event.each(field, &mut |value| {
                is_there = true;
                if !index.is_empty() {
                    each_of_field(value, &mut |single| scan_single(index, single, &mut lowered, &mut number, scratch));
                }
            });
            if let Some(atom) = self.presence[field].filter(|_| is_there || event.is_dict_of_fields(field)) {
                scratch.tell(atom);
            }
        }
        if let Some(index) = &self.keywords {
            event.each_value(&mut |value| {
                each_single(value, &mut |single| scan_single(index, single, &mut lowered, &mut number, scratch));
            });
        }
        (scratch.lowered, scratch.number) = (lowered, number);
    }

    /// Gathers the rules that are worth a look.
    fn gather(&self, scratch: &mut Scratch) {
        scratch.looked_at.clear();
        scratch.looked_at.extend_from_slice(&self.always);
        for place in 0..scratch.told.len() {
            for rule in &self.anchored[scratch.told[place] as usize] {
                scratch.look_at(*rule);
            }
        }
    }

    fn holds(&self, scratch: &mut Scratch, event: &impl Event, atom: AtomId) -> bool {
        match &self.lazy[atom as usize] {
            None => scratch.is_told(atom),
            Some(lazy) => scratch.remembered(atom, |scratch| {
                let mut holds = false;
                let scope = self.atoms[atom as usize].0;
                let mut ask = |single: Value<'_>| holds = holds || lazy.holds(single, event, scratch);
                match scope {
                    Scope::Field(field) => event.each(field as usize, &mut |value| each_of_field(value, &mut ask)),
                    Scope::Anywhere => event.each_value(&mut |value| each_single(value, &mut ask)),
                }
                holds
            }),
        }
    }
}

fn uses(rules: &[SetRule], atoms: usize) -> Vec<u32> {
    let mut uses = vec![0; atoms];
    for rule in rules {
        let mut used = Vec::new();
        rule.node.atoms(&mut used);
        used.sort_unstable();
        used.dedup();
        used.into_iter().for_each(|atom| uses[atom as usize] += 1);
    }
    uses
}

fn scan_single(
    index: &FieldIndex,
    single: Value<'_>,
    lowered: &mut String,
    number: &mut String,
    scratch: &mut Scratch,
) {
    if let Some(text) = as_text(single, number) {
        lower_into(text, lowered);
        index.scan(lowered, &mut |atom| scratch.tell(atom));
    }
}

/// Whether all placeholders of a rule have values.
fn is_whole(rule: &Rule, findings: &mut Diagnostics) -> bool {
    for item in rule.detections.iter().flat_map(|detection| detection.search.items()) {
        for test in item.values.iter().flatten() {
            let Test::Text(text, _) = test else { continue };
            if let Some(name) = text.placeholders().next() {
                findings.push(NO_PLACEHOLDER.at(item.span, &[name]).help("name its values in a pipeline"));
                return false;
            }
        }
    }
    true
}
