//! Whether one pattern takes all that another matches, found by texts made from the other.

use super::set::CharacterSet;
use super::shape::Shape;

/// How many texts are made before it is believed.
const TEXTS: u32 = 192;
/// The longest text that is made, in characters.
const LONGEST: usize = 600;

/// Whether `wide` matches every text that `narrow` does, as wholes. A yes rests on texts, made so that each choice and
/// each difference between the sets of the two is met; places that may refuse are taken to hold. Each character that is
/// looked at takes a step off the budget; without one nothing is claimed.
pub(super) fn covers(wide: &Shape, narrow: &Shape, steps: &mut usize) -> bool {
    if !narrow.first().without(wide.first()).is_empty() || (narrow.is_optional() && !wide.is_optional()) {
        return false;
    }
    let mut maker = Maker { wide: sets(wide), state: 1, long: longest_count(wide) + 1, text: Vec::new(), round: 0 };
    let mut matcher = Matcher { text: Vec::new(), steps };
    for round in 0..TEXTS {
        maker.round = round;
        maker.text.clear();
        maker.make(narrow);
        if maker.text.len() > LONGEST {
            continue;
        }
        matcher.text.clone_from(&maker.text);
        let mut starts = vec![false; matcher.text.len() + 1];
        starts[0] = true;
        let ends = matcher.ends(wide, &starts);
        if *matcher.steps == 0 || !ends.last().copied().unwrap_or(false) {
            return false;
        }
    }
    true
}

/// The sets that a pattern tells characters apart by.
fn sets(shape: &Shape) -> Vec<CharacterSet> {
    let mut sets = Vec::new();
    shape.walk(&mut |part| {
        if let Shape::Atom(set) = part
            && sets.len() < 64
            && !sets.contains(set)
        {
            sets.push(*set);
        }
    });
    sets
}

/// The largest number that a pattern counts to.
fn longest_count(shape: &Shape) -> u32 {
    let mut longest = 1;
    shape.walk(&mut |part| {
        if let Shape::Repeat { most: Some(most), .. } = part {
            longest = longest.max(*most);
        }
    });
    longest.min(LONGEST as u32)
}

/// Makes texts that a pattern matches; the same ones each time.
struct Maker {
    wide: Vec<CharacterSet>,
    state: u64,
    long: u32,
    text: Vec<char>,
    round: u32,
}

impl Maker {
    fn make(&mut self, shape: &Shape) {
        if self.text.len() > LONGEST {
            return;
        }
        match shape {
            Shape::Atom(set) => {
                let character = self.character(*set);
                self.text.extend(character);
            }
            Shape::Place { .. } => {}
            Shape::Sequence(parts) => parts.iter().for_each(|part| self.make(part)),
            Shape::Either(parts) => {
                let chosen = self.below(parts.len() as u32);
                self.make(&parts[chosen as usize]);
            }
            Shape::Repeat { body, least, most } => {
                let most = most.unwrap_or(least.saturating_add(self.long));
                let more = match self.below(8) {
                    0..3 => 0,
                    3..6 => self.below(4),
                    6 if self.round.is_multiple_of(4) => self.long,
                    _ => 1,
                };
                for _ in 0..least.saturating_add(more).min(most.max(*least)).min(LONGEST as u32 + 1) {
                    self.make(body);
                }
            }
        }
    }

    /// A character of a set; one that a set of the other pattern lacks is as likely as one that it has.
    fn character(&mut self, set: CharacterSet) -> Option<char> {
        let mut chosen = set;
        for _ in 0..4 {
            if self.wide.is_empty() {
                break;
            }
            let at = self.below(self.wide.len() as u32) as usize;
            let other = self.wide[at];
            let narrowed = if self.below(2) == 0 { chosen.and(other) } else { chosen.without(other) };
            if !narrowed.is_empty() {
                chosen = narrowed;
            }
        }
        let few = self.below(4) as usize;
        chosen.characters().take(few + 1).last()
    }

    /// A number below a bound: the next of a fixed row of numbers (splitmix64).
    fn below(&mut self, bound: u32) -> u32 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % u64::from(bound.max(1))) as u32
    }
}

/// Finds where matches of a pattern can end.
struct Matcher<'s> {
    text: Vec<char>,
    steps: &'s mut usize,
}

impl Matcher<'_> {
    /// The places where matches end that begin at one of `starts`.
    fn ends(&mut self, shape: &Shape, starts: &[bool]) -> Vec<bool> {
        *self.steps = self.steps.saturating_sub(starts.len());
        if *self.steps == 0 || !starts.contains(&true) {
            return vec![false; starts.len()];
        }
        match shape {
            Shape::Place { .. } => starts.to_vec(),
            Shape::Atom(set) => {
                let mut ends = vec![false; starts.len()];
                for (at, character) in self.text.iter().enumerate().filter(|(at, _)| starts[*at]) {
                    ends[at + 1] = set.has(*character);
                }
                ends
            }
            Shape::Sequence(parts) => parts.iter().fold(starts.to_vec(), |starts, part| self.ends(part, &starts)),
            Shape::Either(parts) => {
                let mut ends = vec![false; starts.len()];
                parts.iter().for_each(|part| {
                    let found = self.ends(part, starts);
                    join(&mut ends, &found);
                });
                ends
            }
            Shape::Repeat { body, least, most } => self.repeated(body, *least, *most, starts),
        }
    }

    fn repeated(&mut self, body: &Shape, least: u32, most: Option<u32>, starts: &[bool]) -> Vec<bool> {
        let mut reached = starts.to_vec();
        for _ in 0..least {
            if !reached.contains(&true) {
                break;
            }
            reached = self.ends(body, &reached);
        }
        let mut all = reached.clone();
        let more = most.map_or(u32::MAX, |most| most.saturating_sub(least));
        for _ in 0..more {
            reached = self.ends(body, &reached);
            if !join(&mut all, &reached) {
                break;
            }
        }
        all
    }
}

/// Adds places; tells whether any was new.
fn join(all: &mut [bool], found: &[bool]) -> bool {
    let mut is_new = false;
    for (known, found) in all.iter_mut().zip(found) {
        is_new |= *found && !*known;
        *known |= *found;
    }
    is_new
}
