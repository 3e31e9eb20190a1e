//! Values on their way into fields: each is cast to the type of its field when it is set, and a dict is spread over the
//! fields below its own.

use super::machine::Machine;
use super::observer::{Finishing, Observer};
use super::report::Omission;
use super::values::Values;
use crate::plan::output::{Below, Container};
use crate::plan::tree::Assignment;
use crate::taxonomy::{Field, Reading};
use crate::value::{Fault, FaultCode, Map, Value};

impl<'a> Machine<'a> {
    /// The value as its field has it.
    ///
    /// # Errors
    /// Cast, where the field's type does not take it: the field stays as it was; limit.
    #[inline]
    pub(super) fn fitted<O: Observer>(
        self,
        values: Values<'a>,
        assignment: &'a Assignment,
        value: Value<'a>,
        observer: &mut O,
    ) -> Result<Value<'a>, Fault> {
        match &assignment.declared {
            None => Ok(value),
            Some(field) => self.fit(values, field, value, observer),
        }
    }

    #[inline]
    pub(super) fn fit<O: Observer>(
        self,
        values: Values<'a>,
        field: &Field,
        value: Value<'a>,
        observer: &mut O,
    ) -> Result<Value<'a>, Fault> {
        // PERF: `benches/guard.sh` (access_requests): most values fit as they are.
        if matches!(value, Value::Text(_)) && field.reading() == Reading::Text {
            return Ok(value);
        }
        let fitted = self.tree.output.taxonomy.fit(values.arena, field, value);
        observer.finishes(values, &Finishing::Cast { field, before: value, after: &fitted });
        if let (Value::List(given), Ok(Value::List(fitting))) = (value, &fitted)
            && fitting.len() < given.len()
            && field.reading() != Reading::Text
        {
            observer.report().omit(Omission::of_field(&field.name, items_left_out(field, given.len() - fitting.len())));
        }
        fitted
    }

    /// Spreads the dicts and casts the values that came in with the event.
    pub(super) fn settle_input<O: Observer>(self, values: Values<'a>, observer: &mut O) {
        for container in &self.tree.output.containers {
            if let Value::Map(map) = values.get(container.slot) {
                self.spread_over(values, container, map, observer);
            }
        }
        for (slot, field) in &self.tree.output.fields {
            let value = values.get(*slot);
            if value.is_missing() || is_remains(value, field) {
                continue;
            }
            match self.fit(values, field, value, observer) {
                Ok(fitted) => values.set(*slot, fitted),
                Err(fault) => {
                    values.set(*slot, Value::Undefined);
                    observer.report().omit(Omission::of_field(&field.name, fault));
                }
            }
        }
    }

    /// Spreads a dict that is set on a field. The dict itself stays, empty: it is written even where no field takes
    /// anything of it.
    pub(super) fn spread_over<O: Observer>(
        self,
        values: Values<'a>,
        container: &'a Container,
        map: &'a Map<'a>,
        observer: &mut O,
    ) {
        values.set(container.slot, Value::Map(values.arena.map()));
        if let Err(fault) = self.spread(values, container, map, "", observer) {
            observer.report().omit(Omission::of_field(self.tree.layers.slots.name(container.slot), fault));
        }
    }

    /// Puts what is in a dict into the fields below; what none of them takes, and what is empty, is left out.
    fn spread<O: Observer>(
        self,
        values: Values<'a>,
        container: &'a Container,
        map: &'a Map<'a>,
        above: &str,
        observer: &mut O,
    ) -> Result<(), Fault> {
        values.arena.spend(map.len() as u64 + above.len() as u64)?;
        for (key, value) in map.iter() {
            let Value::Text(key) = key else { continue };
            let name = if above.is_empty() { key } else { values.arena.format(format_args!("{above}.{key}"))? };
            match (container.fields.get(name), value) {
                (below, Value::Map(inner)) if is_spread(container, name, below) => {
                    self.spread(values, container, inner, name, observer)?;
                }
                (Some(below), _) if !self.is_empty_leaf(value) => {
                    observer.finishes(values, &Finishing::Spread { from: container.slot, to: below.slot, value });
                    self.take(values, below, value, observer);
                }
                (below, _) => {
                    let is_known = below.is_some();
                    observer.finishes(values, &Finishing::LeftOut { from: container.slot, key: name, value, is_known });
                }
            }
        }
        Ok(())
    }

    fn take<O: Observer>(self, values: Values<'a>, below: &'a Below, value: Value<'a>, observer: &mut O) {
        match self.fit(values, &below.field, value, observer) {
            Ok(fitted) => values.set(below.slot, fitted),
            Err(fault) => observer.report().omit(Omission::of_field(&below.field.name, fault)),
        }
    }
}

#[cold]
fn items_left_out(field: &Field, count: usize) -> Fault {
    let items = if count == 1 { "item" } else { "items" };
    Fault::new(FaultCode::Cast, format!("a field of type {} rejects {count} {items} of the list", field.kind))
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
