//! What a call of the library may give.

use super::template::TemplateFlow;
use super::value::{KnownValue, MOST_PAIRS, Possible, copied, outcome};
use crate::filters::{self, Default, LibraryKind};
use crate::plan::expression::Call;
use crate::value::Arena;

/// What a function does to what it is given.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CallEffect {
    /// One of the items, or undefined.
    OneItem,
    /// A list of some of the items.
    SomeItems,
    /// The items of a dict, or another value.
    UnderKey,
    /// A list of a dict's values.
    Values,
    /// The value, or another one where it is missing.
    Fallback,
    /// A new dict.
    NewDict,
    /// Puts an argument into a list or dict.
    Puts(usize),
    /// Puts its third argument under a key that is not there, and gives what is there.
    PutsDefault,
    /// Puts the items of an argument into a list, or its entries into a dict.
    PutsAll,
    /// Takes something out.
    Takes,
    /// Changes a list or dict without adding to it.
    Changes,
    /// The day on which it runs decides.
    Dated,
}

/// The functions that are known better than by their results for single values. All that change a list or dict are here.
const EFFECTS: &[(LibraryKind, &str, CallEffect)] = &[
    (LibraryKind::Filter, "first", CallEffect::OneItem),
    (LibraryKind::Filter, "last", CallEffect::OneItem),
    (LibraryKind::Filter, "min", CallEffect::OneItem),
    (LibraryKind::Filter, "max", CallEffect::OneItem),
    (LibraryKind::Filter, "list", CallEffect::SomeItems),
    (LibraryKind::Filter, "unique", CallEffect::SomeItems),
    (LibraryKind::Filter, "sort", CallEffect::SomeItems),
    (LibraryKind::Filter, "reverse", CallEffect::SomeItems),
    (LibraryKind::Filter, "select", CallEffect::SomeItems),
    (LibraryKind::Filter, "reject", CallEffect::SomeItems),
    (LibraryKind::Filter, "selectattr", CallEffect::SomeItems),
    (LibraryKind::Filter, "rejectattr", CallEffect::SomeItems),
    (LibraryKind::Global, "list", CallEffect::SomeItems),
    (LibraryKind::Filter, "default", CallEffect::Fallback),
    (LibraryKind::Filter, "to_rfc3339", CallEffect::Dated),
    (LibraryKind::Global, "dict", CallEffect::NewDict),
    (LibraryKind::Global, "namespace", CallEffect::NewDict),
    (LibraryKind::Method, "get", CallEffect::UnderKey),
    (LibraryKind::Method, "values", CallEffect::Values),
    (LibraryKind::Method, "append", CallEffect::Puts(1)),
    (LibraryKind::Method, "insert", CallEffect::Puts(2)),
    (LibraryKind::Method, "setdefault", CallEffect::PutsDefault),
    (LibraryKind::Method, "extend", CallEffect::PutsAll),
    (LibraryKind::Method, "update", CallEffect::PutsAll),
    (LibraryKind::Method, "pop", CallEffect::Takes),
    (LibraryKind::Method, "popitem", CallEffect::Takes),
    (LibraryKind::Method, "remove", CallEffect::Changes),
    (LibraryKind::Method, "clear", CallEffect::Changes),
    (LibraryKind::Method, "reverse", CallEffect::Changes),
    (LibraryKind::Method, "sort", CallEffect::Changes),
];

fn effect_of(entry: &filters::LibraryEntry) -> Option<CallEffect> {
    let is_it = |(kind, name, _): &&(LibraryKind, &str, CallEffect)| *kind == entry.kind && *name == entry.name();
    EFFECTS.iter().find(is_it).map(|(.., effect)| *effect)
}

/// The arguments of a call: by parameter, defaults filled in, and all further ones together.
struct PossibleArguments {
    bound: Vec<Option<Possible>>,
    rest: Possible,
}

impl PossibleArguments {
    fn get(&self, index: usize) -> Possible {
        self.bound.get(index).cloned().flatten().unwrap_or_else(Possible::undefined)
    }

    fn all(&self) -> impl Iterator<Item = &Possible> {
        self.bound.iter().flatten()
    }
}

impl TemplateFlow<'_> {
    /// What a call may give; what it puts into lists and dicts is remembered.
    pub(super) fn call(&mut self, call: &Call) -> Possible {
        let arguments = self.arguments(call);
        let entry = call.entry;
        match effect_of(entry) {
            _ if entry.kind == LibraryKind::Test => Possible::truth_value(),
            Some(effect) => self.effect(effect, &arguments),
            None => self.ordinary(call, &arguments),
        }
    }

    fn arguments(&mut self, call: &Call) -> PossibleArguments {
        let parameters = call.entry.parameters;
        let mut bound: Vec<Option<Possible>> = vec![None; parameters.len()];
        let mut rest = Possible::nothing();
        for (index, argument) in call.positional.iter().enumerate() {
            let value = self.expression(argument);
            match bound.get_mut(index) {
                Some(slot) => *slot = Some(value),
                None => rest.add(&value),
            }
        }
        for (name, argument) in &call.named {
            let value = self.expression(argument);
            match parameters.iter().position(|parameter| *parameter.name == **name) {
                Some(index) => bound[index] = Some(value),
                None => rest.add(&value),
            }
        }
        if let Some(spread) = &call.spread {
            // Its items may be any of the arguments.
            self.expression(spread);
            bound.fill(Some(Possible::anything()));
            rest.open = true;
        }
        for (slot, parameter) in bound.iter_mut().zip(parameters) {
            *slot = slot.take().or_else(|| default(parameter.default));
        }
        PossibleArguments { bound, rest }
    }

    fn effect(&mut self, effect: CallEffect, arguments: &PossibleArguments) -> Possible {
        let value = arguments.get(0);
        match effect {
            CallEffect::OneItem => value.walked().or(Possible::undefined()),
            CallEffect::SomeItems => self.made(some_items(&value)),
            CallEffect::UnderKey => inside(&value).or(arguments.get(2)),
            CallEffect::Values => self.made(Possible::list(inside(&value))),
            CallEffect::Fallback => fallback(value, arguments),
            CallEffect::NewDict => {
                let values = inside(&value).or(value.walked().walked()).or(arguments.rest.clone());
                self.made(Possible::dict(values))
            }
            CallEffect::Puts(argument) => {
                self.put(&value, &arguments.get(argument));
                Possible::one(KnownValue::None)
            }
            CallEffect::PutsDefault => {
                self.put(&value, &arguments.get(2));
                inside(&value).or(arguments.get(2))
            }
            CallEffect::PutsAll => {
                let put = arguments.get(1);
                // A dict's entries, a list's items, or the values of pairs.
                let all = inside(&put).or(put.walked()).or(put.walked().walked()).or(arguments.rest.clone());
                self.put(&value, &all);
                Possible::one(KnownValue::None)
            }
            CallEffect::Takes => {
                let taken = inside(&value).or(value.walked()).or(arguments.get(2));
                // Of a dict also a pair, whose key is not followed.
                Possible { open: taken.open || value.entries.is_some(), ..taken }
            }
            CallEffect::Changes => Possible::one(KnownValue::None),
            CallEffect::Dated => Possible::anything(),
        }
    }

    /// A function that looks at its arguments only: it is called for all single values that they may be.
    fn ordinary(&self, call: &Call, arguments: &PossibleArguments) -> Possible {
        let count: usize = arguments.all().map(|argument| argument.known.len()).product();
        let is_known = arguments.all().all(Possible::is_known);
        if !is_known || arguments.rest != Possible::nothing() || count > MOST_PAIRS {
            return Possible::anything();
        }
        // By place: a parameter without a value ends them, unless a later one has one.
        let given: Vec<&Possible> = arguments.bound.iter().map_while(Option::as_ref).collect();
        if given.len() < arguments.all().count() {
            return Possible::anything();
        }
        let mut results = Possible::nothing();
        for mut choice in 0..count {
            let arena = Arena::default();
            let mut values = Vec::with_capacity(given.len());
            for argument in &given {
                let index = choice % argument.known.len();
                choice /= argument.known.len();
                values.extend(argument.known.iter().nth(index).map(|known| copied(&arena, known)));
            }
            results.add(&outcome(filters::call(call.entry, &arena, self.patterns, 0, &values, &[])));
        }
        self.made(results)
    }
}

/// The values of a dict; what may be anything may be a dict of anything.
fn inside(value: &Possible) -> Possible {
    let mut values = value.entries.as_deref().cloned().unwrap_or_default();
    values.open |= value.open;
    values
}

fn some_items(value: &Possible) -> Possible {
    if value.has_text() || value.open || value.entries.is_some() {
        return Possible::anything();
    }
    Possible::list(value.walked())
}

/// `value | default(other)`, and `value | default(other, true)`, which also replaces what is false.
fn fallback(value: Possible, arguments: &PossibleArguments) -> Possible {
    let also_false = arguments.get(2) == Possible::one(KnownValue::Bool(true));
    let value = value.retain(|known| *known != KnownValue::Undefined);
    let kept = if also_false { value.truthy() } else { value };
    kept.or(arguments.get(1))
}

fn default(default: Default) -> Option<Possible> {
    match default {
        Default::Required | Default::Absent => None,
        Default::None => Some(Possible::one(KnownValue::None)),
        Default::Bool(value) => Some(Possible::one(KnownValue::Bool(value))),
        Default::Int(value) => Some(Possible::one(KnownValue::Int(value))),
        Default::Text(text) => Some(Possible::text(text)),
    }
}
