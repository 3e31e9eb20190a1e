//! Drafts of formats on disk, and what is said about them.

use crate::replaced;
use crate::stop::Stop;
use std::fs;
use std::path::Path;
use weir_formats::folders;
use weir_propose::Draft;

/// Refuses a directory that is there already.
///
/// # Errors
/// Where it is.
pub fn refuse_existing(root: &Path) -> Result<(), Stop> {
    match fs::symlink_metadata(root) {
        Ok(_) => Err(Stop::Because(format!("{} already exists; nothing was written", root.display()))),
        Err(_) => Ok(()),
    }
}

/// Writes the files of a draft below a directory.
///
/// # Errors
/// Where one cannot be written.
pub fn write(root: &Path, draft: &Draft) -> Result<(), Stop> {
    for (name, text) in &draft.files {
        let path = root.join(name);
        let folder = folders::above(&path);
        fs::create_dir_all(&folder).map_err(|error| Stop::cannot("write", &folder, &error))?;
        replaced::write(&path, text.as_bytes())?;
    }
    Ok(())
}

/// What a human must decide, a line each.
pub fn decisions(draft: &Draft) -> String {
    let mut out = String::new();
    if !draft.decisions.is_empty() {
        out.push_str("\nYour decisions, also in DECISIONS.md:\n");
    }
    for decision in &draft.decisions {
        match &*decision.field {
            "" => out.push_str(&format!("  {}\n", decision.question)),
            field => out.push_str(&format!("  {field}: {}\n", decision.question)),
        }
    }
    out
}
