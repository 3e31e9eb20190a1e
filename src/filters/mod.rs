//! The library of the expression language: filters, tests, methods and globals, one table entry each.

mod addresses;
mod apply;
mod call;
mod cure;
mod defaults;
mod encoding;
mod entry;
mod globals;
mod json;
mod layout;
mod lists;
mod markup;
mod methods_character;
mod methods_collection;
mod methods_text;
mod numbers;
mod paths;
mod patterns;
mod print;
mod regular;
mod selection;
mod sorting;
mod tests;
mod text;
mod time;

#[cfg(test)]
mod calls;
#[cfg(test)]
mod synonyms;

pub use apply::{MOST_PARAMETERS, apply, call, call_bound};
pub use call::FunctionCall;
pub use entry::{Changes, Default, Function, LibraryEntry, LibraryKind, OfCall, OfValue, Parameter};
pub use patterns::Patterns;

use std::collections::HashMap;
use std::sync::LazyLock;

/// The tables, in the manual's order. A new file of entries is named here.
static TABLES: &[&[LibraryEntry]] = &[
    text::ENTRIES,
    layout::ENTRIES,
    markup::ENTRIES,
    encoding::ENTRIES,
    numbers::ENTRIES,
    lists::ENTRIES,
    sorting::ENTRIES,
    selection::ENTRIES,
    defaults::ENTRIES,
    json::ENTRIES,
    regular::ENTRIES,
    addresses::ENTRIES,
    paths::ENTRIES,
    time::ENTRIES,
    tests::ENTRIES,
    methods_text::ENTRIES,
    methods_character::ENTRIES,
    methods_collection::ENTRIES,
    print::ENTRIES,
    globals::ENTRIES,
];

/// The entry of a kind under a name. Functions of the module `re` are globals named `re.match` and so on.
pub fn find(kind: LibraryKind, name: &str) -> Option<&'static LibraryEntry> {
    static INDEX: LazyLock<HashMap<(LibraryKind, &str), &LibraryEntry>> = LazyLock::new(|| {
        let named = |entry: &'static LibraryEntry| entry.names.iter().map(move |name| ((entry.kind, *name), entry));
        all().flat_map(named).collect()
    });
    INDEX.get(&(kind, name)).copied()
}

/// What to write instead of a name that no entry of a kind has: the entry of another kind, or what does the same as a function
/// of that name does elsewhere.
pub fn cure(kind: LibraryKind, name: &str) -> Option<String> {
    cure::cure(&all().collect::<Vec<_>>(), kind, name)
}

/// All entries, in the manual's order.
pub fn all() -> impl Iterator<Item = &'static LibraryEntry> {
    TABLES.iter().copied().flatten()
}
