//! What events are read through: JSON text today, the engine's values with the same trait.

use crate::error::Error;
use std::borrow::Cow;

/// A value that is to be put into columns.
pub trait Value {
    /// What it is.
    fn read(&self) -> Read<'_>;

    /// Visits the items of a list, and nothing of any other value.
    fn each_item(&self, visit: &mut dyn FnMut(&dyn Value));

    /// Visits the members of a dict, and nothing of any other value.
    ///
    /// # Errors
    /// Where the dict cannot be read.
    fn each_member(&self, visit: &mut dyn FnMut(&str, &dyn Value) -> Result<(), Error>) -> Result<(), Error>;

    /// Appends it as JSON.
    fn write_json(&self, out: &mut Vec<u8>);

    /// About how many bytes it takes.
    fn size(&self) -> usize;
}

/// A value as far as columns ask.
#[derive(Clone, Debug, PartialEq)]
pub enum Read<'v> {
    /// Text.
    Text(Cow<'v, str>),
    /// An integer of 64 bits.
    Integer(i64),
    /// A number that is not one of those, and is exactly this double.
    Float(f64),
    /// True or false.
    Boolean(bool),
    /// A list.
    List,
    /// A dict.
    Dict,
    /// Null, a number that no type of a column is exactly, or text that no string can hold.
    Other,
}
