//! Pages in a directory: what is there, what should be, and what should not.

use crate::replaced;
use crate::stop::Stop;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use weir_pages::Notation;

/// A page or an index: where it is in the directory, and its text.
pub struct File {
    /// Its path below the directory.
    pub path: PathBuf,
    /// What it holds.
    pub text: String,
}

impl File {
    /// Writes it, unless it is there already as it is.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), Stop> {
        if self.differs(folder)?.is_none() {
            return Ok(());
        }
        let path = folder.join(&self.path);
        let cannot = |error| Stop::cannot("write", &path, &error);
        path.parent().map_or(Ok(()), fs::create_dir_all).map_err(cannot)?;
        replaced::write(&path, self.text.as_bytes())
    }

    /// In one word how what is there differs, if it does.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn differs(&self, folder: &Path) -> Result<Option<&'static str>, Stop> {
        let path = folder.join(&self.path);
        match fs::read(&path) {
            Ok(there) if there == self.text.as_bytes() => Ok(None),
            Ok(_) => Ok(Some("stale")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Some("missing")),
            Err(error) => Err(Stop::cannot("read", &path, &error)),
        }
    }
}

/// The name of the index.
pub fn index(notation: Notation) -> &'static str {
    match notation {
        Notation::Markdown => "README.md",
        Notation::Html => "index.html",
    }
}

/// The name of a directory as it is called on disk: `.` has one too.
///
/// # Errors
/// Where it cannot be found out or is not UTF-8.
pub fn name(folder: &Path) -> Result<String, Stop> {
    // What is above a bare name is the directory where we are.
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let full = fs::canonicalize(here).map_err(|error| Stop::cannot("read", folder, &error))?;
    let name = full.file_name().and_then(|name| name.to_str()).map(str::to_owned);
    name.ok_or_else(|| Stop::Because(format!("{} has no name for a page", full.display())))
}

/// Refuses two formats whose pages would be one file.
///
/// # Errors
/// Where there are two.
pub fn refuse_same<'p>(paths: impl Iterator<Item = &'p str>) -> Result<(), Stop> {
    let mut known = BTreeSet::new();
    for path in paths {
        if !known.insert(path) {
            return Err(Stop::Because(format!("two formats would have the page {path}")));
        }
    }
    Ok(())
}

/// Files in the directories of modules that look like pages and are none of these.
///
/// # Errors
/// Where a directory cannot be read.
pub fn strays(folder: &Path, files: &[File], notation: Notation) -> Result<Vec<PathBuf>, Stop> {
    let modules: BTreeSet<PathBuf> = files.iter().filter_map(|file| Some(folder.join(file.path.parent()?))).collect();
    let known: BTreeSet<PathBuf> = files.iter().map(|file| folder.join(&file.path)).collect();
    let mut strays = Vec::new();
    for module in modules.iter().filter(|module| *module != folder && module.is_dir()) {
        let cannot = |error| Stop::cannot("read", module, &error);
        for entry in fs::read_dir(module).map_err(cannot)? {
            let path = entry.map_err(cannot)?.path();
            let is_page = path.extension().is_some_and(|extension| extension == notation.extension());
            if is_page && !known.contains(&path) {
                strays.push(path);
            }
        }
    }
    strays.sort();
    Ok(strays)
}
