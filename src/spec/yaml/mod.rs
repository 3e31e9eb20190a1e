//! YAML 1.1 as PyYAML's `safe_load` reads it, with positions.
//!
//! The events come from a YAML 1.2 parser; what differs for specs is how plain scalars resolve (`yes`, `017`, `1:30`),
//! merge keys and the tags known, and that is done here. Known differences: `=` and `<<` as values are text, where
//! PyYAML fails; the line breaks U+0085, U+2028 and U+2029 do not end a line; dates stay text, in the form that
//! Python's `str()` gives the date.
//!
//! Why so: `docs/decisions/0001`.

mod build;
mod keys;
mod offsets;
mod place;
mod scalar;
mod syntax;

pub use build::{DEPTH, EXPANSION, NODE};
pub(super) use keys::unique;
pub use place::{place_in_scalar, span_in_scalar, span_in_source};

use super::findings::{YAML_CHARACTER, YAML_TOO_LARGE};
use crate::diagnostic::{Diagnostics, SourceId, Span};
use crate::value::Constant;

/// How many bytes a document may have.
pub const LONGEST: usize = 16 << 20;

/// Reads one YAML document; an empty one is null. After a finding of severity error the result is what could be read,
/// `None` if nothing could.
pub fn read(text: &str, source: SourceId, findings: &mut Diagnostics) -> Option<Constant> {
    if text.len() > LONGEST {
        findings.push(YAML_TOO_LARGE.at(Span::new(source, 0, 0), &[&text.len().to_string()]));
        return None;
    }
    if let Some((start, found)) = text.char_indices().find(|(_, letter)| !is_printable(*letter)) {
        let span = Span::new(source, start as u32, (start + found.len_utf8()) as u32);
        findings.push(YAML_CHARACTER.at(span, &[&format!("U+{:04X}", found as u32)]));
        return None;
    }
    build::document(text, source, findings)
}

/// The characters YAML 1.1 allows.
fn is_printable(letter: char) -> bool {
    matches!(letter,
        '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
}
