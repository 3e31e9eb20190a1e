//! What the formats of a module share, checked.

use crate::stop::Stop;
use std::path::Path;
use weir_author::check::{self, Checked, Written};
use weir_author::fixes::FixedTexts;
use weir_formats::folders;

/// All findings about what the formats of a module share, with the texts that fixes changed in the place of others.
///
/// # Errors
/// Where a file cannot be read.
pub fn of_module(module: &Path, texts: &FixedTexts) -> Result<Checked, Stop> {
    let mut folder = folders::module(module)?;
    texts.put_into_module(&mut folder);
    let mut written = Written::default();
    if folder.fields.is_some() {
        for place in folders::find(&[module.to_owned()])? {
            let mut folder = place.folder()?;
            texts.put_into(&mut folder);
            written.add(&check::format(&folder).written);
        }
    }
    Ok(check::module(&folder, &written))
}
