//! Reading JSON: whole, or only what is wanted of it.

use super::key_order::KeyOrder;
use super::parts::Part;
use super::projection::{Projection, scatter};
use super::reader::Reader;
use crate::value::{Arena, Fault, Value};
use std::cell::Cell;

/// Reads one JSON document, with white space around it. As Python's `json.loads`: the last of duplicate keys counts,
/// `NaN` and `Infinity` are read, a lone surrogate becomes U+FFFD. An integer beyond 64 bits is the nearest that they hold.
/// A byte order mark before the document is passed over. What is not wanted is checked for its grammar only and may nest
/// as deep as it likes.
///
/// # Errors
/// Parse, with line and column; limit, where it nests deeper than [`super::DEPTH`] or the budget is used up.
pub fn read<'a>(arena: &'a Arena, text: &'a str, projection: &Projection) -> Result<Value<'a>, Fault> {
    Reader::document(arena, text, |reader| reader.value(projection, 0))
}

/// As [`read`], and puts the parts of a dict that are wanted into the cells of their numbers; those that it lacks stay as
/// they are. A dict that is not wanted whole may be left empty, here and in the cells of what is on the way to a part.
///
/// # Errors
/// As [`read`]; the cells are undefined then.
pub fn read_into<'a>(
    arena: &'a Arena,
    text: &'a str,
    projection: &Projection,
    cells: &[Cell<Value<'a>>],
    order: &KeyOrder,
) -> Result<Value<'a>, Fault> {
    if projection.is_whole() {
        let value = read(arena, text, projection)?;
        scatter(value, projection, cells);
        return Ok(value);
    }
    let part = Part::document(projection, cells, order);
    let value = Reader::document(arena, text, |reader| reader.part(&part));
    if value.is_err() {
        cells.iter().for_each(|cell| cell.set(Value::Undefined));
    }
    value
}
