//! Expressions of a program: what the machine evaluates.

use crate::expr::{Arithmetic, Comparison};
use crate::filters;
use crate::plan::expression::{FieldReading, Keys, LoopField, Path, Relative, Slot};
use crate::value::{Constant, Fault, FaultCode, Value, ops};
use std::cmp::Ordering;
use std::sync::Arc;

/// An expression over registers.
///
/// PERF: `benches/guard.sh` (access_requests): with a tag of its own it is told apart by one load.
#[derive(Clone, Debug)]
#[repr(u8)]
pub(crate) enum Op {
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
    Fields(Arc<FieldReading>),
    /// Something about a running loop.
    Loop(u32, LoopField),
    /// `loop.cycle(…)`
    Cycle(u32, Box<[Op]>),
    /// `loop.changed(…)`
    Changed(u32, Box<[Op]>),
    /// `loop(…)`: the body again over other items.
    Recurse(u32, Box<Op>),
    /// `[a, b]`
    List(Box<[Op]>),
    /// `(a, b)`
    Tuple(Box<[Op]>),
    /// `{a: b}`
    Map(Box<[(Op, Op)]>),
    /// `value.name`
    Attribute(Box<Op>, Box<str>),
    /// `value[key]`
    Subscript(Box<(Op, Op)>),
    /// `value[start:stop:step]`; a missing bound is the constant `None`.
    Slice(Box<[Op; 4]>),
    /// A filter, test, method or global; the value it is applied to is the first argument.
    Call(Box<BoundCall>),
    /// `dict.get("key")` where the value under the key has a register of its own.
    Get(Box<Get>),
    /// `fields.get("key")` of fields that are gathered.
    FieldKey(Box<FieldKey>),
    /// `not value`
    Not(Box<Op>),
    /// `-value`
    Negate(Box<Op>),
    /// `+value`
    Positive(Box<Op>),
    /// `a + b` and kin.
    Arithmetic(Arithmetic, Box<(Op, Op)>),
    /// `a + b + c` of lists that nothing else has: one list takes all items.
    Sum(Box<[Op]>),
    /// `a ~ b ~ c`
    Concat(Box<[Op]>),
    /// `a < b <= c`
    Compare(Box<Op>, Box<[(Comparison, Op)]>),
    /// `a and b`
    And(Box<(Op, Op)>),
    /// `a or b`
    Or(Box<(Op, Op)>),
    /// Condition, then, otherwise.
    Conditional(Box<[Op; 3]>),
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
pub(crate) struct BoundCall {
    /// What is called.
    pub entry: &'static filters::LibraryEntry,
    /// The arguments by position, the value first.
    pub positional: Box<[Op]>,
    /// What gives further arguments by position: its items.
    pub spread: Option<Op>,
    /// The arguments by name.
    pub named: Box<[(Box<str>, Op)]>,
    /// How the arguments come to their parameters.
    pub form: Form,
}

/// A call of `get` with a key that is known.
#[derive(Clone, Debug)]
pub(crate) struct Get {
    /// The value under the key.
    pub projected: Projected,
    /// The call as it is written: it gives what there is without one.
    pub call: BoundCall,
}

/// A call of `get` on fields, with a key that is known.
#[derive(Clone, Debug)]
pub(crate) struct FieldKey {
    /// The fields that the value is gathered from: one with the key itself, or those below it.
    pub below: Box<[Relative]>,
    /// The call as it is written, for where the fields are not to be gathered.
    pub call: BoundCall,
}

impl FieldKey {
    /// The fields that the key is taken from.
    pub fn fields(&self) -> Option<&FieldReading> {
        match self.call.positional.first()? {
            Op::Fields(reading) => Some(reading),
            _ => None,
        }
    }

    /// What there is where no field has a value.
    pub fn default(&self) -> Option<&Constant> {
        match self.call.positional.get(2)? {
            Op::Constant(constant) => Some(constant),
            _ => None,
        }
    }
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
    pub fn of(entry: &filters::LibraryEntry, given: usize, is_positional: bool) -> Self {
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

impl Op {
    /// The same expression over changed parts.
    pub fn map(&self, to: &dyn Fn(&Op) -> Op) -> Op {
        let all = |items: &[Op]| items.iter().map(to).collect::<Box<[_]>>();
        let one = |value: &Op| Box::new(to(value));
        let two = |pair: &(Op, Op)| Box::new((to(&pair.0), to(&pair.1)));
        match self {
            Op::Constant(_) | Op::Undefined | Op::Local(_) | Op::Path(_) => self.clone(),
            Op::Projected(_) | Op::Fields(_) | Op::Loop(..) | Op::Fails(..) => self.clone(),
            Op::Cycle(state, items) => Op::Cycle(*state, all(items)),
            Op::Changed(state, items) => Op::Changed(*state, all(items)),
            Op::Recurse(state, items) => Op::Recurse(*state, one(items)),
            Op::List(items) => Op::List(all(items)),
            Op::Tuple(items) => Op::Tuple(all(items)),
            Op::Map(entries) => Op::Map(entries.iter().map(|(key, value)| (to(key), to(value))).collect()),
            Op::Attribute(value, name) => Op::Attribute(one(value), name.clone()),
            Op::Subscript(pair) => Op::Subscript(two(pair)),
            Op::Slice(parts) => Op::Slice(Box::new(parts.each_ref().map(to))),
            Op::Call(call) => Op::Call(Box::new(call.map(to))),
            Op::Get(get) => Op::Get(Box::new(Get { projected: get.projected.clone(), call: get.call.map(to) })),
            Op::FieldKey(get) => Op::FieldKey(Box::new(FieldKey { below: get.below.clone(), call: get.call.map(to) })),
            Op::Not(value) => Op::Not(one(value)),
            Op::Negate(value) => Op::Negate(one(value)),
            Op::Positive(value) => Op::Positive(one(value)),
            Op::Arithmetic(operator, pair) => Op::Arithmetic(*operator, two(pair)),
            Op::Sum(parts) => Op::Sum(all(parts)),
            Op::Concat(parts) => Op::Concat(all(parts)),
            Op::Compare(first, others) => {
                let others = others.iter().map(|(comparison, other)| (*comparison, to(other))).collect();
                Op::Compare(one(first), others)
            }
            Op::And(pair) => Op::And(two(pair)),
            Op::Or(pair) => Op::Or(two(pair)),
            Op::Conditional(parts) => Op::Conditional(Box::new(parts.each_ref().map(to))),
        }
    }
}

impl BoundCall {
    fn map(&self, to: &dyn Fn(&Op) -> Op) -> BoundCall {
        BoundCall {
            entry: self.entry,
            positional: self.positional.iter().map(to).collect(),
            spread: self.spread.as_ref().map(to),
            named: self.named.iter().map(|(name, value)| (name.clone(), to(value))).collect(),
            form: self.form,
        }
    }
}

/// Whether a comparison holds.
///
/// # Errors
/// Type, where the values have no order, or the right one has nothing in it.
#[inline(always)]
pub(crate) fn compare(comparison: Comparison, left: Value<'_>, right: Value<'_>) -> Result<bool, Fault> {
    Ok(match comparison {
        Comparison::Equal => ops::equal(left, right)?,
        Comparison::NotEqual => !ops::equal(left, right)?,
        Comparison::In => ops::contains(right, left)?,
        Comparison::NotIn => !ops::contains(right, left)?,
        Comparison::Less => ops::order(left, right)? == Some(Ordering::Less),
        Comparison::Greater => ops::order(left, right)? == Some(Ordering::Greater),
        Comparison::LessOrEqual => ops::order(left, right)?.is_some_and(Ordering::is_le),
        Comparison::GreaterOrEqual => ops::order(left, right)?.is_some_and(Ordering::is_ge),
    })
}
