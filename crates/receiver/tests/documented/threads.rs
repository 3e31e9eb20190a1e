//! What users of other collectors reported, by thread: each has a test that is named after it, and the manual's table has each test.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const TABLE: &str = include_str!("../../../../tests/receiver/README.md");

/// How many threads there are.
const THREADS: u32 = 22;

/// The names of the tests of threads below a folder, such as `t1_t2_something`.
fn tests_below(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").path()) {
        if entry.is_dir() {
            tests_below(&entry, found);
        } else if entry.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&entry).expect("text");
            let after = text.split("#[test]\n").skip(1);
            let names = after.filter_map(|text| text.split_once("fn ")?.1.split_once('('));
            found.extend(names.map(|(name, _)| name.to_owned()).filter(|name| !threads(name).is_empty()));
        }
    }
}

/// The numbers of threads at the beginning of a test's name.
fn threads(name: &str) -> Vec<u32> {
    name.split('_').map_while(|word| word.strip_prefix('t')?.parse().ok()).collect()
}

fn tests() -> BTreeSet<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(crates).expect("the crates").map(|entry| entry.expect("a crate").path().join("tests")) {
        if entry.is_dir() {
            tests_below(&entry, &mut found);
        }
    }
    found
}

#[test]
fn each_thread_has_a_test() {
    let known: BTreeSet<u32> = tests().iter().flat_map(|name| threads(name)).collect();
    assert_eq!(known, (1..=THREADS).collect());
}

#[test]
fn the_table_of_threads_has_each_test_and_no_other() {
    let names = TABLE.split('`').filter(|word| !threads(word).is_empty());
    assert_eq!(names.map(str::to_owned).collect::<BTreeSet<_>>(), tests());
}
