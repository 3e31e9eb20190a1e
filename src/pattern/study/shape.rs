//! The shape of a pattern as a tree, for questions that no text answers: what overlaps, what repeats, what covers what.

use super::set::CharacterSet;
use crate::pattern::Dialect;
use crate::pattern::syntax::{self, PatternGroup, PatternToken};
use hashbrown::HashMap;

/// A pattern as a tree. Groups are gone; what looks around or back is no more than a place that may refuse.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    /// One character of a set.
    Atom(CharacterSet),
    /// Nothing, perhaps only where something holds.
    Place {
        /// Whether it may refuse.
        refuses: bool,
    },
    /// One after the other.
    Sequence(Vec<Shape>),
    /// One of these, the first that fits.
    Either(Vec<Shape>),
    /// Again and again.
    Repeat {
        /// What.
        body: Box<Shape>,
        /// How often at least.
        least: u32,
        /// How often at most.
        most: Option<u32>,
    },
}

impl Shape {
    /// Reads a pattern; `None` where it is none, or says what a tree of sets cannot: back-references, conditions, atomic
    /// groups, possessive repetition.
    pub(super) fn read(pattern: &str, dialect: Dialect) -> Option<Shape> {
        let tokens = syntax::read(pattern, dialect).ok()?;
        let mut builder = ShapeBuilder { tokens: tokens.iter(), ignores_case: false, known: HashMap::new() };
        let shape = builder.either()?;
        builder.tokens.next().is_none().then_some(shape)
    }

    /// Whether it can match nothing.
    pub(super) fn is_optional(&self) -> bool {
        match self {
            Shape::Atom(_) => false,
            Shape::Place { .. } => true,
            Shape::Sequence(parts) => parts.iter().all(Shape::is_optional),
            Shape::Either(parts) => parts.iter().any(Shape::is_optional),
            Shape::Repeat { body, least, .. } => *least == 0 || body.is_optional(),
        }
    }

    /// The characters that a match can begin with.
    pub(super) fn first(&self) -> CharacterSet {
        match self {
            Shape::Atom(set) => *set,
            Shape::Place { .. } => CharacterSet::default(),
            Shape::Either(parts) => parts.iter().fold(CharacterSet::default(), |first, part| first.or(part.first())),
            Shape::Repeat { body, .. } => body.first(),
            Shape::Sequence(parts) => {
                let needed = parts.iter().position(|part| !part.is_optional()).map_or(parts.len(), |at| at + 1);
                parts[..needed].iter().fold(CharacterSet::default(), |first, part| first.or(part.first()))
            }
        }
    }

    /// Calls `visit` on this part and all below, outermost first.
    pub(super) fn walk<'s>(&'s self, visit: &mut dyn FnMut(&'s Shape)) {
        visit(self);
        match self {
            Shape::Atom(_) | Shape::Place { .. } => {}
            Shape::Sequence(parts) | Shape::Either(parts) => parts.iter().for_each(|part| part.walk(visit)),
            Shape::Repeat { body, .. } => body.walk(visit),
        }
    }
}

struct ShapeBuilder<'t> {
    tokens: std::slice::Iter<'t, PatternToken>,
    ignores_case: bool,
    /// The sets of atoms that came before, by whether case counts.
    known: HashMap<(&'t str, bool), Option<CharacterSet>>,
}

impl<'t> ShapeBuilder<'t> {
    /// Alternatives up to the end of the group.
    fn either(&mut self) -> Option<Shape> {
        let outside = self.ignores_case;
        let mut parts = vec![self.sequence()?];
        while matches!(self.tokens.as_slice().first(), Some(PatternToken::Alternate)) {
            self.tokens.next();
            parts.push(self.sequence()?);
        }
        self.ignores_case = outside;
        Some(if parts.len() == 1 { parts.remove(0) } else { Shape::Either(parts) })
    }

    fn set(&mut self, atom: &'t str) -> Option<CharacterSet> {
        let ignores_case = self.ignores_case;
        *self.known.entry((atom, ignores_case)).or_insert_with(|| CharacterSet::of_atom(atom, ignores_case))
    }

    fn sequence(&mut self) -> Option<Shape> {
        let mut parts = Vec::new();
        while let Some(token) = self.tokens.as_slice().first() {
            if matches!(token, PatternToken::Alternate | PatternToken::Close) {
                break;
            }
            self.tokens.next();
            let part = match token {
                PatternToken::Atom(text) => Shape::Atom(self.set(text)?),
                PatternToken::Assertion(_) | PatternToken::End => Shape::Place { refuses: true },
                PatternToken::Open(group) => self.group(group)?,
                PatternToken::Repeat(quantifier) => repeat(parts.pop()?, quantifier)?,
                PatternToken::Flag(flag) => {
                    self.ignores_case = *flag == "(?i)";
                    continue;
                }
                PatternToken::Back(_) | PatternToken::Alternate | PatternToken::Close => return None,
            };
            parts.push(part);
        }
        Some(if parts.len() == 1 { parts.remove(0) } else { Shape::Sequence(parts) })
    }

    fn group(&mut self, group: &PatternGroup) -> Option<Shape> {
        let outside = self.ignores_case;
        let looks = match group {
            PatternGroup::Capture(_) | PatternGroup::Plain("(?:") => false,
            PatternGroup::Plain(opening) => {
                self.ignores_case = *opening == "(?i:";
                false
            }
            PatternGroup::Backtracking("(?>") | PatternGroup::Condition(_) => return None,
            PatternGroup::Backtracking(_) => true,
        };
        let inside = self.either()?;
        self.ignores_case = outside;
        matches!(self.tokens.next(), Some(PatternToken::Close)).then_some(())?;
        Some(if looks { Shape::Place { refuses: true } } else { inside })
    }
}

/// What a quantifier makes of what stands before it.
fn repeat(body: Shape, quantifier: &str) -> Option<Shape> {
    let is_possessive = quantifier.len() > 1 && quantifier.ends_with('+');
    let plain = if quantifier.len() > 1 { quantifier.trim_end_matches('?') } else { quantifier };
    let (least, most) = match plain {
        "*" => (0, None),
        "+" => (1, None),
        "?" | "" => (0, Some(1)),
        bounds => {
            let inside = bounds.strip_prefix('{')?.strip_suffix('}')?;
            let (least, most) = inside.split_once(',').unwrap_or((inside, inside));
            (least.parse().ok()?, if most.is_empty() { None } else { Some(most.parse().ok()?) })
        }
    };
    (!is_possessive).then(|| Shape::Repeat { body: Box::new(body), least, most })
}
