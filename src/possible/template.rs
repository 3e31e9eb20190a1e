//! What a template may give: its variables and lists are followed without regard to the order of its statements.

use super::fields::FieldsPossible;
use super::value::Possible;
use crate::filters::Patterns;
use crate::plan::expression::Expression;
use crate::plan::template::{Block, Branch, For, Node, Source, Target, Template};
use std::mem;

/// How often a template is gone through before it may give anything.
const ROUNDS: usize = 12;

/// How often the body of a loop is gone through before its text may be any.
const TURNS: usize = 6;

/// What a source may give, and what it may put into lists and dicts that are there already.
pub(super) struct PossibleResult {
    pub value: Possible,
    pub escaped: Possible,
}

/// One template, gone through until nothing new is found.
pub(super) struct TemplateFlow<'f> {
    pub(super) fields: &'f FieldsPossible,
    pub(super) patterns: &'f Patterns,
    /// What each variable may be, at any time.
    locals: Vec<Possible>,
    /// What is put into lists and dicts after they were made. Any of them may hold it: which is which is not followed.
    added: Possible,
    /// What of it is put into lists and dicts of fields.
    escaped: Possible,
    /// Whether anything may be a list or dict of a field.
    pub(super) reads_fields: bool,
    /// What was put out where a turn or a loop ended early.
    jumps: PossibleOutput,
    gave_up: bool,
}

/// What a source may give as a field is set to it.
pub(super) fn made(source: &Source, fields: &FieldsPossible, patterns: &Patterns) -> PossibleResult {
    let mut walk = TemplateFlow::new(fields, patterns);
    for _ in 0..ROUNDS {
        let before = (walk.locals.clone(), walk.added.clone());
        let value = walk.source(source);
        if walk.gave_up {
            break;
        }
        if before == (walk.locals.clone(), walk.added.clone()) {
            return PossibleResult { value, escaped: walk.escaped };
        }
    }
    PossibleResult { value: Possible::anything(), escaped: Possible::anything() }
}

impl<'f> TemplateFlow<'f> {
    fn new(fields: &'f FieldsPossible, patterns: &'f Patterns) -> Self {
        TemplateFlow {
            fields,
            patterns,
            locals: Vec::new(),
            added: Possible::nothing(),
            escaped: Possible::nothing(),
            reads_fields: false,
            jumps: PossibleOutput::default(),
            gave_up: false,
        }
    }

    fn source(&mut self, source: &Source) -> Possible {
        match source {
            Source::Constant(constant) => Possible::of_constant(constant),
            Source::Expression(expression) => self.expression(expression).native(),
            Source::Template(template) => self.template(template).native(),
            Source::Verbatim(inner) => self.bare(inner),
            Source::List(items) => {
                Possible::list(items.iter().fold(Possible::nothing(), |all, item| all.or(self.source(item))))
            }
            Source::Map(entries) => {
                Possible::dict(entries.iter().fold(Possible::nothing(), |all, (_, value)| all.or(self.source(value))))
            }
        }
    }

    /// What a source may give before its text is read.
    fn bare(&mut self, source: &Source) -> Possible {
        match source {
            Source::Expression(expression) => self.expression(expression),
            Source::Template(template) => self.template(template),
            other => self.source(other),
        }
    }

    fn template(&mut self, template: &Template) -> Possible {
        self.locals.resize(template.locals as usize, Possible::nothing());
        self.nodes(&template.nodes, PossibleOutput::empty()).value()
    }

    /// What a variable may be.
    pub(super) fn local(&self, local: u32) -> Possible {
        self.locals.get(local as usize).cloned().unwrap_or_default()
    }

    /// A list or dict that is made here.
    pub(super) fn made(&self, value: Possible) -> Possible {
        value.filled(&self.added)
    }

    /// A value is put into a list or dict.
    pub(super) fn put(&mut self, into: &Possible, value: &Possible) {
        self.added.add(value);
        if into.shared || (into.open && self.reads_fields) {
            self.escaped.add(value);
        }
    }

    /// The template may give anything.
    pub(super) fn give_up(&mut self) {
        self.gave_up = true;
    }

    /// Pays for a step; where nothing is left, the template is given up.
    pub(super) fn pay(&mut self) -> bool {
        self.gave_up |= !self.fields.pay();
        !self.gave_up
    }
}

/// Statements.
impl TemplateFlow<'_> {
    fn nodes(&mut self, nodes: &[Node], mut out: PossibleOutput) -> PossibleOutput {
        for node in nodes {
            out = self.node(node, out);
        }
        out
    }

    fn node(&mut self, node: &Node, out: PossibleOutput) -> PossibleOutput {
        match node {
            Node::Text(text) => out.push(&Possible::text(text)),
            Node::Output(expression) => out.push(&self.expression(expression)),
            Node::If(branches) => self.branches(branches, &out),
            Node::For(code) => self.for_loop(code, out),
            Node::Set(target, value) => {
                let value = self.expression(value);
                self.assign(target, &value);
                out
            }
            Node::SetBlock(target, block) => {
                let value = self.block(block);
                self.assign(target, &value);
                out
            }
            Node::Scope(fresh, body) => {
                self.refresh(fresh);
                self.nodes(body, out)
            }
            Node::Filter(block) => out.push(&self.block(block)),
            Node::Do(expression) => {
                self.expression(expression);
                out
            }
            Node::Break | Node::Continue => {
                self.jumps.add(&out);
                PossibleOutput::default()
            }
        }
    }

    fn branches(&mut self, branches: &[Branch], before: &PossibleOutput) -> PossibleOutput {
        let mut out = PossibleOutput::default();
        for Branch { condition, body } in branches {
            condition.iter().for_each(|condition| _ = self.expression(condition));
            out.add(&self.nodes(body, before.clone()));
        }
        if branches.last().is_none_or(|last| last.condition.is_some()) {
            out.add(before);
        }
        out
    }

    fn for_loop(&mut self, code: &For, before: PossibleOutput) -> PossibleOutput {
        let items = self.expression(&code.iterable).walked();
        self.assign(&code.target, &items);
        code.filter.iter().for_each(|filter| _ = self.expression(filter));
        self.refresh(&code.fresh);
        let outer = mem::take(&mut self.jumps);
        let mut out = before.clone();
        for turn in 0.. {
            let mut next = out.clone();
            next.add(&self.nodes(&code.body, out.clone()));
            next.add(&mem::take(&mut self.jumps));
            if turn >= TURNS / 2 {
                next.many = next.many.loosened();
            }
            if next == out {
                break;
            }
            out = next;
            if turn >= TURNS {
                // The text grows with each turn.
                out.many = Possible::anything();
                break;
            }
        }
        self.jumps = outer;
        out.add(&self.nodes(&code.otherwise, before));
        out
    }

    fn block(&mut self, block: &Block) -> Possible {
        let text = self.nodes(&block.body, PossibleOutput::empty()).text();
        self.set(block.text, &text);
        self.expression(&block.value)
    }

    fn refresh(&mut self, fresh: &[(u32, Expression)]) {
        for (local, value) in fresh {
            let value = self.expression(value);
            self.set(*local, &value);
        }
    }

    fn assign(&mut self, target: &Target, value: &Possible) {
        match target {
            Target::Local(local) => self.set(*local, value),
            Target::Attribute(namespace, _) => {
                let namespace = self.expression(namespace);
                self.put(&namespace, value);
            }
            Target::Tuple(targets) => {
                let item = value.walked();
                targets.iter().for_each(|target| self.assign(target, &item));
            }
        }
    }

    fn set(&mut self, local: u32, value: &Possible) {
        if let Some(local) = self.locals.get_mut(local as usize) {
            local.add(value);
        }
    }
}

/// What a template may have put out: a single value stays as it is, several become text.
#[derive(Clone, Default, PartialEq)]
struct PossibleOutput {
    /// Nothing.
    nothing: bool,
    /// One value.
    single: Possible,
    /// The text of several.
    many: Possible,
}

impl PossibleOutput {
    fn empty() -> Self {
        PossibleOutput { nothing: true, ..PossibleOutput::default() }
    }

    fn add(&mut self, other: &PossibleOutput) {
        self.nothing |= other.nothing;
        self.single.add(&other.single);
        self.many.add(&other.many);
    }

    fn push(self, value: &Possible) -> Self {
        let shown = value.shown();
        let many = self.single.shown().then(&shown).or(self.many.then(&shown));
        PossibleOutput { nothing: false, single: if self.nothing { value.clone() } else { Possible::nothing() }, many }
    }

    fn value(self) -> Possible {
        let value = self.single.or(self.many);
        if self.nothing { value.or(Possible::undefined()) } else { value }
    }

    fn text(self) -> Possible {
        let text = self.single.shown().or(self.many);
        if self.nothing { text.or(Possible::text("")) } else { text }
    }
}
