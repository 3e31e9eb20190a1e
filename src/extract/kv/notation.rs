//! How pairs of a key and a value are written.

use crate::extract::separator::Separator;

/// What separates pairs, and a key from its value.
#[derive(Debug)]
pub(super) struct KeyValue {
    pub(super) item: Separator,
    pub(super) value: Separator,
    pub(super) extent: ValueExtent,
}

/// How far a value reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueExtent {
    /// To the end of its item.
    Item,
    /// To the item separator before the next key.
    Key,
    /// To the next word before a value separator.
    Word,
}

impl ValueExtent {
    pub(super) fn of(item: &str) -> Self {
        if item.chars().all(|letter| letter == ' ') {
            ValueExtent::Word
        } else if Separator::new(item).is_blank() {
            ValueExtent::Key
        } else {
            ValueExtent::Item
        }
    }
}
