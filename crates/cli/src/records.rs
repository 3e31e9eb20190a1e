//! The records of a file one by one, for commands that look at each: lines, or the input of a recorded pair.

use crate::input;
use crate::lines::{Lines, MOST};
use crate::stop::Stop;
use std::ops::ControlFlow;
use std::path::Path;
use weir::Input;
use weir_author::pairs;
use weir_formats::folders;

/// What is done with a record: it gets the record and its number in the file, from 1; blank lines do not count.
pub type Visit<'v> = &'v mut dyn FnMut(Input<'_>, u64) -> Result<ControlFlow<()>, Stop>;

/// Visits the records of a file until the visitor breaks off. A file called *.json that has an `input` is a recorded pair; of
/// any other, standard input for `-` too, each line is a record: an event where `as_events`, else a message.
///
/// # Errors
/// Where the file cannot be read; and the visitor's.
pub fn each(path: &Path, as_events: bool, visit: Visit<'_>) -> Result<(), Stop> {
    if path.extension().is_some_and(|extension| extension == "json")
        && let Some(input) = recorded(path)?
    {
        return visit(Input::Event(input.as_bytes()), 1).map(|_| ());
    }
    let mut source = input::open(path)?;
    let mut lines = Lines::new(&mut *source, MOST);
    let mut number = 0;
    loop {
        while let Some(line) = lines.next() {
            if line.is_blank() {
                continue;
            }
            number += 1;
            let input = if as_events { Input::Event(line.bytes) } else { Input::Message(line.bytes) };
            if visit(input, number)?.is_break() {
                return Ok(());
            }
        }
        if lines.ended() {
            return Ok(());
        }
        lines.fill().map_err(|error| Stop::cannot("read", path, &error))?;
    }
}

/// The input of a recorded pair; nothing where the file is none.
fn recorded(path: &Path) -> Result<Option<String>, Stop> {
    Ok(pairs::input(&folders::read(path)?).map(str::to_owned))
}
