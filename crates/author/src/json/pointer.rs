//! JSON pointers to what findings point at.

use std::fmt::Write;
use weir::diagnostic::{Diagnostics, SourceId};
use weir::spec::document;
use weir::value::{Constant, ConstantKind};

/// A JSON document, asked for the pointers (RFC 6901) to its values.
#[derive(Debug)]
pub struct Pointers(Option<Constant>);

impl Pointers {
    /// Reads a document. One that is no JSON has no values.
    pub fn of(text: &str) -> Self {
        Pointers(document::read(text, SourceId(0), &mut Diagnostics::new()))
    }

    /// The pointer to the innermost value at a byte of the document: `/stages/fill/actions/0`. The whole document's is empty.
    pub fn at(&self, byte: usize) -> String {
        let mut pointer = String::new();
        let mut inside = self.0.as_ref();
        while let Some(value) = inside {
            inside = step(value, byte as u32, &mut pointer);
        }
        pointer
    }
}

/// Goes to the member or item at a byte, and says so.
fn step<'c>(value: &'c Constant, byte: u32, pointer: &mut String) -> Option<&'c Constant> {
    match &value.kind {
        ConstantKind::Map(pairs) => {
            let (key, value) = pairs.iter().find(|(key, value)| (key.span.start..value.span.end).contains(&byte))?;
            let key = key.as_text().unwrap_or_default().replace('~', "~0").replace('/', "~1");
            // Writing to a String cannot fail.
            let _ = write!(pointer, "/{key}");
            Some(value)
        }
        ConstantKind::List(items) => {
            let index = items.iter().position(|item| (item.span.start..item.span.end).contains(&byte))?;
            let _ = write!(pointer, "/{index}");
            items.get(index)
        }
        _ => None,
    }
}
