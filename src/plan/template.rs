//! Templates: statements around expressions, over any kind of expression. The tree and the program have the same statements;
//! where none is named, the expressions are the tree's.

use super::expression::Expression;
use crate::value::Constant;
use std::sync::Arc;

/// A value of a spec: known, or made by a template.
#[derive(Clone, Debug)]
pub enum Source<E = Expression> {
    /// Known when the spec is compiled.
    Constant(Arc<Constant>),
    /// One expression: its value as it is.
    Expression(E),
    /// Anything else.
    Template(Template<E>),
    /// One of the two, whose text is taken as it is, whatever it reads as.
    Verbatim(Box<Source<E>>),
    /// A list with templates in it.
    List(Box<[Source<E>]>),
    /// A mapping with templates in it.
    Map(Box<[(Constant, Source<E>)]>),
}

/// A template.
#[derive(Clone, Debug)]
pub struct Template<E = Expression> {
    /// The statements.
    pub nodes: Box<[Node<E>]>,
    /// How many variables it has.
    pub locals: u32,
    /// How many loops run inside each other or side by side, each with its own state.
    pub loops: u32,
}

/// A statement.
#[derive(Clone, Debug)]
pub enum Node<E = Expression> {
    /// Text as it is.
    Text(Box<str>),
    /// The value of an expression.
    Output(E),
    /// Conditions with what they guard; the last may have none.
    If(Box<[Branch<E>]>),
    /// A loop.
    For(Box<For<E>>),
    /// An assignment.
    Set(Target<E>, E),
    /// Assigns a block's text, after filters that read it from a variable.
    SetBlock(Target<E>, Block<E>),
    /// A block with variables of its own, each with its first value.
    Scope(Box<[(u32, E)]>, Box<[Node<E>]>),
    /// Puts out a block's text, after filters that read it from a variable.
    Filter(Block<E>),
    /// Evaluates for the effect.
    Do(E),
    /// Ends the loop.
    Break,
    /// Goes on with the loop's next item.
    Continue,
}

/// A branch of an `if`.
#[derive(Clone, Debug)]
pub struct Branch<E = Expression> {
    /// When it runs; `else` has none.
    pub condition: Option<E>,
    /// What runs.
    pub body: Box<[Node<E>]>,
}

/// A block whose text goes through filters.
#[derive(Clone, Debug)]
pub struct Block<E = Expression> {
    /// The block.
    pub body: Box<[Node<E>]>,
    /// The variable that takes the block's text.
    pub text: u32,
    /// The filters applied to that variable.
    pub value: E,
}

/// A loop.
#[derive(Clone, Debug)]
pub struct For<E = Expression> {
    /// Where its state is.
    pub state: u32,
    /// What an item is bound to.
    pub target: Target<E>,
    /// Whose items it goes through.
    pub iterable: E,
    /// Which items count.
    pub filter: Option<E>,
    /// The variables that the body assigns, each with its value at the start of an iteration.
    pub fresh: Box<[(u32, E)]>,
    /// What runs for each item.
    pub body: Box<[Node<E>]>,
    /// What runs where there was none.
    pub otherwise: Box<[Node<E>]>,
}

/// What is assigned.
#[derive(Clone, Debug)]
pub enum Target<E = Expression> {
    /// A variable.
    Local(u32),
    /// An attribute of a namespace in a variable.
    Attribute(E, Box<str>),
    /// Several, unpacked.
    Tuple(Box<[Target<E>]>),
}

impl<E> Source<E> {
    /// What gives the value, where text is never read as anything else.
    pub fn bare(self) -> Source<E> {
        match self {
            Source::Verbatim(inner) => *inner,
            other => other,
        }
    }

    /// Whether text is taken as it is, `None` and what reads as a list or a dict too.
    pub fn is_verbatim(&self) -> bool {
        matches!(self, Source::Verbatim(_))
    }

    /// The same over other expressions.
    pub fn map<F>(&self, to: &dyn Fn(&E) -> F) -> Source<F> {
        match self {
            Source::Constant(constant) => Source::Constant(Arc::clone(constant)),
            Source::Expression(expression) => Source::Expression(to(expression)),
            Source::Template(template) => Source::Template(template.map(to)),
            Source::Verbatim(inner) => Source::Verbatim(Box::new(inner.map(to))),
            Source::List(items) => Source::List(items.iter().map(|item| item.map(to)).collect()),
            Source::Map(entries) => {
                Source::Map(entries.iter().map(|(key, value)| (key.clone(), value.map(to))).collect())
            }
        }
    }

    /// Visits the expressions, in the order of the text.
    pub fn each<'s>(&'s self, visit: &mut dyn FnMut(&'s E)) {
        match self {
            Source::Constant(_) => {}
            Source::Expression(expression) => visit(expression),
            Source::Template(template) => each_of(&template.nodes, visit),
            Source::Verbatim(inner) => inner.each(visit),
            Source::List(items) => items.iter().for_each(|item| item.each(visit)),
            Source::Map(entries) => entries.iter().for_each(|(_, value)| value.each(visit)),
        }
    }
}

impl<E> Template<E> {
    /// The same over other expressions.
    pub fn map<F>(&self, to: &dyn Fn(&E) -> F) -> Template<F> {
        Template { nodes: map_all(&self.nodes, to), locals: self.locals, loops: self.loops }
    }
}

fn map_all<E, F>(nodes: &[Node<E>], to: &dyn Fn(&E) -> F) -> Box<[Node<F>]> {
    nodes.iter().map(|node| node.map(to)).collect()
}

fn map_variables<E, F>(variables: &[(u32, E)], to: &dyn Fn(&E) -> F) -> Box<[(u32, F)]> {
    variables.iter().map(|(local, value)| (*local, to(value))).collect()
}

impl<E> Node<E> {
    fn map<F>(&self, to: &dyn Fn(&E) -> F) -> Node<F> {
        match self {
            Node::Text(text) => Node::Text(text.clone()),
            Node::Output(value) => Node::Output(to(value)),
            Node::If(branches) => Node::If(branches.iter().map(|branch| branch.map(to)).collect()),
            Node::For(code) => Node::For(Box::new(code.map(to))),
            Node::Set(target, value) => Node::Set(target.map(to), to(value)),
            Node::SetBlock(target, block) => Node::SetBlock(target.map(to), block.map(to)),
            Node::Scope(variables, body) => Node::Scope(map_variables(variables, to), map_all(body, to)),
            Node::Filter(block) => Node::Filter(block.map(to)),
            Node::Do(value) => Node::Do(to(value)),
            Node::Break => Node::Break,
            Node::Continue => Node::Continue,
        }
    }
}

impl<E> Branch<E> {
    fn map<F>(&self, to: &dyn Fn(&E) -> F) -> Branch<F> {
        Branch { condition: self.condition.as_ref().map(to), body: map_all(&self.body, to) }
    }
}

impl<E> Block<E> {
    fn map<F>(&self, to: &dyn Fn(&E) -> F) -> Block<F> {
        Block { body: map_all(&self.body, to), text: self.text, value: to(&self.value) }
    }

    fn each<'s>(&'s self, visit: &mut dyn FnMut(&'s E)) {
        each_of(&self.body, visit);
        visit(&self.value);
    }
}

impl<E> For<E> {
    fn map<F>(&self, to: &dyn Fn(&E) -> F) -> For<F> {
        For {
            state: self.state,
            target: self.target.map(to),
            iterable: to(&self.iterable),
            filter: self.filter.as_ref().map(to),
            fresh: map_variables(&self.fresh, to),
            body: map_all(&self.body, to),
            otherwise: map_all(&self.otherwise, to),
        }
    }

    fn each<'s>(&'s self, visit: &mut dyn FnMut(&'s E)) {
        visit(&self.iterable);
        self.filter.iter().for_each(&mut *visit);
        self.target.each(visit);
        self.fresh.iter().for_each(|(_, value)| visit(value));
        each_of(&self.body, visit);
        each_of(&self.otherwise, visit);
    }
}

impl<E> Target<E> {
    fn map<F>(&self, to: &dyn Fn(&E) -> F) -> Target<F> {
        match self {
            Target::Local(local) => Target::Local(*local),
            Target::Attribute(value, name) => Target::Attribute(to(value), name.clone()),
            Target::Tuple(targets) => Target::Tuple(targets.iter().map(|target| target.map(to)).collect()),
        }
    }

    fn each<'s>(&'s self, visit: &mut dyn FnMut(&'s E)) {
        match self {
            Target::Local(_) => {}
            Target::Attribute(value, _) => visit(value),
            Target::Tuple(targets) => targets.iter().for_each(|target| target.each(visit)),
        }
    }
}

fn each_of<'s, E>(nodes: &'s [Node<E>], visit: &mut dyn FnMut(&'s E)) {
    for node in nodes {
        match node {
            Node::Text(_) | Node::Break | Node::Continue => {}
            Node::Output(value) | Node::Do(value) => visit(value),
            Node::If(branches) => branches.iter().for_each(|branch| {
                branch.condition.iter().for_each(&mut *visit);
                each_of(&branch.body, visit);
            }),
            Node::For(code) => code.each(visit),
            Node::Set(target, value) => {
                visit(value);
                target.each(visit);
            }
            Node::SetBlock(target, block) => {
                block.each(visit);
                target.each(visit);
            }
            Node::Scope(variables, body) => {
                variables.iter().for_each(|(_, value)| visit(value));
                each_of(body, visit);
            }
            Node::Filter(block) => block.each(visit),
        }
    }
}
