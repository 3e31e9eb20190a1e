//! Texts of other letters that look alike: a small letter for a small one, a capital for a capital, a digit for a digit.

use super::names::Names;
use std::collections::{BTreeMap, BTreeSet};

/// Replaces letters by others, by a key.
#[derive(Debug)]
pub struct Letters {
    key: u64,
    known: BTreeMap<String, String>,
    made: BTreeSet<String>,
}

impl Letters {
    /// Begins with a key.
    pub fn new(key: u64) -> Self {
        Letters { key, known: BTreeMap::new(), made: BTreeSet::new() }
    }

    /// Whether a text was made here: it must not be replaced again.
    pub fn made(&self, text: &str) -> bool {
        self.made.contains(text)
    }

    /// A text of as many letters that looks alike, and is none of the names; case alone makes no other text.
    pub fn alike(&mut self, text: &str, names: &Names) -> String {
        self.replaced(text, &|new| names.knows(new), |letter, random| match letter {
            'a'..='z' | 'A'..='Z' => pronounceable(letter, random),
            '0'..='9' => digit(letter, random, 10),
            letter if letter.is_alphabetic() => 'x',
            letter => letter,
        })
    }

    /// An id of as many digits, decimal or hexadecimal as it is written.
    pub fn digits_alike(&mut self, text: &str) -> String {
        let is_decimal = !text.bytes().any(|byte| byte.is_ascii_alphabetic() && byte != b'S');
        self.replaced(text, &|_| false, |letter, random| match letter {
            '0'..='9' if is_decimal => digit(letter, random, 10),
            '0'..='9' => digit(letter, random, 10),
            'a'..='f' => char::from(b'a' + (random % 6) as u8),
            'A'..='F' => char::from(b'A' + (random % 6) as u8),
            letter => letter,
        })
    }

    fn replaced(&mut self, text: &str, is_taken: &dyn Fn(&str) -> bool, other: impl Fn(char, u64) -> char) -> String {
        /// How often another text is tried where one is taken: of one letter, all may be.
        const TRIES: usize = 20;
        if let Some(known) = self.known.get(text) {
            return known.clone();
        }
        let lower = text.to_lowercase();
        let mut state = hash(self.key, &lower);
        let mut new = String::new();
        for _ in 0..TRIES {
            new = text
                .chars()
                .map(|letter| {
                    state = next(state);
                    other(letter, state >> 33)
                })
                .collect();
            if new.to_lowercase() != lower && !is_taken(&new) {
                break;
            }
        }
        self.known.insert(text.to_owned(), new.clone());
        self.made.insert(new.clone());
        new
    }
}

/// A vowel for a vowel and a consonant for a consonant, so that people can read a name.
fn pronounceable(letter: char, random: u64) -> char {
    const VOWELS: &[u8] = b"aeiou";
    const CONSONANTS: &[u8] = b"bcdfghjklmnprstvwz";
    let letters = if VOWELS.contains(&(letter.to_ascii_lowercase() as u8)) { VOWELS } else { CONSONANTS };
    let new = char::from(letters[(random % letters.len() as u64) as usize]);
    if letter.is_ascii_uppercase() { new.to_ascii_uppercase() } else { new }
}

/// A digit for a digit; zero stays zero, so that numbers keep their lengths.
fn digit(letter: char, random: u64, base: u64) -> char {
    if letter == '0' { '0' } else { char::from(b'1' + (random % (base - 1)) as u8) }
}

/// FNV-1a, begun with the key.
fn hash(key: u64, text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325 ^ key, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The next state of a SplitMix generator.
fn next(state: u64) -> u64 {
    let state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
