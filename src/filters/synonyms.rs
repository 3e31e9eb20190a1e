//! Claims about words for functions that people know from elsewhere.

use super::cure::SYNONYMS;
use super::{LibraryKind, cure, find};
use std::collections::HashSet;

#[test]
fn synonyms_are_words_that_are_missing_in_some_kind_and_each_stands_once() {
    let mut seen = HashSet::new();
    for line in SYNONYMS.lines() {
        let (word, cure) = line.split_once('\t').expect("a word and a cure");
        assert!(seen.insert(word), "{word} stands twice");
        assert!(!cure.is_empty() && word == word.to_lowercase(), "{word}");
        let kinds = [LibraryKind::Filter, LibraryKind::Test, LibraryKind::Method, LibraryKind::Global];
        assert!(kinds.iter().any(|kind| find(*kind, word).is_none()), "{word} is known as everything");
    }
}

#[test]
fn a_word_from_elsewhere_leads_to_what_does_the_same() {
    for (kind, name, expected) in [
        (LibraryKind::Filter, "split", "`split` is a method: `value.split(…)`"),
        (LibraryKind::Filter, "startswith", "`startswith` is a method: `value.startswith(…)`"),
        (LibraryKind::Filter, "toLower", "`value | lower`"),
        (LibraryKind::Method, "trim", "`trim` is a filter: `value | trim(…)`"),
        (LibraryKind::Test, "contains", "`'part' in value` tells whether a text or a list has something"),
    ] {
        assert_eq!(cure(kind, name).as_deref(), Some(expected), "{name}");
    }
    assert_eq!(cure(LibraryKind::Filter, "frobnicate"), None);
}
