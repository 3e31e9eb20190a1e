//! The condition of a rule over atoms: what is asked of a field, each question once in a set of rules.

use crate::Dialect;
use crate::rule::{Case, Condition, Detection, Item, Rule, Search, Test, TextPattern, fitting};
use std::collections::HashMap;

/// The number of an atom.
pub type AtomId = u32;

/// What must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// An atom does.
    Atom(AtomId),
    /// All do.
    All(Box<[Node]>),
    /// One does.
    Any(Box<[Node]>),
    /// It does not.
    Not(Box<Node>),
}

/// Where the value of an atom is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// In the field of a number.
    Field(u32),
    /// Anywhere in the event.
    Anywhere,
}

/// A question about one value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Question {
    /// Whether there is a value at all.
    Present,
    /// Whether one of the values is as a test has it.
    Test(Test),
    /// Whether a value fits that of another field, by its number.
    Other(u32, Test),
}

/// The fields and atoms of a set of rules.
#[derive(Debug, Default)]
pub struct Atoms {
    /// The names of the fields, by number.
    pub fields: Vec<String>,
    /// The atoms, by number.
    pub all: Vec<(Scope, Question)>,
    numbers: HashMap<(Scope, Question), AtomId>,
    field_numbers: HashMap<String, u32>,
}

impl Atoms {
    /// The number of a field.
    pub fn field(&mut self, name: &str) -> u32 {
        if let Some(number) = self.field_numbers.get(name) {
            return *number;
        }
        let number = self.fields.len() as u32;
        self.fields.push(name.to_owned());
        self.field_numbers.insert(name.to_owned(), number);
        number
    }

    /// The number of an atom.
    pub fn atom(&mut self, scope: Scope, question: Question) -> AtomId {
        if let Some(number) = self.numbers.get(&(scope, question.clone())) {
            return *number;
        }
        let number = self.all.len() as AtomId;
        self.all.push((scope, question.clone()));
        self.numbers.insert((scope, question), number);
        number
    }

    /// What a rule asks for.
    pub fn rule(&mut self, rule: &Rule, dialect: Dialect) -> Node {
        let mut lowering = Lowering { atoms: self, detections: &rule.detections, dialect };
        Node::any(rule.conditions.iter().map(|condition| lowering.condition(condition)).collect())
    }
}

struct Lowering<'l> {
    atoms: &'l mut Atoms,
    detections: &'l [Detection],
    dialect: Dialect,
}

impl Lowering<'_> {
    fn condition(&mut self, condition: &Condition) -> Node {
        match condition {
            Condition::All(parts) => Node::all(parts.iter().map(|part| self.condition(part)).collect()),
            Condition::Any(parts) => Node::any(parts.iter().map(|part| self.condition(part)).collect()),
            Condition::Not(inner) => Node::not(self.condition(inner)),
            Condition::Name(name) => self.named(|detection| detection.name == *name, false),
            Condition::Of { all, names } => {
                let fits = fitting(names);
                self.named(|detection| fits(&detection.name), *all)
            }
        }
    }

    fn named(&mut self, is_meant: impl Fn(&Detection) -> bool, all: bool) -> Node {
        let detections = self.detections;
        let parts = detections.iter().filter(|detection| is_meant(detection));
        let parts = parts.map(|detection| self.search(&detection.search)).collect();
        if all { Node::all(parts) } else { Node::any(parts) }
    }

    fn search(&mut self, search: &Search) -> Node {
        match search {
            Search::All(parts) => Node::all(parts.iter().map(|part| self.search(part)).collect()),
            Search::Any(parts) => Node::any(parts.iter().map(|part| self.search(part)).collect()),
            Search::Item(item) => self.item(item),
        }
    }

    fn item(&mut self, item: &Item) -> Node {
        let scope = match (&item.field, self.dialect) {
            (Some(name), _) => Scope::Field(self.atoms.field(name)),
            (None, Dialect::Sigma) => Scope::Anywhere,
            (None, Dialect::Platform) => Scope::Field(self.atoms.field("message")),
        };
        let is_keyword = item.field.is_none();
        let values: Vec<Node> = item
            .values
            .iter()
            .map(|forms| Node::any(forms.iter().map(|test| self.test(scope, test, is_keyword)).collect()))
            .collect();
        let node = if item.all { Node::all(values) } else { Node::any(values) };
        if item.negated { Node::not(node) } else { node }
    }

    fn test(&mut self, scope: Scope, test: &Test, is_keyword: bool) -> Node {
        let mut ask = |question: Question| Node::Atom(self.atoms.atom(scope, question));
        match test {
            Test::Null | Test::Exists(false) => Node::not(ask(Question::Present)),
            Test::Exists(true) => ask(Question::Present),
            Test::Text(text, case) if is_keyword => {
                ask(Question::Test(Test::Text(lowered_unless(text.clone().open(true, true), *case), *case)))
            }
            Test::Text(text, case) => ask(Question::Test(Test::Text(lowered_unless(text.clone(), *case), *case))),
            Test::Field { name, .. } => {
                let other = self.atoms.field(name);
                Node::Atom(self.atoms.atom(scope, Question::Other(other, test.clone())))
            }
            other => ask(Question::Test(other.clone())),
        }
    }
}

fn lowered_unless(text: TextPattern, case: Case) -> TextPattern {
    if case == Case::Counts { text } else { text.lowered() }
}

impl Node {
    fn all(parts: Vec<Node>) -> Node {
        join(parts, Node::All, |node| match node {
            Node::All(parts) => Ok(parts.into_vec()),
            other => Err(other),
        })
    }

    fn any(parts: Vec<Node>) -> Node {
        join(parts, Node::Any, |node| match node {
            Node::Any(parts) => Ok(parts.into_vec()),
            other => Err(other),
        })
    }

    fn not(node: Node) -> Node {
        match node {
            Node::Not(inner) => *inner,
            other => Node::Not(Box::new(other)),
        }
    }

    /// All atoms.
    pub fn atoms(&self, found: &mut Vec<AtomId>) {
        match self {
            Node::Atom(atom) => found.push(*atom),
            Node::All(parts) | Node::Any(parts) => parts.iter().for_each(|part| part.atoms(found)),
            Node::Not(inner) => inner.atoms(found),
        }
    }

    /// Whether it holds, where someone knows which atoms do.
    pub fn holds(&self, atom: &mut dyn FnMut(AtomId) -> bool) -> bool {
        match self {
            Node::Atom(number) => atom(*number),
            Node::All(parts) => parts.iter().all(|part| part.holds(atom)),
            Node::Any(parts) => parts.iter().any(|part| part.holds(atom)),
            Node::Not(inner) => !inner.holds(atom),
        }
    }
}

/// Joins nodes; those of the same kind are joined with their parts, and a single one is itself.
fn join(parts: Vec<Node>, to: fn(Box<[Node]>) -> Node, parts_of: fn(Node) -> Result<Vec<Node>, Node>) -> Node {
    let mut flat = Vec::new();
    for part in parts {
        match parts_of(part) {
            Ok(inner) => flat.extend(inner),
            Err(other) => flat.push(other),
        }
    }
    if flat.len() == 1 { flat.remove(0) } else { to(flat.into()) }
}
