//! The records of a file one by one, for commands that look at each: lines, parts of a document, or the input of a recorded pair.

use crate::input;
use crate::lines::{Lines, MOST};
use crate::selection::Selection;
use crate::stop::Stop;
use clap::{Args, ValueEnum};
use std::ops::ControlFlow;
use std::path::Path;
use weir::Input;
use weir_author::pairs;
use weir_formats::folders;

/// What is done with a record: it gets the record and its number in the file, from 1; blank lines do not count.
pub type Visit<'v> = &'v mut dyn FnMut(Input<'_>, u64) -> Result<ControlFlow<()>, Stop>;

/// How the records of a file are read: the options of every command that reads records.
#[derive(Clone, Debug, Args)]
pub struct Reading {
    /// What a line is
    #[arg(long, value_enum, default_value_t = Kind::Lines, value_name = "KIND")]
    pub input: Kind,
    /// Read each file as one JSON document and run the records that this JSONPath selects: text is a message, anything
    /// else becomes a message of compact JSON
    #[arg(long, value_name = "JSONPATH", conflicts_with = "input")]
    pub records: Option<String>,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// The raw `message` of an event
    Lines,
    /// An event: a JSON object with `message` and other known fields
    Events,
}

impl Reading {
    /// Each line is a message.
    pub const LINES: Reading = Reading { input: Kind::Lines, records: None };

    /// Whether lines are events.
    pub fn as_events(&self) -> bool {
        self.input == Kind::Events
    }

    /// Which parts of documents are records, where not lines are.
    ///
    /// # Errors
    /// Where the path is none.
    pub fn selection(&self) -> Result<Option<Selection>, Stop> {
        self.records.as_deref().map(Selection::parse).transpose()
    }
}

/// Visits the records of a file until the visitor breaks off. A file called *.json that has an `input` is a recorded pair, where
/// nothing selects parts of it; of any other, standard input for `-` too, each line is a record.
///
/// # Errors
/// Where the file cannot be read; and the visitor's.
pub fn each(path: &Path, reading: &Reading, visit: Visit<'_>) -> Result<(), Stop> {
    if let Some(selection) = reading.selection()? {
        let (messages, _) = selection.messages(&mut *input::open(path)?, path)?;
        for (number, message) in (1..).zip(&messages) {
            if visit(Input::Message(message.as_bytes()), number)?.is_break() {
                break;
            }
        }
        return Ok(());
    }
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
            let input = if reading.as_events() { Input::Event(line.bytes) } else { Input::Message(line.bytes) };
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
