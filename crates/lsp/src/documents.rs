//! The texts that are open in the editor.

use crate::place::{self, Encoding};
use lsp_types::{TextDocumentContentChangeEvent, Uri};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Open texts by their paths.
#[derive(Debug, Default)]
pub struct Documents(HashMap<PathBuf, Document>);

/// An open text.
#[derive(Debug)]
pub struct Document {
    /// Its URI, as the editor writes it.
    pub uri: Uri,
    /// The text.
    pub text: String,
}

impl Documents {
    /// Opens a text; its path, unless it is no file.
    pub fn open(&mut self, uri: Uri, text: String) -> Option<PathBuf> {
        let path = place::path(&uri)?;
        self.0.insert(path.clone(), Document { uri, text });
        Some(path)
    }

    /// Changes an open text: a part of it, or all.
    pub fn change(
        &mut self,
        uri: &Uri,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) -> Option<PathBuf> {
        let path = place::path(uri)?;
        let document = self.0.entry(path.clone()).or_insert_with(|| Document { uri: uri.clone(), text: String::new() });
        for change in changes {
            match change.range {
                Some(range) => {
                    let (start, end) =
                        (encoding.byte(&document.text, range.start), encoding.byte(&document.text, range.end));
                    document.text.replace_range(start..end.max(start), &change.text);
                }
                None => document.text = change.text,
            }
        }
        Some(path)
    }

    /// Closes a text; what is on the disk counts from then on.
    pub fn close(&mut self, uri: &Uri) -> Option<PathBuf> {
        let path = place::path(uri)?;
        self.0.remove(&path);
        Some(path)
    }

    /// The open text of a path.
    pub fn get(&self, path: &Path) -> Option<&Document> {
        self.0.get(path)
    }

    /// The open texts below a folder, with their paths.
    pub fn below<'d>(&'d self, folder: &'d Path) -> impl Iterator<Item = (&'d Path, &'d str)> {
        self.0.iter().filter(move |(path, _)| path.starts_with(folder)).map(|(path, open)| (&**path, &*open.text))
    }

    /// The URI of a path: as the editor writes it, where it has it open.
    pub fn uri(&self, path: &Path) -> Option<Uri> {
        self.get(path).map(|open| open.uri.clone()).or_else(|| place::uri(path))
    }
}
