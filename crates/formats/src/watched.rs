//! Whether the files of a format or a module have changed, for who loads them again then.

use crate::folders::{self, Place};
use crate::format_error::FormatError;
use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// A number that changes with the files of the format or the module at a path: with their names, lengths and times. Another
/// process may have another number for the same state.
///
/// # Errors
/// Where the path or a directory below it cannot be read.
pub fn state_of(path: &Path) -> Result<u64, FormatError> {
    Ok(state_of_files(&files_of(path)?))
}

/// The same of these files, whether or not they are there.
pub fn state_of_files<'f>(files: impl IntoIterator<Item = &'f PathBuf>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for file in files {
        // What is gone, or cannot be read, is a state too.
        let known = fs::metadata(file).ok().map(|metadata| (metadata.len(), metadata.modified().ok()));
        (file, known).hash(&mut hasher);
    }
    hasher.finish()
}

/// All files that are read of the formats at or below a path, whether or not they are there.
fn files_of(path: &Path) -> Result<BTreeSet<PathBuf>, FormatError> {
    let places = match Place::at(path) {
        Ok(place) => vec![place],
        Err(_) => folders::find(&[path.to_owned()])?,
    };
    Ok(places.iter().flat_map(Place::files).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_changes_with_specs_fields_and_formats() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("it is made");
            fs::write(path, text).expect("it is written");
            state_of(folder.path()).expect("a state")
        };
        let mut states = vec![
            write("a/ingest/parser.yml", "name: a"),
            write("a/ingest/parser.yml", "name: ab"),
            write("a/_meta/fields.yml", "{}"),
            write("_meta/fields.yml", "{}"),
            write("b/ingest/parser.yml", "name: b"),
            write("b/dataset.yml", "name: b"),
        ];
        assert_eq!(states.last().copied(), state_of(folder.path()).ok(), "nothing changed");
        let count = states.len();
        states.sort_unstable();
        states.dedup();
        assert_eq!(states.len(), count);
    }
}
