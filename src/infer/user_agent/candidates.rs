//! Which of many regexes may match a text: those whose literals it has. Only these are compiled and tried.

use super::catalogue::Definition;
use std::borrow::Cow;
use std::sync::OnceLock;

/// Regexes of which the first that matches decides.
pub(super) struct Ordered<E>(Vec<Entry<E>>);

/// A regex. `ua_parser` reads `.{0,100}` as `.*`, so that a word is found however far it stands. So read, a regex is small
/// and refuses most texts; as it is written it may be a hundred times larger, and is compiled for the first text that the
/// wider one matches.
struct Entry<E> {
    definition: Definition,
    wide: OnceLock<Option<E>>,
    exact: OnceLock<Option<E>>,
}

impl<E> Ordered<E> {
    pub(super) fn new(definitions: Vec<Definition>) -> Self {
        let entry = |definition| Entry { definition, wide: OnceLock::new(), exact: OnceLock::new() };
        Ordered(definitions.into_iter().map(entry).collect())
    }

    /// What the first regex that matches finds.
    pub(super) fn first<'a, T>(
        &'a self,
        text: &Folded,
        compile: impl Fn(&Definition, Cow<'static, str>) -> Option<E>,
        find: impl Fn(&'a E) -> Option<T>,
    ) -> Option<T> {
        let mut candidates = self.0.iter().filter(|entry| text.may_match(&entry.definition));
        candidates.find_map(|entry| entry.find(&compile, &find))
    }
}

impl<E> Entry<E> {
    fn find<'a, T>(
        &'a self,
        compile: impl Fn(&Definition, Cow<'static, str>) -> Option<E>,
        find: impl Fn(&'a E) -> Option<T>,
    ) -> Option<T> {
        let regex = self.definition.get("regex")?;
        let wide = || compile(&self.definition, regex.clone());
        let found = find(self.wide.get_or_init(wide).as_ref()?)?;
        let Some(exact) = exact(&regex) else { return Some(found) };
        find(self.exact.get_or_init(|| compile(&self.definition, exact.into())).as_ref()?)
    }
}

/// A regex so written that `ua_parser` does not widen it: it takes no notice of `{00,100}`, which says the same. `None`
/// where there is nothing to widen.
pub(super) fn exact(regex: &str) -> Option<String> {
    /// The least digits of an upper bound that it widens.
    const WIDE: usize = 3;
    let mut text = String::with_capacity(regex.len() + 4);
    let mut rest = regex;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        text.push('{');
        let most = after.strip_prefix("0,").or_else(|| after.strip_prefix("1,"));
        let digits = most.map_or(0, |most| most.bytes().take_while(u8::is_ascii_digit).count());
        if digits >= WIDE && most.is_some_and(|most| most[digits..].starts_with('}')) {
            text.push('0');
        }
        rest = after;
    }
    text.push_str(rest);
    (text.len() > regex.len()).then_some(text)
}

/// A [`fold`]ed text that others have or have not.
#[derive(Debug)]
pub(super) struct Literal {
    pub(super) text: &'static str,
    /// The bits of its first and its last two bytes.
    pairs: [u16; 2],
}

impl Literal {
    pub(super) fn new(text: &'static str) -> Self {
        let bit = |pair: Option<&[u8; 2]>| pair.map_or(Folded::ALWAYS, Folded::bit);
        Literal { text, pairs: [bit(text.as_bytes().first_chunk()), bit(text.as_bytes().last_chunk())] }
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
    pub(super) fn may_match(&self, definition: &Definition) -> bool {
        let sets = &definition.needed;
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
