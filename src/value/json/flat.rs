//! temporary
use super::{Wanted, read};
use crate::value::{Arena, Fault, Value};
use std::cell::Cell;

impl Wanted {
    /// Nodes.
    pub fn nodes(&self) -> usize {
        self.children.iter().map(|(_, child)| 1 + child.nodes()).sum()
    }
    /// Index.
    pub fn index_of<'p>(&self, path: impl IntoIterator<Item = &'p str>) -> Option<u32> {
        let mut wanted = self;
        let mut index = None;
        let mut base = 0;
        for key in path {
            let mut found = None;
            for (known, child) in &wanted.children {
                if **known == *key { found = Some(child); break; }
                base += 1 + child.nodes() as u32;
            }
            wanted = found?;
            index = Some(base);
            base += 1;
        }
        index
    }
    /// Without what is below what is wanted whole.
    pub fn pruned(&self) -> Wanted {
        if self.whole { return Wanted::WHOLE; }
        Wanted { whole: false, children: self.children.iter().map(|(k, c)| (k.clone(), c.pruned())).collect() }
    }
}
/// Scatter.
pub fn scatter<'a>(value: Value<'a>, wanted: &Wanted, cells: &[Cell<Value<'a>>]) {
    let Value::Map(map) = value else { return };
    let mut base = 0;
    for (key, child) in &wanted.children {
        if let Some(value) = map.get_text(key) {
            cells[base].set(value);
            scatter(value, child, &cells[base + 1..]);
        }
        base += 1 + child.nodes();
    }
}
/// Read.
pub fn read_into<'a>(arena: &'a Arena, text: &'a str, wanted: &Wanted, cells: &[Cell<Value<'a>>]) -> Result<Value<'a>, Fault> {
    let value = read(arena, text, wanted)?;
    scatter(value, wanted, cells);
    Ok(value)
}
