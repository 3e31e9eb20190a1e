//! A finished event as whoever looks at it reads it: its line, and the values of fields by their places.

use super::parts::EventParts;
use super::values::Values;
use crate::json::{self, Projection};
use crate::plan::Plan;
use crate::plan::expression::{Keys, Slot};
use crate::plan::program::Program;
use crate::value::{Arena, Constant, Value};

/// A finished event, while its values are still there. Reading a field costs no more than its slot.
///
/// Why so: `docs/decisions/0121`.
#[derive(Clone, Copy, Debug)]
pub struct EventView<'e, 'a> {
    pub(super) line: &'e [u8],
    pub(super) values: Values<'a>,
    pub(super) extra: &'e [(String, Value<'a>)],
    /// The program, where its constants are in the event: no register has them.
    pub(super) constants: Option<&'a Program>,
    pub(super) parts: Option<EventParts<'a>>,
}

/// Where the field of a name is in the events of a plan; [`Plan::place_of`] finds it once.
#[derive(Clone, Debug)]
pub struct FieldPlace {
    name: Box<str>,
    exact: Option<Slot>,
    /// The fields above that keep a dict whole, innermost first, each with the keys that lead on.
    above: Box<[(Slot, Keys)]>,
    constant: Option<Constant>,
}

impl FieldPlace {
    /// The field's dotted name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value that all events have here alike; see [`EventView::has_constants`].
    pub fn constant(&self) -> Option<&Constant> {
        self.constant.as_ref()
    }
}

impl Plan {
    /// Where a field is in the events of this plan; `None` for one that they cannot have unless it comes in with the event.
    pub fn place_of(&self, name: &str) -> Option<FieldPlace> {
        let (fields, output) = (&self.tree.layers.fields, &self.tree.output);
        let exact = fields.get(name).filter(|slot| output.node(*slot).is_some_and(|node| node.known));
        let dots = name.rmatch_indices('.').map(|(dot, _)| dot);
        let above = dots.filter_map(|dot| {
            let slot = fields.get(&name[..dot])?;
            let keys = name[dot + 1..].split('.').map(Box::from).collect();
            output.node(slot).is_some_and(|node| node.known).then_some((slot, keys))
        });
        let above: Box<[_]> = above.collect();
        let constant = exact.and_then(|slot| constant(self.program.constant(slot)?));
        (exact.is_some() || !above.is_empty()).then(|| FieldPlace { name: name.into(), exact, above, constant })
    }

    /// Where all fields of this plan's events are, by name.
    pub fn places(&self) -> Vec<FieldPlace> {
        self.tree.layers.fields.iter().filter_map(|(name, _)| self.place_of(name)).collect()
    }
}

fn constant(written: &[u8]) -> Option<Constant> {
    let arena = Arena::default();
    let value = json::read(&arena, std::str::from_utf8(written).ok()?, &Projection::WHOLE).ok()?;
    Some(Constant::from_value(value, Default::default()))
}

impl<'e, 'a> EventView<'e, 'a> {
    /// Whether the budget was used up, so that the event lacks what it would have.
    pub(super) fn is_spent(&self) -> bool {
        self.values.arena.is_spent()
    }

    /// The event's parts, where it was run for them and can be told in parts; then there is no line.
    pub fn parts(&self) -> Option<EventParts<'a>> {
        self.parts
    }

    /// The event, as one line of JSON without the newline.
    pub fn line(&self) -> &'e [u8] {
        self.line
    }

    /// Whether the fields that all events of the plan have alike are in this one, with [`FieldPlace::constant`] as their value.
    pub fn has_constants(&self) -> bool {
        self.constants.is_some()
    }

    /// Gives what the event has at a place itself, and not what stands in a dict above it.
    pub fn each_own(&self, place: &FieldPlace, give: &mut dyn FnMut(Value<'a>)) {
        let own = place.exact.map_or(Value::Undefined, |slot| self.values.get(slot));
        if !own.is_missing() {
            give(own);
        } else if let Some(constant) = self.constant(place) {
            give(constant);
        }
    }

    /// Gives each value that the event has at a place: several, where a list of dicts is above it. Missing ones are not given.
    pub fn each(&self, place: &FieldPlace, give: &mut dyn FnMut(Value<'a>)) {
        let own = place.exact.map_or(Value::Undefined, |slot| self.values.get(slot));
        if !own.is_missing() {
            return give(own);
        }
        if let Some(constant) = self.constant(place) {
            return give(constant);
        }
        for (slot, keys) in &place.above {
            let above = self.values.get(*slot);
            if !above.is_missing() {
                return below(above, keys, give);
            }
        }
        self.extra.iter().filter(|(name, _)| **name == *place.name).for_each(|(_, value)| give(*value));
    }

    fn constant(&self, place: &FieldPlace) -> Option<Value<'a>> {
        place.constant.as_ref()?;
        let written = self.constants?.constant(place.exact?)?;
        json::read(self.values.arena, std::str::from_utf8(written).ok()?, &Projection::WHOLE).ok()
    }
}

/// Gives what is below a value by keys, in each item of lists on the way.
fn below<'a>(value: Value<'a>, keys: &[Box<str>], give: &mut dyn FnMut(Value<'a>)) {
    match (value, keys) {
        (value, []) if value.is_missing() => {}
        (value, []) => give(value),
        (Value::List(items), _) => items.iter().for_each(|item| below(item, keys, give)),
        (Value::Map(map), [first, rest @ ..]) => match map.get_text(first) {
            Some(inner) => below(inner, rest, give),
            // A key may have dots in it.
            None if keys.len() > 1 => {
                map.get_text(&keys.join(".")).into_iter().for_each(|inner| below(inner, &[], give));
            }
            None => {}
        },
        _ => {}
    }
}
