//! Nests statements: what stands between `{% if %}` and `{% endif %}`.

use super::error::MOST_BRACKETS;
use super::statement::{self, Head, Statement};
use super::{Expr, Node, SyntaxError};
use std::ops::Range;

/// A template while it is read.
pub(super) struct Blocks<'t> {
    text: &'t str,
    /// The nodes outside all open blocks.
    nodes: Vec<Node>,
    /// The open blocks, outermost first.
    open: Vec<OpenBlock>,
}

/// A block that is open.
struct OpenBlock {
    head: Head,
    /// The bytes of its tag.
    tag: Range<usize>,
    /// The branches that are complete: for `if`.
    branches: Vec<(Expr, Vec<Node>)>,
    /// What stands before `else`, once that has come: for `for`.
    body: Option<Vec<Node>>,
    /// Whether `else` has come.
    otherwise: bool,
    nodes: Vec<Node>,
}

impl<'t> Blocks<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, nodes: Vec::new(), open: Vec::new() }
    }

    /// Adds text; never an empty one.
    pub(super) fn text(&mut self, literal: &str) {
        let nodes = self.current();
        match nodes.last_mut() {
            Some(Node::Text(before)) => before.push_str(literal),
            _ => nodes.push(Node::Text(literal.to_owned())),
        }
    }

    pub(super) fn push(&mut self, node: Node) {
        self.current().push(node);
    }

    /// Reads a statement, and opens, continues or closes a block.
    pub(super) fn statement(&mut self, tag: Range<usize>, inside: Range<usize>) -> Result<(), SyntaxError> {
        let statement = statement::read(self.text, &tag, &inside)?;
        match statement {
            Statement::Open(head) => self.open(tag, head)?,
            Statement::Elif(condition) => self.elif(&tag, condition)?,
            Statement::Else => self.otherwise(&tag)?,
            Statement::Close(word) => self.close(&tag, word)?,
            Statement::Set { target, value } => self.push(Node::Set { target, value }),
            Statement::Print(values) => self.current().extend(values.into_iter().map(Node::Output)),
            Statement::Do(value) => self.push(Node::Do(value)),
            Statement::Break => self.leave(&tag, "break", Node::Break)?,
            Statement::Continue => self.leave(&tag, "continue", Node::Continue)?,
        }
        Ok(())
    }

    /// The nodes of the template.
    ///
    /// # Errors
    /// A block that is never closed: the innermost.
    pub(super) fn finish(mut self) -> Result<Vec<Node>, SyntaxError> {
        match self.open.pop() {
            Some(block) => {
                let reason = format!("`{{% {} %}}` is never closed", block.head.word());
                let error = SyntaxError::new(block.tag.start, block.tag.end, reason);
                let help = match block.head.word() {
                    "set" => "write `{% set name = value %}`, or close it with `{% endset %}`".to_owned(),
                    word => format!("close it with `{{% end{word} %}}`"),
                };
                Err(error.help(help))
            }
            None => Ok(self.nodes),
        }
    }

    fn current(&mut self) -> &mut Vec<Node> {
        match self.open.last_mut() {
            Some(block) => &mut block.nodes,
            None => &mut self.nodes,
        }
    }

    fn open(&mut self, tag: Range<usize>, head: Head) -> Result<(), SyntaxError> {
        if self.open.len() >= MOST_BRACKETS {
            let reason = format!("statements nested deeper than {MOST_BRACKETS}");
            return Err(SyntaxError::new(tag.start, tag.end, reason));
        }
        let block = OpenBlock { head, tag, branches: Vec::new(), body: None, otherwise: false, nodes: Vec::new() };
        self.open.push(block);
        Ok(())
    }

    fn elif(&mut self, tag: &Range<usize>, condition: Expr) -> Result<(), SyntaxError> {
        let Some(block) = self.open.last_mut() else { return Err(stray(tag, "elif", "if")) };
        if block.head.word() == "if" && block.otherwise {
            return Err(SyntaxError::new(tag.start, tag.end, "`{% elif %}` after `{% else %}`"));
        }
        let Head::If(before) = &mut block.head else { return Err(within(block, tag, "elif")) };
        let before = std::mem::replace(before, condition);
        block.branches.push((before, std::mem::take(&mut block.nodes)));
        Ok(())
    }

    fn otherwise(&mut self, tag: &Range<usize>) -> Result<(), SyntaxError> {
        let Some(block) = self.open.last_mut() else { return Err(stray(tag, "else", "if")) };
        if !matches!(block.head.word(), "if" | "for") {
            return Err(within(block, tag, "else"));
        }
        if block.otherwise {
            let reason = format!("a second `{{% else %}}` in one `{{% {} %}}`", block.head.word());
            return Err(SyntaxError::new(tag.start, tag.end, reason));
        }
        block.otherwise = true;
        block.body = Some(std::mem::take(&mut block.nodes));
        Ok(())
    }

    fn close(&mut self, tag: &Range<usize>, word: &str) -> Result<(), SyntaxError> {
        match self.open.pop() {
            None => Err(stray(tag, &format!("end{word}"), word)),
            Some(block) if block.head.word() != word => Err(within(&block, tag, &format!("end{word}"))),
            Some(block) => {
                self.push(block.node());
                Ok(())
            }
        }
    }

    fn leave(&mut self, tag: &Range<usize>, word: &str, node: Node) -> Result<(), SyntaxError> {
        if !self.open.iter().any(|block| block.head.word() == "for" && !block.otherwise) {
            return Err(SyntaxError::new(tag.start, tag.end, format!("`{word}` outside a loop")));
        }
        self.push(node);
        Ok(())
    }
}

impl OpenBlock {
    /// The whole block as one node.
    fn node(self) -> Node {
        let Self { head, mut branches, body, nodes, .. } = self;
        let (body, otherwise) = match body {
            Some(body) => (body, nodes),
            None => (nodes, Vec::new()),
        };
        match head {
            Head::If(condition) => {
                branches.push((condition, body));
                Node::If { branches, otherwise }
            }
            Head::For { target, iterable, filter, recursive } => {
                Node::For { target, iterable, filter, recursive, body, otherwise }
            }
            Head::SetBlock { target, filters } => Node::SetBlock { target, filters, body },
            Head::FilterBlock(filters) => Node::FilterBlock { filters, body },
            Head::With(bindings) => Node::With { bindings, body },
        }
    }
}

/// A word without the block it belongs to.
fn stray(tag: &Range<usize>, word: &str, opener: &str) -> SyntaxError {
    let help = format!("no `{{% {opener} %}}` is open");
    SyntaxError::new(tag.start, tag.end, format!("unexpected `{{% {word} %}}`")).help(help)
}

/// A word that does not belong to the block that is open.
fn within(block: &OpenBlock, tag: &Range<usize>, word: &str) -> SyntaxError {
    let reason = match word.strip_prefix("end") {
        Some(_) => format!("`{{% {word} %}}` closes `{}`", block.head.word()),
        None => format!("`{{% {word} %}}` inside `{}`", block.head.word()),
    };
    let help = format!(
        "the innermost open block is `{{% {} %}}`: close it with `{{% end{} %}}`",
        block.head.word(),
        block.head.word()
    );
    SyntaxError::new(tag.start, tag.end, reason).help(help)
}
