//! The pages of the manual and the fenced blocks in them.

use std::fs;
use std::path::{Path, PathBuf};

/// A page.
pub struct Page {
    /// Where it is.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
}

/// A fenced block. Its second word says what it is: `yaml format`, `jinja expression`.
pub struct Block<'p> {
    /// The line of its fence, from 1.
    pub line: usize,
    /// What it is; empty for a block that is only shown.
    pub kind: &'p str,
    /// What it holds, without the last line's end.
    pub text: String,
}

/// The README and all pages below `docs`, ordered by path.
pub fn pages() -> Vec<Page> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = vec![root.join("README.md"), root.join("CONTRIBUTING.md")];
    walk(&root.join("docs"), &mut paths);
    paths.sort();
    let read = |path: PathBuf| Page { text: fs::read_to_string(&path).expect("a page is text"), path };
    paths.into_iter().map(read).collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of pages") {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
}

/// The fenced blocks of a page, in order.
pub fn of(page: &Page) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut lines = (1..).zip(page.text.lines());
    while let Some((line, fence)) = lines.next() {
        let Some(info) = fence.strip_prefix("```") else { continue };
        let held: Vec<&str> = lines.by_ref().map(|(_, text)| text).take_while(|text| *text != "```").collect();
        blocks.push(Block { line, kind: info.split(' ').nth(1).unwrap_or_default(), text: held.join("\n") });
    }
    blocks
}

/// The targets of the links to other pages.
pub fn links(text: &str) -> Vec<&str> {
    let targets = text.match_indices("](").filter_map(|(place, _)| text[place + 2..].split(')').next());
    targets.filter(|target| !target.contains("://") && !target.contains(' ')).collect()
}

/// A JSON value, for comparison without regard to the order of keys.
pub fn json(text: &str) -> Result<serde_json::Value, String> {
    serde_json::from_str(text).map_err(|error| format!("{error} in {text}"))
}
