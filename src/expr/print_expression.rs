//! Expression → text that parses to the same expression.

use super::{Arguments, Arithmetic, Comparison, Expr, ExprKind, Literal, Unary};
use std::fmt::{self, Display, Formatter, Write};

/// How tightly an expression binds; a looser one needs parentheses where a tighter one is asked for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Conditional,
    Or,
    And,
    Not,
    Compare,
    Sum,
    Concat,
    Product,
    Power,
    /// A filter or a test is its last part.
    Applied,
    Sign,
    Postfix,
}

impl Level {
    fn of(kind: &ExprKind) -> Self {
        match kind {
            ExprKind::Conditional { .. } => Self::Conditional,
            ExprKind::Or(..) => Self::Or,
            ExprKind::And(..) => Self::And,
            ExprKind::Unary(Unary::Not, _) => Self::Not,
            ExprKind::Compare(..) => Self::Compare,
            ExprKind::Arithmetic(Arithmetic::Add | Arithmetic::Subtract, ..) => Self::Sum,
            ExprKind::Concat(_) => Self::Concat,
            ExprKind::Arithmetic(Arithmetic::Power, ..) => Self::Power,
            ExprKind::Arithmetic(..) => Self::Product,
            ExprKind::Filter(..) | ExprKind::Test { .. } => Self::Applied,
            ExprKind::Unary(..) => Self::Sign,
            // No source has a negative literal: a plan's folding may make one.
            ExprKind::Literal(Literal::Int(..0)) => Self::Sign,
            ExprKind::Literal(Literal::Float(number)) if number.is_sign_negative() => Self::Sign,
            _ => Self::Postfix,
        }
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

/// An expression where one that binds at least so tightly is read.
pub(super) struct Tight<'e>(pub(super) &'e Expr, pub(super) Level);

impl Display for Tight<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if Level::of(&self.0.kind) < self.1 { write!(f, "({})", self.0) } else { self.0.fmt(f) }
    }
}

impl Display for ExprKind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(literal) => literal.fmt(f),
            Self::Name(name) => f.write_str(name),
            Self::List(items) => listed("[", items, "]", f),
            Self::Tuple(items) => listed("(", items, if items.len() == 1 { ",)" } else { ")" }, f),
            Self::Map(entries) => map(entries, f),
            Self::Attribute(value, name) => write!(f, "{}.{name}", Tight(value, Level::Postfix)),
            Self::Subscript(value, key) => write!(f, "{}[{}]", Tight(value, Level::Postfix), loose(key)),
            Self::Slice(value, bounds) => slice(value, bounds, f),
            Self::Call(callee, arguments) => {
                write!(f, "{}(", Tight(callee, Level::Postfix))?;
                listed_arguments(arguments, f)?;
                f.write_char(')')
            }
            Self::Spread(items) => write!(f, "*{}", loose(items)),
            Self::Filter(value, name, arguments) => write!(f, "{} | {name}{arguments}", Tight(value, Level::Applied)),
            Self::Test { value, name, arguments, negated } => {
                let word = if *negated { "is not" } else { "is" };
                write!(f, "{} {word} {name}{arguments}", Tight(value, tested(value)))
            }
            Self::Unary(unary, value) => match unary {
                Unary::Not => write!(f, "not {}", Tight(value, Level::Not)),
                Unary::Minus => write!(f, "-{}", Tight(value, Level::Sign)),
                Unary::Plus => write!(f, "+{}", Tight(value, Level::Sign)),
            },
            Self::Arithmetic(operator, left, right) => arithmetic(*operator, left, right, f),
            Self::Concat(items) => items.iter().enumerate().try_for_each(|(at, item)| {
                write!(f, "{}{}", if at > 0 { " ~ " } else { "" }, Tight(item, Level::Product))
            }),
            Self::Compare(first, others) => {
                Tight(first, Level::Sum).fmt(f)?;
                others.iter().try_for_each(|(mark, other)| write!(f, " {mark} {}", Tight(other, Level::Sum)))
            }
            Self::And(left, right) => write!(f, "{} and {}", Tight(left, Level::And), Tight(right, Level::Not)),
            Self::Or(left, right) => write!(f, "{} or {}", Tight(left, Level::Or), Tight(right, Level::And)),
            Self::Conditional { condition, then, otherwise } => {
                write!(f, "{} if {}", Tight(then, Level::Or), Tight(condition, Level::Or))?;
                match otherwise {
                    Some(otherwise) => write!(f, " else {}", loose(otherwise)),
                    None => Ok(()),
                }
            }
        }
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Bool(holds) => write!(f, "{holds}"),
            Self::Int(number) => write!(f, "{number}"),
            Self::BigInt(digits) => f.write_str(digits),
            Self::Float(number) if number.is_infinite() => f.write_str(if *number > 0.0 { "1e999" } else { "-1e999" }),
            Self::Float(number) => write!(f, "{number:?}"),
            Self::Text(text) => quoted(text, f),
        }
    }
}

impl Display for Comparison {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::In => "in",
            Self::NotIn => "not in",
        })
    }
}

impl Display for Arguments {
    /// The arguments of a filter or a test: nothing where there are none.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        f.write_char('(')?;
        listed_arguments(self, f)?;
        f.write_char(')')
    }
}

/// Any expression but a tuple without parentheses, which is never printed.
fn loose(value: &Expr) -> Tight<'_> {
    Tight(value, Level::Conditional)
}

/// `a is b is c` does not parse: a test without arguments needs parentheses before another.
fn tested(value: &Expr) -> Level {
    match &value.kind {
        ExprKind::Test { arguments, .. } if arguments.0.is_empty() => Level::Sign,
        _ => Level::Applied,
    }
}

fn arithmetic(operator: Arithmetic, left: &Expr, right: &Expr, f: &mut Formatter<'_>) -> fmt::Result {
    let (mark, left_level, right_level) = match operator {
        Arithmetic::Add => ("+", Level::Sum, Level::Concat),
        Arithmetic::Subtract => ("-", Level::Sum, Level::Concat),
        Arithmetic::Multiply => ("*", Level::Product, Level::Power),
        Arithmetic::Divide => ("/", Level::Product, Level::Power),
        Arithmetic::FloorDivide => ("//", Level::Product, Level::Power),
        Arithmetic::Remainder => ("%", Level::Product, Level::Power),
        Arithmetic::Power => ("**", Level::Power, Level::Applied),
    };
    write!(f, "{} {mark} {}", Tight(left, left_level), Tight(right, right_level))
}

fn listed(open: &str, items: &[Expr], close: &str, f: &mut Formatter<'_>) -> fmt::Result {
    f.write_str(open)?;
    for (at, item) in items.iter().enumerate() {
        write!(f, "{}{}", if at > 0 { ", " } else { "" }, loose(item))?;
    }
    f.write_str(close)
}

fn listed_arguments(arguments: &Arguments, f: &mut Formatter<'_>) -> fmt::Result {
    for (at, argument) in arguments.0.iter().enumerate() {
        f.write_str(if at > 0 { ", " } else { "" })?;
        if let Some(name) = &argument.name {
            write!(f, "{name}=")?;
        }
        loose(&argument.value).fmt(f)?;
    }
    Ok(())
}

fn map(entries: &[(Expr, Expr)], f: &mut Formatter<'_>) -> fmt::Result {
    f.write_char('{')?;
    for (at, (key, value)) in entries.iter().enumerate() {
        write!(f, "{}{}: {}", if at > 0 { ", " } else { "" }, loose(key), loose(value))?;
    }
    f.write_char('}')
}

fn slice(value: &Expr, bounds: &[Option<Box<Expr>>; 3], f: &mut Formatter<'_>) -> fmt::Result {
    write!(f, "{}[", Tight(value, Level::Postfix))?;
    let [start, stop, step] = bounds;
    start.iter().try_for_each(|bound| loose(bound).fmt(f))?;
    f.write_char(':')?;
    stop.iter().try_for_each(|bound| loose(bound).fmt(f))?;
    step.iter().try_for_each(|bound| write!(f, ":{}", loose(bound)))?;
    f.write_char(']')
}

fn quoted(text: &str, f: &mut Formatter<'_>) -> fmt::Result {
    f.write_char('"')?;
    for letter in text.chars() {
        match letter {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            _ if letter.is_control() => write!(f, "\\x{:02x}", u32::from(letter))?,
            _ => f.write_char(letter)?,
        }
    }
    f.write_char('"')
}
