//! What stands in `{% %}`: its word, and its head as the tree will hold it.

use super::expression::{ExpressionBuilder, dotted};
use super::grammar::Rule;
use super::reason::tag_within;
use super::rule::{inner, parse};
use super::{Arguments, Expr, SyntaxError, Target, literal};
use crate::diagnostic::{Near, near};
use crate::value::text::is_space;
use pest::iterators::Pair;
use std::ops::Range;

/// A statement, alone.
#[derive(Debug)]
pub(super) enum Statement {
    Open(Head),
    Elif(Expr),
    Else,
    /// `endif` and kin: the word that they close.
    Close(&'static str),
    Set {
        target: Target,
        value: Expr,
    },
    Print(Vec<Expr>),
    Do(Expr),
    Break,
    Continue,
}

/// The head of a statement that opens a block.
#[derive(Debug)]
pub(super) enum Head {
    If(Expr),
    For { target: Target, iterable: Expr, filter: Option<Expr>, recursive: bool },
    SetBlock { target: Target, filters: Vec<(String, Arguments)> },
    With(Vec<(Target, Expr)>),
    FilterBlock(Vec<(String, Arguments)>),
}

impl Head {
    /// The word it starts with.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::If(_) => "if",
            Self::For { .. } => "for",
            Self::SetBlock { .. } => "set",
            Self::With(_) => "with",
            Self::FilterBlock(_) => "filter",
        }
    }
}

/// Words of Jinja2 that need other templates, or make functions.
const UNSUPPORTED: [&str; 15] = [
    "autoescape",
    "block",
    "call",
    "endautoescape",
    "endblock",
    "endcall",
    "endmacro",
    "endtrans",
    "extends",
    "from",
    "import",
    "include",
    "macro",
    "pluralize",
    "trans",
];

/// The words that start a statement.
const WORDS: [&str; 17] = [
    "break",
    "continue",
    "do",
    "elif",
    "else",
    "endfilter",
    "endfor",
    "endif",
    "endset",
    "endwith",
    "filter",
    "for",
    "if",
    "print",
    "raw",
    "set",
    "with",
];

/// Reads the statement at the bytes `inside`; `tag` are the bytes with its `{%` and `%}`.
pub(super) fn read(text: &str, tag: &Range<usize>, inside: &Range<usize>) -> Result<Statement, SyntaxError> {
    let (word, start, rest) = split(text, inside);
    let head = |rule| parse(rule, text, rest, inside.end);
    let mut builder = ExpressionBuilder::new(rest);
    Ok(match word {
        "if" => Statement::Open(Head::If(builder.tuple(inner(head(Rule::if_head)?))?)),
        "elif" => Statement::Elif(builder.tuple(inner(head(Rule::if_head)?))?),
        "else" => {
            ends_here(text, rest, inside.end, word, true)?;
            Statement::Else
        }
        "for" => for_head(&mut builder, head(Rule::for_head)?)?,
        "set" => set_head(&mut builder, head(Rule::set_head)?)?,
        "with" => with_head(&mut builder, head(Rule::with_head)?)?,
        "filter" => filter_head(&mut builder, head(Rule::filter_head)?)?,
        "do" => Statement::Do(builder.tuple(inner(head(Rule::output)?))?),
        "print" => Statement::Print(print_head(&mut builder, head(Rule::print_head)?)?),
        "break" | "continue" | "endif" | "endfor" | "endset" | "endwith" | "endfilter" => {
            ends_here(text, rest, inside.end, word, false)?;
            alone(word)
        }
        "" => return Err(nothing(text, tag, start)),
        "endraw" => {
            let error = SyntaxError::new(tag.start, tag.end, "unexpected `{% endraw %}`");
            return Err(error.help("no `{% raw %}` is open"));
        }
        "raw" => return Err(SyntaxError::new(rest, inside.end, "nothing may follow `raw`")),
        _ => return Err(unknown(word, start)),
    })
}

/// The first word of a statement, its place, and the place behind it.
fn split<'t>(text: &'t str, inside: &Range<usize>) -> (&'t str, usize, usize) {
    let whole = text.get(inside.clone()).unwrap_or_default();
    let trimmed = whole.trim_start_matches(is_space);
    let start = inside.end - trimmed.len();
    let length = trimmed.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(trimmed.len());
    (trimmed.get(..length).unwrap_or_default(), start, start + length)
}

fn alone(word: &str) -> Statement {
    match word {
        "break" => Statement::Break,
        "continue" => Statement::Continue,
        "endif" => Statement::Close("if"),
        "endfor" => Statement::Close("for"),
        "endset" => Statement::Close("set"),
        "endwith" => Statement::Close("with"),
        _ => Statement::Close("filter"),
    }
}

fn ends_here(text: &str, rest: usize, end: usize, word: &str, colon: bool) -> Result<(), SyntaxError> {
    let found = text.get(rest..end).unwrap_or_default().trim_start_matches(is_space);
    let start = end - found.len();
    let found = found.trim_end_matches(is_space);
    if found.is_empty() || colon && found == ":" {
        return Ok(());
    }
    let error = SyntaxError::new(start, start + found.len(), format!("nothing may follow `{word}`"));
    let elif = word == "else" && found.split(is_space).next() == Some("if");
    Err(if elif { error.help("write `elif` for `else if`") } else { error })
}

fn nothing(text: &str, tag: &Range<usize>, start: usize) -> SyntaxError {
    if text.get(start..).is_some_and(|rest| rest.starts_with("{{") || rest.starts_with("{%")) {
        return tag_within(text, start);
    }
    SyntaxError::new(tag.start, tag.end, "expected a statement after `{%`")
}

fn unknown(word: &str, start: usize) -> SyntaxError {
    let end = start + word.len();
    if UNSUPPORTED.contains(&word) {
        return SyntaxError::new(start, end, format!("`{word}` is not supported in a format"));
    }
    let error = SyntaxError::new(start, end, format!("unknown statement `{word}`"));
    match word {
        "elseif" | "elsif" => error.meant("elif", true),
        "elsunless" => error.meant("elif", false),
        "end" | "fi" => error.meant("endif", false),
        _ => match near(word, WORDS) {
            Some(Near { word, is_certain }) => error.meant(word, is_certain),
            None => error,
        },
    }
}

fn for_head(builder: &mut ExpressionBuilder, head: Pair<'_, Rule>) -> Result<Statement, SyntaxError> {
    let mut parts = head.into_inner();
    let targets = parts.next().expect("`for` binds something");
    let (start, end) = builder.span(&targets);
    let target = targets_of(builder, targets, false)?;
    if target == Target::Name("loop".to_owned()) {
        return Err(SyntaxError::new(start, end, "`loop` is the loop's own name").help("choose another name"));
    }
    let iterable = builder.tuple(parts.nth(1).expect("`for` walks something"))?;
    let (mut filter, mut recursive) = (None, false);
    for part in parts {
        match part.as_rule() {
            Rule::expression => filter = Some(builder.expression(part)?),
            Rule::recursive => recursive = true,
            _ => {}
        }
    }
    Ok(Statement::Open(Head::For { target, iterable, filter, recursive }))
}

fn set_head(builder: &mut ExpressionBuilder, head: Pair<'_, Rule>) -> Result<Statement, SyntaxError> {
    let mut parts = head.into_inner();
    let target = targets_of(builder, parts.next().expect("`set` binds something"), true)?;
    let mut filters = Vec::new();
    for part in parts {
        match part.as_rule() {
            Rule::tuple => return Ok(Statement::Set { target, value: builder.tuple(part)? }),
            Rule::filter => filters.push(builder.filter(part)?),
            _ => {}
        }
    }
    Ok(Statement::Open(Head::SetBlock { target, filters }))
}

fn with_head(builder: &mut ExpressionBuilder, head: Pair<'_, Rule>) -> Result<Statement, SyntaxError> {
    let mut bindings = Vec::new();
    for binding in head.into_inner().filter(|part| part.as_rule() == Rule::binding) {
        let mut parts = binding.into_inner();
        let target = targets_of(builder, parts.next().expect("a binding has a target"), false)?;
        bindings.push((target, builder.expression(parts.nth(1).expect("a binding has a value"))?));
    }
    Ok(Statement::Open(Head::With(bindings)))
}

fn filter_head(builder: &mut ExpressionBuilder, head: Pair<'_, Rule>) -> Result<Statement, SyntaxError> {
    let mut filters: Vec<(String, Arguments)> = Vec::new();
    for part in head.into_inner() {
        match (part.as_rule(), filters.last_mut()) {
            (Rule::dotted, _) => filters.push((dotted(part), Arguments::default())),
            (Rule::call, Some((_, arguments))) => *arguments = builder.arguments(part)?,
            (Rule::filter, _) => filters.push(builder.filter(part)?),
            _ => {}
        }
    }
    Ok(Statement::Open(Head::FilterBlock(filters)))
}

fn print_head(builder: &mut ExpressionBuilder, head: Pair<'_, Rule>) -> Result<Vec<Expr>, SyntaxError> {
    let values = head.into_inner().filter(|part| part.as_rule() == Rule::expression);
    values.map(|value| builder.expression(value)).collect()
}

/// One target, or several as a tuple.
fn targets_of(builder: &ExpressionBuilder, pair: Pair<'_, Rule>, attributes: bool) -> Result<Target, SyntaxError> {
    let mut targets = Vec::new();
    let mut commas = false;
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::comma => commas = true,
            _ => targets.push(target(builder, part, attributes)?),
        }
    }
    Ok(match targets.pop() {
        Some(only) if !commas => only,
        last => {
            targets.extend(last);
            Target::Tuple(targets)
        }
    })
}

fn target(builder: &ExpressionBuilder, pair: Pair<'_, Rule>, attributes: bool) -> Result<Target, SyntaxError> {
    let (start, end) = builder.span(&pair);
    let mut parts = pair.into_inner();
    let first = parts.next().expect("a target has a name or parentheses");
    if first.as_rule() == Rule::targets {
        return targets_of(builder, first, attributes);
    }
    let name = first.as_str();
    if literal::word(name).is_some() {
        return Err(SyntaxError::new(start, end, format!("`{name}` is a value and cannot be assigned")));
    }
    match parts.next() {
        Some(_) if !attributes => Err(SyntaxError::new(start, end, "only `set` can assign an attribute")),
        Some(attribute) => Ok(Target::Attribute(name.to_owned(), inner(attribute).as_str().to_owned())),
        None => Ok(Target::Name(name.to_owned())),
    }
}
