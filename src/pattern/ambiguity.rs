//! Patterns for which an engine that backtracks may need exponential time: a repetition that reads one text in two ways.
//!
//! A repetition is so where, among the places of its atoms, one leads back to itself in two ways over the same characters
//! (Weber and Seidl's criterion for exponential ambiguity): each turn doubles the ways, and all of them are tried where
//! what follows refuses the text.

use super::Extent;
use super::set::Set;
use super::shape::Shape;
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
                && Places::of(body).is_some_and(|places| is_ambiguous(&places))
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

/// Whether one turn of a repetition can be any character: then the repetition never refuses a line.
fn takes_all(body: &Shape) -> bool {
    match body {
        Shape::Atom(set) => Set::of_a_line().without(*set).is_empty(),
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

/// The places of a repetition's atoms, and which can follow which. A step that can be made in two ways is there twice.
#[derive(Default)]
struct Places {
    sets: Vec<Set>,
    follow: Vec<Vec<usize>>,
}

/// A part of a repetition: the places at which it begins and ends, and whether it can be nothing.
struct Ends {
    first: Vec<usize>,
    last: Vec<usize>,
    is_optional: bool,
}

/// More places than this are not looked at: their pairs are too many, and nobody writes so long a repetition.
const MOST_PLACES: usize = 96;

impl Places {
    fn of(body: &Shape) -> Option<Places> {
        let mut places = Places::default();
        let ends = places.add(body)?;
        places.join(&ends.last, &ends.first);
        Some(places)
    }

    fn add(&mut self, shape: &Shape) -> Option<Ends> {
        match shape {
            Shape::Atom(set) => {
                let place = self.sets.len();
                self.sets.push(*set);
                self.follow.push(Vec::new());
                (place < MOST_PLACES).then(|| Ends { first: vec![place], last: vec![place], is_optional: false })
            }
            // A place that may refuse parts what stands on its two sides, such as words at `\b`: nothing is told.
            Shape::Place { refuses: true } => None,
            Shape::Place { refuses: false } => Some(Ends { first: vec![], last: vec![], is_optional: true }),
            Shape::Sequence(parts) => {
                let mut whole = Ends { first: vec![], last: vec![], is_optional: true };
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
                let mut whole = Ends { first: vec![], last: vec![], is_optional: false };
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
                // Counted turns are few: only what repeats without end doubles without end.
                if most.is_none() {
                    self.join(&ends.last, &ends.first);
                }
                ends.is_optional |= *least == 0;
                Some(ends)
            }
        }
    }

    fn join(&mut self, from: &[usize], to: &[usize]) {
        from.iter().for_each(|place| self.follow[*place].extend(to));
    }
}

/// What the search may cost, in pairs of steps; beyond, nothing is claimed.
const MOST_STEPS: usize = 400_000;

/// Whether one place leads back to itself in two ways over the same characters.
fn is_ambiguous(places: &Places) -> bool {
    let mut steps = 0;
    (0..places.sets.len()).any(|place| leads_back_twice(places, place, &mut steps))
}

/// Walks pairs of ways from a place that read the same characters; they may part and must meet in it again.
fn leads_back_twice(places: &Places, start: usize, steps: &mut usize) -> bool {
    let mut seen = HashSet::new();
    let mut open = vec![(start, start, false)];
    while let Some((left, right, parted)) = open.pop() {
        *steps += places.follow[left].len() * places.follow[right].len();
        if *steps > MOST_STEPS {
            return false;
        }
        for (way, next_left) in places.follow[left].iter().enumerate() {
            for (other, next_right) in places.follow[right].iter().enumerate() {
                // Together on the same step is one way; the same place by another step is a second one.
                let parted = parted || way != other;
                if places.sets[*next_left].and(places.sets[*next_right]).is_empty() {
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
