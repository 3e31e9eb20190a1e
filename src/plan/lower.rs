//! Lowers parsed templates: names become slots and variables, functions are found, what is unknown is reported.

use super::chain::{chain, place_of};
use super::check::{Regexes, refuses};
use super::expression::{Block, Branch, Call, Expression, For, LoopField, Node, Target, Template};
use super::findings::*;
use super::layers::{Layers, Read};
use super::place::Place;
use crate::diagnostic::{Diagnostics, Kind as Finding, Span};
use crate::expr::{self, Argument, Arguments, Arithmetic, Expr, ExprKind, Literal, Unary};
use crate::filters::{self, Kind};
use crate::value::{Constant, ConstantKind, FaultCode};

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
    place: &'l Place<'l>,
    /// The variables that are seen, innermost last.
    variables: Vec<(String, u32)>,
    locals: u32,
    /// The loops that run around the place, innermost last.
    around: Vec<u32>,
    loops: u32,
}

impl Lowering<'_> {
    /// Lowers a template; `place` tells where bytes of its text stand in the spec.
    pub fn template(&mut self, template: &expr::Template, place: &Place<'_>) -> Template {
        let mut scope = Scope { lowering: self, place, variables: vec![], locals: 0, around: vec![], loops: 0 };
        let nodes = scope.scoped(&template.nodes);
        Template { nodes, locals: scope.locals, loops: scope.loops }
    }

    /// Lowers a template that reads `names` as variables `0..`, which the caller fills before it runs.
    pub fn template_over(&mut self, names: &[&str], template: &expr::Template) -> Template {
        let place = Place::default();
        let mut scope = Scope { lowering: self, place: &place, variables: vec![], locals: 0, around: vec![], loops: 0 };
        for name in names {
            scope.variable(name);
        }
        let nodes = scope.scoped(&template.nodes);
        Template { nodes, locals: scope.locals, loops: scope.loops }
    }

    /// Lowers a single expression, which has no variables.
    pub fn expression(&mut self, expression: &Expr, place: &Place<'_>) -> Expression {
        let mut scope = Scope { lowering: self, place, variables: vec![], locals: 0, around: vec![], loops: 0 };
        scope.expression(expression)
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
        self.variables.push((name.to_owned(), self.locals - 1));
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
                let value = self.expression(value);
                Node::Set(self.target(target), value)
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
        let values: Vec<Expression> = bindings.iter().map(|(_, value)| self.expression(value)).collect();
        let targets: Vec<Target> = bindings.iter().map(|(target, _)| self.bind(target)).collect();
        let mut nodes: Vec<Node> =
            targets.into_iter().zip(values).map(|(target, value)| Node::Set(target, value)).collect();
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
            value = self.call(Kind::Filter, name, (0, 0), Some(value), arguments);
        }
        Block { body, text, value }
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
                Target::Attribute(self.known_name(name), attribute.as_str().into())
            }
            expr::Target::Tuple(targets) => Target::Tuple(targets.iter().map(|target| self.target(target)).collect()),
        }
    }

    fn find(&self, name: &str) -> Option<u32> {
        self.variables.iter().rev().find(|(known, _)| known == name).map(|(_, local)| *local)
    }

    /// What a name means here; undefined without a finding where it means nothing.
    fn known_name(&mut self, name: &str) -> Expression {
        match self.find(name) {
            Some(local) => Expression::Local(local),
            None => match self.lowering.layers.read(name, &[]) {
                Read::Expression(read) | Read::NothingSets(read) => read,
                Read::NoLayer => Expression::Undefined,
            },
        }
    }
}

/// Expressions.
impl Scope<'_, '_> {
    fn expression(&mut self, expression: &Expr) -> Expression {
        match &expression.kind {
            ExprKind::Literal(literal) => Expression::Constant(constant(literal)),
            ExprKind::Name(_) | ExprKind::Attribute(..) => self.access(expression),
            ExprKind::Subscript(value, key) if !matches!(key.kind, ExprKind::Literal(Literal::Text(_))) => {
                Expression::Subscript(Box::new((self.expression(value), self.expression(key))))
            }
            ExprKind::Subscript(..) => self.access(expression),
            ExprKind::Slice(value, bounds) => self.slice(value, bounds),
            ExprKind::List(items) => Expression::List(self.all(items)),
            ExprKind::Tuple(items) => Expression::Tuple(self.all(items)),
            ExprKind::Map(entries) => Expression::Map(
                entries.iter().map(|(key, value)| (self.expression(key), self.expression(value))).collect(),
            ),
            ExprKind::Call(callee, arguments) => self.call_of(expression, callee, arguments),
            // Only in the arguments of a call, which has its items.
            ExprKind::Spread(items) => self.expression(items),
            ExprKind::Filter(value, name, arguments) => {
                let at = self.place.find(name, value.end).unwrap_or(bytes(expression));
                let value = self.expression(value);
                self.call(Kind::Filter, name, at, Some(value), arguments)
            }
            ExprKind::Test { value, name, arguments, negated } => {
                let is = self.place.find("is", value.end).map_or(value.end, |(_, end)| end);
                let at = self.place.find(name, is).unwrap_or(bytes(expression));
                self.test(at, value, name, arguments, *negated)
            }
            ExprKind::Unary(Unary::Not, value) => Expression::Not(Box::new(self.expression(value))),
            ExprKind::Unary(Unary::Minus, value) => Expression::Negate(Box::new(self.expression(value))),
            ExprKind::Unary(Unary::Plus, value) => Expression::Positive(Box::new(self.expression(value))),
            ExprKind::Arithmetic(operator, left, right) => self.arithmetic(*operator, left, right),
            ExprKind::Concat(parts) => Expression::Concat(self.all(parts)),
            ExprKind::Compare(first, others) => {
                let first = Box::new(self.expression(first));
                let others = others.iter().map(|(comparison, value)| (*comparison, self.expression(value))).collect();
                Expression::Compare(first, others)
            }
            ExprKind::And(left, right) => Expression::And(self.pair(left, right)),
            ExprKind::Or(left, right) => Expression::Or(self.pair(left, right)),
            ExprKind::Conditional { condition, then, otherwise } => {
                let otherwise = otherwise.as_ref().map_or(Expression::Undefined, |value| self.expression(value));
                Expression::Conditional(Box::new([self.expression(condition), self.expression(then), otherwise]))
            }
        }
    }

    fn arithmetic(&mut self, operator: Arithmetic, left: &Expr, right: &Expr) -> Expression {
        let (left, right) = (self.expression(left), self.expression(right));
        if operator != Arithmetic::Add || !left.makes_list() || !right.makes_list() {
            return Expression::Arithmetic(operator, Box::new((left, right)));
        }
        let parts = |summand| match summand {
            Expression::Sum(parts) => parts.into_vec(),
            other => vec![other],
        };
        Expression::Sum(parts(left).into_iter().chain(parts(right)).collect())
    }

    /// Where bytes of the template stand in the spec.
    fn span(&self, (start, end): Bytes) -> Span {
        if self.lowering.findings.is_full() { Span::default() } else { self.place.span(start, end) }
    }

    fn all(&mut self, expressions: &[Expr]) -> Box<[Expression]> {
        expressions.iter().map(|expression| self.expression(expression)).collect()
    }

    fn pair(&mut self, left: &Expr, right: &Expr) -> Box<(Expression, Expression)> {
        Box::new((self.expression(left), self.expression(right)))
    }

    fn slice(&mut self, value: &Expr, bounds: &[Option<Box<Expr>>; 3]) -> Expression {
        let value = self.expression(value);
        let [start, stop, step] = bounds.each_ref().map(|bound| match bound {
            Some(bound) => self.expression(bound),
            None => Expression::Constant(constant(&Literal::None)),
        });
        Expression::Slice(Box::new([value, start, stop, step]))
    }

    fn test(&mut self, at: Bytes, value: &Expr, name: &str, arguments: &Arguments, negated: bool) -> Expression {
        let value = self.expression(value);
        let test = self.call(Kind::Test, name, at, Some(value), arguments);
        if negated { Expression::Not(Box::new(test)) } else { test }
    }

    /// A name, or keys below one: read from a variable, from a loop, or straight from a layer's slot.
    fn access(&mut self, expression: &Expr) -> Expression {
        let Some((root, keys)) = chain(expression) else {
            return match &expression.kind {
                ExprKind::Attribute(value, name) => match place_of(name) {
                    Some(place) => {
                        let place = constant(&Literal::Int(place));
                        Expression::Subscript(Box::new((self.expression(value), Expression::Constant(place))))
                    }
                    None => Expression::Attribute(Box::new(self.expression(value)), name.as_str().into()),
                },
                ExprKind::Subscript(value, key) => {
                    Expression::Subscript(Box::new((self.expression(value), self.expression(key))))
                }
                _ => Expression::Undefined,
            };
        };
        let ExprKind::Name(name) = &root.kind else { return Expression::Undefined };
        if let Some(local) = self.find(name) {
            return below(Expression::Local(local), &keys);
        }
        if let ("loop", Some(state)) = (name.as_str(), self.around.last().copied()) {
            return self.loop_access(state, &keys, bytes(expression));
        }
        match self.lowering.layers.read(name, &keys) {
            Read::Expression(read) => read,
            Read::NothingSets(read) => {
                self.report_unknown_output(name, &keys, bytes(expression));
                read
            }
            Read::NoLayer => below(self.unknown_name(name, bytes(root)), &keys),
        }
    }

    fn loop_access(&mut self, state: u32, keys: &[&str], at: Bytes) -> Expression {
        match keys.split_first().map(|(field, rest)| (LoopField::find(field), rest)) {
            Some((Some(field), rest)) => below(Expression::Loop(state, field), rest),
            _ => self.fails(&UNKNOWN_OUTPUT, &["loop", keys.first().unwrap_or(&"")], at, FaultCode::Undefined),
        }
    }

    fn unknown_name(&mut self, name: &str, at: Bytes) -> Expression {
        if name != "null" && filters::find(Kind::Global, name).is_none() {
            let variables = self.variables.iter().map(|(variable, _)| variable.as_str());
            let known = self.lowering.layers.names().chain(variables);
            let finding =
                UNKNOWN_NAME.at(self.span(at), &[name]).label("this is always undefined").suggest(name, known);
            self.lowering.findings.push(finding);
        }
        Expression::Undefined
    }

    fn report_unknown_output(&mut self, layer: &str, keys: &[&str], at: Bytes) {
        let finding = UNKNOWN_OUTPUT.at(self.span(at), &[layer, &keys.join(".")]).label("this is always undefined");
        let known = self.lowering.layers.get(layer).map(|layer| layer.outputs.iter().map(|(key, _)| &**key));
        let finding = finding.suggest(keys.first().unwrap_or(&""), known.into_iter().flatten());
        self.lowering.findings.push(finding);
    }

    fn call_of(&mut self, whole: &Expr, callee: &Expr, arguments: &Arguments) -> Expression {
        match &callee.kind {
            ExprKind::Name(name) => self.call_name(name, bytes(callee), arguments),
            ExprKind::Attribute(object, name) => {
                let start = callee.end.saturating_sub(name.len() as u32);
                self.call_attribute(object, name, (start, callee.end), arguments)
            }
            _ => self.fails(&NOT_CALLABLE, &[], bytes(whole), FaultCode::Type),
        }
    }

    fn call_name(&mut self, name: &str, at: Bytes, arguments: &Arguments) -> Expression {
        if let ("loop", Some(state), [argument]) = (name, self.around.last().copied(), arguments.0.as_slice()) {
            return Expression::Recurse(state, Box::new(self.expression(&argument.value)));
        }
        self.call(Kind::Global, name, at, None, arguments)
    }

    fn call_attribute(&mut self, object: &Expr, name: &str, at: Bytes, arguments: &Arguments) -> Expression {
        if let ExprKind::Name(object) = &object.kind
            && self.find(object).is_none()
        {
            if let ("loop", "cycle", Some(state)) = (object.as_str(), name, self.around.last().copied()) {
                return Expression::Cycle(state, arguments.0.iter().map(|a| self.expression(&a.value)).collect());
            }
            let qualified = format!("{object}.{name}");
            let is_known = self.lowering.layers.names().any(|known| known == object) || object == "null";
            let is_method = filters::find(Kind::Method, name).is_some();
            // Neither the name nor the method is known: that is one mistake.
            if filters::find(Kind::Global, &qualified).is_some() || (!is_known && !is_method) {
                return self.call(Kind::Global, &qualified, at, None, arguments);
            }
        }
        let receiver = self.expression(object);
        self.call(Kind::Method, name, at, Some(receiver), arguments)
    }

    fn call(
        &mut self,
        kind: Kind,
        name: &str,
        at: Bytes,
        first: Option<Expression>,
        arguments: &Arguments,
    ) -> Expression {
        let mut positional: Vec<Expression> = first.into_iter().collect();
        let own = positional.len();
        let mut named = Vec::new();
        let mut spread = None;
        for Argument { name, value } in &arguments.0 {
            let lowered = self.expression(value);
            match name {
                Some(name) => named.push((Box::from(name.as_str()), lowered)),
                None if matches!(value.kind, ExprKind::Spread(_)) => spread = Some(lowered),
                None => positional.push(lowered),
            }
        }
        match filters::find(kind, name) {
            Some(entry) => {
                self.check_arguments(entry, at, own, arguments);
                Expression::Call(Box::new(Call::new(entry, positional.into(), spread, named.into())))
            }
            // What is called on something that fails is not looked at: one mistake is told once.
            None => match positional.into_iter().next() {
                Some(Expression::Fails(code, reason)) => Expression::Fails(code, reason),
                _ => self.unknown_function(kind, name, at),
            },
        }
    }

    /// Reports arguments that no parameter takes, and regular expressions that are none.
    fn check_arguments(&mut self, entry: &filters::Entry, at: Bytes, own: usize, arguments: &Arguments) {
        if let Some(reason) = refuses(entry, own, arguments) {
            let finding = WRONG_ARGUMENTS.at(self.span(at), &[entry.kind.name(), entry.name(), &reason]);
            self.lowering.findings.push(finding.label("whatever needs this value fails"));
        }
        let place = self.place;
        let finding =
            self.lowering.regexes.check(entry, arguments, &|argument| place.span(argument.start, argument.end));
        finding.into_iter().for_each(|finding| self.lowering.findings.push(finding));
    }

    fn unknown_function(&mut self, kind: Kind, name: &str, at: Bytes) -> Expression {
        let finding = match kind {
            Kind::Filter => &UNKNOWN_FILTER,
            Kind::Test => &UNKNOWN_TEST,
            Kind::Method => &UNKNOWN_METHOD,
            Kind::Global => &UNKNOWN_FUNCTION,
        };
        let known = filters::all().filter(|entry| entry.kind == kind).flat_map(|entry| entry.names.iter().copied());
        let finding = finding.at(self.span(at), &[name]).label("whatever needs this value fails").suggest(name, known);
        let reason = finding.title.as_str().into();
        self.lowering.findings.push(finding);
        Expression::Fails(FaultCode::Unsupported, reason)
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

fn below(value: Expression, keys: &[&str]) -> Expression {
    keys.iter().fold(value, |value, key| Expression::Attribute(Box::new(value), Box::from(*key)))
}

/// A literal; nothing is reported about it, so its place is not sought.
fn constant(literal: &Literal) -> Constant {
    let kind = match literal {
        Literal::None => ConstantKind::Null,
        Literal::Bool(value) => ConstantKind::Bool(*value),
        Literal::Int(value) => ConstantKind::Int(*value),
        Literal::BigInt(digits) => ConstantKind::BigInt(digits.as_str().into()),
        Literal::Float(value) => ConstantKind::Float(*value),
        Literal::Text(text) => ConstantKind::Text(text.as_str().into()),
    };
    Constant { span: Span::default(), kind }
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
