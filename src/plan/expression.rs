//! Lowered expressions and templates: names are slots, library functions are found, and what cannot run says so.

use crate::expr::{Arithmetic, Comparison};
use crate::filters;
use crate::value::{Constant, FaultCode};

/// A place in the run's table of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub u32);

/// A lowered expression.
///
/// PERF: `benches/guard.sh` (access_requests): with a tag of its own it is told apart by one load.
#[derive(Debug)]
#[repr(u8)]
pub enum Expression {
    /// A literal.
    Constant(Constant),
    /// A name that nothing has: `null` is one.
    Undefined,
    /// A variable of the template.
    Local(u32),
    /// A value below a slot, by keys.
    Path(Box<Path>),
    /// A field, or all fields below a name, of the event being built or of a stage's layer.
    Fields(Box<Reading>),
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
    /// `dict.get("key")` of a dict below a slot: of that dict, only the key is read.
    Get(Box<Get>),
    /// `not value`
    Not(Box<Expression>),
    /// `-value`
    Negate(Box<Expression>),
    /// `+value`
    Positive(Box<Expression>),
    /// `a + b` and kin.
    Arithmetic(Arithmetic, Box<(Expression, Expression)>),
    /// `a + b + c` of lists that are made on the spot: `[…]`, or one of two such.
    Sum(Box<[Expression]>),
    /// `a ~ b ~ c`
    Concat(Box<[Expression]>),
    /// `a < b <= c`
    Compare(Box<Expression>, Box<[(Comparison, Expression)]>),
    /// `value == "a" or value == "b"`, and kin.
    Tests(Box<Tests>),
    /// `a and b`
    And(Box<(Expression, Expression)>),
    /// `a or b`
    Or(Box<(Expression, Expression)>),
    /// Condition, then, otherwise.
    Conditional(Box<[Expression; 3]>),
    /// Always fails; found and reported when the spec was compiled.
    Fails(FaultCode, Box<str>),
}

/// Comparisons of one value, one after the other up to the first that gives `until`; gives what the last one gave.
#[derive(Debug)]
pub struct Tests {
    /// The value, evaluated once.
    pub value: Expression,
    /// What it is compared with.
    pub tests: Box<[Test]>,
    /// Which result ends it.
    pub until: bool,
}

/// A comparison of a value with another.
#[derive(Debug)]
pub struct Test {
    /// How they are compared.
    pub comparison: Comparison,
    /// The other value.
    pub other: Expression,
    /// Whether the value is the left one.
    pub is_value_first: bool,
}

impl Expression {
    /// Whether it always gives a list that nothing else has yet.
    pub fn makes_list(&self) -> bool {
        match self {
            Expression::List(_) | Expression::Sum(_) => true,
            Expression::Conditional(parts) => parts[1].makes_list() && parts[2].makes_list(),
            _ => false,
        }
    }
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
    /// Its number among the plan's paths; see [`super::flat`].
    pub number: u32,
}

/// A call of the library.
#[derive(Debug)]
pub struct Call {
    /// What is called.
    pub entry: &'static filters::Entry,
    /// The arguments by place, the value first.
    pub positional: Box<[Expression]>,
    /// What gives further arguments by place: its items.
    pub spread: Option<Expression>,
    /// The arguments by name.
    pub named: Box<[(Box<str>, Expression)]>,
    /// How the arguments come to their parameters.
    pub form: Form,
}

/// A call of `get` with a key that is known.
#[derive(Debug)]
pub struct Get {
    /// The value under the key.
    pub path: Path,
    /// The call as it is written: it tells what there is without one.
    pub call: Call,
}

/// How the arguments of a call come to their parameters.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// The only argument is all that is looked at.
    OfValue(filters::OfValue),
    /// The only argument takes the only parameter.
    Single,
    /// Each argument takes the parameter at its place, and the other parameters have defaults. There are two parameters.
    Pair,
    /// The same with any number of parameters.
    Bound,
    /// It must be seen at each call.
    Unbound,
}

impl Call {
    /// A call; whether its arguments fit is known from their number where all are given by place.
    pub fn new(
        entry: &'static filters::Entry,
        positional: Box<[Expression]>,
        spread: Option<Expression>,
        named: Box<[(Box<str>, Expression)]>,
    ) -> Self {
        let (given, parameters) = (positional.len(), entry.parameters);
        let is_complete =
            || parameters[given..].iter().all(|parameter| parameter.default != filters::Default::Required);
        let is_bound = spread.is_none() && named.is_empty() && given <= parameters.len() && is_complete();
        let form = match (is_bound, given, parameters.len(), entry.function) {
            (false, ..) => Form::Unbound,
            (_, 1, 1, filters::Function::OfValue(function)) => Form::OfValue(function),
            (_, 1, 1, _) => Form::Single,
            (_, _, 2, _) => Form::Pair,
            _ => Form::Bound,
        };
        Call { entry, positional, spread, named, form }
    }
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
pub struct Reading {
    /// The name as written.
    pub name: Box<str>,
    /// The field of that very name.
    pub exact: Option<Slot>,
    /// Fields above it, whose value may be a dict that has it: the keys that lead down.
    pub above: Box<[Relative]>,
    /// Fields below it, which together are a dict: the keys that lead down.
    pub below: Box<[Relative]>,
    /// All fields in the dict that the name is in. Where none of them has a value there is no such dict, and reading from
    /// it fails.
    pub beside: Box<[Slot]>,
    /// Whether the name is in a dict that may not be there.
    pub has_dict: bool,
    /// Whether there is a dict, if only an empty one, where no field has a value.
    pub is_always: bool,
}

/// A lowered template.
#[derive(Debug)]
pub struct Template {
    /// The parts.
    pub nodes: Box<[Node]>,
    /// How many variables it has.
    pub locals: u32,
    /// How many loops run inside each other or side by side, each with its own state.
    pub loops: u32,
}

/// A part of a template.
#[derive(Debug)]
pub enum Node {
    /// Text as it is.
    Text(Box<str>),
    /// The value of an expression.
    Output(Expression),
    /// Conditions with what they guard; the last may have none.
    If(Box<[Branch]>),
    /// A loop.
    For(Box<For>),
    /// An assignment.
    Set(Target, Expression),
    /// Assigns a block's text, after filters that read it from a variable.
    SetBlock(Target, Block),
    /// A block with variables of its own, each with its first value.
    Scope(Box<[(u32, Expression)]>, Box<[Node]>),
    /// Puts out a block's text, after filters that read it from a variable.
    Filter(Block),
    /// Evaluates for the effect.
    Do(Expression),
    /// Ends the loop.
    Break,
    /// Ends the loop's turn.
    Continue,
}

/// A branch of an `if`.
#[derive(Debug)]
pub struct Branch {
    /// When it runs; `else` has none.
    pub condition: Option<Expression>,
    /// What runs.
    pub body: Box<[Node]>,
}

/// A block whose text goes through filters.
#[derive(Debug)]
pub struct Block {
    /// The block.
    pub body: Box<[Node]>,
    /// The variable that takes the block's text.
    pub text: u32,
    /// The filters applied to that variable.
    pub value: Expression,
}

/// A loop.
#[derive(Debug)]
pub struct For {
    /// Where its state is.
    pub state: u32,
    /// What an item is bound to.
    pub target: Target,
    /// What is walked.
    pub iterable: Expression,
    /// Which items count.
    pub filter: Option<Expression>,
    /// The variables that the body assigns, each with its value at the start of a turn.
    pub fresh: Box<[(u32, Expression)]>,
    /// What runs for each item.
    pub body: Box<[Node]>,
    /// What runs where there was none.
    pub otherwise: Box<[Node]>,
}

/// What is assigned.
#[derive(Debug)]
pub enum Target {
    /// A variable.
    Local(u32),
    /// An attribute of a namespace in a variable.
    Attribute(Expression, Box<str>),
    /// Several, unpacked.
    Tuple(Box<[Target]>),
}

/// A value of a spec: known, or made by a template.
#[derive(Debug)]
pub enum Source {
    /// Known when the spec is compiled.
    Constant(Constant),
    /// One expression: its value as it is.
    Expression(Expression),
    /// Anything else.
    Template(Template),
    /// One of the two, whose text is taken as it is, whatever it reads as.
    Verbatim(Box<Source>),
    /// A list with templates in it.
    List(Box<[Source]>),
    /// A mapping with templates in it.
    Map(Box<[(Constant, Source)]>),
}

impl Source {
    /// What gives the value, where text is never read as anything else.
    pub fn bare(self) -> Source {
        match self {
            Source::Verbatim(inner) => *inner,
            other => other,
        }
    }

    /// Whether text is taken as it is, `None` and what reads as a list or a dict too.
    pub fn is_verbatim(&self) -> bool {
        matches!(self, Source::Verbatim(_))
    }
}
