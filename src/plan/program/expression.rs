//! Expressions of a program: what the machine evaluates.

use crate::expr::{Arithmetic, Comparison};
use crate::filters;
use crate::plan::expression::{Keys, LoopField, Path, Reading, Slot};
use crate::plan::template;
use crate::value::{Constant, FaultCode};
use std::sync::Arc;

/// A value of the spec, with the program's expressions.
pub(crate) type Source = template::Source<Expression>;
/// A template of the program.
pub(crate) type Template = template::Template<Expression>;
/// A statement of the program.
pub(crate) type Node = template::Node<Expression>;
/// A branch of an `if` of the program.
pub(crate) type Branch = template::Branch<Expression>;
/// A block of the program.
pub(crate) type Block = template::Block<Expression>;
/// A loop of the program.
pub(crate) type For = template::For<Expression>;
/// What a statement of the program assigns.
pub(crate) type Target = template::Target<Expression>;

/// An expression over registers.
///
/// PERF: `benches/guard.sh` (access_requests): with a tag of its own it is told apart by one load.
#[derive(Clone, Debug)]
#[repr(u8)]
pub(crate) enum Expression {
    /// A literal.
    Constant(Constant),
    /// A name that nothing has: `null` is one.
    Undefined,
    /// A variable of the template.
    Local(u32),
    /// A value below a register, found by its keys.
    Path(Arc<Path>),
    /// A value below an extractor's result, which has a register of its own.
    Projected(Box<Projected>),
    /// A field, or all fields below a name, of the event being built or of a stage's layer.
    Fields(Arc<Reading>),
    /// Something about a running loop.
    Loop(u32, LoopField),
    /// `loop.cycle(…)`
    Cycle(u32, Box<[Expression]>),
    /// `loop.changed(…)`
    Changed(u32, Box<[Expression]>),
    /// `loop(…)`: the body again over other items.
    Recurse(u32, Box<Expression>),
    /// `[a, b]`
    List(Box<[Expression]>),
    /// `(a, b)`
    Tuple(Box<[Expression]>),
    /// `{a: b}`
    Map(Box<[(Expression, Expression)]>),
    /// `value.name`
    Attribute(Box<Expression>, Box<str>),
    /// `value[key]`
    Subscript(Box<(Expression, Expression)>),
    /// `value[start:stop:step]`; a missing bound is the constant `None`.
    Slice(Box<[Expression; 4]>),
    /// A filter, test, method or global; the value it is applied to is the first argument.
    Call(Box<Call>),
    /// `dict.get("key")` where the value under the key has a register of its own.
    Get(Box<Get>),
    /// `not value`
    Not(Box<Expression>),
    /// `-value`
    Negate(Box<Expression>),
    /// `+value`
    Positive(Box<Expression>),
    /// `a + b` and kin.
    Arithmetic(Arithmetic, Box<(Expression, Expression)>),
    /// `a + b + c` of lists that nothing else has: one list takes all items.
    Sum(Box<[Expression]>),
    /// `a ~ b ~ c`
    Concat(Box<[Expression]>),
    /// `a < b <= c`
    Compare(Box<Expression>, Box<[(Comparison, Expression)]>),
    /// `a and b`
    And(Box<(Expression, Expression)>),
    /// `a or b`
    Or(Box<(Expression, Expression)>),
    /// Condition, then, otherwise.
    Conditional(Box<[Expression; 3]>),
    /// Always fails; found and reported when the spec was compiled.
    Fails(FaultCode, Box<str>),
}

/// A value below an extractor's result that the extractor puts into a register.
#[derive(Clone, Debug)]
pub(crate) struct Projected {
    /// What is read.
    pub path: Arc<Path>,
    /// The registers on the way, from the outermost down to the one that is read; the keys beyond them are sought in its value.
    pub steps: Box<[Slot]>,
    /// The last of them.
    pub register: Slot,
    /// Whether the register has the value itself.
    pub is_direct: bool,
}

impl Projected {
    /// The keys below the register.
    pub fn below(&self) -> &[Box<str>] {
        let keys: &Keys = &self.path.keys;
        &keys[self.steps.len()..]
    }
}

/// A call of the library.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// What is called.
    pub entry: &'static filters::Entry,
    /// The arguments by position, the value first.
    pub positional: Box<[Expression]>,
    /// What gives further arguments by position: its items.
    pub spread: Option<Expression>,
    /// The arguments by name.
    pub named: Box<[(Box<str>, Expression)]>,
    /// How the arguments come to their parameters.
    pub form: Form,
}

/// A call of `get` with a key that is known.
#[derive(Clone, Debug)]
pub(crate) struct Get {
    /// The value under the key.
    pub projected: Projected,
    /// The call as it is written: it gives what there is without one.
    pub call: Call,
}

/// How the arguments of a call come to their parameters.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Form {
    /// The only argument is all that the function takes.
    OfValue(filters::OfValue),
    /// The only argument takes the only parameter.
    Single,
    /// Each argument takes the parameter at its position, and the other parameters have defaults. There are two parameters.
    Pair,
    /// The same with any number of parameters.
    Bound,
    /// It must be decided at each call.
    Unbound,
}

impl Form {
    /// The form of a call; whether its arguments fit is known from their number where all are given by position.
    pub fn of(entry: &filters::Entry, given: usize, is_positional: bool) -> Self {
        let parameters = entry.parameters;
        let is_complete =
            || parameters[given..].iter().all(|parameter| parameter.default != filters::Default::Required);
        let is_bound = is_positional && given <= parameters.len() && is_complete();
        match (is_bound, given, parameters.len(), entry.function) {
            (false, ..) => Form::Unbound,
            (_, 1, 1, filters::Function::OfValue(function)) => Form::OfValue(function),
            (_, 1, 1, _) => Form::Single,
            (_, _, 2, _) => Form::Pair,
            _ => Form::Bound,
        }
    }
}

impl Expression {
    /// The same expression over changed parts.
    pub fn map(&self, to: &dyn Fn(&Expression) -> Expression) -> Expression {
        let all = |items: &[Expression]| items.iter().map(to).collect::<Box<[_]>>();
        let one = |value: &Expression| Box::new(to(value));
        let two = |pair: &(Expression, Expression)| Box::new((to(&pair.0), to(&pair.1)));
        match self {
            Expression::Constant(_) | Expression::Undefined | Expression::Local(_) | Expression::Path(_) => {
                self.clone()
            }
            Expression::Projected(_) | Expression::Fields(_) | Expression::Loop(..) | Expression::Fails(..) => {
                self.clone()
            }
            Expression::Cycle(state, items) => Expression::Cycle(*state, all(items)),
            Expression::Changed(state, items) => Expression::Changed(*state, all(items)),
            Expression::Recurse(state, items) => Expression::Recurse(*state, one(items)),
            Expression::List(items) => Expression::List(all(items)),
            Expression::Tuple(items) => Expression::Tuple(all(items)),
            Expression::Map(entries) => {
                Expression::Map(entries.iter().map(|(key, value)| (to(key), to(value))).collect())
            }
            Expression::Attribute(value, name) => Expression::Attribute(one(value), name.clone()),
            Expression::Subscript(pair) => Expression::Subscript(two(pair)),
            Expression::Slice(parts) => Expression::Slice(Box::new(parts.each_ref().map(to))),
            Expression::Call(call) => Expression::Call(Box::new(call.map(to))),
            Expression::Get(get) => {
                Expression::Get(Box::new(Get { projected: get.projected.clone(), call: get.call.map(to) }))
            }
            Expression::Not(value) => Expression::Not(one(value)),
            Expression::Negate(value) => Expression::Negate(one(value)),
            Expression::Positive(value) => Expression::Positive(one(value)),
            Expression::Arithmetic(operator, pair) => Expression::Arithmetic(*operator, two(pair)),
            Expression::Sum(parts) => Expression::Sum(all(parts)),
            Expression::Concat(parts) => Expression::Concat(all(parts)),
            Expression::Compare(first, others) => {
                let others = others.iter().map(|(comparison, other)| (*comparison, to(other))).collect();
                Expression::Compare(one(first), others)
            }
            Expression::And(pair) => Expression::And(two(pair)),
            Expression::Or(pair) => Expression::Or(two(pair)),
            Expression::Conditional(parts) => Expression::Conditional(Box::new(parts.each_ref().map(to))),
        }
    }
}

impl Call {
    fn map(&self, to: &dyn Fn(&Expression) -> Expression) -> Call {
        Call {
            entry: self.entry,
            positional: self.positional.iter().map(to).collect(),
            spread: self.spread.as_ref().map(to),
            named: self.named.iter().map(|(name, value)| (name.clone(), to(value))).collect(),
            form: self.form,
        }
    }
}
