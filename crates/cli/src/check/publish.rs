//! `weir check --publish`: what a public repository asks of formats and modules.

use crate::stop::Stop;
use std::fs;
use std::path::Path;
use weir::Scratch;
use weir::run::Coverage;
use weir_author::check::{Checked, Published, Uuids, published, published_module};
use weir_author::coverage;
use weir_author::pairs::{NOW, Runner};
use weir_formats::{Place, folders};

/// What a format lacks.
///
/// # Errors
/// Where a file cannot be read.
pub fn format(place: &Place, uuids: &mut Uuids) -> Result<Checked, Stop> {
    let folder = place.folder()?;
    let compiled = folder.compile();
    let share = compiled.plan.as_ref().map(|plan| {
        let (mut coverage, mut scratch) = (Coverage::new(plan), Scratch::default());
        let mut runner = Runner { plan, now: NOW, scratch: &mut scratch, coverage: Some(&mut coverage) };
        for (name, text) in &folder.pairs {
            runner.run(name, text);
        }
        coverage::share(&coverage)
    });
    Ok(published(&folder, &Published { share, ..beside(&place.root)? }, uuids))
}

/// What a module lacks.
///
/// # Errors
/// Where a file cannot be read.
pub fn module(module: &Path, uuids: &mut Uuids) -> Result<Checked, Stop> {
    Ok(published_module(folders::module(module)?.manifest.as_ref(), &beside(module)?, uuids))
}

fn beside(root: &Path) -> Result<Published, Stop> {
    let path = root.join("_meta/logo.png");
    let logo = match fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(Stop::cannot("read", &path, &error)),
    };
    let changelog = folders::optional(&root.join("CHANGELOG.md"))?;
    let root = if root.as_os_str().is_empty() { String::new() } else { format!("{}/", root.display()) };
    Ok(Published { root, logo, changelog, share: None })
}
