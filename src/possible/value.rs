//! What is known of a value before any record was seen: single values, what lists and dicts hold, or nothing.

use crate::expr::Arithmetic;
use crate::value::{Arena, Constant, ConstantKind, Fault, FaultCode, List, Value, ops, text};
use std::collections::BTreeSet;

/// How many single values are told apart; where there are more, the rest is anything.
const MOST: usize = 1_000;

/// How many pairs of texts are joined one by one.
pub(super) const MOST_PAIRS: usize = 256;

/// The longest text that is kept, in bytes.
const LONGEST: usize = 4 << 10;

/// How deep lists and dicts are looked into.
const DEEPEST: usize = 4;

/// All that a value may be. Nothing at all, where what makes it always fails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Possible {
    /// Single values.
    pub known: BTreeSet<KnownValue>,
    /// Text of nothing but white space, however much.
    pub blank: bool,
    /// A list with these items.
    pub items: Option<Box<Possible>>,
    /// Text that reads as a list with these items.
    pub written: Option<Box<Possible>>,
    /// A dict with these values.
    pub entries: Option<Box<Possible>>,
    /// Anything else.
    pub open: bool,
    /// Whether a list or dict among them belongs to a field.
    pub shared: bool,
}

/// A single value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum KnownValue {
    Undefined,
    None,
    Bool(bool),
    Int(i64),
    BigInt(Box<str>),
    /// The bits of a double.
    Float(u64),
    Text(Box<str>),
}

impl KnownValue {
    /// As a value of the language.
    pub fn value(&self) -> Value<'_> {
        match self {
            KnownValue::Undefined => Value::Undefined,
            KnownValue::None => Value::None,
            KnownValue::Bool(value) => Value::Bool(*value),
            KnownValue::Int(value) => Value::Int(*value),
            KnownValue::BigInt(digits) => Value::BigInt(digits),
            KnownValue::Float(bits) => Value::Float(f64::from_bits(*bits)),
            KnownValue::Text(text) => Value::Text(text),
        }
    }

    pub fn is_blank(&self) -> bool {
        matches!(self, KnownValue::Text(text) if text.trim().is_empty())
    }
}

/// Makes them.
impl Possible {
    /// Nothing: what makes the value fails.
    pub fn nothing() -> Self {
        Possible::default()
    }

    /// Anything.
    pub fn anything() -> Self {
        Possible { open: true, ..Possible::default() }
    }

    /// One single value.
    pub fn one(known: KnownValue) -> Self {
        Possible { known: BTreeSet::from([known]), ..Possible::default() }
    }

    /// One text.
    pub fn text(text: &str) -> Self {
        match text.len() <= LONGEST {
            true => Possible::one(KnownValue::Text(text.into())),
            false => Possible::anything(),
        }
    }

    /// A missing name.
    pub fn undefined() -> Self {
        Possible::one(KnownValue::Undefined)
    }

    /// True or false.
    pub fn truth_value() -> Self {
        Possible { known: [KnownValue::Bool(false), KnownValue::Bool(true)].into(), ..Possible::default() }
    }

    /// A list of these items.
    pub fn list(items: Possible) -> Self {
        Possible { items: Some(bounded(items)), ..Possible::default() }
    }

    /// A dict of these values.
    pub fn dict(values: Possible) -> Self {
        Possible { entries: Some(bounded(values)), ..Possible::default() }
    }

    /// What a value of the language is.
    pub fn of(value: Value<'_>) -> Self {
        Possible::at_depth(value, 0)
    }

    /// What a constant of a spec is.
    pub fn of_constant(constant: &Constant) -> Self {
        // Most constants are texts, which need no arena.
        if let ConstantKind::Text(text) = &constant.kind {
            return Possible::text(text);
        }
        let arena = Arena::default();
        constant.to_value(&arena).map_or_else(|_| Possible::anything(), Possible::of)
    }

    fn at_depth(value: Value<'_>, depth: usize) -> Self {
        match value {
            _ if depth > DEEPEST => Possible::anything(),
            Value::Undefined => Possible::undefined(),
            Value::None => Possible::one(KnownValue::None),
            Value::Bool(value) => Possible::one(KnownValue::Bool(value)),
            Value::Int(value) => Possible::one(KnownValue::Int(value)),
            Value::BigInt(digits) => Possible::one(KnownValue::BigInt(digits.into())),
            Value::Float(value) => Possible::one(KnownValue::Float(value.to_bits())),
            Value::Text(text) => Possible::text(text),
            Value::List(items) => Possible::list(Possible::all(items, depth + 1)),
            Value::Map(map) => {
                let values = map.iter().map(|(_, value)| Possible::at_depth(value, depth + 1));
                Possible::dict(values.fold(Possible::nothing(), Possible::or))
            }
            Value::Match(_) => Possible::anything(),
        }
    }

    fn all(items: &List<'_>, depth: usize) -> Self {
        items.iter().map(|item| Possible::at_depth(item, depth)).fold(Possible::nothing(), Possible::or)
    }
}

/// Puts them together and takes them apart.
impl Possible {
    /// Either of two.
    #[expect(clippy::needless_pass_by_value, reason = "a fold hands it over")]
    pub fn or(mut self, other: Possible) -> Self {
        self.add(&other);
        self
    }

    /// Adds what another may be.
    pub fn add(&mut self, other: &Possible) {
        for known in &other.known {
            if self.known.len() < MOST {
                self.known.insert(known.clone());
            } else if !self.known.contains(known) {
                self.open = true;
            }
        }
        self.blank |= other.blank;
        self.open |= other.open;
        self.shared |= other.shared;
        add_inside(&mut self.items, other.items.as_deref());
        add_inside(&mut self.written, other.written.as_deref());
        add_inside(&mut self.entries, other.entries.as_deref());
    }

    /// The single values that this holds for, and everything else.
    pub fn retain(mut self, holds: impl Fn(&KnownValue) -> bool) -> Self {
        self.known.retain(holds);
        self
    }

    /// What counts as true.
    pub fn truthy(self) -> Self {
        self.retain(|known| ops::truth(known.value()))
    }

    /// What counts as false: of lists and dicts, the empty ones.
    pub fn falsy(self) -> Self {
        let mut falsy = self.retain(|known| !ops::truth(known.value()));
        let empty = |inside: Option<Box<Possible>>| inside.map(|_| Box::default());
        falsy.items = empty(falsy.items);
        falsy.entries = empty(falsy.entries);
        falsy.written = None;
        falsy
    }

    /// What lies below it under some key: `value.key` and `value[key]`.
    pub fn below(&self) -> Self {
        let mut below = Possible { open: self.open, ..Possible::default() };
        let inside = self.entries.iter().chain(&self.items);
        inside.for_each(|values| below.add(values));
        // What is below an undefined value fails; below anything else that has no such key, it is undefined.
        if self.blank || self.items.is_some() || self.written.is_some() || self.entries.is_some() {
            below.add(&Possible::undefined());
        }
        if self.known.iter().any(|known| *known != KnownValue::Undefined) {
            below.add(&Possible::undefined());
        }
        below
    }

    /// The items that a loop walks, together.
    pub fn walked(&self) -> Self {
        let mut items = self.items.as_deref().cloned().unwrap_or_default();
        items.open |= self.open || self.has_text() || self.entries.is_some();
        items
    }

    /// It as text.
    pub fn shown(&self) -> Self {
        let mut shown = Possible { blank: self.blank, written: self.written.clone(), ..Possible::default() };
        shown.open = self.open || self.entries.is_some();
        for known in &self.known {
            let arena = Arena::default();
            shown.add(&text::string(&arena, known.value()).map_or_else(|_| Possible::anything(), Possible::text));
        }
        if let Some(items) = &self.items {
            match items.reads_back() {
                true => add_inside(&mut shown.written, Some(items)),
                false => shown.open = true,
            }
        }
        shown
    }

    /// Whether a list of it, written out, reads as the same list.
    fn reads_back(&self) -> bool {
        let is_literal = |known: &KnownValue| !matches!(known, KnownValue::Undefined | KnownValue::Float(_));
        let is_single = self.items.is_none() && self.written.is_none() && self.entries.is_none();
        !self.open && !self.blank && is_single && self.known.iter().all(is_literal)
    }

    /// A text and another one behind it; both are texts already.
    pub fn then(&self, other: &Possible) -> Self {
        if *self == Possible::nothing() || *other == Possible::nothing() {
            return Possible::nothing();
        }
        let mut joined = Possible { open: self.open || other.open, ..Possible::default() };
        if self.known.len() * other.known.len() > MOST_PAIRS {
            joined.open = true;
            return joined;
        }
        for left in &self.known {
            for right in &other.known {
                joined.add(&pair(left, right));
            }
        }
        joined.add(&self.beside(other));
        joined.add(&other.beside(self));
        joined
    }

    /// What of this text is no single value, with a text before or behind it: white space changes nothing.
    fn beside(&self, other: &Possible) -> Self {
        let has_blank = other.blank || other.known.iter().any(KnownValue::is_blank);
        let has_more = other.known.iter().any(|known| !known.is_blank());
        let mut beside = Possible::default();
        if self.blank {
            beside.blank = has_blank;
            beside.open |= has_more;
            add_inside(&mut beside.written, other.written.as_deref());
        }
        if self.written.is_some() {
            beside.open |= has_more || other.written.is_some();
            add_inside(&mut beside.written, self.written.as_deref().filter(|_| has_blank));
        }
        beside
    }

    /// The same with text of white space as one thing: a loop puts out ever more of it.
    pub fn loosened(mut self) -> Self {
        let count = self.known.len();
        self.known.retain(|known| !known.is_blank());
        self.blank |= self.known.len() < count;
        self
    }

    /// As a field is set to it: text that reads as a list or a dict becomes one.
    pub fn native(&self) -> Self {
        let mut native = Possible { blank: self.blank, open: self.open, ..Possible::default() };
        native.items.clone_from(&self.items);
        native.entries.clone_from(&self.entries);
        if let Some(items) = &self.written {
            native.add(&Possible::list((**items).clone()));
        }
        for known in &self.known {
            match known {
                KnownValue::Text(text) if looks_like_a_collection(text) => {
                    let arena = Arena::default();
                    let read = text::native(&arena, text);
                    native.add(&read.map_or_else(|_| Possible::anything(), Possible::of));
                }
                known => _ = native.known.insert(known.clone()),
            }
        }
        native
    }

    /// What an operator gives for each pair of single values; anything, where there are too many or others.
    pub fn calculated(&self, operator: Arithmetic, other: &Possible) -> Self {
        if !self.is_known() || !other.is_known() || self.known.len() * other.known.len() > MOST_PAIRS {
            return Possible::anything();
        }
        let mut results = Possible::nothing();
        for left in &self.known {
            for right in &other.known {
                let arena = Arena::default();
                results.add(&outcome(ops::arithmetic(&arena, operator, left.value(), right.value())));
            }
        }
        results
    }

    /// Its single values alone.
    pub fn singles(&self) -> Self {
        Possible { known: self.known.clone(), ..Possible::default() }
    }

    /// Whether it may be a text with something in it that is known to be text.
    pub fn has_text(&self) -> bool {
        let is_text = |known: &KnownValue| matches!(known, KnownValue::Text(text) if !text.is_empty());
        self.blank || self.written.is_some() || self.known.iter().any(is_text)
    }

    /// The same as a field has it.
    pub fn of_field(mut self) -> Self {
        self.shared = true;
        for inside in [&mut self.items, &mut self.entries].into_iter().flatten() {
            **inside = std::mem::take(&mut **inside).of_field();
        }
        self
    }

    /// The same where all lists and dicts in it may hold this too.
    pub fn filled(mut self, with: &Possible) -> Self {
        for inside in [&mut self.items, &mut self.entries].into_iter().flatten() {
            let filled = std::mem::take(&mut **inside).filled(with).or(with.clone());
            *inside = bounded(filled);
        }
        self
    }

    /// Whether it is one of single values, and nothing else.
    pub fn is_known(&self) -> bool {
        !self.open && !self.blank && self.items.is_none() && self.written.is_none() && self.entries.is_none()
    }

    fn depth(&self) -> usize {
        let inside = self.items.iter().chain(&self.written).chain(&self.entries);
        inside.map(|values| 1 + values.depth()).max().unwrap_or(0)
    }
}

/// A single value in an arena.
pub(super) fn copied<'a>(arena: &'a Arena, known: &KnownValue) -> Value<'a> {
    match known {
        KnownValue::Text(text) => Value::Text(arena.text(text).unwrap_or_default()),
        KnownValue::BigInt(digits) => Value::BigInt(arena.text(digits).unwrap_or_default()),
        KnownValue::Undefined => Value::Undefined,
        KnownValue::None => Value::None,
        KnownValue::Bool(value) => Value::Bool(*value),
        KnownValue::Int(value) => Value::Int(*value),
        KnownValue::Float(bits) => Value::Float(f64::from_bits(*bits)),
    }
}

/// What a function gave. What fails sets nothing; what used up its budget might not have with another one.
pub(super) fn outcome(result: Result<Value<'_>, Fault>) -> Possible {
    match result {
        Ok(value) => Possible::of(value),
        Err(fault) if fault.code() == FaultCode::Limit => Possible::anything(),
        Err(_) => Possible::nothing(),
    }
}

fn pair(left: &KnownValue, right: &KnownValue) -> Possible {
    match (left, right) {
        (KnownValue::Text(left), KnownValue::Text(right)) if left.len() + right.len() <= LONGEST => {
            Possible::one(KnownValue::Text(format!("{left}{right}").into()))
        }
        _ => Possible::anything(),
    }
}

fn looks_like_a_collection(text: &str) -> bool {
    text.trim_start().starts_with(['[', '{'])
}

fn add_inside(inside: &mut Option<Box<Possible>>, other: Option<&Possible>) {
    match (inside, other) {
        (_, None) => {}
        (Some(inside), Some(other)) => inside.add(other),
        (inside, Some(other)) => *inside = Some(Box::new(other.clone())),
    }
}

fn bounded(inside: Possible) -> Box<Possible> {
    Box::new(if inside.depth() < DEEPEST { inside } else { Possible::anything() })
}
