//! Evaluates lowered expressions.

use super::template::{Frame, LoopState, RECURSION, RenderedOutput, append};
use super::values::Registers;
use crate::expr::{Arithmetic, Comparison};
use crate::filters;
use crate::plan::expression::LoopField;
use crate::plan::program::op::{BoundCall, FieldKey, Form, Get, Op, compare};
use crate::value::{Arena, Fault, FaultCode, List, Value, ops};
use bumpalo::collections::String as ArenaString;
use std::cell::Cell;

/// Expressions.
///
/// PERF: `benches/guard.sh` (access_requests): each kind of expression has a function of its own, so that none pays for the
/// stack of another, and the choice between them is a jump, since each is called last. Half of all expressions are leaves,
/// which cost no call here.
impl<'a> Frame<'a> {
    #[inline(always)]
    pub(super) fn expression(&self, expression: &'a Op) -> Result<Value<'a>, Fault> {
        match expression {
            Op::Local(local) => Ok(self.locals[*local as usize].get()),
            Op::Constant(constant) => constant.to_value(self.values.arena),
            Op::Projected(projected) => self.values.projected(projected),
            inner => self.inner(inner),
        }
    }

    #[inline(never)]
    fn inner(&self, expression: &'a Op) -> Result<Value<'a>, Fault> {
        match expression {
            Op::Local(_) | Op::Constant(_) | Op::Projected(_) => self.leaf(expression),
            Op::Path(path) => self.values.path(path),
            Op::Call(call) => self.call(call),
            Op::Get(get) => self.get(get),
            Op::FieldKey(get) => self.field_key(get),
            Op::Compare(..) | Op::Not(_) => self.truth_value(expression),
            Op::And(pair) => self.and(pair),
            Op::Or(pair) => self.or(pair),
            Op::Conditional(parts) => self.conditional(parts),
            Op::List(items) => self.list(items),
            Op::Sum(parts) => self.sum(parts),
            Op::Fields(reading) => self.values.fields(reading),
            Op::Concat(parts) => self.concat(parts),
            Op::Arithmetic(operator, pair) => self.arithmetic(*operator, pair),
            Op::Slice(parts) => self.slice(parts),
            Op::Attribute(value, name) => self.attribute(value, name),
            Op::Subscript(pair) => self.subscript(pair),
            Op::Undefined => Ok(Value::Undefined),
            Op::Tuple(items) => self.tuple(items),
            Op::Map(entries) => self.map(entries),
            Op::Negate(value) => self.negate(value),
            Op::Positive(value) => self.positive(value),
            Op::Loop(state, field) => self.loop_field(*state, *field),
            Op::Changed(state, values) => self.changed(*state, values),
            Op::Cycle(state, values) => self.cycle(*state, values),
            Op::Recurse(state, items) => self.recurse(*state, items),
            Op::Fails(code, reason) => fails(*code, reason),
        }
    }

    #[inline(never)]
    fn leaf(&self, leaf: &'a Op) -> Result<Value<'a>, Fault> {
        self.expression(leaf)
    }

    #[inline(never)]
    fn truth_value(&self, condition: &'a Op) -> Result<Value<'a>, Fault> {
        self.condition(condition).map(Value::Bool)
    }

    /// Whether an expression is true.
    pub(super) fn condition(&self, expression: &'a Op) -> Result<bool, Fault> {
        match expression {
            Op::Compare(first, others) => self.compare(first, others),
            Op::Not(value) => self.condition(value).map(|holds| !holds),
            Op::And(pair) => Ok(self.condition(&pair.0)? && self.condition(&pair.1)?),
            Op::Or(pair) => Ok(self.condition(&pair.0)? || self.condition(&pair.1)?),
            other => self.expression(other).map(ops::truth),
        }
    }

    #[inline(never)]
    fn and(&self, pair: &'a (Op, Op)) -> Result<Value<'a>, Fault> {
        let left = self.expression(&pair.0)?;
        if ops::truth(left) { self.expression(&pair.1) } else { Ok(left) }
    }

    #[inline(never)]
    fn or(&self, pair: &'a (Op, Op)) -> Result<Value<'a>, Fault> {
        let left = self.expression(&pair.0)?;
        if ops::truth(left) { Ok(left) } else { self.expression(&pair.1) }
    }

    #[inline(never)]
    fn conditional(&self, parts: &'a [Op; 3]) -> Result<Value<'a>, Fault> {
        let [condition, then, otherwise] = parts;
        self.expression(if self.condition(condition)? { then } else { otherwise })
    }

    #[inline(never)]
    fn arithmetic(&self, operator: Arithmetic, pair: &'a (Op, Op)) -> Result<Value<'a>, Fault> {
        ops::arithmetic(self.values.arena, operator, self.expression(&pair.0)?, self.expression(&pair.1)?)
    }

    #[inline(never)]
    fn negate(&self, value: &'a Op) -> Result<Value<'a>, Fault> {
        ops::negate(self.values.arena, self.expression(value)?)
    }

    #[inline(never)]
    fn positive(&self, value: &'a Op) -> Result<Value<'a>, Fault> {
        ops::negate(self.values.arena, self.negate(value)?)
    }

    #[inline(never)]
    fn attribute(&self, value: &'a Op, name: &str) -> Result<Value<'a>, Fault> {
        ops::attribute(self.expression(value)?, name)
    }

    #[inline(never)]
    fn subscript(&self, pair: &'a (Op, Op)) -> Result<Value<'a>, Fault> {
        ops::subscript(self.values.arena, self.expression(&pair.0)?, self.expression(&pair.1)?)
    }

    #[inline(never)]
    fn list(&self, items: &'a [Op]) -> Result<Value<'a>, Fault> {
        self.filled(self.values.arena.list_with_capacity(items.len()), items)
    }

    #[inline(never)]
    fn tuple(&self, items: &'a [Op]) -> Result<Value<'a>, Fault> {
        self.filled(self.values.arena.tuple_with_capacity(items.len()), items)
    }

    fn filled(&self, list: &'a List<'a>, items: &'a [Op]) -> Result<Value<'a>, Fault> {
        for item in items {
            list.push(self.values.arena, self.expression(item)?)?;
        }
        Ok(Value::List(list))
    }

    /// Lists that nobody else has are not made one by one.
    #[inline(never)]
    fn sum(&self, parts: &'a [Op]) -> Result<Value<'a>, Fault> {
        let list = self.values.arena.list_with_capacity(parts.len());
        parts.iter().try_for_each(|part| self.add(part, list))?;
        Ok(Value::List(list))
    }

    fn add(&self, part: &'a Op, list: &'a List<'a>) -> Result<(), Fault> {
        match part {
            Op::List(items) => self.filled(list, items).map(drop),
            Op::Conditional(parts) => {
                let [condition, then, otherwise] = &**parts;
                self.add(if self.condition(condition)? { then } else { otherwise }, list)
            }
            other => match self.expression(other)? {
                Value::List(items) => list.append(self.values.arena, items),
                other => Err(Fault::new(FaultCode::Type, format!("cannot add '{}' to a list", other.type_name()))),
            },
        }
    }

    #[inline(never)]
    fn map(&self, entries: &'a [(Op, Op)]) -> Result<Value<'a>, Fault> {
        let map = self.values.arena.map();
        for (key, value) in entries {
            map.insert(self.values.arena, self.expression(key)?, self.expression(value)?)?;
        }
        Ok(Value::Map(map))
    }

    #[inline(never)]
    fn slice(&self, parts: &'a [Op; 4]) -> Result<Value<'a>, Fault> {
        let [value, start, stop, step] = parts;
        let (value, start) = (self.expression(value)?, self.expression(start)?);
        ops::slice(self.values.arena, value, start, self.expression(stop)?, self.expression(step)?)
    }

    #[inline(never)]
    fn concat(&self, parts: &'a [Op]) -> Result<Value<'a>, Fault> {
        let mut out = ArenaString::new_in(self.values.arena.bump());
        for part in parts {
            append(self.values.arena, &mut out, self.expression(part)?)?;
        }
        Ok(Value::Text(out.into_bump_str()))
    }

    #[inline(never)]
    fn compare(&self, first: &'a Op, others: &'a [(Comparison, Op)]) -> Result<bool, Fault> {
        let left = self.expression(first)?;
        if let [(comparison, right)] = others
            && let Some(holds) = compare_literal(*comparison, left, right)
        {
            pay_for_reading(self.values.arena, left)?;
            return Ok(holds);
        }
        self.compare_values(left, others)
    }

    #[inline(never)]
    fn compare_values(&self, first: Value<'a>, others: &'a [(Comparison, Op)]) -> Result<bool, Fault> {
        let (arena, mut left) = (self.values.arena, first);
        for (comparison, right) in others {
            let right = self.expression(right)?;
            pay_for_reading(arena, left)?;
            pay_for_reading(arena, right)?;
            if !compare(*comparison, left, right)? {
                return Ok(false);
            }
            left = right;
        }
        Ok(true)
    }

    #[inline(always)]
    fn call(&self, call: &'a BoundCall) -> Result<Value<'a>, Fault> {
        match (call.form, &*call.positional) {
            (Form::OfValue(function), [value]) => self.of_value(function, value),
            (Form::Single, [value]) => self.single(call.entry, value),
            (Form::Pair, _) => self.bound::<2>(call),
            (Form::Bound, _) => self.bound::<{ filters::MOST_PARAMETERS }>(call),
            _ => self.unbound(call),
        }
    }

    /// The value under a key, where a register has it. Otherwise the call is made: its dict is empty, since what is in it went to
    /// registers, and so the call gives the default.
    #[inline(never)]
    fn get(&self, get: &'a Get) -> Result<Value<'a>, Fault> {
        let found = self.values.direct_value(&get.projected);
        let cannot_fail = matches!(get.call.positional[2..], [] | [Op::Constant(_)]);
        if let (Some(value), Form::Bound, true) = (found, get.call.form, cannot_fail) {
            return Ok(value);
        }
        let otherwise = self.call(&get.call)?;
        Ok(found.unwrap_or(otherwise))
    }

    /// What is gathered under a key of fields, where a dict would be gathered of them. Otherwise the call is made.
    #[inline(never)]
    fn field_key(&self, get: &'a FieldKey) -> Result<Value<'a>, Fault> {
        let Some(found) = get.fields().and_then(|reading| self.values.gathered_under(reading, &get.below)) else {
            return self.call(&get.call);
        };
        match (found?, get.default()) {
            (Value::Undefined, Some(default)) => default.to_value(self.values.arena),
            (Value::Undefined, None) => Ok(Value::None),
            (value, _) => Ok(value),
        }
    }

    /// A function of a value alone; another right within it, as in `value | string | lower`, takes no call of its own.
    #[inline(never)]
    fn of_value(&self, function: filters::OfValue, value: &'a Op) -> Result<Value<'a>, Fault> {
        let arena = self.values.arena;
        let value = if let Op::Call(call) = value
            && let (Form::OfValue(function), [value]) = (call.form, &*call.positional)
        {
            let value = self.expression(value)?;
            pay_for_reading(arena, value)?;
            function(arena, value)?
        } else {
            self.expression(value)?
        };
        pay_for_reading(arena, value)?;
        function(arena, value)
    }

    #[inline(never)]
    fn single(&self, entry: &'static filters::LibraryEntry, value: &'a Op) -> Result<Value<'a>, Fault> {
        let Registers { arena, patterns, now, .. } = *self.values;
        let value = self.expression(value)?;
        pay_for_reading(arena, value)?;
        filters::apply(entry, arena, patterns, now, value)
    }

    /// A call with arguments that take the first parameters, one each.
    #[inline(never)]
    fn bound<const PARAMETERS: usize>(&self, call: &'a BoundCall) -> Result<Value<'a>, Fault> {
        let mut arguments = [None; PARAMETERS];
        for (slot, argument) in arguments.iter_mut().zip(&call.positional) {
            let value = self.expression(argument)?;
            pay_for_reading(self.values.arena, value)?;
            *slot = Some(value);
        }
        let Registers { arena, patterns, now, .. } = *self.values;
        filters::call_bound(call.entry, arena, patterns, now, call.positional.len(), &mut arguments)
    }

    #[inline(never)]
    fn unbound(&self, call: &'a BoundCall) -> Result<Value<'a>, Fault> {
        let Registers { arena, patterns, now, .. } = *self.values;
        let mut positional = bumpalo::collections::Vec::with_capacity_in(call.positional.len(), arena.bump());
        for argument in &call.positional {
            let value = self.expression(argument)?;
            pay_for_reading(arena, value)?;
            positional.push(value);
        }
        if let Some(spread) = &call.spread {
            let Value::List(items) = ops::iterate(arena, self.expression(spread)?)? else {
                return Err(ops::nothing_below());
            };
            arena.spend(items.len() as u64)?;
            positional.extend(items.iter());
        }
        let mut named = bumpalo::collections::Vec::with_capacity_in(call.named.len(), arena.bump());
        for (name, argument) in &call.named {
            named.push((&**name, self.expression(argument)?));
        }
        filters::call(call.entry, arena, patterns, now, &positional, &named)
    }

    #[inline(never)]
    fn cycle(&self, state: u32, values: &'a [Op]) -> Result<Value<'a>, Fault> {
        let index = self.loops[state as usize].get().index;
        match values.len() {
            0 => Err(Fault::new(FaultCode::Type, "no items for cycling given")),
            count => self.expression(&values[index % count]),
        }
    }

    /// Whether the values are others than at the call before in this loop.
    #[inline(never)]
    fn changed(&self, state: u32, values: &'a [Op]) -> Result<Value<'a>, Fault> {
        let values = self.list(values)?;
        let mut running = self.loops[state as usize].get();
        let is_same = running.changed.map_or(Ok(false), |before| ops::equal(before, values))?;
        running.changed = Some(values);
        self.loops[state as usize].set(running);
        Ok(Value::Bool(!is_same))
    }

    #[inline(never)]
    fn recurse(&self, state: u32, items: &'a Op) -> Result<Value<'a>, Fault> {
        let running = self.loops[state as usize].get();
        let Some(code) = running.code else { return Ok(Value::Undefined) };
        if self.loops.iter().map(|state| state.get().depth).sum::<u32>() >= RECURSION {
            return Err(Fault::new(FaultCode::Limit, format!("a loop recurses deeper than {RECURSION} levels")));
        }
        let items = self.expression(items)?;
        let saved: Vec<Value<'a>> = self.locals.iter().map(Cell::get).collect();
        let mut out = RenderedOutput::default();
        self.walk_items(code, items, running.depth + 1, &mut out)?;
        self.locals.iter().zip(saved).for_each(|(local, value)| local.set(value));
        self.loops[state as usize].set(running);
        out.text(self.values.arena)
    }

    #[inline(never)]
    fn loop_field(&self, state: u32, field: LoopField) -> Result<Value<'a>, Fault> {
        let LoopState { items: Some(items), index, depth, .. } = self.loops[state as usize].get() else {
            return Ok(Value::Undefined);
        };
        let length = items.len();
        let item = |place: Option<usize>| place.and_then(|place| items.at(place)).unwrap_or(Value::Undefined);
        Ok(match field {
            LoopField::Index => Value::Int(index as i64 + 1),
            LoopField::Index0 => Value::Int(index as i64),
            LoopField::RevIndex => Value::Int(length as i64 - index as i64),
            LoopField::RevIndex0 => Value::Int(length as i64 - index as i64 - 1),
            LoopField::First => Value::Bool(index == 0),
            LoopField::Last => Value::Bool(index + 1 == length),
            LoopField::Length => Value::Int(length as i64),
            LoopField::PrevItem => item(index.checked_sub(1)),
            LoopField::NextItem => item(Some(index + 1)),
            LoopField::Depth => Value::Int(i64::from(depth)),
            LoopField::Depth0 => Value::Int(i64::from(depth) - 1),
        })
    }
}

#[cold]
fn fails<'a>(code: FaultCode, reason: &str) -> Result<Value<'a>, Fault> {
    Err(Fault::new(code, reason))
}

/// Pays for reading a text once: what only looks at its operands builds nothing that would be paid for.
#[inline(always)]
fn pay_for_reading(arena: &Arena, value: Value<'_>) -> Result<(), Fault> {
    /// How many bytes are read in the time of a step.
    const BYTES: u64 = 32;
    match value {
        Value::Text(text) if text.len() as u64 >= BYTES => arena.spend(text.len() as u64 / BYTES),
        _ => Ok(()),
    }
}

/// Whether a value is, or is not, a literal text or in a list of them, which is not built for that; `None` for other
/// comparisons.
#[inline(always)]
fn compare_literal<'a>(comparison: Comparison, left: Value<'a>, right: &'a Op) -> Option<bool> {
    let is_text = |literal: &'a Op| match literal {
        Op::Constant(constant) => Some(left.as_text() == Some(constant.as_text()?)),
        _ => None,
    };
    match (comparison, right) {
        (Comparison::Equal, literal) => is_text(literal),
        (Comparison::NotEqual, literal) => is_text(literal).map(|is_it| !is_it),
        (Comparison::In, Op::List(items)) => is_any(items, is_text),
        (Comparison::NotIn, Op::List(items)) => is_any(items, is_text).map(|is_any| !is_any),
        _ => None,
    }
}

fn is_any<'a>(items: &'a [Op], is_it: impl Fn(&'a Op) -> Option<bool>) -> Option<bool> {
    items.iter().try_fold(false, |found, item| Some(found | is_it(item)?))
}
