//! Which parts of a document are read, and the number of each.

use super::key_order::QuotedKey;
use super::key_table::KeyTable;
use crate::value::Value;
use std::cell::Cell;
use std::fmt;

/// Which parts of a document are read: the rest is checked and passed over.
///
/// A plan knows which paths its expressions read; [`super::read`] builds only those.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Projection {
    whole: bool,
    children: Vec<Child>,
    /// Their keys, once all are known.
    keys: Option<KeyTable>,
    /// Its place among the nodes below the one above.
    number: usize,
    /// How many nodes are below.
    nodes: usize,
}

/// A part that is read by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Child {
    /// Its key.
    pub key: Box<str>,
    /// Its key, as it stands in most documents.
    pub quoted: QuotedKey,
    /// What of it is read.
    pub projection: Projection,
}

impl Child {
    fn new(key: &str, projection: Projection) -> Self {
        Child { key: key.into(), quoted: QuotedKey::new(key), projection }
    }
}

impl Projection {
    /// Everything.
    pub const WHOLE: Projection = Projection { whole: true, children: Vec::new(), keys: None, number: 0, nodes: 0 };

    /// Nothing yet; see [`Projection::add`].
    pub fn nothing() -> Self {
        Projection::default()
    }

    /// Wants the value at a path of keys, and all below it. A list on the way is wanted whole.
    pub fn add<'p>(&mut self, path: impl IntoIterator<Item = &'p str>) {
        self.at(path).whole = true;
        self.count();
    }

    /// Wants the value at a path of keys; but where it is a dict, nothing below it that is not wanted anyhow.
    pub fn add_dict<'p>(&mut self, path: impl IntoIterator<Item = &'p str>) {
        self.at(path);
        self.count();
    }

    /// The node at a path of keys.
    fn at<'p>(&mut self, path: impl IntoIterator<Item = &'p str>) -> &mut Projection {
        let mut projection = self;
        for key in path {
            let place = match projection.place(key) {
                Some(place) => place,
                None => {
                    projection.keys = None;
                    projection.children.push(Child::new(key, Projection::default()));
                    projection.children.len() - 1
                }
            };
            projection = &mut projection.children[place].projection;
        }
        projection
    }

    /// Numbers the nodes below: a node, then all below it, then the next beside it.
    fn count(&mut self) {
        self.nodes = 0;
        for Child { projection: child, .. } in &mut self.children {
            child.count();
            child.number = self.nodes;
            self.nodes += 1 + child.nodes;
        }
    }

    /// The same without what is named below what is wanted whole, and ready to be read by.
    pub fn pruned(&self) -> Projection {
        if self.whole { Projection::WHOLE } else { self.by_name() }
    }

    /// The same, with what is read by name below a whole dict.
    pub fn by_name(&self) -> Projection {
        let pruned = |child: &Child| Child::new(&child.key, child.projection.pruned());
        let children = self.children.iter().map(pruned).collect();
        let keys = KeyTable::new(self.children.iter().map(|child| &*child.key));
        let mut named = Projection { whole: self.whole, children, keys, ..Projection::default() };
        named.count();
        named
    }

    /// How many nodes are below: what is wanted by name, and what is on the way to it.
    pub fn nodes(&self) -> usize {
        self.nodes
    }

    /// The number of the node at a path of keys, where there is one.
    pub fn index_of<'p>(&self, path: impl IntoIterator<Item = &'p str>) -> Option<usize> {
        let (mut projection, mut index, mut first) = (self, None, 0);
        for key in path {
            projection = &projection.nth(projection.place(key)?)?.projection;
            index = Some(first + projection.number);
            first += projection.number + 1;
        }
        index
    }

    /// The part that is read by name at a place among the others.
    #[inline]
    pub(super) fn nth(&self, place: usize) -> Option<&Child> {
        self.children.get(place)
    }

    /// The place of a key among the parts that are read by name.
    #[inline(always)]
    pub(super) fn place(&self, key: &str) -> Option<usize> {
        let Some(keys) = &self.keys else { return self.children.iter().position(|child| *child.key == *key) };
        keys.find(key, |place| self.nth(place).is_some_and(|child| *child.key == *key))
    }

    /// The cells of the nodes below, among those of the nodes that this one is numbered in.
    pub(super) fn cells<'c, T>(&self, cells: &'c [T]) -> &'c [T] {
        &cells[self.number + 1..][..self.nodes]
    }

    /// What is read by a key: its projection, its cell, and the cells of the nodes below it, among those of the nodes below this one.
    #[inline]
    pub fn part<'p, 'c, T>(&'p self, key: &str, cells: &'c [T]) -> Option<(&'p Projection, &'c T, &'c [T])> {
        let child = &self.nth(self.place(key)?)?.projection;
        Some((child, &cells[child.number], child.cells(cells)))
    }

    /// The cell of a key that is read by name, among those of the nodes below.
    #[inline]
    pub fn cell<'c, T>(&self, key: &str, cells: &'c [T]) -> Option<&'c T> {
        cells.get(self.nth(self.place(key)?)?.projection.number)
    }

    /// Its place among the nodes below the one above.
    pub(super) fn number(&self) -> usize {
        self.number
    }

    /// Whether a key is read by its own name, beside all that is read of the whole.
    pub fn names(&self, key: &str) -> bool {
        self.place(key).is_some()
    }

    /// What is wanted below a key; `None` if nothing is.
    pub fn below(&self, key: &str) -> Option<&Projection> {
        if self.whole {
            static WHOLE: Projection = Projection::WHOLE;
            return Some(&WHOLE);
        }
        self.nth(self.place(key)?).map(|child| &child.projection)
    }

    /// How many keys are wanted by name.
    pub fn named(&self) -> usize {
        self.children.len()
    }

    /// Whether the value itself is wanted with all that is in it.
    pub fn is_whole(&self) -> bool {
        self.whole
    }
}

/// Puts the parts of a value that are wanted into the cells of their numbers; those that it lacks stay as they are.
pub fn scatter<'a>(value: Value<'a>, projection: &Projection, cells: &[Cell<Value<'a>>]) {
    let Value::Map(map) = value else { return };
    for Child { key, projection: child, .. } in &projection.children {
        if let Some(value) = map.get_text(key) {
            cells[child.number].set(value);
            scatter(value, child, child.cells(cells));
        }
    }
}

/// The paths, separated by commas: `a.b, c`; `everything` for the whole.
impl fmt::Display for Projection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.whole {
            return f.write_str("everything");
        }
        self.paths("", &mut |first, path| write!(f, "{}{path}", if first { "" } else { ", " }), &mut true)
    }
}

impl Projection {
    fn paths(&self, above: &str, show: &mut dyn FnMut(bool, &str) -> fmt::Result, first: &mut bool) -> fmt::Result {
        self.children.iter().try_for_each(|Child { key, projection, .. }| {
            let path = if above.is_empty() { key.to_string() } else { format!("{above}.{key}") };
            if !projection.children.is_empty() {
                return projection.paths(&path, show, first);
            }
            show(std::mem::take(first), &path)
        })
    }
}
