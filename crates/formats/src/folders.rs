//! Formats on disk: where they are, what belongs to them, and their texts.

use crate::format_error::FormatError;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use weir::diagnostic::{Diagnostics, Sources};
use weir::{FormatText, Plan, spec};
use weir_author::{FormatFolder, ModuleFolder, NamedText};
use weir_detect::mapping::FormatFacts;

/// The largest file of a format that is read, in bytes. The reader of specs allows less; recorded pairs may be larger.
const LARGEST: u64 = 64 << 20;

/// Where a format or a module declares its fields.
const FIELDS: &str = "_meta/fields.yml";

/// Where a format says what it is.
const MANIFEST: &str = "_meta/manifest.yml";

/// Where a format has the contract of its dataset.
const CONTRACT: &str = "dataset.yml";

/// Directories that hold no formats of their own.
const PASSED_OVER: &[&str] = &["target", "node_modules"];

/// A format on disk.
#[derive(Clone, Debug)]
pub struct Place {
    /// The format's directory, as named by the user.
    pub root: PathBuf,
    /// Its spec.
    pub parser: PathBuf,
    /// The one recorded pair that was asked for; else all are.
    pub only: Option<PathBuf>,
}

impl Place {
    /// The format at a path: its directory, or its `parser.yml`.
    ///
    /// # Errors
    /// Where there is neither.
    pub fn at(path: &Path) -> Result<Place, FormatError> {
        let metadata = fs::metadata(path).map_err(FormatError::cannot_read(path))?;
        if !metadata.is_dir() {
            return Ok(Place { root: root_of(path), parser: path.to_owned(), only: None });
        }
        let parser = [path.join("ingest/parser.yml"), path.join("parser.yml")].into_iter().find(|path| path.is_file());
        match parser {
            Some(parser) => Ok(Place { root: root_of(&parser), parser, only: None }),
            None => {
                Err(FormatError::Because(format!("{} has no ingest/parser.yml, so it is not a format", path.display())))
            }
        }
    }

    /// What it is called in a list: its directory; a spec that lies right here is called by its file.
    pub fn name(&self) -> String {
        let name = if self.root.as_os_str().is_empty() { &self.parser } else { &self.root };
        name.display().to_string()
    }

    /// The spec and the fields that apply to it: the module's, then the format's own.
    ///
    /// # Errors
    /// Where a file cannot be read as text.
    pub fn text(&self) -> Result<FormatText, FormatError> {
        Ok(self.to_compile()?.text())
    }

    /// All texts of the format.
    ///
    /// # Errors
    /// Where a file cannot be read as text.
    pub fn folder(&self) -> Result<FormatFolder, FormatError> {
        let optional = |name: &str| optional(&self.root.join(name));
        Ok(FormatFolder {
            manifest: optional(MANIFEST)?,
            contract: optional(CONTRACT)?,
            pairs: self.pairs()?.iter().map(|path| named(path)).collect::<Result<_, _>>()?,
            descriptions: optional("_meta/smart-descriptions.json")?,
            ..self.to_compile()?
        })
    }

    fn to_compile(&self) -> Result<FormatFolder, FormatError> {
        Ok(FormatFolder {
            parser: named(&self.parser)?,
            module_fields: optional(&above(&self.root).join(FIELDS))?,
            fields: optional(&self.root.join(FIELDS))?,
            ..FormatFolder::default()
        })
    }

    /// All files that make what runs, whether or not they are there: the spec, the declarations of fields, the contract, and what its
    /// module says about routing.
    pub fn files(&self) -> [PathBuf; 5] {
        let module = above(&self.root);
        let fields = [&module, &self.root].map(|folder| folder.join(FIELDS));
        let [of_module, own] = fields;
        [self.parser.clone(), of_module, own, self.contract(), routing(&module)]
    }

    /// What the format and its module are called: what rules say their events come from.
    ///
    /// # Errors
    /// Where its manifest cannot be read.
    pub fn facts(&self, plan: &Plan) -> Result<FormatFacts, FormatError> {
        let mut names: Vec<String> = plan.name().map(str::to_owned).into_iter().collect();
        let module = self.module();
        for path in [Some(&self.root), module.as_ref()].into_iter().flatten() {
            let full = fs::canonicalize(path).unwrap_or_else(|_| path.clone());
            names.extend(full.file_name().map(|name| name.to_string_lossy().into_owned()));
        }
        if let Some((path, text)) = optional(&self.root.join(MANIFEST))? {
            let source = Sources::new().add(path, &*text);
            let manifest = spec::read_manifest(&text, source, &mut Diagnostics::new());
            let own = manifest.into_iter().flat_map(|manifest| [manifest.name, manifest.slug]).flatten();
            names.extend(own.map(|name| name.text));
        }
        Ok(FormatFacts { names })
    }

    /// Where its contract is, if it has one.
    pub fn contract(&self) -> PathBuf {
        self.root.join(CONTRACT)
    }

    /// The recorded pairs, by name.
    ///
    /// # Errors
    /// Where the directory cannot be read.
    pub fn pairs(&self) -> Result<Vec<PathBuf>, FormatError> {
        if let Some(only) = &self.only {
            return Ok(vec![only.clone()]);
        }
        let folder = self.root.join("tests");
        let entries = if folder.is_dir() { entries(&folder)? } else { Vec::new() };
        Ok(entries.into_iter().filter(|path| path.is_file() && has_extension(path, "json")).collect())
    }

    /// The recorded pair of a name, with or without `.json`.
    ///
    /// # Errors
    /// Where there is none; the message has the names that are like it.
    pub fn pair(&self, name: &str) -> Result<PathBuf, FormatError> {
        let name = name.strip_suffix(".json").unwrap_or(name);
        let pairs = self.pairs()?;
        let names: Vec<String> =
            pairs.iter().filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned())).collect();
        if let Some(place) = names.iter().position(|known| known == name) {
            return Ok(pairs[place].clone());
        }
        let meant = weir::diagnostic::nearest(name, names.iter().map(String::as_str));
        let meant = meant.map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
        let count = names.len();
        let format = self.name();
        Err(FormatError::Because(format!(
            "there is no file `{name}`, and none of the {count} recorded pairs of {format} has this name{meant}"
        )))
    }

    /// The module's directory, where it has a `_meta`.
    pub fn module(&self) -> Option<PathBuf> {
        Some(above(&self.root)).filter(|module| module.join("_meta").is_dir())
    }
}

/// All texts that the formats of a module share.
///
/// # Errors
/// Where a file cannot be read as text.
pub fn module(folder: &Path) -> Result<ModuleFolder, FormatError> {
    let manifest = optional(&folder.join("_meta/manifest.yml"))?;
    let routing = optional(&routing(folder))?;
    let mut contracts = Vec::new();
    if routing.is_some() {
        for place in find(&[folder.to_owned()])? {
            contracts.extend(optional(&place.contract())?);
        }
    }
    Ok(ModuleFolder { manifest, routing, contracts, fields: optional(&folder.join(FIELDS))? })
}

/// Where it stands which datasets of a module win where a record fits several.
pub fn routing(module: &Path) -> PathBuf {
    module.join("_meta/routing.yml")
}

/// All formats at and below paths, in the order of the paths and then by name, each once. A path may also be one recorded
/// pair of a format, or another file of it, which stands for the format; a file of a module stands for all of its formats.
///
/// # Errors
/// Where a path does not exist or a directory cannot be read.
pub fn find(paths: &[PathBuf]) -> Result<Vec<Place>, FormatError> {
    let mut found = Vec::new();
    for path in paths {
        match path.is_dir() {
            true => below(path, &mut found)?,
            false if is_beside_spec(path) => below(&around(path), &mut found)?,
            false if has_extension(path, "json") => found.push(of_pair(path)?),
            false => found.push(Place::at(path)?),
        }
    }
    let mut seen = BTreeSet::new();
    found.retain(|place| {
        let parser = fs::canonicalize(&place.parser).unwrap_or_else(|_| place.parser.clone());
        seen.insert((parser, place.only.clone()))
    });
    Ok(found)
}

/// As [`find`], where each path must have formats.
///
/// # Errors
/// As [`find`], and where a path has none.
pub fn found(paths: &[PathBuf]) -> Result<Vec<Place>, FormatError> {
    for path in paths {
        if find(std::slice::from_ref(path))?.is_empty() {
            return Err(nothing_at(path));
        }
    }
    find(paths)
}

/// Says that there are no formats at or below a path, and what looks like one.
fn nothing_at(path: &Path) -> FormatError {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    FormatError::Because(format!(
        "there are no formats at or below {}: no directory has an ingest/parser.yml{}",
        path.display(),
        hint(path)
    ))
}

/// What was probably meant, where a path lies inside a format or has a spec under another name.
fn hint(path: &Path) -> String {
    let other = ["ingest/parser.yaml", "parser.yaml", "parser.yml", "ingest/parser.json"];
    let other = other.iter().map(|name| path.join(name)).find(|path| path.is_file());
    let around = fs::canonicalize(path).ok().and_then(|full| {
        full.ancestors().skip(1).take(3).find(|above| above.join("ingest/parser.yml").is_file()).map(Path::to_owned)
    });
    match (other, around) {
        (Some(other), _) => format!("; there is {}", other.display()),
        (None, Some(around)) => format!("; it is inside the format {}", around.display()),
        (None, None) => String::new(),
    }
}

/// Reads a file of a format.
///
/// # Errors
/// Where it cannot be read, is too large or is not UTF-8.
pub fn read(path: &Path) -> Result<String, FormatError> {
    read_up_to(path, LARGEST)
}

/// Reads a file that has so many bytes at most.
///
/// # Errors
/// As [`read`].
pub fn read_up_to(path: &Path, largest: u64) -> Result<String, FormatError> {
    let cannot = FormatError::cannot_read(path);
    let mut bytes = Vec::new();
    File::open(path).map_err(&cannot)?.take(largest + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > largest {
        return Err(FormatError::Because(format!("cannot read {}: it is larger than {largest} bytes", path.display())));
    }
    String::from_utf8(bytes).map_err(|error| {
        let place = error.utf8_error().valid_up_to();
        FormatError::Because(format!("cannot read {}: it is not UTF-8 at byte {place}", path.display()))
    })
}

/// A file's text with its path, under which findings show it.
fn named(path: &Path) -> Result<NamedText, FormatError> {
    Ok((path.display().to_string(), read(path)?))
}

/// The text of a file that may not be there.
///
/// # Errors
/// Where it is there and cannot be read as text.
pub fn optional(path: &Path) -> Result<Option<NamedText>, FormatError> {
    if path.is_file() { named(path).map(Some) } else { Ok(None) }
}

/// The directory above, in the words of the path where it has any: `a/b` → `a`, `.` → `./..`.
pub fn above(path: &Path) -> PathBuf {
    match (path.components().next_back(), path.parent()) {
        (Some(Component::Normal(_)), Some(parent)) => parent.to_owned(),
        (Some(Component::RootDir), _) => path.to_owned(),
        _ => path.join(".."),
    }
}

/// The format's directory: what is above `ingest`, or the spec's own where it does not lie in one.
fn root_of(parser: &Path) -> PathBuf {
    let folder = above(parser);
    let full = fs::canonicalize(if folder.as_os_str().is_empty() { Path::new(".") } else { &folder });
    let in_ingest = full.is_ok_and(|full| full.file_name().is_some_and(|name| name == "ingest"));
    if in_ingest { above(&folder) } else { folder }
}

/// Whether a file belongs to a format or a module, and is neither its spec nor a recorded pair.
fn is_beside_spec(path: &Path) -> bool {
    let is_named = |path: &Path, name: &str| path.file_name().is_some_and(|found| found == name);
    path.is_file() && (is_named(path, CONTRACT) || is_named(&above(path), "_meta"))
}

/// The directory of the format or module that such a file belongs to.
fn around(path: &Path) -> PathBuf {
    let folder = above(path);
    let folder = if path.ends_with(CONTRACT) { folder } else { above(&folder) };
    if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder }
}

fn of_pair(path: &Path) -> Result<Place, FormatError> {
    let place = Place::at(&above(&above(path)).join("ingest/parser.yml"))?;
    Ok(Place { only: Some(path.to_owned()), ..place })
}

fn below(folder: &Path, found: &mut Vec<Place>) -> Result<(), FormatError> {
    if folder.join("ingest/parser.yml").is_file() {
        found.push(Place::at(folder)?);
        return Ok(());
    }
    for path in entries(folder)? {
        // A link to a directory is not followed: it may lead back up.
        let is_folder = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_dir());
        if is_folder && !is_passed_over(&path) {
            below(&path, found)?;
        }
    }
    Ok(())
}

/// Gives each file below a directory, by name, but for directories that hold nothing of their own.
///
/// # Errors
/// Where a directory cannot be read.
pub fn walk(folder: &Path, give: &mut dyn FnMut(&Path)) -> Result<(), FormatError> {
    for path in entries(folder)? {
        let metadata = fs::symlink_metadata(&path);
        // A link to a directory is not followed: it may lead back up.
        match metadata.is_ok_and(|metadata| metadata.is_dir()) {
            true if is_passed_over(&path) => {}
            true => walk(&path, give)?,
            false => give(&path),
        }
    }
    Ok(())
}

/// Whether a directory or file holds nothing of a format: it is hidden, or made by tools.
pub fn is_passed_over(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    name.starts_with('.') || PASSED_OVER.contains(&&*name)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, FormatError> {
    let cannot = FormatError::cannot_read(folder);
    let entries = fs::read_dir(folder).map_err(&cannot)?.map(|entry| Ok(entry.map_err(&cannot)?.path()));
    let mut entries = entries.collect::<Result<Vec<_>, FormatError>>()?;
    entries.sort();
    // `./a` reads better as `a`.
    Ok(entries.into_iter().map(|path| path.strip_prefix(".").map(Path::to_owned).unwrap_or(path)).collect())
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}
