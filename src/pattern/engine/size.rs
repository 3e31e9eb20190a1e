//! What the pieces of a pattern tell of its size and of the texts that it matches, before it is compiled.

use crate::pattern::syntax::PatternToken;

/// About how many bytes a state takes.
pub(super) const STATE: usize = 32;

/// How large a pattern is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PatternSize {
    /// About how many bytes its program takes; rather more than less.
    pub(super) program: usize,
    /// How many bytes a match has at least; rather less than more.
    pub(super) shortest: usize,
}

impl PatternSize {
    /// The size of a pattern without references and look-around.
    pub(super) fn of(tokens: &[PatternToken]) -> Self {
        let (mut outer, mut group) = (Vec::new(), OpenGroup::default());
        for token in tokens {
            match token {
                PatternToken::Repeat(quantifier) => group.last.repeat(quantifier),
                PatternToken::Open(_) => outer.push(std::mem::take(&mut group)),
                PatternToken::Close => {
                    let inside = group.size();
                    group = outer.pop().unwrap_or_default();
                    group.push(inside);
                }
                PatternToken::Alternate => group.branch(),
                PatternToken::Atom(atom) => group.push(PatternSize { program: atom_size(atom), shortest: 1 }),
                _ => group.push(PatternSize { program: STATE, shortest: 0 }),
            }
        }
        outer.into_iter().rev().fold(group.size(), |inside, mut group| {
            group.push(inside);
            group.size()
        })
    }

    fn repeat(&mut self, quantifier: &str) {
        let mut numbers = quantifier.split(['{', ',', '}']).filter_map(|number| number.parse().ok());
        let least = match quantifier.as_bytes() {
            [b'*' | b'?', ..] => 0,
            [b'+', ..] => 1,
            _ => numbers.next().unwrap_or(0),
        };
        self.program = self.program.saturating_mul(numbers.next().unwrap_or(1).max(least).max(1));
        self.shortest = self.shortest.saturating_mul(least);
    }

    fn and(self, other: PatternSize) -> Self {
        let program = self.program.saturating_add(other.program);
        PatternSize { program, shortest: self.shortest.saturating_add(other.shortest) }
    }
}

/// A group that is not closed yet.
#[derive(Default)]
struct OpenGroup {
    /// The branches before.
    branches: Option<PatternSize>,
    /// The branch, but for its last part, which may be repeated.
    branch: PatternSize,
    last: PatternSize,
}

impl OpenGroup {
    fn push(&mut self, part: PatternSize) {
        self.branch = self.branch.and(std::mem::replace(&mut self.last, part));
    }

    fn branch(&mut self) {
        self.branches = Some(self.size());
        (self.branch, self.last) = <(_, _)>::default();
    }

    fn size(&self) -> PatternSize {
        let branch = self.branch.and(self.last);
        let Some(before) = self.branches else { return PatternSize { program: branch.program + STATE, ..branch } };
        PatternSize { shortest: before.shortest.min(branch.shortest), ..before.and(branch) }
    }
}

/// A class of ASCII is a state. What it has beyond ASCII takes some states for each range: nearly none where it leaves out
/// a few characters, hundreds where it has the letters of all scripts.
fn atom_size(atom: &str) -> usize {
    const SCRIPTS: usize = 64 << 10;
    const WIDE: usize = 32 * STATE;
    match atom {
        atom if atom.contains("\\p") || atom.contains("\\P") => SCRIPTS,
        atom if atom.starts_with("[^") || atom.starts_with("(?") || !atom.is_ascii() => WIDE,
        atom => STATE + atom.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::PatternSize;
    use crate::pattern::Dialect;
    use crate::pattern::syntax::read;

    #[test]
    fn no_match_is_shorter_and_no_program_much_larger_than_is_told() {
        let patterns = [
            "",
            "a",
            "ab|c",
            "a*b+c?",
            "(a{3}|bc){2,5}",
            "x(?:y|)z",
            "[ab]{2,}",
            "(?:a|bb|ccc)d",
            "^a$",
            "[0-9]{1,3}(?:\\.[0-9]+)*",
            "é+",
            "(?i)abc",
            "a{0}b",
        ];
        for pattern in patterns {
            let size = PatternSize::of(&read(pattern, Dialect::Re2).expect(pattern));
            let shortest = regex_syntax::parse(pattern).expect(pattern).properties().minimum_len();
            assert!(size.shortest <= shortest.expect(pattern), "{pattern}: {size:?}");
            let program = regex_automata::nfa::thompson::NFA::new(pattern).expect(pattern).memory_usage();
            assert!(2 * size.program + 4_096 > program, "{pattern}: {size:?}, {program} bytes");
        }
        let told = |pattern| PatternSize::of(&read(pattern, Dialect::Re2).expect(pattern)).shortest;
        assert_eq!([told("(a{3}|bc){2,5}x"), told("ab|c"), told("(?:a|bb)d?e")], [5, 1, 2]);
    }
}
