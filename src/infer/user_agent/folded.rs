//! Texts as literals are sought in them: in lower case, and without the signs that regexes mostly leave open.

/// A [`fold`]ed text that others have or have not.
#[derive(Debug)]
pub(super) struct FoldedLiteral {
    pub(super) text: &'static str,
    /// The bits of its first and its last two bytes.
    pairs: [u16; 2],
}

impl FoldedLiteral {
    pub(super) fn new(text: &'static str) -> Self {
        let bit = |pair: Option<&[u8; 2]>| pair.map_or(Folded::ALWAYS, Folded::bit);
        FoldedLiteral { text, pairs: [bit(text.as_bytes().first_chunk()), bit(text.as_bytes().last_chunk())] }
    }
}

/// A text as it is sought in, and which pairs of bytes it has.
pub(super) struct Folded {
    text: String,
    pairs: [u64; 1 << 6],
}

impl Folded {
    /// A bit that every text has.
    const ALWAYS: u16 = 0;

    pub(super) fn new(text: &str) -> Self {
        let mut folded = Folded { text: format!("{START}{}{END}", fold(text)), pairs: [0; 1 << 6] };
        folded.set(Self::ALWAYS);
        for place in 0..folded.text.len() {
            if let Some(pair) = folded.text.as_bytes()[place..].first_chunk() {
                folded.set(Self::bit(pair));
            }
        }
        folded
    }

    /// Whether it has a literal of each set. Pairs first: they rule out most, and then no literal is sought that many
    /// regexes share.
    pub(super) fn may_match(&self, sets: &[Vec<FoldedLiteral>]) -> bool {
        sets.iter().all(|set| set.iter().any(|literal| self.has(literal.pairs[0]) && self.has(literal.pairs[1])))
            && sets.iter().all(|set| set.iter().any(|literal| self.text.contains(literal.text)))
    }

    fn set(&mut self, bit: u16) {
        self.pairs[usize::from(bit >> 6) % (1 << 6)] |= 1 << (bit & 63);
    }

    fn has(&self, bit: u16) -> bool {
        self.pairs[usize::from(bit >> 6) % (1 << 6)] >> (bit & 63) & 1 == 1
    }

    /// Six bits of each byte: letters in lower case differ there, and digits.
    fn bit(pair: &[u8; 2]) -> u16 {
        u16::from(pair[0] & 63) << 6 | u16::from(pair[1] & 63)
    }
}

/// What stands before a text that is sought in, and after it.
pub(super) const START: char = '\u{2}';
pub(super) const END: char = '\u{3}';

/// A text as far as it rules out regexes: letters in lower case, and without the signs that regexes mostly leave open. A
/// part of a text, folded, is a part of the folded text. Two letters beyond ASCII match ASCII's where a regex is without
/// regard to case.
pub(super) fn fold(text: &str) -> String {
    let fold = |character: char| match character {
        ' ' | '_' | '-' => None,
        '\u{17f}' => Some('s'),
        '\u{212a}' => Some('k'),
        other => Some(other.to_ascii_lowercase()),
    };
    text.chars().filter_map(fold).collect()
}
