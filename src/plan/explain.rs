//! The plan for people: what runs, in order, and what it reads and writes.

use super::Plan;
use super::expression::{Expression, Slot};
use super::layers::Layers;
use super::template::{Block, Branch, For, Node, Source, Target, Template};
use super::tree::{Action, Extraction, Operation, Tree, Work};
use crate::expr::{Arithmetic, Comparison};
use crate::value::text::Repr;
use crate::value::{Arena, Constant};
use std::fmt::{self, Display, Formatter, Write};

impl Plan {
    /// Prints the plan: entries with their filters, what each reads and writes, and the fields that can come out.
    pub fn explain(&self) -> String {
        let mut out = String::new();
        // Writing to a String cannot fail.
        let _ = Explanation { layers: &self.tree.layers }.tree(&mut out, &self.tree);
        out
    }
}

struct Explanation<'p> {
    layers: &'p Layers,
}

impl Explanation<'_> {
    fn tree(&self, out: &mut String, tree: &Tree) -> fmt::Result {
        writeln!(out, "format {}", tree.name.as_deref().unwrap_or("without a name"))?;
        for (number, entry) in (1..).zip(&tree.entries) {
            write!(out, "\n{number:>3} {}", entry.name)?;
            if let Some(filter) = &entry.filter {
                write!(out, "  when {}", self.show(&filter.source))?;
            }
            out.push('\n');
            if let Some(fault) = &entry.broken {
                writeln!(out, "      does not run: {}", fault.reason())?;
            }
            match &entry.work {
                Work::Stage(actions) => actions.iter().try_for_each(|action| self.action(out, action))?,
                Work::Extract(extraction) => self.extraction(out, extraction)?,
            }
        }
        self.inferred(out, tree)?;
        self.output(out, tree)
    }

    fn extraction(&self, out: &mut String, extraction: &Extraction) -> fmt::Result {
        let output = self.layers.slots.name(extraction.output);
        writeln!(out, "      {} of {} into {output}", extraction.name, self.show(&extraction.input))?;
        match self.layers.wanted(extraction.output).to_string().as_str() {
            "" => writeln!(out, "      nothing of it is read"),
            wanted => writeln!(out, "      reads of it {wanted}"),
        }
    }

    fn action(&self, out: &mut String, action: &Action) -> fmt::Result {
        if let Some(filter) = &action.filter {
            writeln!(out, "      when {}", self.show(&filter.source))?;
        }
        let indent = if action.filter.is_some() { 8 } else { 6 };
        match &action.operation {
            Operation::Set(fields) => fields.iter().try_for_each(|(field, source)| {
                writeln!(out, "{:indent$}set {} = {}", "", field.field, self.show(source))
            }),
            Operation::Translate(translation) => translation.lookups.iter().try_for_each(|lookup| {
                let keys = translation.choices.len();
                let key = self.show(lookup.key());
                write!(out, "{:indent$}set {} = one of {keys} values for {key}", "", lookup.into.field)?;
                match &translation.fallback {
                    Some(fallback) => writeln!(out, ", else {}", self.show(fallback)),
                    None => writeln!(out),
                }
            }),
            Operation::Delete(fields) => fields.iter().flat_map(|field| &field.places).try_for_each(|place| {
                let slots = place.exact.iter().chain(&place.below);
                slots
                    .into_iter()
                    .try_for_each(|slot| writeln!(out, "{:indent$}delete {}", "", self.layers.slots.name(*slot)))
            }),
        }
    }

    fn inferred(&self, out: &mut String, tree: &Tree) -> fmt::Result {
        if !tree.rules.is_empty() {
            writeln!(out, "\ninferred")?;
        }
        tree.rules.iter().try_for_each(|bound| writeln!(out, "      {}: {}", bound.rule.name, bound.rule.summary))
    }

    fn output(&self, out: &mut String, tree: &Tree) -> fmt::Result {
        writeln!(out, "\nfields")?;
        let fields = tree.output.fields.iter();
        fields.into_iter().try_for_each(|(_, field)| writeln!(out, "      {}: {}", field.name, field.kind))
    }

    fn show<'s>(&'s self, source: &'s Source) -> Shown<'s> {
        Shown { layers: self.layers, part: ShownPart::Source(source) }
    }
}

/// A part of a plan, shown in the language's own notation.
struct Shown<'p> {
    layers: &'p Layers,
    part: ShownPart<'p>,
}

enum ShownPart<'p> {
    Source(&'p Source),
    Expression(&'p Expression),
    Nodes(&'p [Node]),
    Target(&'p Target),
}

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.part {
            ShownPart::Source(source) => self.source(f, source),
            ShownPart::Expression(expression) => self.expression(f, expression),
            ShownPart::Nodes(nodes) => nodes.iter().try_for_each(|node| self.node(f, node)),
            ShownPart::Target(target) => self.target(f, target),
        }
    }
}

impl Shown<'_> {
    fn of<'s>(&'s self, part: ShownPart<'s>) -> Shown<'s> {
        Shown { layers: self.layers, part }
    }

    fn sub<'s>(&'s self, expression: &'s Expression) -> Shown<'s> {
        self.of(ShownPart::Expression(expression))
    }

    fn list(&self, f: &mut Formatter<'_>, separator: &str, items: &[Expression]) -> fmt::Result {
        items.iter().enumerate().try_for_each(|(index, item)| {
            f.write_str(if index == 0 { "" } else { separator })?;
            self.expression(f, item)
        })
    }

    fn slot(&self, f: &mut Formatter<'_>, slot: Slot, keys: &[Box<str>]) -> fmt::Result {
        f.write_str(self.layers.slots.name(slot))?;
        keys.iter().try_for_each(|key| write!(f, ".{key}"))
    }

    fn source(&self, f: &mut Formatter<'_>, source: &Source) -> fmt::Result {
        match source {
            Source::Constant(value) => constant(f, value),
            Source::Expression(expression) => self.expression(f, expression),
            Source::Template(Template { nodes, .. }) => write!(f, "`{}`", self.of(ShownPart::Nodes(nodes))),
            Source::Verbatim(inner) => write!(f, "{} as it is", self.of(ShownPart::Source(inner))),
            Source::List(items) => {
                f.write_char('[')?;
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{}", if index == 0 { "" } else { ", " }, self.of(ShownPart::Source(item)))?;
                }
                f.write_char(']')
            }
            Source::Map(entries) => {
                f.write_char('{')?;
                for (index, (key, value)) in entries.iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { ", " })?;
                    constant(f, key)?;
                    write!(f, ": {}", self.of(ShownPart::Source(value)))?;
                }
                f.write_char('}')
            }
        }
    }

    fn expression(&self, f: &mut Formatter<'_>, expression: &Expression) -> fmt::Result {
        match expression {
            Expression::Constant(value) => constant(f, value),
            Expression::Undefined => f.write_str("null"),
            Expression::Local(local) => write!(f, "${local}"),
            Expression::Path(path) => self.slot(f, path.slot, &path.keys),
            Expression::Fields(reading) => f.write_str(&reading.name),
            Expression::Loop(_, field) => write!(f, "loop.{}", field.name()),
            Expression::Changed(_, values) => self.wrapped(f, ["loop.changed(", ", ", ")"], values),
            Expression::Cycle(_, values) => self.wrapped(f, ["loop.cycle(", ", ", ")"], values),
            Expression::Recurse(_, items) => write!(f, "loop({})", self.sub(items)),
            Expression::List(items) => self.wrapped(f, ["[", ", ", "]"], items),
            Expression::Tuple(items) => self.wrapped(f, ["(", ", ", ")"], items),
            Expression::Map(entries) => {
                f.write_char('{')?;
                for (index, (key, value)) in entries.iter().enumerate() {
                    write!(f, "{}{}: {}", if index == 0 { "" } else { ", " }, self.sub(key), self.sub(value))?;
                }
                f.write_char('}')
            }
            Expression::Attribute(value, name) => write!(f, "{}.{name}", self.sub(value)),
            Expression::Subscript(pair) => write!(f, "{}[{}]", self.sub(&pair.0), self.sub(&pair.1)),
            Expression::Slice(parts) => {
                let [value, start, stop, step] = &**parts;
                write!(f, "{}[{}:{}:{}]", self.sub(value), self.sub(start), self.sub(stop), self.sub(step))
            }
            Expression::Call(call) => self.call(f, call),
            Expression::Not(value) => write!(f, "not {}", self.sub(value)),
            Expression::Negate(value) => write!(f, "-{}", self.sub(value)),
            Expression::Positive(value) => write!(f, "+{}", self.sub(value)),
            Expression::Arithmetic(operator, pair) => {
                write!(f, "({} {} {})", self.sub(&pair.0), symbol_of(*operator), self.sub(&pair.1))
            }
            Expression::Concat(parts) => self.wrapped(f, ["(", " ~ ", ")"], parts),
            Expression::Compare(first, others) => {
                write!(f, "({}", self.sub(first))?;
                others
                    .iter()
                    .try_for_each(|(comparison, value)| write!(f, " {} {}", symbol(*comparison), self.sub(value)))?;
                f.write_char(')')
            }
            Expression::And(pair) => write!(f, "({} and {})", self.sub(&pair.0), self.sub(&pair.1)),
            Expression::Or(pair) => write!(f, "({} or {})", self.sub(&pair.0), self.sub(&pair.1)),
            Expression::Conditional(parts) => {
                let [condition, then, otherwise] = &**parts;
                write!(f, "({} if {} else {})", self.sub(then), self.sub(condition), self.sub(otherwise))
            }
            Expression::Fails(_, reason) => write!(f, "fails: {reason}"),
        }
    }

    fn wrapped(&self, f: &mut Formatter<'_>, around: [&str; 3], items: &[Expression]) -> fmt::Result {
        let [open, between, close] = around;
        f.write_str(open)?;
        self.list(f, between, items)?;
        f.write_str(close)
    }

    fn call(&self, f: &mut Formatter<'_>, call: &super::expression::Call) -> fmt::Result {
        write!(f, "{}(", call.entry.names[0])?;
        self.list(f, ", ", &call.positional)?;
        let mut separator = if call.positional.is_empty() { "" } else { ", " };
        if let Some(spread) = &call.spread {
            write!(f, "{separator}*{}", self.sub(spread))?;
            separator = ", ";
        }
        for (name, value) in &call.named {
            write!(f, "{separator}{name}={}", self.sub(value))?;
            separator = ", ";
        }
        f.write_char(')')
    }

    fn node(&self, f: &mut Formatter<'_>, node: &Node) -> fmt::Result {
        match node {
            Node::Text(text) => write!(f, "{}", text.escape_debug()),
            Node::Output(expression) => write!(f, "{{{{ {} }}}}", self.sub(expression)),
            Node::If(branches) => {
                for (index, Branch { condition, body }) in branches.iter().enumerate() {
                    match condition {
                        Some(condition) => {
                            let word = if index == 0 { "if" } else { "elif" };
                            write!(f, "{{% {word} {} %}}", self.sub(condition))?;
                        }
                        None => f.write_str("{% else %}")?,
                    }
                    write!(f, "{}", self.of(ShownPart::Nodes(body)))?;
                }
                f.write_str("{% endif %}")
            }
            Node::For(code) => self.for_loop(f, code),
            Node::Set(target, value) => {
                write!(f, "{{% set {} = {} %}}", self.of(ShownPart::Target(target)), self.sub(value))
            }
            Node::SetBlock(target, block) => {
                write!(f, "{{% set {} %}}", self.of(ShownPart::Target(target)))?;
                self.block(f, block)
            }
            Node::Filter(block) => self.block(f, block),
            Node::Scope(fresh, body) => {
                fresh.iter().try_for_each(|(local, value)| match value {
                    Expression::Undefined => Ok(()),
                    value => write!(f, "{{% set ${local} = {} %}}", self.sub(value)),
                })?;
                write!(f, "{}", self.of(ShownPart::Nodes(body)))
            }
            Node::Do(value) => write!(f, "{{% do {} %}}", self.sub(value)),
            Node::Break => f.write_str("{% break %}"),
            Node::Continue => f.write_str("{% continue %}"),
        }
    }

    fn for_loop(&self, f: &mut Formatter<'_>, code: &For) -> fmt::Result {
        write!(f, "{{% for {} in {}", self.of(ShownPart::Target(&code.target)), self.sub(&code.iterable))?;
        if let Some(filter) = &code.filter {
            write!(f, " if {}", self.sub(filter))?;
        }
        write!(f, " %}}{}", self.of(ShownPart::Nodes(&code.body)))?;
        if !code.otherwise.is_empty() {
            write!(f, "{{% else %}}{}", self.of(ShownPart::Nodes(&code.otherwise)))?;
        }
        f.write_str("{% endfor %}")
    }

    fn block(&self, f: &mut Formatter<'_>, block: &Block) -> fmt::Result {
        write!(f, "{}→ ${}: {{{{ {} }}}}", self.of(ShownPart::Nodes(&block.body)), block.text, self.sub(&block.value))
    }

    fn target(&self, f: &mut Formatter<'_>, target: &Target) -> fmt::Result {
        match target {
            Target::Local(local) => write!(f, "${local}"),
            Target::Attribute(namespace, name) => write!(f, "{}.{name}", self.sub(namespace)),
            Target::Tuple(targets) => targets.iter().enumerate().try_for_each(|(index, target)| {
                write!(f, "{}{}", if index == 0 { "" } else { ", " }, self.of(ShownPart::Target(target)))
            }),
        }
    }
}

fn constant(f: &mut Formatter<'_>, constant: &Constant) -> fmt::Result {
    match constant.to_value(&Arena::default()) {
        Ok(value) => write!(f, "{}", Repr(value)),
        Err(_) => f.write_str("…"),
    }
}

fn symbol(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "==",
        Comparison::NotEqual => "!=",
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
        Comparison::In => "in",
        Comparison::NotIn => "not in",
    }
}

fn symbol_of(operator: Arithmetic) -> &'static str {
    match operator {
        Arithmetic::Add => "+",
        Arithmetic::Subtract => "-",
        Arithmetic::Multiply => "*",
        Arithmetic::Divide => "/",
        Arithmetic::FloorDivide => "//",
        Arithmetic::Remainder => "%",
        Arithmetic::Power => "**",
    }
}
