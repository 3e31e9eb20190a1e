//! Expressions of the tree: names are slots, library functions are found, and what cannot run says so.

use crate::expr::{Arithmetic, Comparison};
use crate::filters;
use crate::value::{Constant, FaultCode};
use std::sync::Arc;

/// A place in the run's table of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub u32);

/// A lowered expression.
#[derive(Debug)]
pub enum Expression {
    /// A literal.
    Constant(Constant),
    /// A name that nothing has: `null` is one.
    Undefined,
    /// A variable of the template.
    Local(u32),
    /// A value below a slot, by keys.
    Path(Arc<Path>),
    /// A field, or all fields below a name, of the event being built or of a stage's layer.
    Fields(Arc<FieldReading>),
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
    /// `not value`
    Not(Box<Expression>),
    /// `-value`
    Negate(Box<Expression>),
    /// `+value`
    Positive(Box<Expression>),
    /// `a + b` and kin.
    Arithmetic(Arithmetic, Box<(Expression, Expression)>),
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

/// A value below a slot.
#[derive(Debug, PartialEq, Eq)]
pub struct Path {
    /// The slot.
    pub slot: Slot,
    /// The keys that lead down from it.
    pub keys: Keys,
    /// The other outputs of the layer, where the path is one of them as a whole: if any has a value, the layer is there.
    pub beside: Box<[Slot]>,
}

/// A call of the library.
#[derive(Debug)]
pub struct Call {
    /// What is called.
    pub entry: &'static filters::LibraryEntry,
    /// The arguments by place, the value first.
    pub positional: Box<[Expression]>,
    /// What gives further arguments by place: its items.
    pub spread: Option<Expression>,
    /// The arguments by name.
    pub named: Box<[(Box<str>, Expression)]>,
}

/// What `loop` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoopField {
    /// Counted from 1.
    Index,
    /// Counted from 0.
    Index0,
    /// From the end, counted from 1.
    RevIndex,
    /// From the end, counted from 0.
    RevIndex0,
    /// Whether this is the first item.
    First,
    /// Whether this is the last item.
    Last,
    /// How many items there are.
    Length,
    /// The item before, else undefined.
    PrevItem,
    /// The item after, else undefined.
    NextItem,
    /// The depth of a recursive loop, from 1.
    Depth,
    /// The depth of a recursive loop, from 0.
    Depth0,
}

impl LoopField {
    const NAMES: [(&str, LoopField); 11] = [
        ("index", LoopField::Index),
        ("index0", LoopField::Index0),
        ("revindex", LoopField::RevIndex),
        ("revindex0", LoopField::RevIndex0),
        ("first", LoopField::First),
        ("last", LoopField::Last),
        ("length", LoopField::Length),
        ("previtem", LoopField::PrevItem),
        ("nextitem", LoopField::NextItem),
        ("depth", LoopField::Depth),
        ("depth0", LoopField::Depth0),
    ];

    /// The field of a name.
    pub fn find(name: &str) -> Option<LoopField> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, field)| *field)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, field)| *field == self).map_or("", |(name, _)| name)
    }
}

/// The keys that lead from a field down to another.
pub type Keys = Box<[Box<str>]>;

/// A field above or below another one.
#[derive(Clone, Debug, PartialEq)]
pub struct Relative {
    /// Its slot.
    pub slot: Slot,
    /// The keys from the upper one down to the lower.
    pub keys: Keys,
}

/// How a dotted name is read from a set of fields: at most one of `exact`, `above` and `below` has values at a time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FieldReading {
    /// The name as written.
    pub name: Box<str>,
    /// The field of that very name.
    pub exact: Option<Slot>,
    /// Fields above it, whose value may be a dict that has it: the keys that lead down.
    pub above: Box<[Relative]>,
    /// Fields below it, which together are a dict: the keys that lead down.
    pub below: Box<[Relative]>,
    /// All fields in the dict that the name is in, where that may not be there: if none of them has a value there is no dict,
    /// and reading from it fails.
    pub dict: Option<Box<[Slot]>>,
    /// Whether there is a dict, if only an empty one, where no field has a value.
    pub is_always: bool,
}
