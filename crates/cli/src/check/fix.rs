//! `weir check --fix`: what has one right answer, mended.

use super::module::of_module;
use crate::replaced;
use crate::stop::{Outcome, Stop};
use crate::terminal::{Paint, bold, green, red};
use similar::TextDiff;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use weir_author::check::{self, Checked};
use weir_author::fixes::{Applied, FixedTexts, Found};
use weir_author::words::plural;
use weir_author::{FormatFolder, pairs};
use weir_formats::{Place, folders};

fn found(checked: Checked) -> Found {
    (checked.findings, checked.sources)
}

/// What was mended.
#[derive(Default)]
pub struct Mended {
    texts: FixedTexts,
    applied: Vec<Applied>,
    /// How many recorded pairs passed before and do not any more, by the name of their format.
    differing: Vec<(String, usize)>,
}

impl Mended {
    /// Mends formats and what their modules share, as texts: nothing is written. Findings with the codes `also` are mended though
    /// their fix may not be the right one.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub fn of(places: &[Place], also: &[String]) -> Result<Self, Stop> {
        let mut mended = Mended::default();
        let mut modules = BTreeSet::new();
        for place in places {
            if let Some(module) = place.module().filter(|module| modules.insert(module.clone())) {
                let applied = mended.texts.mend(also, &mut |texts| of_module(&module, texts).map(found))?;
                mended.applied.extend(applied);
            }
            let applied = mended.texts.mend(also, &mut |texts| -> Result<Found, Stop> {
                let mut folder = place.folder()?;
                texts.put_into(&mut folder);
                Ok(found(check::format(&folder)))
            })?;
            if !applied.is_empty() {
                mended.applied.extend(applied);
                mended.compare(place)?;
            }
        }
        Ok(mended)
    }

    /// Counts the pairs of a format that passed before it was mended and fail now.
    fn compare(&mut self, place: &Place) -> Result<(), Stop> {
        let folder = place.folder()?;
        let mut new = folder.clone();
        self.texts.put_into(&mut new);
        let passing = |folder: &FormatFolder| -> BTreeSet<String> {
            let format = folder.compile();
            let Some(plan) = &format.plan else { return BTreeSet::new() };
            let passing = folder.pairs.iter().filter(|(name, text)| pairs::run(plan, name, text).result.passed);
            passing.map(|(name, _)| name.clone()).collect()
        };
        let count = passing(&folder).difference(&passing(&new)).count();
        if count > 0 {
            self.differing.push((place.name(), count));
        }
        Ok(())
    }

    /// Says which formats give other events than their pairs expect, now that they are mended; whether any does.
    ///
    /// # Errors
    /// Where the output is closed.
    pub fn tell_differing(&self) -> Result<bool, Stop> {
        for (name, count) in &self.differing {
            let count = *count as u64;
            let (pairs, fail) = (plural(count, "pair", "pairs"), plural(count, "fails", "fail"));
            writeln!(
                std::io::stderr(),
                "{name}: {count} {pairs} that passed {fail} with the fixes: read `weir test {name}`, then accept with `weir test {name} --accept`, or take the fixes back"
            )?;
        }
        Ok(!self.differing.is_empty())
    }

    /// Writes the changed files, and tells what was changed.
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub fn write(&self, out: &mut dyn Write, paint: bool) -> Result<(), Stop> {
        for (name, text) in self.texts.iter() {
            let path = PathBuf::from(name);
            let folder = folders::above(&path);
            fs::create_dir_all(&folder).map_err(|error| Stop::cannot("write", &folder, &error))?;
            replaced::write(&path, text.as_bytes())?;
        }
        for Applied { file, line, code, title, .. } in &self.applied {
            writeln!(out, "{} {file}:{line}: {title}  [{code}]", bold("fixed", paint))?;
        }
        if !self.applied.is_empty() {
            writeln!(out)?;
        }
        Ok(())
    }

    /// Tells what would be changed, as a patch.
    ///
    /// # Errors
    /// Where a file cannot be read or the output is closed.
    pub fn preview(&self, out: &mut dyn Write, paint: Paint) -> Result<Outcome, Stop> {
        for (name, text) in self.texts.iter() {
            let old = folders::optional(Path::new(name))?;
            let from = if old.is_some() { format!("a/{name}") } else { "/dev/null".to_owned() };
            let old = old.map(|(_, text)| text).unwrap_or_default();
            let diff = TextDiff::from_lines(&*old, text);
            for line in diff.unified_diff().header(&from, &format!("b/{name}")).to_string().split_inclusive('\n') {
                let (text, end) = line.split_at(line.trim_end_matches(['\r', '\n']).len());
                let painted = match text.as_bytes().first() {
                    _ if text.starts_with("+++") || text.starts_with("---") => bold(text, paint.stdout),
                    Some(b'+') => green(text, paint.stdout),
                    Some(b'-') => red(text, paint.stdout),
                    _ => text.to_owned(),
                };
                write!(out, "{painted}{end}")?;
            }
        }
        let (fixes, files) = (self.applied.len() as u64, self.texts.iter().count() as u64);
        let (fix, file) = (plural(fixes, "fix", "fixes"), plural(files, "file", "files"));
        self.tell_differing()?;
        writeln!(std::io::stderr(), "{fixes} {fix} in {files} {file}; nothing was written")?;
        Ok(Outcome::failed_if(fixes > 0))
    }
}
