//! Cases made at random, the same in each run.

/// A source of numbers (SplitMix64).
pub struct Chance(u64);

impl Chance {
    /// A source that begins at a seed.
    pub fn new(seed: u64) -> Self {
        Chance(seed)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound.max(1) as u64) as usize
    }

    /// One of some.
    pub fn pick<'p, T: ?Sized>(&mut self, pieces: &[&'p T]) -> &'p T {
        pieces[self.below(pieces.len())]
    }

    /// A text of at most `most` pieces.
    pub fn text(&mut self, pieces: &[&str], most: usize) -> String {
        (0..self.below(most + 1)).map(|_| self.pick(pieces)).collect()
    }
}
