//! Template → text that parses to the same template: canonical, with no parentheses but the needed ones.

use super::print_expression::{Level, Tight};
use super::{Expr, Node, Target, Template};
use crate::value::text;
use std::fmt::{self, Display, Formatter, Write};

impl Display for Template {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        nodes(&self.nodes, f)?;
        match self.nodes.last() {
            // The parser takes one newline off the end of a template.
            Some(Node::Text(text)) if text.ends_with('\n') && wrap(text) != Wrap::Whole => f.write_char('\n'),
            _ => Ok(()),
        }
    }
}

impl Display for Node {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(literal) => text(literal, f),
            Self::Output(value) => write!(f, "{{{{ {value} }}}}"),
            Self::If { branches, otherwise } => conditional(branches, otherwise, f),
            Self::For { target, iterable, filter, recursive, body, otherwise } => {
                write!(f, "{{% for {target} in ")?;
                walked(iterable, filter.as_ref(), *recursive, f)?;
                f.write_str(" %}")?;
                nodes(body, f)?;
                alternative(otherwise, f)?;
                f.write_str("{% endfor %}")
            }
            Self::Set { target, value } => write!(f, "{{% set {target} = {value} %}}"),
            Self::SetBlock { target, filters, body } => {
                write!(f, "{{% set {target}")?;
                filters.iter().try_for_each(|(name, arguments)| write!(f, " | {name}{arguments}"))?;
                block(body, "set", f)
            }
            Self::With { bindings, body } => {
                f.write_str("{% with")?;
                for (at, (target, value)) in bindings.iter().enumerate() {
                    let comma = if at > 0 { "," } else { "" };
                    write!(f, "{comma} {target} = {}", Tight(value, Level::Conditional))?;
                }
                block(body, "with", f)
            }
            Self::FilterBlock { filters, body } => {
                f.write_str("{% filter ")?;
                for (at, (name, arguments)) in filters.iter().enumerate() {
                    write!(f, "{}{name}{arguments}", if at > 0 { " | " } else { "" })?;
                }
                block(body, "filter", f)
            }
            Self::Do(value) => write!(f, "{{% do {value} %}}"),
            Self::Break => f.write_str("{% break %}"),
            Self::Continue => f.write_str("{% continue %}"),
        }
    }
}

fn nodes(nodes: &[Node], f: &mut Formatter<'_>) -> fmt::Result {
    nodes.iter().try_for_each(|node| node.fmt(f))
}

/// The end of a block's head, its body, and the tag that closes it.
fn block(body: &[Node], word: &str, f: &mut Formatter<'_>) -> fmt::Result {
    f.write_str(" %}")?;
    nodes(body, f)?;
    write!(f, "{{% end{word} %}}")
}

fn alternative(otherwise: &[Node], f: &mut Formatter<'_>) -> fmt::Result {
    if otherwise.is_empty() {
        return Ok(());
    }
    f.write_str("{% else %}")?;
    nodes(otherwise, f)
}

fn conditional(branches: &[(Expr, Vec<Node>)], otherwise: &[Node], f: &mut Formatter<'_>) -> fmt::Result {
    for (at, (condition, body)) in branches.iter().enumerate() {
        write!(f, "{{% {} {} %}}", if at > 0 { "elif" } else { "if" }, Tight(condition, Level::Or))?;
        nodes(body, f)?;
    }
    alternative(otherwise, f)?;
    f.write_str("{% endif %}")
}

/// What a loop walks. The word `recursive` behind a test would be read as its argument.
fn walked(iterable: &Expr, filter: Option<&Expr>, recursive: bool, f: &mut Formatter<'_>) -> fmt::Result {
    let behind = |level| if recursive { Level::Postfix } else { level };
    match filter {
        Some(filter) => {
            write!(f, "{} if {}", Tight(iterable, Level::Or), Tight(filter, behind(Level::Conditional)))?;
        }
        None => write!(f, "{}", Tight(iterable, behind(Level::Or)))?,
    }
    f.write_str(if recursive { " recursive" } else { "" })
}

impl Display for Target {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Attribute(name, attribute) => write!(f, "{name}.{attribute}"),
            Self::Tuple(targets) => {
                for (at, target) in targets.iter().enumerate() {
                    f.write_str(if at > 0 { ", " } else { "" })?;
                    match target {
                        Self::Tuple(_) => write!(f, "({target})")?,
                        _ => write!(f, "{target}")?,
                    }
                }
                f.write_str(if targets.len() == 1 { "," } else { "" })
            }
        }
    }
}

/// How a text is kept from being read as a tag.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wrap {
    /// It needs nothing.
    Bare,
    /// All of it stands in one `{% raw %}`.
    Whole,
    /// It may hold `{% endraw %}`: each brace stands in its own.
    Braces,
}

fn wrap(text: &str) -> Wrap {
    // A brace at the end would be read together with the tag that may follow.
    if !text::is_template(text) && !text.ends_with('{') {
        Wrap::Bare
    } else if text.contains("endraw") {
        Wrap::Braces
    } else {
        Wrap::Whole
    }
}

fn text(text: &str, f: &mut Formatter<'_>) -> fmt::Result {
    match wrap(text) {
        Wrap::Bare => f.write_str(text),
        Wrap::Whole => write!(f, "{{% raw %}}{text}{{% endraw %}}"),
        Wrap::Braces => f.write_str(&text.replace('{', "{% raw %}{{% endraw %}")),
    }
}
