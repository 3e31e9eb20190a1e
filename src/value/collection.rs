//! Lists and dicts: shared, mutable and ordered, as in Python, in the event's arena.

use super::{Arena, Fault, Value, ops};
use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::cell::RefCell;
use std::hash::BuildHasher;

/// A list or tuple. No method hands out a borrow, so that a list may change while it is walked by index.
pub struct List<'a> {
    items: RefCell<ArenaVec<'a, Value<'a>>>,
    arena: &'a Arena,
    tuple: bool,
}

impl<'a> List<'a> {
    /// An empty list.
    pub fn new(arena: &'a Arena) -> Self {
        List::with_capacity(arena, 0)
    }

    /// An empty list with room for items.
    pub fn with_capacity(arena: &'a Arena, items: usize) -> Self {
        arena.owe(size_of::<Self>() + items * size_of::<Value<'_>>());
        List { items: RefCell::new(ArenaVec::with_capacity_in(items, arena.bump())), arena, tuple: false }
    }

    /// The same items as a tuple.
    pub fn into_tuple(self) -> Self {
        List { tuple: true, ..self }
    }

    /// The arena that it lives in, and whose budget pays for walking it.
    pub fn arena(&self) -> &'a Arena {
        self.arena
    }

    /// Whether this is a tuple: equal to tuples only, shown with parentheses.
    pub fn is_tuple(&self) -> bool {
        self.tuple
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.items.borrow().len()
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at a place counted from 0.
    pub fn at(&self, index: usize) -> Option<Value<'a>> {
        self.items.borrow().get(index).copied()
    }

    /// Appends an item.
    ///
    /// # Errors
    /// [`super::FaultCode::Limit`] when the budget is used up.
    pub fn push(&self, arena: &'a Arena, value: Value<'a>) -> Result<(), Fault> {
        arena.spend(size_of::<Value<'_>>() as u64)?;
        self.items.borrow_mut().push(value);
        Ok(())
    }

    /// Appends the items that another list has now.
    ///
    /// # Errors
    /// [`super::FaultCode::Limit`] when the budget is used up.
    pub fn append(&self, arena: &'a Arena, other: &List<'a>) -> Result<(), Fault> {
        let other = other.items.borrow();
        arena.spend(size_of_val(&**other) as u64)?;
        self.items.borrow_mut().extend_from_slice_copy(&other);
        Ok(())
    }

    /// Puts an item before the place `index` (the end, where the list is shorter).
    ///
    /// # Errors
    /// [`super::FaultCode::Limit`] when the budget is used up.
    pub fn insert(&self, arena: &'a Arena, index: usize, value: Value<'a>) -> Result<(), Fault> {
        arena.spend((size_of::<Value<'_>>() + self.len()) as u64)?;
        let mut items = self.items.borrow_mut();
        let index = index.min(items.len());
        items.insert(index, value);
        Ok(())
    }

    /// Replaces the item at a place; nothing happens where there is none.
    pub fn set(&self, index: usize, value: Value<'a>) {
        if let Some(item) = self.items.borrow_mut().get_mut(index) {
            *item = value;
        }
    }

    /// Takes the item at a place out, if there is one.
    ///
    /// # Errors
    /// [`super::FaultCode::Limit`] when the budget is used up: the items behind it move.
    pub fn remove(&self, arena: &'a Arena, index: usize) -> Result<Option<Value<'a>>, Fault> {
        arena.spend(self.len() as u64)?;
        let mut items = self.items.borrow_mut();
        Ok((index < items.len()).then(|| items.remove(index)))
    }

    /// Takes all items out.
    pub fn clear(&self) {
        self.items.borrow_mut().clear();
    }

    /// The items, one after the other; what is appended meanwhile is walked too.
    pub fn iter(&self) -> impl Iterator<Item = Value<'a>> {
        let mut index = 0;
        std::iter::from_fn(move || {
            index += 1;
            self.at(index - 1)
        })
    }
}

/// A dict in insertion order. Keys are any value that Python can hash; `1`, `1.0` and `true` are one key.
pub struct Map<'a> {
    inner: RefCell<MapInner<'a>>,
    arena: &'a Arena,
}

struct MapInner<'a> {
    entries: ArenaVec<'a, (Value<'a>, Value<'a>)>,
    looks: Looks,
    /// Made when a key is sought among more than [`Map::SCANNED`] entries.
    index: Option<Index<'a>>,
}

/// What the keys of a dict look like: it tells most keys that are not there at a glance.
///
/// PERF: most keys are new when they are set, and many that are read are not there; where a dict is set as a field, 7 %
/// fewer instructions an event (`docs/mechanisms.md`, key filter of dicts).
#[derive(Clone, Copy, Default)]
struct Looks([u64; 4]);

/// Where the entry of a key is.
struct Index<'a> {
    places: HashTable<u32, &'a Bump>,
    hasher: DefaultHashBuilder,
    /// How many entries it has.
    entered: usize,
}

impl<'a> Map<'a> {
    /// Up to how many entries a look-up compares keys one by one.
    ///
    /// PERF: `benches` (access_requests; dicts of 40 keys): looks and lengths are cheaper to compare than keys to hash.
    const SCANNED: usize = 64;

    /// An empty dict.
    pub fn new(arena: &'a Arena) -> Self {
        Map::with_capacity(arena, 0)
    }

    /// An empty dict with room for entries.
    pub fn with_capacity(arena: &'a Arena, entries: usize) -> Self {
        arena.owe(size_of::<Self>() + entries * size_of::<(Value<'_>, Value<'_>)>());
        Map::of(arena, ArenaVec::with_capacity_in(entries, arena.bump()))
    }

    fn of(arena: &'a Arena, entries: ArenaVec<'a, (Value<'a>, Value<'a>)>) -> Self {
        Map { inner: RefCell::new(MapInner { entries, looks: Looks::default(), index: None }), arena }
    }

    /// The arena that it lives in, and whose budget pays for walking it.
    pub fn arena(&self) -> &'a Arena {
        self.arena
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.inner.borrow().entries.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entry at a place in insertion order, counted from 0.
    pub fn at(&self, index: usize) -> Option<(Value<'a>, Value<'a>)> {
        self.inner.borrow().entries.get(index).copied()
    }

    /// The value under a key.
    pub fn get(&self, key: Value<'_>) -> Option<Value<'a>> {
        let mut inner = self.inner.borrow_mut();
        inner.place(self.arena, key).map(|place| inner.entries[place].1)
    }

    /// The value under a text key.
    pub fn get_text(&self, key: &str) -> Option<Value<'a>> {
        self.get(Value::Text(key))
    }

    /// Sets the value under a key; a key that is there keeps its place.
    ///
    /// # Errors
    /// [`super::FaultCode::Limit`] when the budget is used up, [`super::FaultCode::Type`] for a key that cannot be hashed.
    pub fn insert(&self, arena: &'a Arena, key: Value<'a>, value: Value<'a>) -> Result<(), Fault> {
        ops::check_hashable(key)?;
        let mut inner = self.inner.borrow_mut();
        match inner.place(arena, key) {
            Some(place) => {
                inner.entries[place].1 = value;
                Ok(())
            }
            None => inner.add(arena, key, value),
        }
    }

    /// Sets the value under a key that is not there yet.
    ///
    /// # Errors
    /// As [`Map::insert`].
    pub fn insert_first(&self, arena: &'a Arena, key: Value<'a>, value: Value<'a>) -> Result<(), Fault> {
        ops::check_hashable(key)?;
        let mut inner = self.inner.borrow_mut();
        match inner.place(arena, key) {
            Some(_) => Ok(()),
            None => inner.add(arena, key, value),
        }
    }

    /// A dict of the same entries.
    ///
    /// # Errors
    /// [`super::FaultCode::Limit`] when the budget is used up.
    pub fn copy(&self, arena: &'a Arena) -> Result<&'a Map<'a>, Fault> {
        let MapInner { entries, looks, .. } = &*self.inner.borrow();
        arena.spend(size_of_val(&**entries) as u64)?;
        let mut copied = ArenaVec::with_capacity_in(entries.len(), arena.bump());
        copied.extend_from_slice_copy(entries);
        let inner = RefCell::new(MapInner { entries: copied, looks: *looks, index: None });
        Ok(arena.bump().alloc(Map { inner, arena }))
    }

    /// Takes an entry out, if there is one.
    ///
    /// # Errors
    /// [`super::FaultCode::Limit`] when the budget is used up: the entries behind it move and are found anew.
    pub fn remove(&self, arena: &'a Arena, key: Value<'_>) -> Result<Option<Value<'a>>, Fault> {
        arena.spend(2 * self.len() as u64)?;
        let mut inner = self.inner.borrow_mut();
        let Some(place) = inner.place(arena, key) else { return Ok(None) };
        let (_, value) = inner.entries.remove(place);
        if let Some(index) = &mut inner.index {
            index.places.clear();
            index.entered = 0;
        }
        Ok(Some(value))
    }

    /// Takes all entries out.
    pub fn clear(&self) {
        let mut inner = self.inner.borrow_mut();
        inner.entries.clear();
        (inner.looks, inner.index) = (Looks::default(), None);
    }

    /// The entries in insertion order; what is added meanwhile is walked too.
    pub fn iter(&self) -> impl Iterator<Item = (Value<'a>, Value<'a>)> {
        let mut index = 0;
        std::iter::from_fn(move || {
            index += 1;
            self.at(index - 1)
        })
    }
}

impl<'a> MapInner<'a> {
    fn place(&mut self, arena: &'a Arena, key: Value<'_>) -> Option<usize> {
        if !self.looks.may_have(key) {
            return None;
        }
        if self.entries.len() > Map::SCANNED {
            return self.index.get_or_insert_with(|| Index::new(arena)).place(&self.entries, key);
        }
        match key {
            Value::Text(key) => {
                self.entries.iter().position(|(known, _)| matches!(known, Value::Text(known) if *known == key))
            }
            key => self.entries.iter().position(|(known, _)| ops::same_key(*known, key)),
        }
    }

    /// Adds an entry whose key is not there.
    #[inline(always)]
    fn add(&mut self, arena: &'a Arena, key: Value<'a>, value: Value<'a>) -> Result<(), Fault> {
        arena.spend(size_of::<(Value<'_>, Value<'_>)>() as u64)?;
        self.entries.push((key, value));
        self.looks.note(key);
        Ok(())
    }
}

impl Looks {
    fn note(&mut self, key: Value<'_>) {
        let (word, bit) = Looks::of(key);
        self.0[word] |= bit;
    }

    fn may_have(&self, key: Value<'_>) -> bool {
        let (word, bit) = Looks::of(key);
        self.0[word] & bit != 0
    }

    /// A text's length, and what it has first, last and in the middle; all that is no text looks the same.
    #[inline(always)]
    fn of(key: Value<'_>) -> (usize, u64) {
        let Value::Text(text) = key else { return (0, 1) };
        let [first, .., last] = text.as_bytes() else { return (0, 1 << (text.len() + 1)) };
        let middle = text.as_bytes()[text.len() / 2];
        let look = u32::from_le_bytes([text.len() as u8, *first, *last, middle]).wrapping_mul(0x9E37_79B1) >> 24;
        (look as usize / 64, 1 << (look % 64))
    }
}

impl<'a> Index<'a> {
    fn new(arena: &'a Arena) -> Self {
        Index { places: HashTable::new_in(arena.bump()), hasher: DefaultHashBuilder::default(), entered: 0 }
    }

    fn place(&mut self, entries: &[(Value<'_>, Value<'_>)], key: Value<'_>) -> Option<usize> {
        self.enter(entries);
        let hash = self.hasher.hash_one(ops::Key(key));
        let found = self.places.find(hash, |&place| ops::same_key(entries[place as usize].0, key));
        found.map(|&place| place as usize)
    }

    /// Enters the entries that came since. There are fewer than the budget has bytes, so that `u32` counts them.
    fn enter(&mut self, entries: &[(Value<'_>, Value<'_>)]) {
        let Index { places, hasher, entered } = self;
        let hash = |place: &u32| hasher.hash_one(ops::Key(entries[*place as usize].0));
        if *entered < entries.len() {
            places.reserve(entries.len() - *entered, hash);
        }
        for place in std::mem::replace(entered, entries.len())..entries.len() {
            let place = place as u32;
            places.insert_unique(hash(&place), place, hash);
        }
    }
}

/// Lists and dicts are made in an arena.
impl Arena {
    /// For how many items room is made before they are paid for.
    const FEW: usize = 16;

    /// A list of these values.
    ///
    /// # Errors
    /// [`FaultCode::Limit`] when the budget is used up.
    pub fn list<'a>(&'a self, values: impl IntoIterator<Item = Value<'a>>) -> Result<Value<'a>, Fault> {
        let values = values.into_iter();
        let list = self.list_with_capacity(values.size_hint().0.min(Self::FEW));
        for value in values {
            list.push(self, value)?;
        }
        Ok(Value::List(list))
    }

    /// A tuple of these values.
    ///
    /// # Errors
    /// [`FaultCode::Limit`] when the budget is used up.
    pub fn tuple<'a>(&'a self, values: impl IntoIterator<Item = Value<'a>>) -> Result<Value<'a>, Fault> {
        let values = values.into_iter();
        let tuple = self.tuple_with_capacity(values.size_hint().0.min(Self::FEW));
        for value in values {
            tuple.push(self, value)?;
        }
        Ok(Value::List(tuple))
    }

    /// A new empty list with room for items.
    ///
    /// PERF: `benches/guard.sh` (access_requests): it is made where it stays; a list that is moved there is read from memory
    /// that was just written in other pieces, and waits for it.
    #[inline]
    pub fn list_with_capacity(&self, items: usize) -> &List<'_> {
        self.bump().alloc_with(|| List::with_capacity(self, items))
    }

    /// A new empty tuple with room for items.
    #[inline]
    pub fn tuple_with_capacity(&self, items: usize) -> &List<'_> {
        self.bump().alloc_with(|| List::with_capacity(self, items).into_tuple())
    }

    /// A new empty dict.
    pub fn map(&self) -> &Map<'_> {
        self.map_with_capacity(0)
    }

    /// A new empty dict with room for entries.
    #[inline]
    pub fn map_with_capacity(&self, entries: usize) -> &Map<'_> {
        self.bump().alloc_with(|| Map::with_capacity(self, entries))
    }
}
