//! Sets of characters, told apart as far as patterns do: all of ASCII, and one letter for each kind beyond it.

use crate::pattern::engine;
use crate::pattern::syntax::{NO_SPACE, SPACE};
use std::sync::OnceLock;

/// Stand-ins for the characters beyond ASCII: letters, a digit, a number, a mark, spaces, signs.
const BEYOND: [char; 12] =
    ['é', 'É', '中', '\u{663}', '²', '\u{301}', '\u{a0}', '\u{2028}', '\u{85}', '“', '€', '\u{1f600}'];

/// A set of characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct CharacterSet {
    ascii: u128,
    beyond: u16,
}

impl CharacterSet {
    /// The set that an atom in the engines' notation matches; `None` where it is no set of single characters.
    pub(super) fn of_atom(atom: &str, ignores_case: bool) -> Option<CharacterSet> {
        let common = || COMMON.iter().find(|common| common.class == atom).and_then(Common::set);
        if !ignores_case && let Some(set) = common().or_else(|| literal(atom)).or_else(|| class(atom)) {
            return Some(set);
        }
        compiled(atom, ignores_case)
    }

    /// All characters but the newline: what a text in one line may hold.
    pub(super) fn of_a_line() -> CharacterSet {
        let mut set = CharacterSet { ascii: u128::MAX, beyond: (1 << BEYOND.len()) - 1 };
        set.ascii &= !(1 << b'\n');
        set
    }

    pub(super) fn has(self, character: char) -> bool {
        match u32::from(character) {
            code @ 0..128 => self.ascii >> code & 1 == 1,
            _ => BEYOND.iter().position(|known| *known == character).is_some_and(|at| self.beyond >> at & 1 == 1),
        }
    }

    pub(super) fn is_empty(self) -> bool {
        self == CharacterSet::default()
    }

    /// What is in both.
    pub(super) fn and(self, other: CharacterSet) -> CharacterSet {
        CharacterSet { ascii: self.ascii & other.ascii, beyond: self.beyond & other.beyond }
    }

    /// What is in either.
    pub(super) fn or(self, other: CharacterSet) -> CharacterSet {
        CharacterSet { ascii: self.ascii | other.ascii, beyond: self.beyond | other.beyond }
    }

    /// What is here and not there.
    pub(super) fn without(self, other: CharacterSet) -> CharacterSet {
        CharacterSet { ascii: self.ascii & !other.ascii, beyond: self.beyond & !other.beyond }
    }

    /// The characters; a letter or digit comes first where there is one.
    pub(super) fn characters(self) -> impl Iterator<Item = char> {
        let order = (b'a'..128).chain(0..b'a').map(char::from);
        order.chain(BEYOND).filter(move |character| self.has(*character))
    }

    fn add(&mut self, character: char) -> Option<()> {
        self.add_range(character, character)
    }

    fn add_range(&mut self, first: char, last: char) -> Option<()> {
        for code in u32::from(first)..=u32::from(last).min(127) {
            self.ascii |= 1 << code;
        }
        for (at, known) in BEYOND.iter().enumerate() {
            self.beyond |= u16::from((first..=last).contains(known)) << at;
        }
        // A single letter beyond ASCII has no stand-in of its own.
        (last.is_ascii() || first != last).then_some(())
    }

    fn complement(self) -> CharacterSet {
        CharacterSet { ascii: !self.ascii, beyond: !self.beyond & ((1 << BEYOND.len()) - 1) }
    }
}

/// A class that escapes and the dot are written as, which is read once, when a pattern has it: letters of all scripts take
/// a millisecond.
struct Common {
    class: &'static str,
    set: OnceLock<Option<CharacterSet>>,
}

impl Common {
    const fn new(class: &'static str) -> Self {
        Common { class, set: OnceLock::new() }
    }

    fn set(&self) -> Option<CharacterSet> {
        *self.set.get_or_init(|| match self.class.starts_with("[:") {
            true => compiled(&format!("[{}]", self.class), false),
            false => compiled(self.class, false),
        })
    }
}

static COMMON: [Common; 17] = [
    Common::new("\\p{Nd}"),
    Common::new("\\P{Nd}"),
    Common::new("[\\p{L}\\p{N}_]"),
    Common::new("[^\\p{L}\\p{N}_]"),
    Common::new(SPACE),
    Common::new(NO_SPACE),
    Common::new("[^\\n]"),
    Common::new("(?s:.)"),
    Common::new("[:alpha:]"),
    Common::new("[:alnum:]"),
    Common::new("[:digit:]"),
    Common::new("[:upper:]"),
    Common::new("[:lower:]"),
    Common::new("[:space:]"),
    Common::new("[:punct:]"),
    Common::new("[:xdigit:]"),
    Common::new("[:word:]"),
];

/// The set of an atom that nothing quicker reads, found by asking for each character.
fn compiled(atom: &str, ignores_case: bool) -> Option<CharacterSet> {
    let flag = if ignores_case { "(?i)" } else { "" };
    let regex = engine::compile(&format!("{flag}\\A(?:{atom})\\z"), engine::LARGEST_PROGRAM).ok()?;
    let mut set = CharacterSet::default();
    let ascii = (0..128).map(char::from);
    for character in ascii.chain(BEYOND).filter(|character| regex.is_match(character.encode_utf8(&mut [0; 4]) as &str))
    {
        match BEYOND.iter().position(|known| *known == character) {
            Some(at) => set.beyond |= 1 << at,
            None => set.ascii |= 1 << u32::from(character),
        }
    }
    Some(set)
}

/// A character that stands for itself.
fn literal(atom: &str) -> Option<CharacterSet> {
    let mut characters = atom.chars();
    let character = match (characters.next()?, characters.next()) {
        (character, None) if !"[.^$()|*+?{\\".contains(character) => character,
        ('\\', Some('n')) => '\n',
        ('\\', Some(escaped)) if escaped.is_ascii_punctuation() => escaped,
        _ => return None,
    };
    let mut set = CharacterSet::default();
    set.add(character).filter(|()| characters.next().is_none())?;
    Some(set)
}

/// A class in brackets with characters, ranges and common classes in it.
fn class(atom: &str) -> Option<CharacterSet> {
    let inside = atom.strip_prefix('[')?.strip_suffix(']')?;
    let (is_negated, mut rest) = inside.strip_prefix('^').map_or((false, inside), |rest| (true, rest));
    let mut set = CharacterSet::default();
    while !rest.is_empty() {
        if let Some(common) = COMMON.iter().find(|common| rest.starts_with(common.class)) {
            set = set.or(common.set()?);
            rest = &rest[common.class.len()..];
            continue;
        }
        let first = member(&mut rest)?;
        match rest.strip_prefix('-') {
            Some(after) => {
                rest = after;
                set.add_range(first, member(&mut rest)?)?;
            }
            None => set.add(first)?,
        }
    }
    Some(if is_negated { set.complement() } else { set })
}

/// A character of a class as the notation's reader writes it.
fn member(rest: &mut &str) -> Option<char> {
    let mut characters = rest.chars();
    let character = match characters.next()? {
        '[' => return None,
        '\\' => match characters.next()? {
            'n' => '\n',
            'x' => {
                let digits = rest.get(2..4)?;
                characters.nth(1);
                u8::from_str_radix(digits, 16).ok().map(char::from)?
            }
            escaped if escaped.is_ascii_punctuation() => escaped,
            _ => return None,
        },
        other => other,
    };
    *rest = characters.as_str();
    Some(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_ways_read_what_the_engine_reads() {
        let atoms = ["a", "\\.", "\\n", "[a-f]", "[^a\\-\\x20]", "[[\\p{L}\\p{N}_]\\.]", "[0-9[:upper:]]", "[^\\n]"];
        for atom in atoms {
            assert_eq!(CharacterSet::of_atom(atom, false), compiled(atom, false), "{atom}");
            assert!(literal(atom).or_else(|| class(atom)).is_some(), "{atom} is read quickly");
        }
        assert!(CharacterSet::of_atom("k", true).is_some_and(|set| set.has('K') && !set.has('l')));
        assert!(CharacterSet::of_a_line() == CharacterSet::of_atom("[^\\n]", false).unwrap_or_default());
    }
}
