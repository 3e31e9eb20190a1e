//! The grammar's pairs → expressions: precedence, chains, and the bound on their depth.

use super::error::{MOST_LEVELS, place};
use super::grammar::Rule;
use super::rule::inner;
use super::{Argument, Arguments, Arithmetic, Comparison, Expr, ExprKind, Literal, SyntaxError, Unary, literal};
use pest::iterators::{Pair, Pairs};
use std::collections::HashSet;
use std::iter::{self, Peekable};

/// Builds the expressions of one tag.
pub(super) struct ExpressionBuilder {
    /// Where the tag's inside starts in the template.
    base: usize,
    /// Levels above the expression being built; never less than the tree will have.
    levels: usize,
}

type Result<T> = std::result::Result<T, SyntaxError>;

impl ExpressionBuilder {
    pub(super) fn new(base: usize) -> Self {
        Self { base, levels: 0 }
    }

    /// The template's bytes a pair covers.
    pub(super) fn span(&self, pair: &Pair<'_, Rule>) -> (usize, usize) {
        let span = pair.as_span();
        (self.base + span.start(), self.base + span.end())
    }

    /// `tuple` or `plain_tuple`: one expression, or several as a tuple.
    pub(super) fn tuple(&mut self, pair: Pair<'_, Rule>) -> Result<Expr> {
        let (start, end) = self.span(&pair);
        self.deeper(1, (start, end), |this| {
            let mut items = Vec::new();
            let mut commas = 0;
            for part in pair.into_inner() {
                match part.as_rule() {
                    Rule::comma => commas += 1,
                    Rule::disjunction => items.push(this.disjunction(part)?),
                    _ => items.push(this.expression(part)?),
                }
            }
            Ok(match items.pop() {
                Some(only) if commas == 0 => only,
                last => {
                    items.extend(last);
                    expr(ExprKind::Tuple(items), start, end)
                }
            })
        })
    }

    /// `expression`: a chain of `if`s and `else`s.
    pub(super) fn expression(&mut self, pair: Pair<'_, Rule>) -> Result<Expr> {
        let span = self.span(&pair);
        let mut parts = pair.into_inner();
        self.deeper(parts.len() - 1, span, |this| {
            let first = parts.next().expect("an expression has an operand");
            let first = this.disjunction(first)?;
            this.conditional(first, parts)
        })
    }

    /// An `else` takes all that follows; `a if b if c` without one is `(a if b) if c`.
    fn conditional(&mut self, mut then: Expr, parts: Pairs<'_, Rule>) -> Result<Expr> {
        let mut waiting = Vec::new();
        for part in parts {
            if part.as_rule() == Rule::condition {
                let condition = self.disjunction(part.into_inner().nth(1).expect("`if` has an operand"))?;
                let (start, end) = (then.start, condition.end);
                let kind =
                    ExprKind::Conditional { condition: Box::new(condition), then: Box::new(then), otherwise: None };
                then = Expr { kind, start, end };
            } else {
                let alternative = self.disjunction(part.into_inner().nth(1).expect("`else` has an operand"))?;
                waiting.push(std::mem::replace(&mut then, alternative));
            }
        }
        while let Some(mut outer) = waiting.pop() {
            outer.end = then.end;
            if let ExprKind::Conditional { otherwise, .. } = &mut outer.kind {
                *otherwise = Some(Box::new(then));
            }
            then = outer;
        }
        Ok(then)
    }

    /// `disjunction`: `and` binds tighter than `or`.
    pub(super) fn disjunction(&mut self, pair: Pair<'_, Rule>) -> Result<Expr> {
        let span = self.span(&pair);
        let mut parts = pair.into_inner();
        self.deeper(parts.len() / 2, span, |this| {
            let mut left: Option<Expr> = None;
            let mut right = this.negation(parts.next().expect("a disjunction has an operand"))?;
            while let (Some(word), Some(operand)) = (parts.next(), parts.next()) {
                let operand = this.negation(operand)?;
                if word.as_rule() == Rule::and_word {
                    right = join(ExprKind::And, right, operand);
                } else {
                    left = Some(or(left, right));
                    right = operand;
                }
            }
            Ok(or(left, right))
        })
    }

    fn negation(&mut self, pair: Pair<'_, Rule>) -> Result<Expr> {
        let span = self.span(&pair);
        let mut parts = pair.into_inner();
        let operand = parts.next_back().expect("a negation has an operand");
        self.deeper(parts.len(), span, |this| {
            let value = this.arithmetic(operand)?;
            Ok(parts.rev().fold(value, |value, word| before(Unary::Not, value, this.span(&word).0)))
        })
    }

    fn arithmetic(&mut self, pair: Pair<'_, Rule>) -> Result<Expr> {
        let span = self.span(&pair);
        let parts = pair.into_inner();
        // A chain of `~` is one level, whatever its length.
        let operators = parts.clone().filter(|part| part.as_rule() == Rule::infix && part.as_str() != "~").count();
        self.deeper(operators + 1, span, |this| this.comparison(&mut parts.peekable()))
    }

    fn comparison(&mut self, parts: &mut Peekable<Pairs<'_, Rule>>) -> Result<Expr> {
        let first = self.sum(parts)?;
        let mut others: Vec<(Comparison, Expr)> = Vec::new();
        while let Some(comparison) = parts.peek().and_then(|infix| comparison(infix.as_str())) {
            parts.next();
            others.push((comparison, self.sum(parts)?));
        }
        let Some((_, last)) = others.last() else { return Ok(first) };
        let (start, end) = (first.start, last.end);
        Ok(Expr { kind: ExprKind::Compare(Box::new(first), others), start, end })
    }

    fn sum(&mut self, parts: &mut Peekable<Pairs<'_, Rule>>) -> Result<Expr> {
        let mut left = self.concatenation(parts)?;
        while let Some(operator) = take(parts, &[("+", Arithmetic::Add), ("-", Arithmetic::Subtract)]) {
            left = arithmetic(operator, left, self.concatenation(parts)?);
        }
        Ok(left)
    }

    fn concatenation(&mut self, parts: &mut Peekable<Pairs<'_, Rule>>) -> Result<Expr> {
        let first = self.product(parts)?;
        if parts.peek().is_none_or(|infix| infix.as_str() != "~") {
            return Ok(first);
        }
        let start = first.start;
        let mut end = first.end;
        let mut items = vec![first];
        while parts.next_if(|infix| infix.as_str() == "~").is_some() {
            let item = self.product(parts)?;
            end = item.end;
            items.push(item);
        }
        Ok(Expr { kind: ExprKind::Concat(items), start, end })
    }

    fn product(&mut self, parts: &mut Peekable<Pairs<'_, Rule>>) -> Result<Expr> {
        const OPERATORS: [(&str, Arithmetic); 4] = [
            ("*", Arithmetic::Multiply),
            ("/", Arithmetic::Divide),
            ("//", Arithmetic::FloorDivide),
            ("%", Arithmetic::Remainder),
        ];
        let mut left = self.power(parts)?;
        while let Some(operator) = take(parts, &OPERATORS) {
            left = arithmetic(operator, left, self.power(parts)?);
        }
        Ok(left)
    }

    /// Unlike Python's, it groups to the left, and a sign binds tighter.
    fn power(&mut self, parts: &mut Peekable<Pairs<'_, Rule>>) -> Result<Expr> {
        let mut left = self.operand(parts)?;
        while let Some(operator) = take(parts, &[("**", Arithmetic::Power)]) {
            left = arithmetic(operator, left, self.operand(parts)?);
        }
        Ok(left)
    }

    /// Signs bind looser than `.name`, `[…]` and `(…)` and tighter than filters and tests.
    fn operand(&mut self, parts: &mut Peekable<Pairs<'_, Rule>>) -> Result<Expr> {
        let pair = parts.next().expect("an operand stands on either side of an operator");
        let span = self.span(&pair);
        let parts = pair.into_inner();
        self.deeper(parts.len() - 1, span, |this| {
            let mut parts = parts.peekable();
            let signs: Vec<_> = iter::from_fn(|| parts.next_if(|part| part.as_rule() == Rule::sign)).collect();
            let mut value = this.primary(&mut parts)?;
            while let Some(part) = parts.next_if(|part| !matches!(part.as_rule(), Rule::filter | Rule::test)) {
                value = this.postfix(value, part)?;
            }
            for sign in signs.iter().rev() {
                let unary = if sign.as_str() == "-" { Unary::Minus } else { Unary::Plus };
                value = before(unary, value, this.span(sign).0);
            }
            for part in parts {
                value = this.postfix(value, part)?;
            }
            Ok(value)
        })
    }

    /// A value without anything around it.
    fn primary(&mut self, parts: &mut Peekable<Pairs<'_, Rule>>) -> Result<Expr> {
        let pair = parts.next().expect("an operand has a value");
        let (start, end) = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::string => return self.string(&pair, parts),
            Rule::integer => ExprKind::Literal(literal::integer(pair.as_str(), start)?),
            Rule::float => ExprKind::Literal(literal::float(pair.as_str())),
            Rule::list => ExprKind::List(self.many(pair, Self::expression)?),
            Rule::map => ExprKind::Map(self.many(pair, Self::entry)?),
            Rule::parenthesis => match pair.into_inner().next() {
                // The parentheses count to the place: `(a + b).c` starts with one.
                Some(tuple) => self.tuple(tuple)?.kind,
                None => ExprKind::Tuple(Vec::new()),
            },
            _ => match literal::word(pair.as_str()) {
                Some(word) => ExprKind::Literal(word),
                None => ExprKind::Name(pair.as_str().to_owned()),
            },
        };
        Ok(expr(kind, start, end))
    }

    /// Strings side by side are one.
    fn string(&self, first: &Pair<'_, Rule>, parts: &mut Peekable<Pairs<'_, Rule>>) -> Result<Expr> {
        let (start, mut end) = self.span(first);
        let mut text = String::new();
        literal::append_string(first.as_str(), start, &mut text)?;
        while let Some(next) = parts.next_if(|part| part.as_rule() == Rule::string) {
            let (next_start, next_end) = self.span(&next);
            literal::append_string(next.as_str(), next_start, &mut text)?;
            end = next_end;
        }
        Ok(expr(ExprKind::Literal(Literal::Text(text)), start, end))
    }

    fn entry(&mut self, pair: Pair<'_, Rule>) -> Result<(Expr, Expr)> {
        let mut parts = pair.into_inner();
        let key = parts.next().expect("an entry has a key");
        let value = parts.next().expect("an entry has a value");
        Ok((self.expression(key)?, self.expression(value)?))
    }

    /// What one `.name`, `[…]`, `(…)`, `|filter` or `is test` makes of a value.
    fn postfix(&mut self, value: Expr, pair: Pair<'_, Rule>) -> Result<Expr> {
        let start = value.start as usize;
        let (_, end) = self.span(&pair);
        let boxed = Box::new(value);
        let kind = match pair.as_rule() {
            Rule::attribute => ExprKind::Attribute(boxed, inner(pair).as_str().to_owned()),
            Rule::element => {
                let number = inner(pair);
                let (from, to) = self.span(&number);
                let key = ExprKind::Literal(literal::integer(number.as_str(), from)?);
                ExprKind::Subscript(boxed, Box::new(expr(key, from, to)))
            }
            Rule::subscript => self.subscript(boxed, pair)?,
            Rule::filter => {
                let (name, arguments) = self.filter(pair)?;
                ExprKind::Filter(boxed, name, arguments)
            }
            Rule::test => self.test(boxed, pair)?,
            _ => ExprKind::Call(boxed, self.arguments(pair)?),
        };
        Ok(expr(kind, start, end))
    }

    fn subscript(&mut self, value: Box<Expr>, pair: Pair<'_, Rule>) -> Result<ExprKind> {
        let (start, end) = self.span(&pair);
        let mut indices: Vec<_> = pair.into_inner().collect();
        let sliced =
            indices.iter().find(|index| Pair::clone(index).into_inner().any(|part| part.as_rule() == Rule::colon));
        match (sliced.cloned(), indices.len()) {
            (Some(index), 1) => self.slice(value, index),
            (Some(index), _) => {
                let (start, end) = self.span(&index);
                Err(SyntaxError::new(start, end, "a slice beside another index is not supported in a format"))
            }
            (None, 1) => Ok(ExprKind::Subscript(value, Box::new(self.expression(inner(indices.remove(0)))?))),
            (None, _) => {
                let items = indices.into_iter().map(|index| self.expression(inner(index))).collect::<Result<_>>()?;
                Ok(ExprKind::Subscript(value, Box::new(expr(ExprKind::Tuple(items), start, end))))
            }
        }
    }

    fn slice(&mut self, value: Box<Expr>, index: Pair<'_, Rule>) -> Result<ExprKind> {
        let mut bounds = [None, None, None];
        let mut bound = 0;
        for part in index.into_inner() {
            match part.as_rule() {
                Rule::colon => bound += 1,
                _ => {
                    if let Some(place) = bounds.get_mut(bound) {
                        *place = Some(Box::new(self.expression(part)?));
                    }
                }
            }
        }
        Ok(ExprKind::Slice(value, bounds))
    }

    fn test(&mut self, value: Box<Expr>, pair: Pair<'_, Rule>) -> Result<ExprKind> {
        let (mut name, mut arguments, mut negated) = (String::new(), Arguments::default(), false);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::not_word => negated = true,
                Rule::dotted => name = dotted(part),
                Rule::call => arguments = self.arguments(part)?,
                Rule::bare_argument => {
                    let value = self.bare_argument(part)?;
                    arguments = Arguments(vec![Argument { name: None, value }]);
                }
                _ => {}
            }
        }
        Ok(ExprKind::Test { value, name, arguments, negated })
    }

    fn bare_argument(&mut self, pair: Pair<'_, Rule>) -> Result<Expr> {
        let span = self.span(&pair);
        let parts = pair.into_inner();
        self.deeper(parts.len(), span, |this| {
            let mut parts = parts.peekable();
            let mut value = this.primary(&mut parts)?;
            for part in parts {
                value = this.postfix(value, part)?;
            }
            Ok(value)
        })
    }

    /// `|name` or `|name(…)`, with or without its bar.
    pub(super) fn filter(&mut self, pair: Pair<'_, Rule>) -> Result<(String, Arguments)> {
        let mut parts = pair.into_inner();
        let name = dotted(parts.next().expect("a filter has a name"));
        let arguments = parts.next().map_or_else(|| Ok(Arguments::default()), |call| self.arguments(call))?;
        Ok((name, arguments))
    }

    /// `(…)`: values by place, then values by name.
    pub(super) fn arguments(&mut self, pair: Pair<'_, Rule>) -> Result<Arguments> {
        let mut arguments: Vec<Argument> = Vec::new();
        let mut names = HashSet::new();
        for part in pair.into_inner() {
            let (start, end) = self.span(&part);
            let argument = self.deeper(1, (start, end), |this| this.argument(part))?;
            let reason = match &argument.name {
                None if arguments.last().is_some_and(|last| last.name.is_some()) => {
                    "an argument without a name after one with a name".to_owned()
                }
                None if arguments.last().is_some_and(|last| matches!(last.value.kind, ExprKind::Spread(_))) => {
                    "an argument without a name after one with a `*`".to_owned()
                }
                Some(name) if !names.insert(name.clone()) => {
                    format!("the argument `{name}` is given twice")
                }
                _ => {
                    arguments.push(argument);
                    continue;
                }
            };
            return Err(SyntaxError::new(start, end, reason));
        }
        Ok(Arguments(arguments))
    }

    fn argument(&mut self, pair: Pair<'_, Rule>) -> Result<Argument> {
        let mut name = None;
        let mut parts = pair.into_inner();
        let mut part = parts.next().expect("an argument has a part");
        match part.as_rule() {
            Rule::spread if part.as_str() == "*" => {
                let start = place(self.span(&part).0);
                let items = self.expression(parts.next().expect("a spread argument has a value"))?;
                let end = items.end;
                return Ok(Argument { name, value: Expr { kind: ExprKind::Spread(Box::new(items)), start, end } });
            }
            Rule::spread => {
                let (start, end) = self.span(&part);
                let reason = format!("`{}` before an argument is not supported in a format", part.as_str());
                return Err(SyntaxError::new(start, end, reason));
            }
            Rule::identifier => {
                name = Some(part.as_str().to_owned());
                part = parts.nth(1).expect("a named argument has a value");
            }
            _ => {}
        }
        Ok(Argument { name, value: self.expression(part)? })
    }

    fn many<T>(&mut self, pair: Pair<'_, Rule>, read: fn(&mut Self, Pair<'_, Rule>) -> Result<T>) -> Result<Vec<T>> {
        self.deeper(1, self.span(&pair), |this| pair.into_inner().map(|part| read(this, part)).collect())
    }

    /// Builds something that lies at most `levels` deeper, from the bytes `span`.
    fn deeper<T>(
        &mut self,
        levels: usize,
        span: (usize, usize),
        build: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        self.levels += levels;
        if self.levels > MOST_LEVELS {
            let error = SyntaxError::new(span.0, span.1, format!("nested deeper than {MOST_LEVELS} levels"));
            return Err(error.help("each operator, filter and attribute of a chain is a level: `set` parts of it"));
        }
        let built = build(self);
        self.levels -= levels;
        built
    }
}

/// A name with dots, without the spaces it may have.
pub(super) fn dotted(pair: Pair<'_, Rule>) -> String {
    let names: Vec<_> = pair.into_inner().map(|part| part.as_str()).collect();
    names.join(".")
}

fn expr(kind: ExprKind, start: usize, end: usize) -> Expr {
    Expr { kind, start: place(start), end: place(end) }
}

fn join(kind: impl FnOnce(Box<Expr>, Box<Expr>) -> ExprKind, left: Expr, right: Expr) -> Expr {
    let (start, end) = (left.start, right.end);
    Expr { kind: kind(Box::new(left), Box::new(right)), start, end }
}

fn or(left: Option<Expr>, right: Expr) -> Expr {
    match left {
        Some(left) => join(ExprKind::Or, left, right),
        None => right,
    }
}

fn arithmetic(operator: Arithmetic, left: Expr, right: Expr) -> Expr {
    join(|left, right| ExprKind::Arithmetic(operator, left, right), left, right)
}

fn before(unary: Unary, value: Expr, start: usize) -> Expr {
    let end = value.end;
    Expr { kind: ExprKind::Unary(unary, Box::new(value)), start: place(start), end }
}

/// Takes the next operator if it is one of these.
fn take(parts: &mut Peekable<Pairs<'_, Rule>>, operators: &[(&str, Arithmetic)]) -> Option<Arithmetic> {
    let infix = parts.peek()?.as_str();
    let (_, operator) = operators.iter().find(|(mark, _)| *mark == infix)?;
    parts.next();
    Some(*operator)
}

fn comparison(infix: &str) -> Option<Comparison> {
    Some(match infix {
        "==" => Comparison::Equal,
        "!=" => Comparison::NotEqual,
        "<" => Comparison::Less,
        "<=" => Comparison::LessOrEqual,
        ">" => Comparison::Greater,
        ">=" => Comparison::GreaterOrEqual,
        "in" => Comparison::In,
        _ if infix.starts_with("not") => Comparison::NotIn,
        _ => return None,
    })
}
