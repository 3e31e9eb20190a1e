//! What rules are evaluated on: a finished event of a plan, or any value.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use weir::value::Value;
use weir::value::text::Float;
use weir::{EventView, FieldPlace, Plan};

/// An event, as rules read it. Fields have the numbers that a [`RuleSet`](crate::RuleSet) gave them.
pub trait Event {
    /// Gives each value that a field has: not missing ones, and nothing where there is no such field.
    fn each(&self, field: usize, give: &mut dyn FnMut(Value<'_>));

    /// Whether the event makes a dict of the fields below one that has no value itself.
    fn is_dict_of_fields(&self, _field: usize) -> bool {
        false
    }

    /// Gives everything that the event has, for keywords: collections as they are.
    fn each_value(&self, give: &mut dyn FnMut(Value<'_>));
}

/// Where the fields of a set of rules are in the events of a plan.
#[derive(Debug)]
pub struct Places {
    /// By the number of the field.
    fields: Vec<PlacesOfField>,
    /// All fields, where someone asks for all.
    all: Vec<FieldPlace>,
}

/// Where a field is in the events of a plan, and what is below it, of which events make a dict.
#[derive(Debug)]
struct PlacesOfField {
    own: Option<FieldPlace>,
    below: Vec<FieldPlace>,
}

impl Places {
    /// Finds the places of fields in a plan's events.
    pub fn new<'n>(names: impl Iterator<Item = &'n str>, plan: &Plan) -> Self {
        let all = plan.places();
        let places = |name: &str| {
            let is_below =
                |place: &&FieldPlace| place.name().strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
            PlacesOfField { own: plan.place_of(name), below: all.iter().filter(is_below).cloned().collect() }
        };
        Places { fields: names.map(places).collect(), all }
    }

    /// An event at these places.
    pub fn event<'v, 'e, 'a>(&'v self, view: &'v EventView<'e, 'a>) -> PlacedEvent<'v, 'e, 'a> {
        PlacedEvent { view, places: self }
    }
}

/// A finished event of a plan.
#[derive(Clone, Copy, Debug)]
pub struct PlacedEvent<'v, 'e, 'a> {
    view: &'v EventView<'e, 'a>,
    places: &'v Places,
}

impl Event for PlacedEvent<'_, '_, '_> {
    fn each(&self, field: usize, give: &mut dyn FnMut(Value<'_>)) {
        if let Some(own) = self.places.fields.get(field).and_then(|places| places.own.as_ref()) {
            self.view.each(own, &mut |value| give(value));
        }
    }

    fn is_dict_of_fields(&self, field: usize) -> bool {
        let below = self.places.fields.get(field).into_iter().flat_map(|places| &places.below);
        let mut is_there = false;
        below.for_each(|place| self.view.each_own(place, &mut |_| is_there = true));
        is_there
    }

    fn each_value(&self, give: &mut dyn FnMut(Value<'_>)) {
        for place in &self.places.all {
            self.view.each_own(place, &mut |value| give(value));
        }
    }
}

/// Any dict as an event: fields are read by their dotted names, in each item of lists on the way.
#[derive(Clone, Copy, Debug)]
pub struct DictEvent<'v, 'a> {
    names: &'v [String],
    dict: Value<'a>,
}

impl<'v, 'a> DictEvent<'v, 'a> {
    /// A dict, with the names of the fields of a set of rules.
    pub fn new(names: &'v [String], dict: Value<'a>) -> Self {
        DictEvent { names, dict }
    }
}

impl Event for DictEvent<'_, '_> {
    fn each(&self, field: usize, give: &mut dyn FnMut(Value<'_>)) {
        if let Some(name) = self.names.get(field) {
            below(self.dict, name, give);
        }
    }

    fn each_value(&self, give: &mut dyn FnMut(Value<'_>)) {
        give(self.dict);
    }
}

fn below(value: Value<'_>, name: &str, give: &mut dyn FnMut(Value<'_>)) {
    match value {
        Value::List(items) => items.iter().for_each(|item| below(item, name, give)),
        Value::Map(map) => {
            if let Some(value) = map.get_text(name) {
                if !value.is_missing() {
                    give(value);
                }
                return;
            }
            for (dot, _) in name.match_indices('.') {
                if let Some(inner) = map.get_text(&name[..dot]) {
                    return below(inner, &name[dot + 1..], give);
                }
            }
        }
        _ => {}
    }
}

/// Gives each single value inside of a value, down to the engine's bound of nesting.
pub fn each_single(value: Value<'_>, give: &mut dyn FnMut(Value<'_>)) {
    singles(value, 0, true, give);
}

/// Gives each single value that a field has: itself, or those in its list. A dict is none, and what is in it has names of its own.
pub fn each_of_field(value: Value<'_>, give: &mut dyn FnMut(Value<'_>)) {
    singles(value, 0, false, give);
}

fn singles(value: Value<'_>, depth: usize, in_dicts: bool, give: &mut dyn FnMut(Value<'_>)) {
    match value {
        Value::List(_) | Value::Map(_) | Value::Match(_) if depth > weir::value::NESTING => {}
        Value::List(items) | Value::Match(items) => {
            items.iter().for_each(|item| singles(item, depth + 1, in_dicts, give));
        }
        Value::Map(map) if in_dicts => map.iter().for_each(|(_, value)| singles(value, depth + 1, in_dicts, give)),
        Value::Map(_) => {}
        value if value.is_missing() => {}
        value => give(value),
    }
}

/// A single value as text, in `buffer` where it is none yet; `None` for collections and what is missing.
pub fn as_text<'t, 'a: 't>(value: Value<'a>, buffer: &'t mut String) -> Option<&'t str> {
    use std::fmt::Write;
    buffer.clear();
    // Writing to a String cannot fail.
    let _ = match value {
        Value::Text(text) => return Some(text),
        Value::BigInt(digits) => return Some(digits),
        Value::Int(value) => write!(buffer, "{value}"),
        Value::Bool(value) => write!(buffer, "{value}"),
        Value::Float(value) => write!(buffer, "{}", Float(value)),
        Value::Undefined | Value::None | Value::List(_) | Value::Map(_) | Value::Match(_) => return None,
    };
    Some(buffer)
}

/// A text as a time: with a zone, else in UTC, or a day alone.
pub fn as_time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    let civil = text.strip_suffix(" UTC").unwrap_or(text);
    Offset::UTC.to_timestamp(civil.parse::<DateTime>().ok()?).ok()
}

/// A single value as a number.
pub fn as_number(value: Value<'_>) -> Option<f64> {
    match value {
        Value::Int(value) => Some(value as f64),
        Value::Float(value) => Some(value),
        Value::BigInt(text) | Value::Text(text) => text.trim().parse().ok().filter(|value: &f64| value.is_finite()),
        _ => None,
    }
}
