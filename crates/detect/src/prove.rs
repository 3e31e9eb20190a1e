//! Records made to fire rules: what proves that a rule can match, where one is found.
//!
//! A rule's condition is solved for values of fields, and the values are put where the plan reads them: into recorded messages
//! that are JSON. The record runs through the plan, and only a rule that then matches counts as proved. Where no record is
//! found, nothing is said: the format may be no JSON, or a value may be made by more than a copy.
//!
//! Why so: `docs/decisions/0125`.

use crate::Dialect;
use crate::event::Places;
use crate::prepare::Prepared;
use crate::rule::{Order, Piece, Rule, Test, TextPattern};
use crate::set::{Atoms, Node, Question, RuleSet, Scope, Scratch};
use regex_syntax::hir::{Class, Hir, HirKind};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, HashMap};
use weir::diagnostic::Diagnostics;
use weir::plan::Carried;
use weir::{Input, Plan, Record};

/// How many recorded messages are tried for each rule.
const MOST_TEMPLATES: usize = 8;

/// The longest text that is made for an expression, in bytes.
const LONGEST_SAMPLE: usize = 4096;

/// Records that prove that rules can match, by the numbers of the rules among those given. `messages` are recorded ones.
pub fn prove(prepared: &Prepared, plan: &Plan, dialect: Dialect, messages: &[String]) -> BTreeMap<usize, String> {
    let mut prover = Prover::new(prepared, plan, dialect, messages);
    let mut atoms = Atoms::default();
    let nodes: Vec<Node> = prepared.rules.iter().map(|rule| atoms.rule(rule, dialect)).collect();
    let solving = Solving { atoms: &atoms, paths: &prover.paths(&atoms) };
    for (number, node) in prepared.numbers.iter().zip(&nodes) {
        if prover.proofs.contains_key(number) {
            continue;
        }
        for is_strict in [true, false] {
            let mut wanted = Wanted::default();
            if !prover.proofs.contains_key(number) && solving.solve(node, true, is_strict, &mut wanted) {
                prover.try_all(&solving, &wanted);
            }
        }
    }
    prover.proofs
}

/// Where the plan reads a field: the keys that lead to it in a record.
type Paths = Vec<Vec<String>>;

struct Prover<'p> {
    plan: &'p Plan,
    carried: Vec<Carried<'p>>,
    templates: Vec<Map<String, Json>>,
    /// All rules at once: a record that was made for one may fire others.
    set: RuleSet,
    places: Places,
    /// By the number of a rule of the set, its number among those given.
    numbers: Vec<usize>,
    scratch: weir::Scratch,
    detect: Scratch,
    proofs: BTreeMap<usize, String>,
}

impl<'p> Prover<'p> {
    fn new(prepared: &Prepared, plan: &'p Plan, dialect: Dialect, messages: &[String]) -> Self {
        let objects = messages.iter().filter_map(|message| serde_json::from_str::<Map<String, Json>>(message).ok());
        let mut templates: Vec<_> = objects.collect();
        // Records that differ much are better than the first ones.
        let every = templates.len().div_ceil(MOST_TEMPLATES).max(1);
        templates = templates.into_iter().step_by(every).chain([Map::new()]).collect();
        let set = RuleSet::new(&prepared.rules, dialect, &mut Diagnostics::new());
        let of = |about| prepared.rules.iter().position(|rule: &Rule| std::sync::Arc::ptr_eq(&rule.about, about));
        let numbers = set.rules().iter().map(|rule| prepared.numbers[of(&rule.about).unwrap_or_default()]).collect();
        let places = Places::new(set.fields().iter().map(String::as_str), plan);
        let (carried, scratch, detect) = (plan.carries(), weir::Scratch::default(), Scratch::default());
        Prover { plan, carried, templates, set, places, numbers, scratch, detect, proofs: BTreeMap::new() }
    }

    /// By the number of a field, where the plan reads it.
    fn paths(&self, atoms: &Atoms) -> Vec<Paths> {
        let of = |name: &String| -> Paths {
            let raw = self.carried.iter().filter_map(|carried| match name.strip_prefix(carried.field) {
                Some("") => Some(carried.raw.clone()),
                Some(rest) if carried.is_whole && rest.starts_with('.') => Some(format!("{}{rest}", carried.raw)),
                _ => None,
            });
            raw.map(|raw| raw.split('.').map(str::to_owned).collect()).collect()
        };
        atoms.fields.iter().map(of).collect()
    }

    /// Puts values into each template and sees which rules fire.
    fn try_all(&mut self, solving: &Solving<'_>, wanted: &Wanted) {
        for number in 0..self.templates.len() {
            let mut record = self.templates[number].clone();
            for (field, want) in &wanted.fields {
                let paths = &solving.paths[*field as usize];
                paths.iter().for_each(|path| put(&mut record, path, want.value()));
            }
            self.run(&Json::Object(record).to_string());
        }
    }

    fn run(&mut self, message: &str) {
        let Prover { plan, set, places, numbers, scratch, detect, proofs, .. } = self;
        let record = Record { input: Input::Message(message.as_bytes()), now: 0, event_id: None };
        plan.run_batch_viewed(scratch, &[record], |view, _| {
            for rule in set.matches(detect, &places.event(view)) {
                proofs.entry(numbers[*rule as usize]).or_insert_with(|| message.to_owned());
            }
        });
    }
}

/// Puts a value under keys; `None` takes out what is there.
fn put(record: &mut Map<String, Json>, path: &[String], value: Option<String>) {
    match (path, value) {
        ([], _) => {}
        ([last], None) => drop(record.remove(last)),
        ([last], Some(value)) => drop(record.insert(last.clone(), Json::String(value))),
        ([first, rest @ ..], value) => {
            let inner = record.entry(first.clone()).or_insert_with(|| Json::Object(Map::new()));
            if !inner.is_object() {
                *inner = Json::Object(Map::new());
            }
            inner.as_object_mut().into_iter().for_each(|inner| put(inner, rest, value.clone()));
        }
    }
}

/// What fields must have.
#[derive(Clone, Default)]
struct Wanted {
    fields: HashMap<u32, Want>,
}

/// What one field must have.
#[derive(Clone, Default)]
struct Want {
    exact: Option<String>,
    start: String,
    inside: Vec<String>,
    end: String,
    is_absent: bool,
}

impl Want {
    fn value(&self) -> Option<String> {
        if self.is_absent {
            return None;
        }
        let made = || format!("{}{}{}", self.start, self.inside.join(" "), self.end);
        Some(self.exact.clone().unwrap_or_else(made)).map(|text| if text.is_empty() { "a".to_owned() } else { text })
    }

    /// Adds a whole value; false where there is another one.
    fn exactly(&mut self, text: String) -> bool {
        let is_alike = self.exact.as_ref().is_none_or(|known| known.eq_ignore_ascii_case(&text));
        self.exact = Some(text);
        is_alike
    }

    fn pattern(&mut self, text: &TextPattern) -> bool {
        let is_open = |piece: Option<&Piece>| piece == Some(&Piece::Any);
        let sample: String = text.pieces.iter().map(sample_of).collect();
        match (is_open(text.pieces.first()), is_open(text.pieces.last())) {
            (true, true) => self.inside.push(sample),
            (true, false) => self.end = sample,
            (false, true) => self.start = sample,
            (false, false) => return self.exactly(sample),
        }
        true
    }
}

fn sample_of(piece: &Piece) -> &str {
    match piece {
        Piece::Literal(text) => text,
        Piece::One => "a",
        Piece::Any | Piece::Placeholder(_) => "",
    }
}

/// A condition, solved for values of fields.
struct Solving<'s> {
    atoms: &'s Atoms,
    paths: &'s [Paths],
}

impl Solving<'_> {
    /// Finds values for which a node has a truth value, as far as that can be seen. `is_strict` takes only fields that the
    /// plan reads from the record as they are.
    fn solve(&self, node: &Node, truth: bool, is_strict: bool, wanted: &mut Wanted) -> bool {
        match node {
            Node::Atom(atom) => self.atom(*atom, truth, is_strict, wanted),
            Node::Not(inner) => self.solve(inner, !truth, is_strict, wanted),
            Node::All(parts) if truth => parts.iter().all(|part| self.solve(part, true, is_strict, wanted)),
            Node::Any(parts) if !truth => parts.iter().all(|part| self.solve(part, false, is_strict, wanted)),
            Node::All(parts) | Node::Any(parts) => parts.iter().any(|part| {
                let mut tried = wanted.clone();
                let is_solved = self.solve(part, truth, is_strict, &mut tried);
                if is_solved {
                    *wanted = tried;
                }
                is_solved
            }),
        }
    }

    fn atom(&self, atom: u32, truth: bool, is_strict: bool, wanted: &mut Wanted) -> bool {
        let (Scope::Field(field), question) = &self.atoms.all[atom as usize] else { return !truth };
        if !truth {
            // What must not be is seen when the record runs, but a field that must not be there is taken out.
            if *question == Question::Present {
                wanted.fields.entry(*field).or_default().is_absent = true;
            }
            return true;
        }
        if self.paths[*field as usize].is_empty() {
            // A recorded message may have it so.
            return !is_strict;
        }
        let want = wanted.fields.entry(*field).or_default();
        if want.is_absent {
            return false;
        }
        match question {
            Question::Present => true,
            Question::Other(..) => false,
            Question::Test(test) => match test {
                Test::Text(text, _) => want.pattern(text),
                Test::Regex { pattern, .. } => match sample(pattern) {
                    Some(text) => {
                        want.inside.push(text);
                        true
                    }
                    None => false,
                },
                Test::Network(network) => want.exactly(network.first().to_string()),
                Test::Order(order, number) => want.exactly(beside(*order, number.0)),
                Test::Time(..) | Test::Null | Test::Exists(_) | Test::Field { .. } => false,
            },
        }
    }
}

/// A number for which an order holds.
fn beside(order: Order, number: f64) -> String {
    let number = match order {
        Order::Less => number - 1.0,
        Order::Greater => number + 1.0,
        Order::LessOrEqual | Order::GreaterOrEqual => number,
    };
    number.to_string()
}

/// A text in which an expression is found; `None` for one that the parser does not know.
fn sample(pattern: &str) -> Option<String> {
    let mut out = String::new();
    write_sample(&regex_syntax::Parser::new().parse(pattern).ok()?, &mut out);
    (out.len() <= LONGEST_SAMPLE).then_some(out)
}

fn write_sample(hir: &Hir, out: &mut String) {
    if out.len() > LONGEST_SAMPLE {
        return;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => out.extend(letter(class)),
        HirKind::Repetition(repetition) => {
            for _ in 0..repetition.min {
                let before = out.len();
                write_sample(&repetition.sub, out);
                // What adds nothing adds nothing however often.
                if out.len() == before {
                    break;
                }
            }
        }
        HirKind::Capture(capture) => write_sample(&capture.sub, out),
        HirKind::Concat(parts) => parts.iter().for_each(|part| write_sample(part, out)),
        HirKind::Alternation(parts) => parts.iter().take(1).for_each(|part| write_sample(part, out)),
    }
}

/// A letter of a class: one that people write, where it has one.
fn letter(class: &Class) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.iter().map(|range| (range.start(), range.end())).collect(),
        Class::Bytes(class) => class.iter().map(|range| (range.start().into(), range.end().into())).collect(),
    };
    let usual = "a0A -/.".chars().find(|letter| ranges.iter().any(|(start, end)| (start..=end).contains(&letter)));
    usual.or(ranges.first().map(|(start, _)| *start))
}

#[cfg(test)]
mod tests {
    use super::sample;

    #[test]
    fn samples_are_found_by_their_expressions() {
        for pattern in ["a+b", "^x{3}$", "[^a]c", "(foo|bar)-[0-9]{2,}", r"\bcmd\.exe\b", "(?i)Ab*"] {
            let text = sample(pattern).expect("a sample");
            let compiled = weir::pattern::Pattern::new(pattern).expect("a pattern");
            let arena = weir::value::Arena::default();
            assert!(compiled.is_match(&arena, &text, 0, false).unwrap_or(false), "{pattern} on {text}");
        }
        assert!(sample("(").is_none() && sample("(a{1000}){1000}").is_none());
    }
}
