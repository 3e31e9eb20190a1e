//! Which templates give their text as it is: those of which every output ends in the filter `safe`.

use crate::expr::{Arguments, Expr, ExprKind, Literal, Node, Template};
use crate::value::{Arena, Value, text};

/// The filter that gives a value as it is.
pub(in crate::plan) const AS_IT_IS: &str = "safe";

/// How many outputs of a template there are, and how many of them end in [`AS_IT_IS`].
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Outputs {
    all: usize,
    marked: usize,
}

impl Outputs {
    /// Those of a template. Text beside them is the author's own, and no output.
    pub fn of(template: &Template) -> Outputs {
        let mut outputs = Outputs::default();
        outputs.walk(&template.nodes);
        outputs
    }

    /// Whether the text of the template stays as it is.
    pub fn are_verbatim(self) -> bool {
        self.marked > 0 && self.marked == self.all
    }

    /// Whether some outputs are marked and others are not, so that no mark has an effect.
    pub fn are_mixed(self) -> bool {
        self.marked > 0 && self.marked < self.all
    }

    fn walk(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Output(expression) => self.add(&Gives::of(expression)),
                Node::FilterBlock { filters, .. } => {
                    let marked = filters.last().is_some_and(|(name, arguments)| is_mark(name, arguments));
                    self.add(if marked { &Gives::Marked } else { &Gives::Other });
                }
                Node::If { branches, otherwise } => {
                    branches.iter().for_each(|(_, body)| self.walk(body));
                    self.walk(otherwise);
                }
                Node::For { body, otherwise, .. } => {
                    self.walk(body);
                    self.walk(otherwise);
                }
                Node::With { body, .. } => self.walk(body),
                Node::Text(_) | Node::Set { .. } | Node::SetBlock { .. } => {}
                Node::Do(_) | Node::Break | Node::Continue => {}
            }
        }
    }

    fn add(&mut self, gives: &Gives) {
        match gives {
            Gives::Own => {}
            Gives::Marked => {
                self.all += 1;
                self.marked += 1;
            }
            Gives::Other => self.all += 1,
        }
    }
}

/// What an expression gives, whichever way it takes.
enum Gives {
    /// A literal that nothing would read otherwise.
    Own,
    /// A value that [`AS_IT_IS`] was applied to last, or a literal.
    Marked,
    /// Any value.
    Other,
}

impl Gives {
    fn of(expression: &Expr) -> Gives {
        match &expression.kind {
            ExprKind::Filter(_, name, arguments) if is_mark(name, arguments) => Gives::Marked,
            ExprKind::Literal(literal) if stays(literal) => Gives::Own,
            ExprKind::And(left, right) | ExprKind::Or(left, right) => Gives::of(left).or(Gives::of(right)),
            ExprKind::Conditional { then, otherwise, .. } => {
                Gives::of(then).or(otherwise.as_ref().map_or(Gives::Own, |otherwise| Gives::of(otherwise)))
            }
            _ => Gives::Other,
        }
    }

    fn or(self, other: Gives) -> Gives {
        match (self, other) {
            (Gives::Other, _) | (_, Gives::Other) => Gives::Other,
            (Gives::Marked, _) | (_, Gives::Marked) => Gives::Marked,
            (Gives::Own, Gives::Own) => Gives::Own,
        }
    }
}

/// Whether a filter only marks its value, which goes through it as it is.
pub(super) fn is_mark(name: &str, arguments: &Arguments) -> bool {
    name == AS_IT_IS && arguments.0.is_empty()
}

/// Whether a literal sets a field to the same whether it is taken as it is or not.
fn stays(literal: &Literal) -> bool {
    let Literal::Text(text) = literal else { return true };
    let arena = Arena::default();
    let is_read = |text| !matches!(text::native(&arena, text), Ok(Value::Text(_)));
    text.trim() != "None" && !is_read(text)
}
