//! What comes out: the fields that the taxonomy knows, with their types, as a tree that is written without a look-up.

use super::expression::Slot;
use super::layers::Layers;
use crate::infer;
use crate::json;
use crate::taxonomy::{Field, FieldType, Origin, Reading, Taxonomy};
use hashbrown::HashMap;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The fields of an event that can be written, and what becomes of values on the way.
#[derive(Debug)]
pub(crate) struct Output {
    /// Fields whose value may be a dict that has other fields in it.
    pub containers: Vec<Container>,
    /// Each field that comes out.
    pub fields: Vec<(Slot, Field)>,
    /// The fields that may stand in objects.
    pub taxonomy: Taxonomy,
    /// Fields that only rules of inference set; what a spec sets there is dropped.
    pub owned: Vec<Slot>,
    /// The tree of keys that is written.
    pub nodes: Box<[KeyNode]>,
    /// The raw text of the event.
    pub message: Slot,
    /// The unique id of the event.
    pub event_id: Slot,
    /// What the run says of itself: status, warnings, error.
    pub intake: [Slot; 3],
}

/// A field above others.
#[derive(Debug)]
pub(crate) struct Container {
    /// The field.
    pub slot: Slot,
    /// The fields below it, by the rest of their names.
    pub fields: HashMap<Box<str>, Below>,
}

/// A field below one whose dict is spread.
#[derive(Debug)]
pub(crate) struct Below {
    /// Its slot.
    pub slot: Slot,
    /// What it is declared as.
    pub field: Field,
    /// Whether a dict stays whole on it.
    pub keeps_dicts: bool,
}

/// A key of the event that is written.
#[derive(Debug)]
pub(crate) struct KeyNode {
    /// The key as JSON with its colon.
    pub key: Box<[u8]>,
    /// The key with the brace of the object below it.
    pub opening: Box<[u8]>,
    /// The field that ends here.
    pub slot: Option<Slot>,
    /// Whether the taxonomy knows it. A field that it does not know leaves the dict that it would stand in.
    pub known: bool,
    /// The keys below.
    pub children: Box<[KeyNode]>,
}

/// The fields in which the run reports about itself, below `sekoiaio.intake`: the public engine's names.
const INTAKE: [&str; 3] =
    ["sekoiaio.intake.parsing_status", "sekoiaio.intake.parsing_warnings", "sekoiaio.intake.parsing_error"];

/// Keys that stand before the others, which follow in alphabetical order.
const FIRST: [&str; 3] = ["message", "event", "@timestamp"];

/// How many parts the name of a field that comes out has at most: writing goes down as deep on the stack.
pub(super) const DEEPEST: usize = 100;

/// Whether a name has more parts than [`DEEPEST`].
pub(super) fn is_too_deep(name: &str) -> bool {
    name.split('.').nth(DEEPEST).is_some()
}

impl Output {
    /// Decides what becomes of the fields declared so far.
    pub fn new(layers: &mut Layers, taxonomy: &Taxonomy, containers: Vec<Container>) -> Self {
        let message = layers.declare_field("message");
        let event_id = layers.declare_field("event.id");
        let intake = INTAKE.map(|name| layers.declare_field(name));
        let fields = known(layers, taxonomy);
        let mut root = KeyTree::default();
        for (name, slot) in layers.fields.iter().filter(|(name, _)| !is_too_deep(name)) {
            let known = field_of(taxonomy, name).is_some() || INTAKE.contains(&name) || name == "message";
            root.add(name, slot, known);
        }
        let owned = infer::OWNED.iter().filter_map(|name| layers.fields.get(name)).collect();
        let taxonomy = taxonomy.clone();
        Output { containers, fields, taxonomy, owned, nodes: root.into_nodes(), message, event_id, intake }
    }

    /// Visits the fields of the tree by their dotted names, in the order in which they are written.
    pub fn each_name(&self, visit: &mut dyn FnMut(&str, Slot)) {
        each_name(&self.nodes, &mut String::new(), visit);
    }

    /// The key at which the field of a slot is written.
    pub fn node(&self, slot: Slot) -> Option<&KeyNode> {
        find(&self.nodes, slot)
    }

    /// The field of a slot, where its dict is spread.
    pub fn container(&self, slot: Slot) -> Option<&Container> {
        self.containers.iter().find(|container| container.slot == slot)
    }

    /// Whether the field of a slot comes out.
    pub fn writes(&self, slot: Slot) -> bool {
        slot == self.message || self.fields.iter().any(|(known, _)| *known == slot)
    }
}

fn each_name(nodes: &[KeyNode], above: &mut String, visit: &mut dyn FnMut(&str, Slot)) {
    for node in nodes {
        let length = above.len();
        if length > 0 {
            above.push('.');
        }
        above.push_str(&node.name());
        if let Some(slot) = node.slot {
            visit(above, slot);
        }
        each_name(&node.children, above, visit);
        above.truncate(length);
    }
}

impl KeyNode {
    /// The key itself.
    pub fn name(&self) -> Cow<'_, str> {
        let key = self.key.strip_suffix(b":").and_then(|key| str::from_utf8(key).ok());
        key.and_then(|key| json::raw::string(key).ok()).expect("a key is a text as JSON with its colon")
    }
}

fn find(nodes: &[KeyNode], slot: Slot) -> Option<&KeyNode> {
    nodes.iter().find_map(|node| if node.slot == Some(slot) { Some(node) } else { find(&node.children, slot) })
}

/// Declares the fields that dicts on the fields declared so far are spread over: all that are known below, and the names
/// between that no one declares, since a list of dicts may stand there.
pub(super) fn containers(layers: &mut Layers, taxonomy: &Taxonomy) -> Vec<Container> {
    let set: Vec<(String, Slot)> = layers.fields.iter().map(|(name, slot)| (name.to_owned(), slot)).collect();
    let above = set.iter().filter(|(name, _)| is_spread(taxonomy, name));
    above
        .filter_map(|(name, slot)| {
            let mut declare = |below: &str| {
                let (slot, keeps_dicts) = (layers.declare_field(below), !is_spread(taxonomy, below));
                Some((
                    Box::from(&below[name.len() + 1..]),
                    Below { slot, field: field_of(taxonomy, below)?, keeps_dicts },
                ))
            };
            let fields: HashMap<Box<str>, Below> =
                names_below(taxonomy, name).into_iter().filter_map(&mut declare).collect();
            (!fields.is_empty()).then_some(Container { slot: *slot, fields })
        })
        .collect()
}

/// The names of all fields below a field, and of what stands between.
fn names_below<'t>(taxonomy: &'t Taxonomy, name: &str) -> BTreeSet<&'t str> {
    let above = |field: &'t Field| field.name.match_indices('.').map(|(dot, _)| &field.name[..dot]);
    let with_those_above =
        |field: &'t Field| above(field).filter(|above| above.len() > name.len()).chain([&*field.name]);
    taxonomy.below(name).flat_map(with_those_above).collect()
}

fn known(layers: &Layers, taxonomy: &Taxonomy) -> Vec<(Slot, Field)> {
    layers.fields.iter().filter_map(|(name, slot)| field_of(taxonomy, name).map(|field| (slot, field))).collect()
}

/// The field of a name: the taxonomy's, or an undeclared one inside an object, which keeps what it is given.
pub(super) fn field_of(taxonomy: &Taxonomy, name: &str) -> Option<Field> {
    if let Some(field) = taxonomy.get(name) {
        return Some(field.clone());
    }
    if taxonomy.is_container(name) {
        // Nothing declares it, but fields below it are declared: a list of dicts has them.
        return Some(Field::new(name.to_owned(), FieldType::Object, Origin::Platform));
    }
    let above = name.rmatch_indices('.').find_map(|(dot, _)| taxonomy.get(&name[..dot]))?;
    let inside = matches!(above.kind.reading(), Reading::Object | Reading::Any) && !taxonomy.is_container(&above.name);
    inside.then(|| Field::new(name.to_owned(), FieldType::Flattened, above.origin))
}

/// Whether a dict on a field goes to the fields below it; an object keeps its dict.
pub(super) fn is_spread(taxonomy: &Taxonomy, name: &str) -> bool {
    taxonomy.get(name).is_none_or(|field| field.kind != FieldType::Flattened && field.kind.reading() != Reading::Object)
}

/// A tree of keys that is being built.
#[derive(Default)]
struct KeyTree {
    slot: Option<Slot>,
    known: bool,
    children: BTreeMap<String, KeyTree>,
}

impl KeyTree {
    fn add(&mut self, name: &str, slot: Slot, known: bool) {
        let leaf = name.split('.').fold(self, |branch, key| branch.children.entry(key.to_owned()).or_default());
        leaf.slot = Some(slot);
        leaf.known = known;
    }

    fn into_nodes(self) -> Box<[KeyNode]> {
        let mut children: Vec<(String, KeyTree)> = self.children.into_iter().collect();
        children.sort_by_key(|(key, _)| FIRST.iter().position(|first| first == key).unwrap_or(FIRST.len()));
        children
            .into_iter()
            .map(|(key, branch)| {
                let mut bytes = Vec::new();
                json::write_text(&mut bytes, &key);
                bytes.push(b':');
                let (slot, known) = (branch.slot, branch.known);
                let opening = [&bytes[..], b"{"].concat().into();
                KeyNode { key: bytes.into(), opening, slot, known, children: branch.into_nodes() }
            })
            .collect()
    }
}
