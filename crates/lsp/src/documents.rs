//! The texts that are open in the editor.

use crate::place;
use lsp_types::Uri;
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
    /// Opens a text, or gives it another content; its path, unless it is no file.
    pub fn set(&mut self, uri: Uri, text: String) -> Option<PathBuf> {
        let path = place::path(&uri)?;
        self.0.insert(path.clone(), Document { uri, text });
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
