//! A pattern that is studied and not run.

use super::shape::Shape;
use super::{ambiguity, cover};
use crate::pattern::{Dialect, Extent};

/// A pattern as it was read, without what is needed to run it.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline(Shape);

impl Outline {
    /// Reads a pattern; `None` where it is none, or where it refers back, has conditions, atomic groups or possessive
    /// repetition, of which nothing is told.
    pub fn read(pattern: &str, dialect: Dialect) -> Option<Outline> {
        Shape::read(pattern, dialect).map(Outline)
    }

    /// Whether an engine that backtracks may need time exponential in a text: the pattern repeats something that reads the
    /// same text in two ways, and what follows may refuse it. [`Pattern`](crate::pattern::Pattern) does not.
    pub fn is_exponential(&self, extent: Extent) -> bool {
        ambiguity::is_exponential(&self.0, extent)
    }

    /// Whether it matches every text that another pattern does, each as a whole. A no is certain; a yes rests on some
    /// hundred texts that are made from the other pattern. `steps` is what the search may cost and is counted down;
    /// without any left the answer is no.
    pub fn covers(&self, other: &Outline, steps: &mut usize) -> bool {
        cover::covers(&self.0, &other.0, steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Patterns, and whether they are exponential for a whole text and as a part.
    const AMBIGUOUS: &[(&str, bool, bool)] = &[
        ("(a+)+", true, false),
        ("(a+)+b", true, true),
        ("(a*)*b", true, true),
        ("(\\w+\\s?)*$", true, true),
        ("(\\w+\\s?)*", true, false),
        ("(\\w+\\s)*$", false, false),
        ("(a|a)*b", true, true),
        ("(a|ab|b)*c", true, true),
        ("(\\w|\\d)+;", true, true),
        ("([A-Z]|\\s)+;", false, false),
        ("(?i)(a|A)+;", true, true),
        ("(a|A)+;", false, false),
        ("([^,]*,)*x", false, false),
        ("([^,]*,?)*x", true, true),
        ("(?:.*?|a)*;", false, false),
        ("(a+)+.*", false, false),
        ("(a+){3}b", false, false),
        ("(ab*c)*d", false, false),
        ("x(?:\\bfoo\\b ?)*y", false, false),
        ("\"(\\\\.|[^\"])*\"", true, true),
        ("\"(\\\\.|[^\"\\\\])*\"", false, false),
        ("(a+)++b", false, false),
    ];

    #[test]
    fn repetitions_that_read_a_text_in_two_ways_are_told_from_others() {
        for (pattern, whole, part) in AMBIGUOUS {
            let outline = Outline::read(pattern, Dialect::Python);
            let found = |extent| outline.as_ref().is_some_and(|outline| outline.is_exponential(extent));
            assert_eq!((found(Extent::Whole), found(Extent::Part)), (*whole, *part), "{pattern}");
        }
    }

    /// A pattern, another one, and whether the first covers the second.
    const COVERED: &[(&str, &str, bool)] = &[
        ("a", "a", true),
        ("a", "b", false),
        (".*", "user \\w+", true),
        (".*", "(?s:.)*", false),
        ("\\w+", "\\w+|-", false),
        ("\\w+|-", "\\w+", true),
        ("\\S+ .*", "\\S+ \\d+", true),
        ("\\S+ \\d+", "\\S+ .*", false),
        ("[^,]*", "[^,;]*", true),
        ("[^,;]*", "[^,]*", false),
        ("a{0,40}", "a*", false),
        ("(?:0?[1-9]|[12][0-9])", "[0-9]{1,2}", false),
        ("[0-9]{1,2}", "(?:0?[1-9]|[12][0-9])", true),
        ("(?i)abc", "aBC", true),
        ("abc", "(?i)aBC", false),
        ("a?", "", true),
        ("a", "", false),
    ];

    #[test]
    fn a_pattern_that_takes_all_of_another_is_told_from_others() {
        for (wide, narrow, expected) in COVERED {
            let (left, right) = (Outline::read(wide, Dialect::Python), Outline::read(narrow, Dialect::Python));
            let found = left.zip(right).is_some_and(|(left, right)| left.covers(&right, &mut 1_000_000));
            assert_eq!(found, *expected, "{wide} over {narrow}");
        }
    }

    #[test]
    fn large_patterns_do_not_take_long() {
        let many = format!("({})*x", (0..200).map(|_| "a").collect::<Vec<_>>().join("|"));
        let deep = format!("{}a{}", "(".repeat(50), "{0,1000})".repeat(50));
        for pattern in [&many, &deep] {
            let outline = Outline::read(pattern, Dialect::Python).expect("a pattern");
            let mut steps = 100_000;
            let _ = (outline.is_exponential(Extent::Whole), outline.covers(&outline, &mut steps));
        }
    }
}
