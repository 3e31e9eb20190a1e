//! Conditions taken apart into facts about one value, so that two of them can be told to exclude each other.

use crate::expr::{Comparison, Expr, ExprKind, Literal, Unary};

/// What a condition says about a value, or that it does not hold.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fact {
    /// The value, printed in one way.
    subject: String,
    /// What is said of it.
    says: Says,
    /// Whether it holds.
    holds: bool,
}

/// What can be said of a value.
#[derive(Clone, Debug, PartialEq)]
enum Says {
    /// It counts as true.
    Truth,
    /// It is defined.
    Defined,
    /// It equals one of these.
    OneOf(Vec<Literal>),
    /// It is a number above a bound, or equal to it.
    Above { bound: f64, or_equal: bool },
    /// It is a number below a bound, or equal to it.
    Below { bound: f64, or_equal: bool },
}

impl Fact {
    /// The fact that a condition without `and` and `or` says.
    pub fn of(condition: &Expr) -> Fact {
        match &condition.kind {
            ExprKind::Unary(Unary::Not, inner) => Fact::of(inner).opposite(),
            ExprKind::Test { value, name, arguments, negated } if arguments.0.is_empty() => {
                let says = match name.as_str() {
                    "defined" => Some((Says::Defined, true)),
                    "undefined" => Some((Says::Defined, false)),
                    "none" => Some((Says::OneOf(vec![Literal::None]), true)),
                    _ => None,
                };
                let fact =
                    says.map(|(says, holds)| Fact { subject: value.to_string(), says, holds: holds != *negated });
                fact.unwrap_or_else(|| Fact::truth(condition))
            }
            ExprKind::Compare(first, others) => match others.as_slice() {
                [(comparison, second)] => compared(first, *comparison, second),
                _ => None,
            }
            .unwrap_or_else(|| Fact::truth(condition)),
            _ => Fact::truth(condition),
        }
    }

    fn truth(condition: &Expr) -> Fact {
        // A negated test is its opposite, so that `x is string` and `x is not string` are about one thing.
        if let ExprKind::Test { value, name, arguments, negated: true } = &condition.kind {
            let kind = ExprKind::Test {
                value: value.clone(),
                name: name.clone(),
                arguments: arguments.clone(),
                negated: false,
            };
            let subject = Expr { kind, ..condition.clone() }.to_string();
            return Fact { subject, says: Says::Truth, holds: false };
        }
        Fact { subject: condition.to_string(), says: Says::Truth, holds: true }
    }

    /// The fact that this one does not hold.
    pub fn opposite(self) -> Fact {
        Fact { holds: !self.holds, ..self }
    }

    /// Whether both can never hold together.
    pub fn excludes(&self, other: &Fact) -> bool {
        self.subject == other.subject && (self.rules_out(other) || other.rules_out(self))
    }

    /// Whether this one cannot hold without the other.
    pub fn implies(&self, other: &Fact) -> bool {
        self.excludes(&other.clone().opposite())
    }

    fn rules_out(&self, other: &Fact) -> bool {
        match (&self.says, self.holds, &other.says, other.holds) {
            (says, holds, other, others) if says == other => holds != others,
            (Says::OneOf(these), true, Says::OneOf(those), true) => {
                these.iter().all(|one| differs_from_all(one, those))
            }
            (Says::OneOf(these), true, Says::OneOf(those), false) => these.iter().all(|one| those.contains(one)),
            (Says::OneOf(these), true, Says::Truth, holds) => these.iter().all(|one| truth(one) == Some(!holds)),
            (Says::OneOf(_), true, Says::Defined, false) => true,
            (Says::Truth, true, Says::Defined, false) => true,
            (Says::OneOf(these), true, Says::Above { .. } | Says::Below { .. }, holds) => {
                these.iter().all(|one| number(one).is_some_and(|number| within(number, &other.says) != holds))
            }
            (
                Says::Above { bound: low, or_equal: low_equal },
                true,
                Says::Below { bound: high, or_equal: high_equal },
                true,
            ) => low > high || (low == high && !(*low_equal && *high_equal)),
            (
                Says::Above { bound: low, or_equal: low_equal },
                true,
                Says::Above { bound: high, or_equal: high_equal },
                false,
            ) => low > high || (low == high && (*high_equal || !*low_equal)),
            (
                Says::Below { bound: high, or_equal: high_equal },
                true,
                Says::Below { bound: low, or_equal: low_equal },
                false,
            ) => high < low || (high == low && (*low_equal || !*high_equal)),
            _ => false,
        }
    }
}

fn compared(first: &Expr, comparison: Comparison, second: &Expr) -> Option<Fact> {
    let about = |subject: &Expr, says, holds| Some(Fact { subject: subject.to_string(), says, holds });
    if matches!(comparison, Comparison::In | Comparison::NotIn) {
        let (ExprKind::List(items) | ExprKind::Tuple(items)) = &second.kind else { return None };
        let literals: Option<Vec<Literal>> = items.iter().map(|item| literal(item).cloned()).collect();
        return about(first, Says::OneOf(literals?), comparison == Comparison::In);
    }
    let (subject, value, comparison) = match (literal(first), literal(second)) {
        (None, Some(value)) => (first, value, comparison),
        (Some(value), None) => (second, value, turned(comparison)),
        _ => return None,
    };
    match comparison {
        Comparison::Equal | Comparison::NotEqual => {
            about(subject, Says::OneOf(vec![value.clone()]), comparison == Comparison::Equal)
        }
        _ => {
            let bound = number(value)?;
            let says = match comparison {
                Comparison::Less => Says::Below { bound, or_equal: false },
                Comparison::LessOrEqual => Says::Below { bound, or_equal: true },
                Comparison::Greater => Says::Above { bound, or_equal: false },
                Comparison::GreaterOrEqual => Says::Above { bound, or_equal: true },
                _ => return None,
            };
            about(subject, says, true)
        }
    }
}

/// The comparison with its sides exchanged.
fn turned(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        other => other,
    }
}

/// The literal that an expression is.
pub(super) fn literal(expression: &Expr) -> Option<&Literal> {
    match &expression.kind {
        ExprKind::Literal(literal) => Some(literal),
        _ => None,
    }
}

/// Whether a literal counts as true; `None` where that takes a closer look.
pub(super) fn truth(literal: &Literal) -> Option<bool> {
    match literal {
        Literal::None => Some(false),
        Literal::Bool(value) => Some(*value),
        Literal::Int(value) => Some(*value != 0),
        Literal::Text(text) => Some(!text.is_empty()),
        Literal::BigInt(_) | Literal::Float(_) => None,
    }
}

/// The number that a literal is, where a float is just that number.
fn number(literal: &Literal) -> Option<f64> {
    match literal {
        Literal::Int(value) => Some(*value as f64).filter(|float| *float as i128 == i128::from(*value)),
        Literal::Float(value) => Some(*value),
        _ => None,
    }
}

fn within(number: f64, range: &Says) -> bool {
    match range {
        Says::Above { bound, or_equal } => number > *bound || (*or_equal && number == *bound),
        Says::Below { bound, or_equal } => number < *bound || (*or_equal && number == *bound),
        _ => false,
    }
}

/// Whether a literal equals none of these. `1`, `1.0` and `true` are equal, so that only what surely differs does.
fn differs_from_all(one: &Literal, those: &[Literal]) -> bool {
    those.iter().all(|other| match (one, other) {
        (Literal::Text(one), Literal::Text(other)) => one != other,
        (Literal::Int(one), Literal::Int(other)) => one != other,
        (Literal::Bool(one), Literal::Bool(other)) => one != other,
        (Literal::Text(_) | Literal::None, _) | (_, Literal::Text(_) | Literal::None) => one != other,
        _ => false,
    })
}

/// A condition taken apart: `and` and `or` over facts. `not` in front of them stays whole.
#[derive(Clone, Debug)]
pub(super) enum Formula {
    /// All of these hold.
    All(Vec<Formula>),
    /// One of these holds.
    Any(Vec<Formula>),
    /// This holds.
    One(Fact),
}

impl Formula {
    /// Takes a condition apart.
    pub fn of(condition: &Expr) -> Formula {
        let formulas = |is_or| operands(condition, is_or).into_iter().map(Formula::of).collect();
        match condition.kind {
            ExprKind::And(..) => Formula::All(formulas(false)),
            ExprKind::Or(..) => Formula::Any(formulas(true)),
            _ => Formula::One(Fact::of(condition)),
        }
    }

    /// Whether it cannot hold without the other; no where that takes more steps than there are.
    pub fn implies(&self, other: &Formula, steps: &mut usize) -> bool {
        *steps = steps.saturating_sub(1);
        if *steps == 0 {
            return false;
        }
        match (self, other) {
            (Formula::Any(these), _) => these.iter().all(|this| this.implies(other, steps)),
            (_, Formula::All(those)) => those.iter().all(|that| self.implies(that, steps)),
            (Formula::All(these), Formula::Any(those)) => {
                these.iter().any(|this| this.implies(other, steps))
                    || those.iter().any(|that| self.implies(that, steps))
            }
            (Formula::All(these), _) => these.iter().any(|this| this.implies(other, steps)),
            (_, Formula::Any(those)) => those.iter().any(|that| self.implies(that, steps)),
            (Formula::One(this), Formula::One(that)) => this.implies(that),
        }
    }
}

/// The operands of a chain of `and`, or of `or`, in order; the condition itself where it is none.
pub(super) fn operands(condition: &Expr, is_or: bool) -> Vec<&Expr> {
    let mut found = Vec::new();
    let mut open = vec![condition];
    while let Some(next) = open.pop() {
        match &next.kind {
            ExprKind::Or(left, right) if is_or => open.extend([&**right, &**left]),
            ExprKind::And(left, right) if !is_or => open.extend([&**right, &**left]),
            _ => found.push(next),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::parse_expression;

    fn formula(text: &str) -> Formula {
        Formula::of(&parse_expression(text).expect("an expression"))
    }

    fn fact(text: &str) -> Fact {
        Fact::of(&parse_expression(text).expect("an expression"))
    }

    #[test]
    fn facts_about_one_value_that_exclude_each_other() {
        let pairs = [
            ("x == 'a'", "x == 'b'", true),
            ("x == 'a'", "y == 'b'", false),
            ("x == 'a'", "x == 1", true),
            ("x == 1", "x == 1.0", false),
            ("x == 'a'", "x in ['b', 'c']", true),
            ("x == 'a'", "x in ['b', 'a']", false),
            ("x == 'a'", "x not in ('b', 'a')", true),
            ("x == 'a'", "x != 'a'", true),
            ("x == 'a'", "not x", true),
            ("x == ''", "x", true),
            ("x", "x is not defined", true),
            ("x is defined", "x is undefined", true),
            ("x is string", "x is not string", true),
            ("x == none", "x is none", false),
            ("x > 5", "x < 5", true),
            ("x >= 5", "x <= 5", false),
            ("x > 5", "5 > x", true),
            ("x == 3", "x > 5", true),
            ("x | lower == 'a'", "x == 'b'", false),
        ];
        for (left, right, expected) in pairs {
            assert_eq!(fact(left).excludes(&fact(right)), expected, "{left} and {right}");
            assert_eq!(fact(right).excludes(&fact(left)), expected, "{right} and {left}");
        }
    }

    #[test]
    fn a_condition_that_needs_another_one() {
        let pairs = [
            ("x == 'a'", "x", true),
            ("x", "x == 'a'", false),
            ("x == 'a'", "x in ['a', 'b']", true),
            ("x in ['a', 'b']", "x == 'a'", false),
            ("x == 'a' and y", "x == 'a'", true),
            ("x == 'a'", "x == 'a' and y", false),
            ("x == 'a'", "x == 'a' or y", true),
            ("x == 'a' or y", "x == 'a'", false),
            ("x == 'a' or x == 'b'", "x in ['a', 'b', 'c']", true),
            ("y and (x == 'a' or x == 'b')", "x == 'b' or x == 'a'", true),
            ("x > 7", "x > 3", true),
            ("x > 3", "x > 7", false),
            ("x >= 7", "x > 7", false),
            ("x > 7", "x >= 7", true),
            ("x == 9", "x > 7", true),
            ("x > 9007199254740992", "x > 9007199254740993", false),
        ];
        for (condition, other, expected) in pairs {
            assert_eq!(formula(condition).implies(&formula(other), &mut 1000), expected, "{condition} needs {other}");
        }
    }

    #[test]
    fn what_would_take_long_is_not_claimed() {
        let deep = (0..30).fold("x".to_owned(), |inner, at| format!("(a{at} and (b{at} or {inner}))"));
        assert!(!formula(&deep).implies(&formula(&deep.replace("(a", "(c")), &mut 1000));
    }
}
