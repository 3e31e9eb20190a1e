//! Records that a path selects out of a document.
//!
//! Why so: `docs/decisions/0014`.

use crate::lines::BYTE_ORDER_MARK;
use crate::stop::Stop;
use jsonpath_rust::parser::model::JpQuery;
use jsonpath_rust::parser::parse_json_path;
use jsonpath_rust::query::js_path_process;
use std::io::Read;
use std::path::Path;
use weir_author::document::Part;

/// The largest document that is held, in bytes. As values it takes some times as much.
const MOST: usize = 256 << 20;

/// Which parts of documents are records.
pub struct Selection {
    query: JpQuery,
}

impl Selection {
    /// Reads a JSONPath expression (RFC 9535).
    ///
    /// # Errors
    /// Where it is none.
    pub fn parse(text: &str) -> Result<Self, Stop> {
        match parse_json_path(text) {
            Ok(query) => Ok(Selection { query }),
            Err(error) => Err(Stop::Because(format!("`{text}` is not a valid JSONPath: {error}"))),
        }
    }

    /// The selected records of a document as messages, and how many bytes the document has. Text is a message as it is,
    /// anything else as compact JSON.
    ///
    /// # Errors
    /// Where the document cannot be read, is larger than [`MOST`] or is not JSON.
    pub fn messages(&self, source: &mut dyn Read, path: &Path) -> Result<(Vec<String>, u64), Stop> {
        let cannot = |reason: String| Stop::Because(format!("cannot read {}: {reason}", path.display()));
        let mut bytes = Vec::new();
        source.take(MOST as u64 + 1).read_to_end(&mut bytes).map_err(|error| cannot(error.to_string()))?;
        if bytes.len() > MOST {
            return Err(cannot(format!("the document has more than {MOST} bytes")));
        }
        let text = String::from_utf8_lossy(bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes));
        let document = Part::document(&text).map_err(|error| cannot(format!("not JSON: {error}")))?;
        let selected = js_path_process(&self.query, &document).map_err(|error| cannot(error.to_string()))?;
        Ok((selected.into_iter().map(|found| found.val().message()).collect(), bytes.len() as u64))
    }
}
