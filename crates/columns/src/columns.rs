//! The columns of a format: a tree by the parts of its fields' names.

use crate::kind::{Kind, Scalar, with_id};
use arrow_schema::{DataType, Field as ArrowField, Fields, Schema, SchemaRef};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use weir::Plan;
use weir::taxonomy::Field;

/// The name of the column with what no other takes.
pub(crate) const REST: &str = "rest";

/// The columns of a format. Immutable and cheap to clone.
#[derive(Clone, Debug)]
pub struct Columns {
    pub(crate) root: Arc<Dict>,
    schema: SchemaRef,
    left_out: Arc<[LeftOut]>,
}

/// A field that has no column of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its dotted name.
    pub name: String,
    /// The column that has its name but for the case: many readers of tables do not tell them apart. Where it is `rest`, that is the last column's.
    pub because_of: String,
}

/// A struct column, or the event itself.
#[derive(Debug, Default)]
pub(crate) struct Dict {
    /// In the order of the schema.
    pub children: Vec<Child>,
    by_key: HashMap<Box<str>, usize>,
}

#[derive(Debug)]
pub(crate) struct Child {
    pub key: Box<str>,
    /// The place of its column among all of them, each before those below it.
    pub at: usize,
    pub node: Node,
}

#[derive(Debug)]
pub(crate) enum Node {
    Dict(Dict),
    Leaf(Kind),
}

impl Columns {
    /// The columns of all fields that a plan can write.
    pub fn of(plan: &Plan) -> Self {
        Columns::new(&plan.outputs())
    }

    /// The columns of these fields, in their order, and `rest`. A field with others below it is a struct: a value of its own that is
    /// no dict goes to `rest`.
    pub fn new(fields: &[Field]) -> Self {
        Columns::made(fields, Making { ids: Some(Ids::default()), ..Making::default() })
    }

    /// As [`Columns::new`], and the columns have no ids: for who writes no files.
    pub fn without_ids(fields: &[Field]) -> Self {
        Columns::made(fields, Making::default())
    }

    fn made(fields: &[Field], mut making: Making) -> Self {
        let mut tree = Tree::default();
        for field in fields {
            tree.add(field);
        }
        let (root, mut columns) = tree.into_dict("", &mut making);
        columns.push(with_id(ArrowField::new(REST, DataType::Utf8, true), making.id(REST)));
        Columns { root: Arc::new(root), schema: Arc::new(Schema::new(columns)), left_out: making.left_out.into() }
    }

    /// The Arrow schema. Every column is nullable; the id of each follows from its name alone, so that it is the same in all versions
    /// of a format.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// How many columns there are, those below structs among them.
    pub fn count(&self) -> usize {
        self.kinds().len() + 1
    }

    /// What each column takes, each before those below it; a struct takes nothing itself.
    pub(crate) fn kinds(&self) -> Vec<Option<Kind>> {
        let mut kinds = Vec::new();
        self.root.each_kind(&mut |kind| kinds.push(kind));
        kinds
    }

    /// What is below the struct at a place.
    pub(crate) fn dict(&self, at: usize) -> Option<&Dict> {
        let mut dict = &*self.root;
        loop {
            let child = &dict.children[dict.children.partition_point(|child| child.at <= at).checked_sub(1)?];
            match &child.node {
                Node::Dict(below) if child.at == at => return Some(below),
                Node::Dict(below) => dict = below,
                Node::Leaf(_) => return None,
            }
        }
    }

    /// The fields whose values are always in `rest`, each with the reason.
    pub fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    /// The kind of a field's column, by its dotted name; `None` for a struct and for what has no column.
    pub fn kind(&self, name: &str) -> Option<Kind> {
        let (above, key) = match name.rsplit_once('.') {
            Some((above, key)) => (Some(above), key),
            None => (None, name),
        };
        let mut dict = &*self.root;
        for part in above.iter().flat_map(|above| above.split('.')) {
            let Node::Dict(below) = &dict.children[dict.find(part, 0)?].node else { return None };
            dict = below;
        }
        match dict.children[dict.find(key, 0)?].node {
            Node::Leaf(kind) => Some(kind),
            Node::Dict(_) => None,
        }
    }
}

impl Dict {
    fn each_kind(&self, visit: &mut dyn FnMut(Option<Kind>)) {
        for child in &self.children {
            match &child.node {
                Node::Leaf(kind) => visit(Some(*kind)),
                Node::Dict(dict) => {
                    visit(None);
                    dict.each_kind(visit);
                }
            }
        }
    }

    /// The number of the child with a key. The caller guesses: events have their keys in the order of the columns.
    pub fn find(&self, key: &str, guess: usize) -> Option<usize> {
        match self.children.get(guess) {
            Some(child) if *child.key == *key => Some(guess),
            _ => self.by_key.get(key).copied(),
        }
    }
}

/// Columns that are being gathered, by the parts of their names.
#[derive(Default)]
struct Tree {
    children: Vec<(String, Tree)>,
    by_key: HashMap<String, usize>,
    kind: Option<Kind>,
}

impl Tree {
    fn add(&mut self, field: &Field) {
        let mut tree = self;
        for part in field.name.split('.') {
            let at = *tree.by_key.entry(part.to_owned()).or_insert_with(|| {
                tree.children.push((part.to_owned(), Tree::default()));
                tree.children.len() - 1
            });
            tree = &mut tree.children[at].1;
        }
        tree.kind = Some(Kind::of(field));
    }

    fn into_dict(self, path: &str, making: &mut Making) -> (Dict, Vec<ArrowField>) {
        let (mut dict, mut columns) = (Dict::default(), Vec::new());
        let mut folded: HashMap<String, String> = HashMap::new();
        if path.is_empty() {
            folded.insert(REST.to_owned(), REST.to_owned());
        }
        for (key, tree) in self.children {
            let name = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            match folded.entry(key.to_lowercase()) {
                Entry::Occupied(other) => {
                    making.left_out.push(LeftOut { name, because_of: other.get().clone() });
                    continue;
                }
                Entry::Vacant(free) => free.insert(name.clone()),
            };
            let at = making.next;
            making.next += 1;
            let (node, column) = tree.into_node(&key, &name, making);
            dict.by_key.insert(key.clone().into(), dict.children.len());
            dict.children.push(Child { key: key.into(), at, node });
            columns.push(column);
        }
        (dict, columns)
    }

    fn into_node(self, key: &str, name: &str, making: &mut Making) -> (Node, ArrowField) {
        let id = making.id(name);
        let (node, data_type) = match self.children.is_empty() {
            true => {
                let kind = self.kind.unwrap_or(Kind { scalar: Scalar::Json, many: false });
                (Node::Leaf(kind), kind.data_type(|| making.id(&format!("{name}.{}", crate::kind::ELEMENT))))
            }
            false => {
                let (dict, columns) = self.into_dict(name, making);
                (Node::Dict(dict), DataType::Struct(Fields::from(columns)))
            }
        };
        (node, with_id(ArrowField::new(key, data_type, true), id))
    }
}

/// What is gathered while columns are made.
#[derive(Default)]
struct Making {
    /// Where they are given any.
    ids: Option<Ids>,
    left_out: Vec<LeftOut>,
    /// The place of the next column.
    next: usize,
}

impl Making {
    fn id(&mut self, name: &str) -> Option<i32> {
        self.ids.as_mut().map(|ids| ids.of(name))
    }
}

/// Ids of columns. Each is a hash of the name; of two that hash alike the later one takes the next free number.
#[derive(Default)]
struct Ids(HashSet<i32>);

impl Ids {
    fn of(&mut self, name: &str) -> i32 {
        // FNV-1a. Iceberg keeps the highest numbers for itself.
        let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        let mut id = (hash & 0x3fff_ffff) as i32 + 1;
        while !self.0.insert(id) {
            id += 1;
        }
        id
    }
}
