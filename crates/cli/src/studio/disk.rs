//! The files of one format: read for the page, and written where the page may write.

use crate::replaced;
use crate::stop::Stop;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use weir_author::NamedText;
use weir_formats::{Place, folders, state_of_files};

/// The files of a format beside its spec and its pairs.
const OTHERS: [&str; 4] = ["_meta/fields.yml", "_meta/manifest.yml", "_meta/smart-descriptions.json", "dataset.yml"];

/// The module's declarations of fields: shown, and not written.
pub const MODULE_FIELDS: &str = "../_meta/fields.yml";

/// A format on disk.
pub struct Disk {
    place: Place,
    /// Where it is, without links.
    root: PathBuf,
    /// The spec's path in it: the same while the process runs, also where the file is gone for a moment.
    parser: &'static str,
}

impl Disk {
    /// The format at a place.
    ///
    /// # Errors
    /// Where its directory cannot be read.
    pub fn of(place: Place) -> Result<Self, Stop> {
        let named = if place.root.as_os_str().is_empty() { Path::new(".") } else { &place.root };
        let root = fs::canonicalize(named).map_err(|error| Stop::cannot("read", named, &error))?;
        let parser = if place.parser.ends_with("ingest/parser.yml") { "ingest/parser.yml" } else { "parser.yml" };
        Ok(Disk { place, root, parser })
    }

    /// What it is called: the name of its directory.
    pub fn name(&self) -> String {
        self.root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// The spec's path in the format.
    pub fn parser(&self) -> &'static str {
        self.parser
    }

    /// All texts, by their paths in the format. What a link leads to from outside is left out: the page could share it.
    ///
    /// # Errors
    /// Where a file cannot be read as text.
    pub fn read(&self) -> Result<BTreeMap<String, String>, Stop> {
        let mut files = BTreeMap::new();
        for path in [self.parser()].into_iter().chain(OTHERS).chain([MODULE_FIELDS]) {
            let place = self.root.join(path);
            let is_own = if path == MODULE_FIELDS { self.is_of_module(&place) } else { self.has(&place) };
            let text: Option<NamedText> = if is_own { folders::optional(&place)? } else { None };
            files.extend(text.map(|(_, text)| (path.to_owned(), text)));
        }
        for path in self.place.pairs()?.into_iter().filter(|path| self.has(path)) {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            files.insert(format!("tests/{name}"), folders::read(&path)?);
        }
        Ok(files)
    }

    /// A number that changes where a file does, or a pair comes or goes.
    ///
    /// # Errors
    /// Where the directory cannot be read.
    pub fn stamp(&self) -> Result<String, Stop> {
        let texts = [self.parser()].into_iter().chain(OTHERS).chain([MODULE_FIELDS]).map(|path| self.root.join(path));
        let all: Vec<PathBuf> = texts.chain(self.place.pairs()?).collect();
        Ok(format!("{:016x}", state_of_files(&all)))
    }

    /// Writes files, each whole; none of them where one cannot be one of the format's.
    ///
    /// # Errors
    /// Where one is none of the format's, would lie elsewhere, or cannot be written.
    pub fn write(&self, files: &BTreeMap<String, String>) -> Result<(), Stop> {
        let targets = files.iter().map(|(path, text)| {
            let target = self.target(path).ok_or_else(|| {
                Stop::Because(format!(
                    "{path} is no file of this format that may be written: spec, _meta, dataset.yml, tests/NAME.json"
                ))
            })?;
            Ok((target, text))
        });
        let targets: Vec<(PathBuf, &String)> = targets.collect::<Result<_, Stop>>()?;
        targets.into_iter().try_for_each(|(target, text)| replaced::write(&target, text.as_bytes()))
    }

    /// Where a file of the format is: nothing where it is none, or where a link leads out of the format.
    fn target(&self, path: &str) -> Option<PathBuf> {
        if path != self.parser() && !OTHERS.contains(&path) && !is_pair(path) {
            return None;
        }
        let target = self.root.join(path);
        let folder = folders::above(&target);
        fs::create_dir_all(&folder).ok().filter(|()| self.has(&folder))?;
        let is_there = fs::symlink_metadata(&target).is_ok();
        (!is_there || self.has(&target)).then_some(target)
    }

    fn has(&self, path: &Path) -> bool {
        fs::canonicalize(path).is_ok_and(|path| path.starts_with(&self.root))
    }

    fn is_of_module(&self, path: &Path) -> bool {
        let module = self.root.parent();
        module.is_some_and(|module| fs::canonicalize(path).is_ok_and(|path| path.starts_with(module)))
    }
}

/// Whether a path is that of a recorded pair, with a name that is one on any disk.
fn is_pair(path: &str) -> bool {
    let name = path.strip_prefix("tests/").and_then(|name| name.strip_suffix(".json"));
    let is_plain =
        |letter: char| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_' | '.' | '(' | ')' | '+' | ',');
    name.is_some_and(|name| !name.is_empty() && !name.starts_with('.') && name.chars().all(is_plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk() -> (tempfile::TempDir, Disk) {
        let folder = tempfile::tempdir().expect("a folder");
        let format = folder.path().join("gate");
        fs::create_dir_all(format.join("ingest")).expect("it is made");
        fs::write(format.join("ingest/parser.yml"), "name: gate\n").expect("it is written");
        let place = Place::at(&format).expect("a format");
        (folder, Disk::of(place).expect("a disk"))
    }

    fn one(path: &str, text: &str) -> BTreeMap<String, String> {
        BTreeMap::from([(path.to_owned(), text.to_owned())])
    }

    #[test]
    fn files_of_the_format_are_read_and_written() {
        let (_folder, disk) = disk();
        let before = disk.stamp().expect("a stamp");
        disk.write(&one("tests/a.json", "{}")).expect("it is written");
        disk.write(&one("_meta/fields.yml", "{}\n")).expect("it is written");
        let files = disk.read().expect("they are read");
        let paths: Vec<&str> = files.keys().map(String::as_str).collect();
        assert_eq!(paths, ["_meta/fields.yml", "ingest/parser.yml", "tests/a.json"]);
        assert_ne!(disk.stamp().expect("a stamp"), before);
        assert_eq!(disk.name(), "gate");
    }

    #[test]
    fn nothing_else_is_written() {
        let (folder, disk) = disk();
        for path in [
            "",
            "x.yml",
            "ingest/other.yml",
            "../_meta/fields.yml",
            "tests/../../a.json",
            "tests/..json",
            "tests/.json",
            "tests/a/b.json",
            "/etc/passwd",
            "tests/a.json/",
            "tests/a\0.json",
        ] {
            disk.write(&one(path, "x")).expect_err(path);
        }
        let both = [one("_meta/fields.yml", "x"), one("x.yml", "x")].into_iter().flatten().collect();
        disk.write(&both).expect_err("one of two");
        assert!(!disk.root.join("_meta/fields.yml").exists(), "none of them is written");
        let inside: Vec<_> = fs::read_dir(folder.path()).expect("it is read").collect();
        assert_eq!(inside.len(), 1);
    }

    #[test]
    fn a_spec_that_is_gone_for_a_moment_can_be_written_back() {
        let (_folder, disk) = disk();
        fs::remove_file(disk.root.join("ingest/parser.yml")).expect("it is removed");
        assert_eq!(disk.parser(), "ingest/parser.yml");
        disk.write(&one("ingest/parser.yml", "name: x")).expect("it is written");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_out_of_the_format_is_not_followed() {
        let (folder, disk) = disk();
        let outside = folder.path().join("outside.json");
        fs::write(&outside, "mine").expect("it is written");
        fs::create_dir(folder.path().join("elsewhere")).expect("it is made");
        fs::create_dir(disk.root.join("tests")).expect("it is made");
        std::os::unix::fs::symlink(&outside, disk.root.join("tests/a.json")).expect("a link");
        std::os::unix::fs::symlink(folder.path().join("elsewhere"), disk.root.join("_meta")).expect("a link");
        disk.write(&one("tests/a.json", "theirs")).expect_err("a link to a file");
        disk.write(&one("_meta/fields.yml", "theirs")).expect_err("a link to a directory");
        let read = disk.read().expect("they are read");
        assert_eq!(read.keys().collect::<Vec<_>>(), ["ingest/parser.yml"], "nor read");
        assert_eq!(fs::read_to_string(&outside).expect("it is read"), "mine");
        assert!(fs::read_dir(folder.path().join("elsewhere")).expect("it is read").next().is_none());
    }
}
