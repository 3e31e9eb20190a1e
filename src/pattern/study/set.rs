//! Sets of characters, told apart as far as patterns do: all of ASCII, and one letter for each kind beyond it.

use regex_automata::util::syntax;
use regex_syntax::hir::{Class, HirKind};

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
        let flag = if ignores_case { "(?i)" } else { "" };
        let pattern = syntax::parse(&format!("{flag}{atom}")).ok()?;
        let mut set = CharacterSet::default();
        match pattern.kind() {
            HirKind::Class(Class::Unicode(class)) => {
                class.iter().for_each(|range| set.add_range(range.start(), range.end()));
            }
            HirKind::Class(Class::Bytes(class)) => {
                class.iter().for_each(|range| set.add_range(range.start().into(), range.end().into()));
            }
            HirKind::Literal(literal) => {
                let mut characters = str::from_utf8(&literal.0).ok()?.chars();
                let character = characters.next().filter(|_| characters.next().is_none())?;
                set.add_range(character, character);
            }
            _ => return None,
        }
        Some(set)
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

    fn add_range(&mut self, first: char, last: char) {
        for code in u32::from(first)..=u32::from(last).min(127) {
            self.ascii |= 1 << code;
        }
        for (at, known) in BEYOND.iter().enumerate() {
            self.beyond |= u16::from((first..=last).contains(known)) << at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CharacterSet;

    #[test]
    fn atoms_are_read_as_the_engines_read_them() {
        let has = |atom, ignores_case, character| {
            CharacterSet::of_atom(atom, ignores_case).is_some_and(|set| set.has(character))
        };
        assert!(has("[^a\\-\\x20]", false, 'b') && !has("[^a\\-\\x20]", false, '-'));
        assert!(has("[[\\p{L}\\p{N}_]\\.]", false, '中') && !has("[[\\p{L}\\p{N}_]\\.]", false, '€'));
        assert!(has("k", true, 'K') && !has("k", true, 'l') && !has("k", false, 'K'));
        assert_eq!(CharacterSet::of_atom("ab", false), None);
        assert_eq!(CharacterSet::of_atom("[^\\n]", false), Some(CharacterSet::of_a_line()));
    }
}
