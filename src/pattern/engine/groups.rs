//! What a match has.

use std::ops::Range;

/// Where the groups of a match lie: byte ranges, the whole match first.
pub type Groups = Vec<Option<Range<usize>>>;
