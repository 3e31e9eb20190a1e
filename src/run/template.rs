//! Runs lowered templates: texts, outputs and statements.

use super::values::{Registers, Values};
use crate::plan::program::op::Op;
use crate::plan::template::{Block, Branch, For, Node, Target, Template};
use crate::value::{Arena, Fault, FaultCode, List, Value, ops, text};
use bumpalo::collections::String as ArenaString;
use std::cell::Cell;

/// The state of one template that runs.
#[derive(Clone, Copy)]
pub(super) struct Frame<'a> {
    pub(super) values: Values<'a>,
    pub(super) locals: &'a [Cell<Value<'a>>],
    pub(super) loops: &'a [Cell<LoopState<'a>>],
}

/// Where a loop stands.
#[derive(Clone, Copy)]
pub(super) struct LoopState<'a> {
    pub(super) code: Option<&'a For<Op>>,
    pub(super) items: Option<&'a List<'a>>,
    pub(super) index: usize,
    pub(super) depth: u32,
    /// What `changed` was called with last.
    pub(super) changed: Option<Value<'a>>,
}

/// How deep the recursive loops of a template may go, all together: each level is a call on the stack.
pub(super) const RECURSION: u32 = 100;

/// Where templates begin.
impl<'a> Registers<'a> {
    /// The value of a template whose first variables have these values.
    pub(super) fn single(
        &'a self,
        template: &'a Template<Op>,
        first: impl Iterator<Item = Value<'a>>,
    ) -> Result<Value<'a>, Fault> {
        let frame = self.frame(template.locals, template.loops);
        frame.locals.iter().zip(first).for_each(|(local, value)| local.set(value));
        frame.value(&template.nodes)
    }

    #[inline(never)]
    pub(super) fn template(&'a self, template: &'a Template<Op>) -> Result<Value<'a>, Fault> {
        self.single(template, std::iter::empty())
    }

    fn frame(&'a self, locals: u32, loops: u32) -> Frame<'a> {
        let bump = self.arena.bump();
        let idle = LoopState { code: None, items: None, index: 0, depth: 0, changed: None };
        let locals = bump.alloc_slice_fill_with(locals as usize, |_| Cell::new(Value::Undefined));
        Frame { values: self, locals, loops: bump.alloc_slice_fill_with(loops as usize, |_| Cell::new(idle)) }
    }

    /// The value of an expression by itself, which has no variables.
    pub(super) fn expression(&'a self, expression: &'a Op) -> Result<Value<'a>, Fault> {
        Frame { values: self, locals: &[], loops: &[] }.expression(expression)
    }

    /// Whether an expression by itself is true.
    pub(super) fn condition(&'a self, expression: &'a Op) -> Result<bool, Fault> {
        Frame { values: self, locals: &[], loops: &[] }.condition(expression)
    }
}

/// What a template put out so far: a single value stays as it is, several become text.
#[derive(Default)]
pub(super) struct RenderedOutput<'a> {
    first: Option<Value<'a>>,
    text: Option<ArenaString<'a>>,
}

impl<'a> RenderedOutput<'a> {
    fn push(&mut self, arena: &'a Arena, value: Value<'a>) -> Result<(), Fault> {
        let Some(first) = self.first else {
            self.first = Some(value);
            return Ok(());
        };
        let text = match &mut self.text {
            Some(text) => text,
            None => {
                let text = self.text.insert(ArenaString::new_in(arena.bump()));
                append(arena, text, first)?;
                text
            }
        };
        append(arena, text, value)
    }

    fn value(self) -> Value<'a> {
        match (self.first, self.text) {
            (None, _) => Value::Undefined,
            (Some(value), None) => value,
            (Some(_), Some(text)) => Value::Text(text.into_bump_str()),
        }
    }

    /// As text, however much there is.
    pub(super) fn text(self, arena: &'a Arena) -> Result<Value<'a>, Fault> {
        Ok(match self.value() {
            Value::Undefined => Value::Text(""),
            other => Value::Text(text::string(arena, other)?),
        })
    }
}

pub(super) fn append<'a>(arena: &'a Arena, out: &mut ArenaString<'a>, value: Value<'a>) -> Result<(), Fault> {
    let text = text::string(arena, value)?;
    arena.spend(text.len() as u64)?;
    out.push_str(text);
    Ok(())
}

/// How a block ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Next,
    Break,
    Continue,
}

/// Statements.
impl<'a> Frame<'a> {
    /// What nodes put out. Most templates assign variables and end with one value, which needs no output to go to.
    fn value(&self, mut nodes: &'a [Node<Op>]) -> Result<Value<'a>, Fault> {
        while let [node, rest @ ..] = nodes {
            nodes = match (node, rest) {
                (Node::Set(Target::Local(local), value), _) => {
                    self.locals[*local as usize].set(self.expression(value)?);
                    rest
                }
                (Node::Output(value), []) => {
                    self.values.arena.spend(1)?;
                    return self.expression(value);
                }
                (Node::If(branches), []) => self.branch(branches)?,
                (Node::Scope(fresh, body), []) => {
                    self.refresh(fresh)?;
                    body
                }
                _ => break,
            };
            self.values.arena.spend(1)?;
        }
        let mut output = RenderedOutput::default();
        self.nodes(nodes, &mut output)?;
        Ok(output.value())
    }

    fn nodes(&self, nodes: &'a [Node<Op>], out: &mut RenderedOutput<'a>) -> Result<Flow, Fault> {
        for node in nodes {
            let flow = self.node(node, out)?;
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn node(&self, node: &'a Node<Op>, out: &mut RenderedOutput<'a>) -> Result<Flow, Fault> {
        let arena = self.values.arena;
        arena.spend(1)?;
        match node {
            Node::Text(text) => out.push(arena, Value::Text(text))?,
            Node::Output(expression) => out.push(arena, self.expression(expression)?)?,
            Node::If(branches) => return self.nodes(self.branch(branches)?, out),
            Node::For(code) => return self.for_loop(code, out),
            Node::Set(target, value) => self.assign(target, self.expression(value)?)?,
            Node::SetBlock(target, block) => self.assign(target, self.block(block)?)?,
            Node::Scope(fresh, body) => {
                self.refresh(fresh)?;
                return self.nodes(body, out);
            }
            Node::Filter(block) => out.push(arena, self.block(block)?)?,
            Node::Do(expression) => {
                self.expression(expression)?;
            }
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::Next)
    }

    /// What the first branch guards whose condition holds.
    fn branch(&self, branches: &'a [Branch<Op>]) -> Result<&'a [Node<Op>], Fault> {
        for Branch { condition, body } in branches {
            let holds = match condition {
                Some(condition) => self.condition(condition)?,
                None => true,
            };
            if holds {
                return Ok(body);
            }
        }
        Ok(&[])
    }

    fn refresh(&self, fresh: &'a [(u32, Op)]) -> Result<(), Fault> {
        for (local, value) in fresh {
            // Most names have no value outside.
            let value = match value {
                Op::Undefined => Value::Undefined,
                value => self.expression(value)?,
            };
            self.locals[*local as usize].set(value);
        }
        Ok(())
    }

    fn block(&self, block: &'a Block<Op>) -> Result<Value<'a>, Fault> {
        let mut out = RenderedOutput::default();
        self.nodes(&block.body, &mut out)?;
        self.locals[block.text as usize].set(out.text(self.values.arena)?);
        self.expression(&block.value)
    }

    fn for_loop(&self, code: &'a For<Op>, out: &mut RenderedOutput<'a>) -> Result<Flow, Fault> {
        let iterable = self.expression(&code.iterable)?;
        self.walk_items(code, iterable, 1, out)
    }

    pub(super) fn walk_items(
        &self,
        code: &'a For<Op>,
        iterable: Value<'a>,
        depth: u32,
        out: &mut RenderedOutput<'a>,
    ) -> Result<Flow, Fault> {
        let items = self.chosen(code, iterable)?;
        let outer = self.loops[code.state as usize].get();
        let (mut index, mut changed) = (0, None);
        while let Some(item) = items.at(index) {
            self.values.arena.spend(1)?;
            self.loops[code.state as usize].set(LoopState {
                code: Some(code),
                items: Some(items),
                index,
                depth,
                changed,
            });
            self.assign(&code.target, item)?;
            self.refresh(&code.fresh)?;
            index += 1;
            if self.nodes(&code.body, out)? == Flow::Break {
                break;
            }
            changed = self.loops[code.state as usize].get().changed;
        }
        self.loops[code.state as usize].set(outer);
        if index == 0 { self.nodes(&code.otherwise, out) } else { Ok(Flow::Next) }
    }

    /// The items that the loop's filter lets through, fixed before the first turn.
    fn chosen(&self, code: &'a For<Op>, iterable: Value<'a>) -> Result<&'a List<'a>, Fault> {
        let arena = self.values.arena;
        let Value::List(items) = ops::iterate(arena, iterable)? else {
            return Err(Fault::new(FaultCode::Type, format!("cannot loop over '{}'", iterable.type_name())));
        };
        let Some(filter) = &code.filter else { return Ok(items) };
        let chosen = List::new(arena);
        for item in items.iter() {
            self.assign(&code.target, item)?;
            if self.condition(filter)? {
                chosen.push(arena, item)?;
            }
        }
        Ok(arena.bump().alloc(chosen))
    }

    fn assign(&self, target: &'a Target<Op>, value: Value<'a>) -> Result<(), Fault> {
        match target {
            Target::Local(local) => self.locals[*local as usize].set(value),
            Target::Attribute(namespace, name) => match self.expression(namespace)? {
                Value::Map(map) => map.insert(self.values.arena, Value::Text(name), value)?,
                _ => return Err(Fault::new(FaultCode::Type, "only attributes of a namespace() can be set")),
            },
            Target::Tuple(targets) => self.unpack(targets, value)?,
        }
        Ok(())
    }

    fn unpack(&self, targets: &'a [Target<Op>], value: Value<'a>) -> Result<(), Fault> {
        let Value::List(items) = ops::iterate(self.values.arena, value)? else { return Ok(()) };
        if items.len() != targets.len() {
            let reason = format!("{} values for {} names", items.len(), targets.len());
            return Err(Fault::new(FaultCode::Value, reason));
        }
        targets.iter().zip(items.iter()).try_for_each(|(target, item)| self.assign(target, item))
    }
}
