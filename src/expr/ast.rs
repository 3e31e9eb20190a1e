//! The syntax tree of a template. White-space control is applied already; equality looks past the places.

use crate::value::ops;

pub use ops::Arithmetic;

/// A template: text, outputs and statements in turn.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    /// The parts, in order; two texts never follow each other.
    pub nodes: Vec<Node>,
}

/// One part of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Text as it is.
    Text(String),
    /// `{{ expression }}`
    Output(Expr),
    /// `{% if %} … {% elif %} … {% else %} … {% endif %}`
    If {
        /// The conditions, each with what it guards.
        branches: Vec<(Expr, Vec<Node>)>,
        /// What `else` guards.
        otherwise: Vec<Node>,
    },
    /// `{% for target in iterable if filter recursive %} … {% else %} … {% endfor %}`
    For {
        /// What each item is bound to.
        target: Target,
        /// What is walked.
        iterable: Expr,
        /// Items for which this is false are passed over and not counted.
        filter: Option<Expr>,
        /// Whether `loop(…)` may be called.
        recursive: bool,
        /// What runs for each item.
        body: Vec<Node>,
        /// What runs where there was no item.
        otherwise: Vec<Node>,
    },
    /// `{% set target = value %}`
    Set {
        /// What is bound.
        target: Target,
        /// To what.
        value: Expr,
    },
    /// `{% set name | filter %} … {% endset %}`
    SetBlock {
        /// What is bound to the text of the block.
        target: Target,
        /// Filters applied to it, first to last.
        filters: Vec<(String, Arguments)>,
        /// The block.
        body: Vec<Node>,
    },
    /// `{% with a = 1, b = 2 %} … {% endwith %}`
    With {
        /// The bindings, all seen only inside.
        bindings: Vec<(Target, Expr)>,
        /// The block.
        body: Vec<Node>,
    },
    /// `{% filter name %} … {% endfilter %}`
    FilterBlock {
        /// Filters applied to the block's text, first to last.
        filters: Vec<(String, Arguments)>,
        /// The block.
        body: Vec<Node>,
    },
    /// `{% do expression %}`
    Do(Expr),
    /// `{% break %}`
    Break,
    /// `{% continue %}`
    Continue,
}

/// What an assignment or a loop binds.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// A name.
    Name(String),
    /// An attribute of a `namespace()`.
    Attribute(String, String),
    /// Several targets, unpacked.
    Tuple(Vec<Target>),
}

/// An expression with its bytes in the template's text.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its first byte.
    pub start: u32,
    /// The byte after its last.
    pub end: u32,
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// The kinds of expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `1`, `"text"`, `true`, `none`
    Literal(Literal),
    /// A name.
    Name(String),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `(a, b)`, `(a,)`, `()`
    Tuple(Vec<Expr>),
    /// `{a: b}`
    Map(Vec<(Expr, Expr)>),
    /// `value.name`
    Attribute(Box<Expr>, String),
    /// `value[key]`
    Subscript(Box<Expr>, Box<Expr>),
    /// `value[start:stop:step]`
    Slice(Box<Expr>, [Option<Box<Expr>>; 3]),
    /// `callee(arguments)`; a method call is a call of an attribute.
    Call(Box<Expr>, Arguments),
    /// `*value`: the last argument without a name; its items are arguments.
    Spread(Box<Expr>),
    /// `value | name(arguments)`
    Filter(Box<Expr>, String, Arguments),
    /// `value is [not] name(arguments)`
    Test {
        /// What is tested.
        value: Box<Expr>,
        /// The test's name.
        name: String,
        /// Its arguments; `is divisibleby 3` has one.
        arguments: Arguments,
        /// Whether `not` stands after `is`.
        negated: bool,
    },
    /// `-a`, `+a`, `not a`
    Unary(Unary, Box<Expr>),
    /// `a + b` and kin.
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    /// `a ~ b ~ c`
    Concat(Vec<Expr>),
    /// `a < b <= c`: each operand is evaluated once.
    Compare(Box<Expr>, Vec<(Comparison, Expr)>),
    /// `a and b`
    And(Box<Expr>, Box<Expr>),
    /// `a or b`
    Or(Box<Expr>, Box<Expr>),
    /// `then if condition else otherwise`
    Conditional {
        /// The condition.
        condition: Box<Expr>,
        /// The value where it holds.
        then: Box<Expr>,
        /// The value where it does not; undefined if there is no `else`.
        otherwise: Option<Box<Expr>>,
    },
}

/// A literal.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `none`, `None`; `null` is a name that nothing has
    None,
    /// `true`, `True`, `false`, `False`
    Bool(bool),
    /// An integer of 64 bits.
    Int(i64),
    /// A larger one, as canonical decimal digits.
    BigInt(String),
    /// A double.
    Float(f64),
    /// Text; literals side by side are one.
    Text(String),
}

/// The arguments of a call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arguments(pub Vec<Argument>);

/// One argument.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// The name in `name=value`.
    pub name: Option<String>,
    /// The value.
    pub value: Expr,
}

/// An operator before its operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    /// `not a`
    Not,
    /// `-a`
    Minus,
    /// `+a`
    Plus,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `in`
    In,
    /// `not in`
    NotIn,
}
