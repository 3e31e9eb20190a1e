//! Where the values of a traced run came from: which bytes of the message. An ordinary run does without.
//!
//! Why so: `docs/decisions/0175`.

mod fields;
mod source;
mod texts;

pub(super) use fields::Origins;

use std::ops::Range;

/// How a value has to do with the bytes that it came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// The bytes are the value, as the message writes it: with escapes, say. Of a list, the bytes of each item.
    Same,
    /// The value in another notation: other case, without space around it, as a number, as a date, as a part of a text.
    Converted,
    /// The value was made by the format; the bytes are what it was made from, if it was made from anything.
    #[default]
    Made,
}

impl Relation {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Relation::Same => "same",
            Relation::Converted => "converted",
            Relation::Made => "made",
        }
    }
}

/// Where a value came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ByteOrigin {
    /// How the value has to do with the bytes.
    pub relation: Relation,
    /// Ranges of bytes in the message, ascending; none touches another.
    pub bytes: Vec<Range<usize>>,
}

impl ByteOrigin {
    fn new(relation: Relation, bytes: impl IntoIterator<Item = Range<usize>>) -> Self {
        let mut all: Vec<Range<usize>> = bytes.into_iter().filter(|range| !range.is_empty()).collect();
        all.sort_by_key(|range| (range.start, range.end));
        let mut joined: Vec<Range<usize>> = Vec::new();
        for range in all {
            match joined.last_mut() {
                Some(last) if last.end >= range.start => last.end = last.end.max(range.end),
                _ => joined.push(range),
            }
        }
        ByteOrigin { relation, bytes: joined }
    }

    /// The same bytes, where the value has no closer relation to them than this one.
    fn at_most(self, relation: Relation) -> Self {
        ByteOrigin { relation: self.relation.max(relation), ..self }
    }

    /// What several values came from that together are one.
    fn of_all(origins: &[ByteOrigin]) -> Self {
        let relation = origins.iter().map(|origin| origin.relation).max().unwrap_or_default();
        ByteOrigin::new(relation, origins.iter().flat_map(|origin| origin.bytes.iter().cloned()))
    }
}
