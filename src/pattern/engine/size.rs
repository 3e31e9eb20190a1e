//! What the pieces of a pattern tell of its size and of the texts that it matches, before it is compiled.

use crate::pattern::syntax::PatternToken;

/// About how many bytes a state takes.
pub(super) const STATE: usize = 32;

/// How large a pattern is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PatternSize {
    /// About how many bytes its program takes; rather more than less.
    pub(super) program: usize,
    /// How many bytes a match has at least; rather less than more.
    pub(super) shortest: usize,
    paths: Paths,
    is_group: bool,
}

/// In how many ways a text can be read from a place, at most: a number of them, times its length as often as the degree says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Paths {
    factor: u64,
    degree: u32,
}

impl Paths {
    const ONE: Paths = Paths { factor: 1, degree: 0 };
    /// More than anyone pays for: a repetition of a group may read a text in exponentially many ways.
    const MANY: Paths = Paths { factor: u64::MAX, degree: 0 };

    fn times(self, other: Paths) -> Paths {
        Paths { factor: self.factor.saturating_mul(other.factor), degree: self.degree.saturating_add(other.degree) }
    }

    fn or(self, other: Paths) -> Paths {
        Paths { factor: self.factor.saturating_add(other.factor), degree: self.degree.max(other.degree) }
    }
}

impl PatternSize {
    const NOTHING: PatternSize = PatternSize { program: 0, shortest: 0, paths: Paths::ONE, is_group: false };

    /// How many bytes a search looks at that backtracks, at most.
    pub(super) fn work(&self, length: usize, is_anchored: bool) -> u64 {
        let starts = if is_anchored { 1 } else { length as u64 };
        let length = (length as u64).max(1);
        let Paths { factor, degree } = self.paths;
        factor.saturating_mul(length.saturating_pow(degree)).saturating_mul(length).saturating_mul(starts)
    }

    /// The size of a pattern without references and look-around.
    pub(super) fn of(tokens: &[PatternToken]) -> Self {
        let (mut outer, mut group) = (Vec::new(), OpenGroup::default());
        for token in tokens {
            match token {
                PatternToken::Repeat(quantifier) => group.last.repeat(quantifier),
                PatternToken::Open(_) => outer.push(std::mem::take(&mut group)),
                PatternToken::Close => {
                    let inside = PatternSize { is_group: true, ..group.size() };
                    group = outer.pop().unwrap_or_default();
                    group.push(inside);
                }
                PatternToken::Alternate => group.branch(),
                PatternToken::Atom(atom) => {
                    group.push(PatternSize { program: atom_size(atom), shortest: 1, ..PatternSize::NOTHING });
                }
                _ => group.push(PatternSize { program: STATE, ..PatternSize::NOTHING }),
            }
        }
        outer.into_iter().rev().fold(group.size(), |inside, mut group| {
            group.push(inside);
            group.size()
        })
    }

    fn repeat(&mut self, quantifier: &str) {
        let (least, most) = bounds(quantifier);
        self.program = self.program.saturating_mul(most.unwrap_or(least).max(1));
        self.shortest = self.shortest.saturating_mul(least);
        self.paths = match (least, most) {
            (0, Some(1)) => self.paths.or(Paths::ONE),
            (least, Some(most)) if least == most && most <= 16 => {
                (0..most).fold(Paths::ONE, |paths, _| paths.times(self.paths))
            }
            _ if self.is_group => Paths::MANY,
            (least, Some(most)) => Paths { factor: (most - least + 1) as u64, degree: 0 },
            (_, None) => Paths { factor: 1, degree: 1 },
        };
    }

    fn and(self, other: PatternSize) -> Self {
        PatternSize {
            program: self.program.saturating_add(other.program),
            shortest: self.shortest.saturating_add(other.shortest),
            paths: self.paths.times(other.paths),
            is_group: false,
        }
    }
}

/// How often a quantifier repeats at least and at most.
pub(super) fn bounds(quantifier: &str) -> (usize, Option<usize>) {
    match quantifier.as_bytes() {
        [b'*', ..] => (0, None),
        [b'+', ..] => (1, None),
        [b'?', ..] => (0, Some(1)),
        _ => {
            let inside = quantifier.trim_matches(['{', '}', '?', '+']);
            let (least, most) = inside.split_once(',').unwrap_or((inside, inside));
            (least.parse().unwrap_or(0), most.parse().ok())
        }
    }
}

/// A group that is not closed yet.
struct OpenGroup {
    /// The branches before.
    branches: Option<PatternSize>,
    /// The branch, but for its last part, which may be repeated.
    branch: PatternSize,
    last: PatternSize,
}

impl Default for OpenGroup {
    fn default() -> Self {
        OpenGroup { branches: None, branch: PatternSize::NOTHING, last: PatternSize::NOTHING }
    }
}

impl OpenGroup {
    fn push(&mut self, part: PatternSize) {
        self.branch = self.branch.and(std::mem::replace(&mut self.last, part));
    }

    fn branch(&mut self) {
        self.branches = Some(self.size());
        (self.branch, self.last) = (PatternSize::NOTHING, PatternSize::NOTHING);
    }

    fn size(&self) -> PatternSize {
        let branch = self.branch.and(self.last);
        let Some(before) = self.branches else { return PatternSize { program: branch.program + STATE, ..branch } };
        PatternSize {
            shortest: before.shortest.min(branch.shortest),
            paths: before.paths.or(branch.paths),
            ..before.and(branch)
        }
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

    #[test]
    fn work_grows_with_what_can_be_read_in_several_ways() {
        let work = |pattern| PatternSize::of(&read(pattern, Dialect::Re2).expect(pattern)).work(100, true);
        let told = ["abc", "a|b|c", "ab?c", "[^/]+x", "a{2,4}", "(?:[a-f]{2}:){5}", ".*b.*"].map(work);
        assert_eq!(told, [100, 300, 200, 10_000, 300, 100, 1_000_000]);
        assert!(work("(?:a|b)*") == u64::MAX && work("(?:ab){1,5}") == u64::MAX);
    }
}
