//! Absent inputs: a step that does nothing where all that it reads is absent asks for that first, and evaluates nothing then.
//!
//! Of the hundreds of fields that a spec can set, a record has a few: work grows with what a record has, not with what a spec could
//! read. What a step does without its inputs is found here, by evaluating it with undefined values: it sets nothing, or fails because
//! something is undefined, which sets nothing and is not reported either.

use crate::expr::Comparison;
use crate::filters::{self, Patterns};
use crate::plan::empty::sets_nothing;
use crate::plan::expression::{FieldReading, Slot};
use crate::plan::program::op::{self, BoundCall, Form, Op};
use crate::plan::program::{Inputs, Instruction, Program};
use crate::plan::template::{Branch, Node, Source};
use crate::plan::tree::Tree;
use crate::value::{Arena, Fault, FaultCode, Value, ops, text};
use std::collections::BTreeSet;

/// With more inputs a step is rarely without any.
const MOST_INPUTS: usize = 12;

/// How much an evaluation may take.
const BUDGET: u64 = 10_000;

/// Tells steps and filters what they do nothing without.
pub(super) fn run(mut program: Program, tree: &Tree) -> Program {
    let patterns = Patterns::new();
    let of_filter = |source: &Source<Op>| inputs(source, &patterns, |value| !lets_through(value));
    let sets_nothing = |value: Value<'_>, source: &Source<Op>| is_empty(value, source, tree);
    for entry in &mut program.entries {
        entry.inputs = entry.filter.as_ref().and_then(of_filter);
    }
    for action in program.actions_mut() {
        action.inputs = action.filter.as_ref().and_then(of_filter);
        for step in &mut action.code {
            if let Instruction::Set(store, source) = step {
                store.inputs = inputs(source, &patterns, |value| sets_nothing(value, source));
            }
        }
    }
    program
}

/// Whether a filter may let through where this is its value. Text may read as a list with items, and then it does.
fn lets_through(value: Value<'_>) -> bool {
    match value {
        Value::Text(text) => !["", "false", "none"].iter().any(|word| text.trim().eq_ignore_ascii_case(word)),
        other => ops::truth(other),
    }
}

/// Whether a value certainly sets nothing.
fn is_empty(value: Value<'_>, source: &Source<Op>, tree: &Tree) -> bool {
    match value {
        Value::Undefined | Value::None => true,
        Value::Text(text) => text.is_empty() || (!source.is_verbatim() && sets_nothing(text, &tree.ignored)),
        _ => false,
    }
}

/// The inputs of a source without which it gives such a value, or fails since something is undefined.
fn inputs(source: &Source<Op>, patterns: &Patterns, is_nothing: impl Fn(Value<'_>) -> bool) -> Option<Inputs> {
    let arena = Arena::new(BUDGET);
    let mut absent = Absent { arena: &arena, patterns, registers: BTreeSet::new(), dicts: BTreeSet::new() };
    let is_nothing = match absent.source(source) {
        Ok(value) => is_nothing(value),
        Err(Stop::Undefined) => true,
        Err(Stop::Unknown) => false,
    };
    let Absent { registers, dicts, .. } = absent;
    let is_asked = is_nothing && (1..=MOST_INPUTS).contains(&registers.len());
    is_asked.then(|| Inputs { registers: registers.into_iter().collect(), dicts: dicts.into_iter().collect() })
}

fn above(fields: &FieldReading) -> impl Iterator<Item = Slot> {
    fields.above.iter().map(|field| field.slot)
}

/// Why an evaluation gives no value.
enum Stop {
    /// Something is undefined of which more is asked.
    Undefined,
    /// It is not followed here, or another fault comes of it.
    Unknown,
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        if fault.code() == FaultCode::Undefined { Stop::Undefined } else { Stop::Unknown }
    }
}

/// Evaluates with all registers undefined.
struct Absent<'a> {
    arena: &'a Arena,
    patterns: &'a Patterns,
    /// The registers that were read.
    registers: BTreeSet<Slot>,
    /// Those that must be dicts, or undefined, for this to be what happens.
    dicts: BTreeSet<Slot>,
}

impl<'a> Absent<'a> {
    fn source(&mut self, source: &'a Source<Op>) -> Result<Value<'a>, Stop> {
        match source {
            Source::Expression(expression) => self.value(expression),
            Source::Template(template) => {
                let mut shown = String::new();
                self.nodes(&template.nodes, &mut shown)?;
                Ok(self.arena.text(&shown).map(Value::Text)?)
            }
            Source::Verbatim(inner) => self.source(inner),
            Source::Constant(_) | Source::List(_) | Source::Map(_) => Err(Stop::Unknown),
        }
    }

    fn nodes(&mut self, nodes: &'a [Node<Op>], shown: &mut String) -> Result<(), Stop> {
        for node in nodes {
            match node {
                Node::Text(text) => shown.push_str(text),
                Node::Output(expression) => {
                    let value = self.value(expression)?;
                    shown.push_str(text::string(self.arena, value)?);
                }
                Node::If(branches) => self.branches(branches, shown)?,
                _ => return Err(Stop::Unknown),
            }
        }
        Ok(())
    }

    fn branches(&mut self, branches: &'a [Branch<Op>], shown: &mut String) -> Result<(), Stop> {
        for branch in branches {
            let holds = match &branch.condition {
                Some(condition) => ops::truth(self.value(condition)?),
                None => true,
            };
            if holds {
                return self.nodes(&branch.body, shown);
            }
        }
        Ok(())
    }

    fn value(&mut self, op: &'a Op) -> Result<Value<'a>, Stop> {
        match op {
            Op::Constant(constant) => Ok(constant.to_value(self.arena)?),
            Op::Undefined => Ok(Value::Undefined),
            Op::Projected(projected) => Ok(self.absent([projected.register])),
            Op::Path(path) => Ok(self.absent([path.slot])),
            Op::Fields(reading) if !reading.is_always => {
                let below = reading.below.iter().map(|field| field.slot);
                Ok(self.absent(reading.exact.into_iter().chain(above(reading)).chain(below)))
            }
            Op::Get(get) if !matches!(get.call.form, Form::Unbound) => {
                self.absent([get.projected.register]);
                let above = get.projected.steps.iter().rev().nth(1).copied();
                self.dicts.insert(above.unwrap_or(get.projected.path.slot));
                get.call.positional.get(2).map_or(Ok(Value::None), |default| self.value(default))
            }
            Op::FieldKey(get) => {
                let around = get.fields().into_iter().flat_map(|fields| fields.exact.into_iter().chain(above(fields)));
                self.absent(around.chain(get.below.iter().map(|field| field.slot)));
                get.default().map_or(Ok(Value::None), |default| Ok(default.to_value(self.arena)?))
            }
            Op::Call(call) => self.call(call),
            Op::Not(value) => Ok(Value::Bool(!ops::truth(self.value(value)?))),
            Op::And(pair) => match self.value(&pair.0)? {
                left if ops::truth(left) => self.value(&pair.1),
                left => Ok(left),
            },
            Op::Or(pair) => match self.value(&pair.0)? {
                left if ops::truth(left) => Ok(left),
                _ => self.value(&pair.1),
            },
            Op::Conditional(parts) => {
                let [condition, then, otherwise] = &**parts;
                let holds = ops::truth(self.value(condition)?);
                self.value(if holds { then } else { otherwise })
            }
            Op::Compare(first, others) => self.compare(first, others).map(Value::Bool),
            Op::List(items) | Op::Tuple(items) => {
                let items = items.iter().map(|item| self.value(item)).collect::<Result<Vec<_>, _>>()?;
                Ok(self.arena.list(items)?)
            }
            Op::Attribute(value, name) => Ok(ops::attribute(self.value(value)?, name)?),
            Op::Subscript(pair) => {
                let (value, key) = (self.value(&pair.0)?, self.value(&pair.1)?);
                Ok(ops::subscript(self.arena, value, key)?)
            }
            _ => Err(Stop::Unknown),
        }
    }

    /// A value that is absent if these registers are.
    fn absent(&mut self, registers: impl IntoIterator<Item = Slot>) -> Value<'a> {
        self.registers.extend(registers);
        Value::Undefined
    }

    fn compare(&mut self, first: &'a Op, others: &'a [(Comparison, Op)]) -> Result<bool, Stop> {
        let mut left = self.value(first)?;
        for (comparison, right) in others {
            let right = self.value(right)?;
            if !op::compare(*comparison, left, right)? {
                return Ok(false);
            }
            left = right;
        }
        Ok(true)
    }

    fn call(&mut self, call: &'a BoundCall) -> Result<Value<'a>, Stop> {
        if matches!(call.form, Form::Unbound) {
            return Err(Stop::Unknown);
        }
        let arguments = call.positional.iter().map(|argument| self.value(argument)).collect::<Result<Vec<_>, _>>()?;
        // Most functions fail without what they are applied to, or give nothing. What may be another thing tomorrow, a date, is
        // nothing here where it is nothing at any time.
        let called = [0, i64::from(u32::MAX)].map(|now| {
            let mut bound = [None; filters::MOST_PARAMETERS];
            bound.iter_mut().zip(&arguments).for_each(|(slot, argument)| *slot = Some(*argument));
            filters::call_bound(call.entry, self.arena, self.patterns, now, arguments.len(), &mut bound)
        });
        match called {
            [Ok(one), Ok(other)] if ops::equal(one, other)? => Ok(one),
            [Err(one), Err(_)] => Err(one.into()),
            _ => Err(Stop::Unknown),
        }
    }
}
