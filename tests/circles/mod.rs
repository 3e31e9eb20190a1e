//! Circles of files: which files of a room import each other, one through the other.
//!
//! A file imports what it names after `use`, or in a path of its code, of another file of its room. A name that a module
//! only passes on (`pub use`) counts for the file that has it; a module that is imported as such counts for what is named
//! of it. Methods are not seen: what is called of a value needs no import.

use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// A module: the names from the root to it.
type Module = Vec<String>;

/// Which modules each one imports.
type Imports = BTreeMap<Module, BTreeSet<Module>>;

static USE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?m)^\s*(?:pub(?:\([^)]*\))? )?use ([^;]+);").expect("a regex"));
static PATH: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b[a-z]\w*(?:::\w+)+").expect("a regex"));
static PASSED_ON: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?m)^\s*pub(?:\([^)]*\))? use [^;]+;").expect("a regex"));

/// The files of a folder of rooms.
pub struct Files {
    files: BTreeMap<Module, File>,
}

struct File {
    code: String,
    /// The names that it has of others, each with its path.
    names: BTreeMap<String, Vec<String>>,
}

impl Files {
    /// The files of a folder, each with its text.
    pub fn new(root: &Path, sources: &[(PathBuf, String)]) -> Self {
        let file = |(path, text): &(PathBuf, String)| (module(root, path), File::new(text));
        Files { files: sources.iter().map(file).collect() }
    }

    /// The circles, each as the names of its files. Imports that `is_known` tells of are left out.
    pub fn circles(&self, mut is_known: impl FnMut(&str, &str) -> bool) -> Vec<Vec<String>> {
        let mut imports: Imports = self.files.keys().map(|module| (module.clone(), self.imports(module))).collect();
        for (module, others) in &mut imports {
            others.retain(|other| other.first() == module.first() && !is_known(&module.join("/"), &other.join("/")));
        }
        let reached: Imports = imports.keys().map(|module| (module.clone(), reached(&imports, module))).collect();
        let mut circles = BTreeSet::new();
        for (module, others) in &reached {
            if others.contains(module) {
                let circle = others.iter().filter(|other| reached[*other].contains(module));
                circles.insert(circle.map(|module| module.join("/")).collect::<Vec<_>>());
            }
        }
        circles.into_iter().collect()
    }

    /// The modules that a file imports.
    fn imports(&self, module: &Module) -> BTreeSet<Module> {
        let file = &self.files[module];
        let used = USE.captures_iter(&file.code).flat_map(|found| paths(&found[1]));
        // A module that is imported as such is seen where something of it is named.
        let used =
            used.filter(|(_, path)| self.resolve(module, path, 0).is_none_or(|found| found.last() != path.last()));
        let body = USE.replace_all(&file.code, "");
        let named = PATH.find_iter(&body).map(|found| found.as_str().split("::").map(str::to_owned).collect());
        let named = named.map(|path: Vec<String>| match file.names.get(&path[0]) {
            Some(start) => start.iter().chain(&path[1..]).cloned().collect(),
            None => path,
        });
        let passed: BTreeSet<Vec<String>> = file.passed_on().collect();
        let used = used.map(|(_, path)| path).filter(|path| !passed.contains(path));
        let found = used.chain(named).filter_map(|path| self.resolve(module, &path, 0));
        found.filter(|found| found != module).collect()
    }

    /// The module that has what a path leads to from a module.
    fn resolve(&self, from: &Module, path: &[String], steps: usize) -> Option<Module> {
        let mut at = from.clone();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => (at, rest) = (Vec::new(), &path[1..]),
            "self" => rest = &path[1..],
            "super" => {
                while let Some(("super", behind)) = rest.split_first().map(|(first, behind)| (first.as_str(), behind)) {
                    at.pop();
                    rest = behind;
                }
            }
            first => _ = self.files.get(&below(&at, first))?,
        }
        while let Some(next) = rest.first().map(|next| below(&at, next)).filter(|next| self.files.contains_key(next)) {
            (at, rest) = (next, &rest[1..]);
        }
        let passed_on = rest.first().and_then(|name| self.files.get(&at)?.names.get(name)).filter(|_| steps < 5);
        let found = passed_on.and_then(|path| {
            let path: Vec<String> = path.iter().chain(&rest[1..]).cloned().collect();
            self.resolve(&at, &path, steps + 1)
        });
        found.or_else(|| self.files.contains_key(&at).then_some(at))
    }
}

impl File {
    /// A file without its comments and its own tests.
    fn new(text: &str) -> Self {
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        // `pub(in crate::module)` imports nothing.
        let code = lines.collect::<Vec<_>>().join("\n").replace("pub(in crate::", "pub(");
        let names = USE.captures_iter(&code).flat_map(|found| paths(&found[1])).collect();
        File { code, names }
    }

    /// The paths that it only passes on.
    fn passed_on(&self) -> impl Iterator<Item = Vec<String>> {
        let uses = PASSED_ON.find_iter(&self.code).map(|found| found.as_str());
        uses.flat_map(|text| paths(text.split_once("use ").map_or("", |(_, path)| path).trim_end_matches(';')))
            .map(|(_, path)| path)
    }
}

/// The paths of a `use`, each with the name that it gives.
fn paths(tree: &str) -> Vec<(String, Vec<String>)> {
    let tree = tree.trim();
    let Some((before, inside)) = tree.strip_suffix('}').and_then(|tree| tree.split_once('{')) else {
        let (path, name) = tree.split_once(" as ").unwrap_or((tree, tree));
        let path = path.trim().trim_end_matches("::self");
        let name = name.rsplit("::").find(|name| *name != "self").unwrap_or_default();
        return vec![(name.to_owned(), path.split("::").map(str::to_owned).collect())];
    };
    let mut depth = 0;
    let parts = inside.split(|letter| {
        depth += i32::from(letter == '{') - i32::from(letter == '}');
        letter == ',' && depth == 0
    });
    let parts = parts.filter(|part| !part.trim().is_empty());
    parts.flat_map(|part| paths(&format!("{before}{}", part.trim()))).collect()
}

fn below(module: &Module, name: &str) -> Module {
    module.iter().cloned().chain([name.to_owned()]).collect()
}

fn module(root: &Path, path: &Path) -> Module {
    let inside = path.strip_prefix(root).expect("a source below the root").with_extension("");
    let names = inside.iter().map(|name| name.to_string_lossy().into_owned());
    names.filter(|name| name != "mod").collect()
}

/// All modules on the ways from one.
fn reached(imports: &Imports, from: &Module) -> BTreeSet<Module> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&Module> = vec![from];
    while let Some(next) = open.pop() {
        open.extend(imports[next].iter().filter(|other| reached.insert((*other).clone())));
    }
    reached
}
