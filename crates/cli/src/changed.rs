//! Formats with files that differ from a revision of git.

use crate::stop::Stop;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use weir_formats::{Place, folders};

/// The formats of which a file differs from a revision, is new, or is gone; and those whose module's own files do.
///
/// # Errors
/// Where git does not run, or there is no such revision.
pub fn only(places: Vec<Place>, revision: &str) -> Result<Vec<Place>, Stop> {
    if revision.starts_with('-') {
        return Err(Stop::Because(format!("`{revision}` is not a revision")));
    }
    let mut changed = Vec::new();
    let mut roots: Vec<PathBuf> = Vec::new();
    for place in &places {
        let folder = if place.root.as_os_str().is_empty() { Path::new(".") } else { &place.root };
        let root = PathBuf::from(git(folder, &["rev-parse", "--show-toplevel"])?.trim_end());
        if !roots.contains(&root) {
            changed.extend(files(&root, &["diff", "--name-only", "-z", revision, "--"])?);
            changed.extend(files(&root, &["ls-files", "--others", "--exclude-standard", "-z"])?);
            roots.push(root);
        }
    }
    let is_changed = |place: &Place| {
        let full = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let own = full(&if place.root.as_os_str().is_empty() { PathBuf::from(".") } else { place.root.clone() });
        let of_module = full(&folders::above(&place.root).join("_meta"));
        changed.iter().any(|path| path.starts_with(&own) || path.starts_with(&of_module))
    };
    Ok(places.into_iter().filter(is_changed).collect())
}

/// The files that git names, in full.
fn files(root: &Path, arguments: &[&str]) -> Result<Vec<PathBuf>, Stop> {
    let names = git(root, arguments)?;
    let root = fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
    Ok(names.split('\0').filter(|name| !name.is_empty()).map(|name| root.join(name)).collect())
}

fn git(folder: &Path, arguments: &[&str]) -> Result<String, Stop> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output();
    let output = output.map_err(|error| Stop::Because(format!("--changed needs git: {error}")))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(Stop::Because(format!("git: {}", String::from_utf8_lossy(&output.stderr).trim()))),
    }
}
