//! Values on their way into fields: each is cast to the type of its field when it is set, and a dict is spread over the
//! fields below its own.

use super::Warning;
use super::values::Values;
use super::watch::{Finishing, Watch};
use crate::plan::output::{Below, Container};
use crate::plan::{Assignment, Plan};
use crate::taxonomy::{Field, Reading};
use crate::value::{Fault, FaultCode, Map, Value};
use std::borrow::Cow;

impl Plan {
    /// The value as its field has it.
    ///
    /// # Errors
    /// Cast, where the field's type does not take it: the field stays as it was; limit.
    #[inline]
    pub(super) fn fitted<'a, W: Watch>(
        &'a self,
        values: Values<'a>,
        assignment: &'a Assignment,
        value: Value<'a>,
        watch: &mut W,
    ) -> Result<Value<'a>, Fault> {
        match &assignment.declared {
            None => Ok(value),
            Some(field) => self.fit(values, field, value, watch),
        }
    }

    #[inline]
    pub(super) fn fit<'a, W: Watch>(
        &'a self,
        values: Values<'a>,
        field: &Field,
        value: Value<'a>,
        watch: &mut W,
    ) -> Result<Value<'a>, Fault> {
        // PERF: `benches/guard.sh` (access_requests): most values fit as they are.
        if !W::PLAIN && matches!(value, Value::Text(_)) && field.reading() == Reading::Text {
            return Ok(value);
        }
        let fitted = self.output.taxonomy.fit(values.arena, field, value);
        watch.finishes(values, &Finishing::Cast { field, before: value, after: &fitted });
        if let (Value::List(given), Ok(Value::List(fitting))) = (value, &fitted)
            && fitting.len() < given.len()
            && field.reading() != Reading::Text
        {
            watch.report().warn(Warning::of_field(&field.name, items_left_out(field, given.len() - fitting.len())));
        }
        fitted
    }

    /// Spreads the dicts and casts the values that came in with the event.
    pub(super) fn settle_input<'a, W: Watch>(&'a self, values: Values<'a>, watch: &mut W) {
        for container in &self.output.containers {
            if let Value::Map(map) = values.get(container.slot) {
                self.spread_over(values, container, map, watch);
            }
        }
        for (slot, field) in &self.output.fields {
            let value = values.get(*slot);
            if value.is_missing() || is_remains(value, field) {
                continue;
            }
            match self.fit(values, field, value, watch) {
                Ok(fitted) => values.set(*slot, fitted),
                Err(fault) => {
                    values.set(*slot, Value::Undefined);
                    watch.report().warn(Warning::of_field(&field.name, fault));
                }
            }
        }
    }

    /// Spreads a dict that is set on a field. The dict itself stays, empty: it is written even where no field takes
    /// anything of it.
    pub(super) fn spread_over<'a, W: Watch>(
        &'a self,
        values: Values<'a>,
        container: &'a Container,
        map: &'a Map<'a>,
        watch: &mut W,
    ) {
        values.set(container.slot, Value::Map(values.arena.map()));
        if let Err(fault) = self.spread(values, container, map, "", watch) {
            watch.report().warn(Warning::of_field(self.layers.slots.name(container.slot), fault));
        }
    }

    /// Puts what is in a dict into the fields below; what none of them takes, and what is empty, is left out.
    fn spread<'a, W: Watch>(
        &'a self,
        values: Values<'a>,
        container: &'a Container,
        map: &'a Map<'a>,
        above: &str,
        watch: &mut W,
    ) -> Result<(), Fault> {
        values.arena.spend(map.len() as u64 + above.len() as u64)?;
        for (key, value) in map.iter() {
            let Value::Text(key) = key else { continue };
            let name = if above.is_empty() { Cow::Borrowed(key) } else { Cow::Owned(format!("{above}.{key}")) };
            match (container.fields.get(&*name), value) {
                (below, Value::Map(inner)) if is_spread(container, &name, below) => {
                    self.spread(values, container, inner, &name, watch)?;
                }
                (Some(below), _) if !self.is_empty_leaf(value) => {
                    watch.finishes(values, &Finishing::Spread { from: container.slot, to: below.slot, value });
                    self.take(values, below, value, watch);
                }
                (below, _) => {
                    let is_known = below.is_some();
                    watch.finishes(values, &Finishing::LeftOut { from: container.slot, key: &name, value, is_known });
                }
            }
        }
        Ok(())
    }

    fn take<'a, W: Watch>(&'a self, values: Values<'a>, below: &'a Below, value: Value<'a>, watch: &mut W) {
        match self.fit(values, &below.field, value, watch) {
            Ok(fitted) => values.set(below.slot, fitted),
            Err(fault) => watch.report().warn(Warning::of_field(&below.field.name, fault)),
        }
    }
}

#[cold]
fn items_left_out(field: &Field, count: usize) -> Fault {
    let items = if count == 1 { "item" } else { "items" };
    Fault::new(FaultCode::Cast, format!("a field of type {} does not take {count} {items} of the list", field.kind))
}

/// Whether a value is what is left of a dict that was spread.
fn is_remains(value: Value<'_>, field: &Field) -> bool {
    matches!(value, Value::Map(map) if map.is_empty()) && field.reading() != Reading::Text
}

/// Whether a dict goes to the fields below its own: an object takes it whole.
fn is_spread(container: &Container, name: &str, below: Option<&Below>) -> bool {
    below.is_none_or(|below| !below.keeps_dicts)
        && container.fields.keys().any(|field| field.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
}
