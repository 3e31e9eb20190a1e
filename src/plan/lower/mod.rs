//! Lowers parsed templates: names become slots and variables, functions are found, what is unknown is reported.

mod call;
mod expression;
mod names;
mod verbatim;

pub(crate) use verbatim::Outputs;

use super::calls::Regexes;
use super::expression::Expression;
use super::layers::Layers;
use super::location::Location;
use super::template::{Block, Branch, For, Node, Target, Template};
use crate::diagnostic::{Diagnostics, Kind as Finding, Span};
use crate::expr::{self, Arguments, Expr, ExprKind};
use crate::filters::LibraryKind;
use crate::value::FaultCode;
use std::collections::HashMap;

/// Lowers the templates of one spec.
pub struct Lowering<'p> {
    /// The layers that names are read from.
    pub layers: &'p mut Layers,
    /// Where findings go.
    pub findings: &'p mut Diagnostics,
    /// The regular expressions that were checked.
    pub regexes: &'p mut Regexes,
}

/// Lowers one template.
struct Scope<'l, 'p> {
    lowering: &'l mut Lowering<'p>,
    /// Where the template stands in the spec.
    place: &'l Location<'l>,
    /// The variables that are seen, innermost last.
    variables: Vec<(String, u32)>,
    locals: u32,
    /// The loops that run around the place, innermost last.
    around: Vec<u32>,
    /// The variables that are another name of a loop: `{% set outer = loop %}`.
    aliases: HashMap<u32, u32>,
    loops: u32,
    /// A name that probably is the rest of a key with a hyphen: where it begins, and how the key is read.
    hyphen: Option<(u32, String)>,
}

impl Lowering<'_> {
    /// Lowers a template; `place` tells where bytes of its text stand in the spec.
    pub fn template(&mut self, template: &expr::Template, place: &Location<'_>) -> Template {
        Scope::new(self, place).template(template)
    }

    /// Lowers a template that reads `names` as variables `0..`, which the caller fills before it runs.
    pub fn template_over(&mut self, names: &[&str], template: &expr::Template) -> Template {
        let place = Location::default();
        let mut scope = Scope::new(self, &place);
        for name in names {
            scope.variable(name);
        }
        scope.template(template)
    }

    /// Lowers a single expression, which has no variables.
    pub fn expression(&mut self, expression: &Expr, place: &Location<'_>) -> Expression {
        Scope::new(self, place).expression(expression)
    }
}

impl<'l, 'p> Scope<'l, 'p> {
    fn new(lowering: &'l mut Lowering<'p>, place: &'l Location<'l>) -> Self {
        let (variables, around, aliases) = (Vec::new(), Vec::new(), HashMap::new());
        Scope { lowering, place, variables, locals: 0, around, aliases, loops: 0, hyphen: None }
    }

    fn template(&mut self, template: &expr::Template) -> Template {
        let nodes = self.scoped(&template.nodes);
        Template { nodes, locals: self.locals, loops: self.loops }
    }
}

/// Statements.
impl Scope<'_, '_> {
    /// Nodes with a scope of their own: what they assign starts with the value that the name has outside.
    fn scoped(&mut self, nodes: &[expr::Node]) -> Box<[Node]> {
        let outside = self.variables.len();
        let fresh = self.declare(nodes);
        let body = self.nodes(nodes);
        self.variables.truncate(outside);
        if fresh.is_empty() { body } else { Box::new([Node::Scope(fresh, body)]) }
    }

    fn declare(&mut self, nodes: &[expr::Node]) -> Box<[(u32, Expression)]> {
        let mut names = Vec::new();
        assigned(nodes, &mut names);
        let outside: Vec<Expression> = names.iter().map(|name| self.known_name(name)).collect();
        names.iter().zip(outside).map(|(name, value)| (self.variable(name), value)).collect()
    }

    fn variable(&mut self, name: &str) -> u32 {
        self.locals += 1;
        // Each look-up goes through all of them.
        if self.lowering.findings.spend(4 * self.variables.len() as u64) {
            self.variables.push((name.to_owned(), self.locals - 1));
        }
        self.locals - 1
    }

    fn nodes(&mut self, nodes: &[expr::Node]) -> Box<[Node]> {
        nodes.iter().map(|node| self.node(node)).collect()
    }

    fn node(&mut self, node: &expr::Node) -> Node {
        match node {
            expr::Node::Text(text) => Node::Text(text.as_str().into()),
            expr::Node::Output(value) => Node::Output(self.expression(value)),
            expr::Node::If { branches, otherwise } => self.branches(branches, otherwise),
            expr::Node::For { .. } => self.for_loop(node),
            expr::Node::Set { target, value } => {
                let (of, value) = self.assigned(value);
                let target = self.target(target);
                self.alias(&target, of);
                Node::Set(target, value)
            }
            expr::Node::SetBlock { target, filters, body } => {
                let block = self.block(filters, body);
                Node::SetBlock(self.target(target), block)
            }
            expr::Node::With { bindings, body } => self.with(bindings, body),
            expr::Node::FilterBlock { filters, body } => Node::Filter(self.block(filters, body)),
            expr::Node::Do(value) => Node::Do(self.expression(value)),
            expr::Node::Break => Node::Break,
            expr::Node::Continue => Node::Continue,
        }
    }

    fn branches(&mut self, branches: &[(Expr, Vec<expr::Node>)], otherwise: &[expr::Node]) -> Node {
        let mut lowered = Vec::with_capacity(branches.len() + 1);
        for (condition, body) in branches {
            lowered.push(Branch { condition: Some(self.expression(condition)), body: self.nodes(body) });
        }
        if !otherwise.is_empty() {
            lowered.push(Branch { condition: None, body: self.nodes(otherwise) });
        }
        Node::If(lowered.into())
    }

    fn for_loop(&mut self, node: &expr::Node) -> Node {
        let expr::Node::For { target, iterable, filter, body, otherwise, .. } = node else {
            unreachable!("called for loops only")
        };
        let iterable = self.expression(iterable);
        let outside = self.variables.len();
        let state = self.loops;
        self.loops += 1;
        let bound = self.bind(target);
        let filter = filter.as_ref().map(|filter| self.expression(filter));
        self.around.push(state);
        let fresh = self.declare(body);
        let body = self.nodes(body);
        self.around.pop();
        self.variables.truncate(outside);
        let otherwise = self.nodes(otherwise);
        Node::For(Box::new(For { state, target: bound, iterable, filter, fresh, body, otherwise }))
    }

    fn with(&mut self, bindings: &[(expr::Target, Expr)], body: &[expr::Node]) -> Node {
        let outside = self.variables.len();
        let values: Vec<_> = bindings.iter().map(|(_, value)| self.assigned(value)).collect();
        let targets: Vec<Target> = bindings.iter().map(|(target, _)| self.bind(target)).collect();
        let set = |(target, (of, value))| {
            self.alias(&target, of);
            Node::Set(target, value)
        };
        let mut nodes: Vec<Node> = targets.into_iter().zip(values).map(set).collect();
        nodes.extend(self.scoped(body));
        self.variables.truncate(outside);
        Node::Scope(Box::new([]), nodes.into())
    }

    fn block(&mut self, filters: &[(String, Arguments)], body: &[expr::Node]) -> Block {
        let body = self.scoped(body);
        self.locals += 1;
        let text = self.locals - 1;
        let mut value = Expression::Local(text);
        for (name, arguments) in filters {
            value = self.call(LibraryKind::Filter, name, (0, 0), Some(value), arguments);
        }
        Block { body, text, value }
    }

    /// What is assigned: a value, or the loop that a name stands for.
    fn assigned(&mut self, value: &Expr) -> (Option<u32>, Expression) {
        match &value.kind {
            ExprKind::Name(name) if self.loop_of(name).is_some() => (self.loop_of(name), Expression::Undefined),
            _ => (None, self.expression(value)),
        }
    }

    fn alias(&mut self, target: &Target, of: Option<u32>) {
        match (target, of) {
            (Target::Local(local), Some(state)) => _ = self.aliases.insert(*local, state),
            (Target::Local(local), None) => _ = self.aliases.remove(local),
            _ => {}
        }
    }

    /// A target whose names are new variables.
    fn bind(&mut self, target: &expr::Target) -> Target {
        match target {
            expr::Target::Name(name) => Target::Local(self.variable(name)),
            expr::Target::Attribute(..) => self.target(target),
            expr::Target::Tuple(targets) => Target::Tuple(targets.iter().map(|target| self.bind(target)).collect()),
        }
    }

    /// A target whose names are declared already.
    fn target(&mut self, target: &expr::Target) -> Target {
        match target {
            expr::Target::Name(name) => match self.find(name) {
                Some(local) => Target::Local(local),
                None => Target::Local(self.variable(name)),
            },
            expr::Target::Attribute(name, attribute) => {
                // Any dict in a variable is a namespace.
                self.lowering.layers.changes_dicts = true;
                Target::Attribute(self.known_name(name), attribute.as_str().into())
            }
            expr::Target::Tuple(targets) => Target::Tuple(targets.iter().map(|target| self.target(target)).collect()),
        }
    }
}

/// Findings.
impl Scope<'_, '_> {
    /// Where bytes of the template stand in the spec.
    fn span(&self, (start, end): Bytes) -> Span {
        if self.lowering.findings.is_full() { Span::default() } else { self.place.span(start, end) }
    }

    fn fails(&mut self, finding: &Finding, words: &[&str], at: Bytes, fault: FaultCode) -> Expression {
        let finding = finding.at(self.span(at), words);
        let reason = finding.title.as_str().into();
        self.lowering.findings.push(finding);
        Expression::Fails(fault, reason)
    }
}

/// The bytes `start..end` of a template.
type Bytes = (u32, u32);

fn bytes(expression: &Expr) -> Bytes {
    (expression.start, expression.end)
}

/// The names that nodes assign in their own scope: not in loops, blocks and `with` inside them.
fn assigned(nodes: &[expr::Node], names: &mut Vec<String>) {
    for node in nodes {
        match node {
            expr::Node::Set { target, .. } | expr::Node::SetBlock { target, .. } => assigned_by(target, names),
            expr::Node::If { branches, otherwise } => {
                branches.iter().for_each(|(_, body)| assigned(body, names));
                assigned(otherwise, names);
            }
            _ => {}
        }
    }
}

fn assigned_by(target: &expr::Target, names: &mut Vec<String>) {
    match target {
        expr::Target::Name(name) if !names.contains(name) => names.push(name.clone()),
        expr::Target::Tuple(targets) => targets.iter().for_each(|target| assigned_by(target, names)),
        _ => {}
    }
}
