//! What the names of a spec's expressions mean: the incoming event, the layers, the event being built.

use super::expression::{Expression, FieldReading, Path, Relative, Slot};
use super::fields::{Place, Slots, Space};
use crate::diagnostic::Diagnostics;
use crate::json::Projection;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// The layers of a spec, with the slots that its expressions read and its stages write.
#[derive(Debug)]
pub struct Layers {
    /// All slots.
    pub slots: Slots,
    /// The text of the incoming event.
    pub message: Slot,
    /// The incoming event as a dict.
    pub original: Slot,
    /// The fields of the event being built.
    pub fields: Space,
    /// Whether an expression may change a dict.
    pub changes_dicts: bool,
    layers: HashMap<String, Layer>,
    /// The slots that expressions read as fields.
    read: BTreeSet<Slot>,
    wanted: BTreeMap<Slot, Projection>,
    /// The bytes and steps that were taken since they were last counted.
    effort: u64,
}

/// What a dotted name means.
#[derive(Debug)]
pub enum NameMeaning {
    /// A value that something writes.
    Expression(Expression),
    /// A value below a layer that nothing writes there.
    NothingSets(Expression),
    /// Nothing: no layer has the name.
    NoLayer,
}

/// What the pipeline entries of one name write.
#[derive(Debug, Default)]
pub struct Layer {
    /// What extractors write, by `output_field`.
    pub outputs: Vec<(Box<str>, Slot)>,
    /// What stages write.
    pub fields: Space,
}

impl Layer {
    /// All slots of the layer.
    pub fn slots(&self) -> Box<[Slot]> {
        self.outputs.iter().map(|(_, slot)| *slot).chain(self.fields.iter().map(|(_, slot)| slot)).collect()
    }
}

fn path_to(slot: Slot, keys: &[&str]) -> Path {
    Path { slot, keys: keys.iter().map(|key| Box::from(*key)).collect(), beside: Box::default() }
}

/// About how many bytes and steps a field takes that is listed where another is read.
const LISTED: usize = 16;

impl Layers {
    /// The names that a spec cannot give to a layer of its own.
    pub const RESERVED: [&str; 2] = ["original", "final"];

    /// Only the incoming event.
    pub fn new() -> Self {
        let mut slots = Slots::default();
        let message = slots.add("original.message".to_owned());
        let original = slots.add("original".to_owned());
        let fields = Space::default();
        Layers {
            slots,
            message,
            original,
            fields,
            changes_dicts: false,
            layers: HashMap::new(),
            read: BTreeSet::new(),
            wanted: BTreeMap::new(),
            effort: 0,
        }
    }

    /// A layer by name, if any entry writes it.
    pub fn get(&self, name: &str) -> Option<&Layer> {
        self.layers.get(name)
    }

    /// The names of all layers.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.layers.keys().map(String::as_str).chain(Self::RESERVED)
    }

    /// Enters a layer that has nothing yet.
    pub fn declare(&mut self, name: &str) {
        self.layers.entry(name.to_owned()).or_default();
    }

    /// The slot of an extractor's output.
    pub fn declare_output(&mut self, layer: &str, key: &str) -> Slot {
        let Layers { slots, layers, .. } = self;
        let outputs = &mut layers.entry(layer.to_owned()).or_default().outputs;
        if let Some((_, slot)) = outputs.iter().find(|(known, _)| **known == *key) {
            return *slot;
        }
        let slot = slots.add(format!("{layer}.{key}"));
        outputs.push((key.into(), slot));
        slot
    }

    /// The slot of a field of the event being built.
    pub fn declare_field(&mut self, name: &str) -> Slot {
        self.fields.declare(&mut self.slots, "", name)
    }

    /// The slot of a field in a stage's layer.
    pub fn declare_stage_field(&mut self, layer: &str, name: &str) -> Slot {
        let Layers { slots, layers, .. } = self;
        let fields = &mut layers.entry(layer.to_owned()).or_default().fields;
        fields.declare(slots, &format!("{layer}."), name)
    }

    /// Counts what was done since the last time; see [`Diagnostics::spend`].
    pub fn take_effort(&mut self) -> u64 {
        std::mem::take(&mut self.effort)
    }

    /// Whether a single template asks for more than a spec may.
    fn is_spent(&self) -> bool {
        self.effort > Diagnostics::MOST_EFFORT
    }

    /// What setting or deleting a field does to those around it; see [`Space::place`].
    pub fn place(&mut self, name: &str, is_spread: &dyn Fn(&str) -> bool) -> Place {
        let place = self.fields.place(name, is_spread);
        self.effort += place.effort();
        place
    }

    /// As [`Layers::place`], in a stage's layer.
    pub fn stage_place(&mut self, layer: &str, name: &str) -> Place {
        let place = self.layers.get(layer).map(|layer| layer.fields.place(name, &|_| false)).unwrap_or_default();
        self.effort += place.effort();
        place
    }

    /// What `root.key.key` reads.
    pub fn read(&mut self, root: &str, keys: &[&str]) -> NameMeaning {
        if self.is_spent() {
            return NameMeaning::Expression(Expression::Undefined);
        }
        if let Some((slot, keys)) = self.slot_of(root, keys) {
            let beside = self.beside(root, slot, keys);
            let path = self.whole(slot, keys);
            return NameMeaning::Expression(Expression::Path(Arc::new(Path { beside, ..path })));
        }
        match root {
            "final" => {
                let mut reading = self.fields.reading(&keys.join("."));
                // An event always has `event`, if only as an empty dict: 3 recorded pairs for it, none against.
                match keys {
                    ["event"] => reading.is_always = true,
                    ["event", _] => reading.dict = None,
                    _ => {}
                }
                reading.name =
                    std::iter::once("final").chain(keys.iter().copied()).collect::<Vec<_>>().join(".").into();
                self.read_fields(reading, keys)
            }
            _ => self.read_layer(root, keys),
        }
    }

    fn read_layer(&mut self, root: &str, keys: &[&str]) -> NameMeaning {
        let Some(layer) = self.layers.get(root) else { return NameMeaning::NoLayer };
        let mut reading = layer.fields.reading(&keys.join("."));
        if keys.is_empty() {
            let outputs = layer.outputs.iter().map(|(key, slot)| Relative { slot: *slot, keys: [key.clone()].into() });
            reading.below = reading.below.into_iter().chain(outputs).collect();
        }
        if keys.len() == 1 {
            reading.dict = Some(layer.slots());
        }
        reading.name = if keys.is_empty() { root.into() } else { format!("{root}.{}", reading.name).into() };
        self.read_fields(reading, keys)
    }

    fn read_fields(&mut self, reading: FieldReading, keys: &[&str]) -> NameMeaning {
        let around = reading.above.iter().chain(&reading.below).map(|field| field.slot);
        self.read.extend(reading.exact.into_iter().chain(around).chain(reading.dict.iter().flatten().copied()));
        let lists = reading.above.len() + reading.below.len() + reading.dict.as_ref().map_or(0, |dict| dict.len());
        self.effort += (lists * LISTED) as u64;
        for below in &reading.below {
            self.wanted.entry(below.slot).or_insert_with(Projection::nothing).add([]);
        }
        let is_set = reading.exact.is_some() || !reading.above.is_empty() || !reading.below.is_empty();
        match is_set || keys.is_empty() {
            true => NameMeaning::Expression(Expression::Fields(Arc::new(reading))),
            false => NameMeaning::NothingSets(Expression::Fields(Arc::new(reading))),
        }
    }

    /// What the incoming event has under a key.
    pub fn incoming(&mut self, key: &str) -> Expression {
        let keys = [key];
        let (slot, keys) = self.slot_of("original", &keys).unwrap_or((self.original, &keys));
        self.path(slot, keys)
    }

    fn path(&mut self, slot: Slot, keys: &[&str]) -> Expression {
        Expression::Path(Arc::new(self.whole(slot, keys)))
    }

    fn whole(&mut self, slot: Slot, keys: &[&str]) -> Path {
        self.wanted.entry(slot).or_insert_with(Projection::nothing).add(keys.iter().copied());
        self.effort += self.wanted.get(&slot).map_or(0, Projection::nodes) as u64;
        path_to(slot, keys)
    }

    /// What `root.key.key` reads, where no more is asked than whether it is there, or for one key of a dict; the rest of
    /// the dict is not read. `None` where it is no value below a slot.
    pub fn dict(&mut self, root: &str, keys: &[&str]) -> Option<Path> {
        let (slot, keys) = self.slot_of(root, keys)?;
        self.wanted.entry(slot).or_insert_with(Projection::nothing).add_dict(keys.iter().copied());
        let beside = self.beside(root, slot, keys);
        Some(Path { beside, ..path_to(slot, keys) })
    }

    /// The other outputs of a layer, where one is read as a whole.
    fn beside(&self, root: &str, slot: Slot, keys: &[&str]) -> Box<[Slot]> {
        let layer = self.layers.get(root).filter(|_| keys.is_empty());
        let outputs = layer.iter().flat_map(|layer| &layer.outputs);
        outputs.map(|(_, other)| *other).filter(|other| *other != slot).collect()
    }

    /// Enters that the value under a key of such a dict is read.
    pub fn reads_key(&mut self, dict: &Path, key: &str) {
        let keys: Vec<&str> = dict.keys.iter().map(|key| &**key).chain([key]).collect();
        self.whole(dict.slot, &keys);
    }

    /// The slot that a name and keys lead to, and the keys that lead on.
    fn slot_of<'k, 'n>(&self, root: &str, keys: &'k [&'n str]) -> Option<(Slot, &'k [&'n str])> {
        match (root, keys) {
            ("original", ["message", rest @ ..]) => Some((self.message, rest)),
            ("original", _) => Some((self.original, keys)),
            _ => {
                let (first, rest) = keys.split_first()?;
                let outputs = &self.layers.get(root)?.outputs;
                outputs.iter().find(|(known, _)| **known == **first).map(|(_, slot)| (*slot, rest))
            }
        }
    }

    /// Whether an expression reads the incoming event beside its message.
    pub fn reads_original(&self) -> bool {
        self.wanted.contains_key(&self.original)
    }

    /// Whether an expression lowered so far reads the field of a slot, or whether it is set.
    pub fn is_read(&self, slot: Slot) -> bool {
        self.read.contains(&slot)
    }

    /// Which parts of a slot's value the expressions lowered so far read.
    pub fn wanted(&self, slot: Slot) -> Projection {
        self.wanted.get(&slot).cloned().unwrap_or_default()
    }
}
