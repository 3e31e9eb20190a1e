//! Words for functions of the library that people know from elsewhere, and what does the same here.

use super::entry::{LibraryEntry, LibraryKind};

/// A word a line, and what to write instead. Where the word is the name of an entry of another kind, that is said first.
pub(super) const SYNONYMS: &str = include_str!("synonyms.tsv");

/// What to write instead of a name that none of the entries of a kind has.
pub(super) fn cure(entries: &[&LibraryEntry], kind: LibraryKind, name: &str) -> Option<String> {
    let named = |kind_fits: &dyn Fn(LibraryKind) -> bool, name: &str| {
        entries.iter().find(|entry| kind_fits(entry.kind) && entry.names.contains(&name)).copied()
    };
    let of_other_kind = || named(&|other| other != kind, name).map(|entry| used(entry, name));
    // `module.name` is sought by its last part too.
    let last = name.rsplit('.').next().unwrap_or(name).to_lowercase();
    let synonym = || SYNONYMS.lines().filter_map(|line| line.split_once('\t')).find(|(word, _)| *word == last);
    let global = format!("re.{last}");
    let as_global = || {
        named(&|other| other == LibraryKind::Global, &global)
            .map(|_| format!("`{global}` is a function: `{global}('pattern', value)`"))
    };
    of_other_kind().or_else(|| synonym().map(|(_, cure)| cure.to_owned())).or_else(as_global)
}

/// How an entry is used, in words: ``split` is a method: `value.split(…)``.
fn used(entry: &LibraryEntry, name: &str) -> String {
    let kind = entry.kind.name();
    let has_more = entry.variadic || entry.parameters.len() > 1;
    let arguments = if has_more { "(…)" } else { "" };
    let written = match entry.kind {
        LibraryKind::Filter => format!("value | {name}{arguments}"),
        LibraryKind::Test => format!("value is {name}{arguments}"),
        LibraryKind::Method if has_more => format!("value.{name}(…)"),
        LibraryKind::Method => format!("value.{name}()"),
        LibraryKind::Global => format!("{name}(…)"),
    };
    format!("`{name}` is a {kind}: `{written}`")
}
