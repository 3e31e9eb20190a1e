//! Patterns for which an engine that backtracks may need exponential time: a repetition that reads one text in two ways.
//!
//! A repetition is so where, among the positions of its atoms, one leads back to itself on two paths over the same characters
//! (Weber and Seidl's criterion for exponential ambiguity): each iteration doubles the paths, and all of them are tried where
//! what follows refuses the text.

use super::set::CharacterSet;
use super::shape::Shape;
use crate::pattern::Extent;
use std::collections::HashSet;

/// Whether a pattern is such; no where it cannot be told.
pub(super) fn is_exponential(shape: &Shape, extent: Extent) -> bool {
    let end = if extent == Extent::Whole { After::Refuses } else { After::Anything };
    repetition(shape, end)
}

/// What follows a part of a pattern.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    /// It takes any text, so nothing is tried again.
    Anything,
    /// It may refuse what is left.
    Refuses,
}

fn repetition(shape: &Shape, after: After) -> bool {
    match shape {
        Shape::Atom(_) | Shape::Place { .. } => false,
        Shape::Either(parts) => parts.iter().any(|part| repetition(part, after)),
        Shape::Sequence(parts) => {
            let mut after = after;
            for part in parts.iter().rev() {
                if repetition(part, after) {
                    return true;
                }
                after = before(part, after);
            }
            false
        }
        Shape::Repeat { body, most: Some(_), .. } => repetition(body, after),
        Shape::Repeat { body, most: None, .. } => {
            after == After::Refuses
                && !takes_all(body)
                && branches(body)
                && Positions::of(body).is_some_and(|positions| is_ambiguous(&positions))
        }
    }
}

/// What follows whatever stands before a part.
fn before(part: &Shape, after: After) -> After {
    match part {
        Shape::Repeat { body, least: 0, most: None } if takes_all(body) && after == After::Refuses => After::Anything,
        Shape::Place { refuses: false } => after,
        part if part.is_optional() && !has_place(part) => after,
        _ => After::Refuses,
    }
}

fn has_place(shape: &Shape) -> bool {
    let mut found = false;
    shape.walk(&mut |part| found |= matches!(part, Shape::Place { refuses: true }));
    found
}

/// Whether one iteration of a repetition can be any character: then the repetition never refuses a line.
fn takes_all(body: &Shape) -> bool {
    match body {
        Shape::Atom(set) => CharacterSet::of_a_line().without(*set).is_empty(),
        Shape::Either(parts) => parts.iter().any(takes_all),
        Shape::Repeat { body, least: 0 | 1, .. } => takes_all(body),
        Shape::Sequence(parts) if parts.len() == 1 => takes_all(&parts[0]),
        _ => false,
    }
}

/// Whether there is any choice inside.
fn branches(body: &Shape) -> bool {
    let mut found = false;
    body.walk(&mut |part| found |= matches!(part, Shape::Either(_) | Shape::Repeat { .. }));
    found
}

/// The position automaton (Glushkov's) of a repetition: its atoms, and which can follow which. A step that can be made in
/// two ways is there twice.
#[derive(Default)]
struct Positions {
    sets: Vec<CharacterSet>,
    follow: Vec<Vec<usize>>,
}

/// A part of a repetition: the positions at which it begins and ends, and whether it can be nothing.
struct PositionEnds {
    first: Vec<usize>,
    last: Vec<usize>,
    is_optional: bool,
}

/// More positions than this are not looked at: their pairs are too many, and nobody writes so long a repetition.
const MOST_POSITIONS: usize = 96;

impl Positions {
    fn of(body: &Shape) -> Option<Positions> {
        let mut positions = Positions::default();
        let ends = positions.add(body)?;
        positions.join(&ends.last, &ends.first);
        Some(positions)
    }

    fn add(&mut self, shape: &Shape) -> Option<PositionEnds> {
        match shape {
            Shape::Atom(set) => {
                let position = self.sets.len();
                self.sets.push(*set);
                self.follow.push(Vec::new());
                (position < MOST_POSITIONS).then(|| PositionEnds {
                    first: vec![position],
                    last: vec![position],
                    is_optional: false,
                })
            }
            // A place that may refuse parts what stands on its two sides, such as words at `\b`: nothing is told.
            Shape::Place { refuses: true } => None,
            Shape::Place { refuses: false } => Some(PositionEnds { first: vec![], last: vec![], is_optional: true }),
            Shape::Sequence(parts) => {
                let mut whole = PositionEnds { first: vec![], last: vec![], is_optional: true };
                for part in parts {
                    let part = self.add(part)?;
                    self.join(&whole.last, &part.first);
                    if whole.is_optional {
                        whole.first.extend(&part.first);
                    }
                    if !part.is_optional {
                        whole.last.clear();
                    }
                    whole.last.extend(part.last);
                    whole.is_optional &= part.is_optional;
                }
                Some(whole)
            }
            Shape::Either(parts) => {
                let mut whole = PositionEnds { first: vec![], last: vec![], is_optional: false };
                for part in parts {
                    let part = self.add(part)?;
                    whole.first.extend(part.first);
                    whole.last.extend(part.last);
                    whole.is_optional |= part.is_optional;
                }
                Some(whole)
            }
            Shape::Repeat { body, least, most } => {
                let mut ends = self.add(body)?;
                // Counted iterations are few: only what repeats without end doubles without end.
                if most.is_none() {
                    self.join(&ends.last, &ends.first);
                }
                ends.is_optional |= *least == 0;
                Some(ends)
            }
        }
    }

    fn join(&mut self, from: &[usize], to: &[usize]) {
        from.iter().for_each(|position| self.follow[*position].extend(to));
    }
}

/// What the search may cost, in pairs of steps; beyond, nothing is claimed.
const MOST_STEPS: usize = 400_000;

/// Whether one position leads back to itself on two paths over the same characters.
fn is_ambiguous(positions: &Positions) -> bool {
    let mut steps = 0;
    (0..positions.sets.len()).any(|position| leads_back_twice(positions, position, &mut steps))
}

/// Follows pairs of paths from a position that read the same characters; they may part and must meet in it again.
fn leads_back_twice(positions: &Positions, start: usize, steps: &mut usize) -> bool {
    let mut seen = HashSet::new();
    let mut open = vec![(start, start, false)];
    while let Some((left, right, parted)) = open.pop() {
        *steps += positions.follow[left].len() * positions.follow[right].len();
        if *steps > MOST_STEPS {
            return false;
        }
        for (step, next_left) in positions.follow[left].iter().enumerate() {
            for (other, next_right) in positions.follow[right].iter().enumerate() {
                // Together on the same step is one path; the same position by another step is a second one.
                let parted = parted || step != other;
                if positions.sets[*next_left].and(positions.sets[*next_right]).is_empty() {
                    continue;
                }
                if parted && *next_left == start && *next_right == start {
                    return true;
                }
                if seen.insert((*next_left, *next_right, parted)) {
                    open.push((*next_left, *next_right, parted));
                }
            }
        }
    }
    false
}
