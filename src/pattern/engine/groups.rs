//! What a match has.

use super::translate::EnginePattern;
use crate::value::{Arena, Fault};
use regex_automata::util::primitives::NonMaxUsize;
use std::ops::Range;

/// Where a group begins and where it ends, in bytes: two of them for each group.
pub(in crate::pattern) type CaptureSlot = Option<NonMaxUsize>;

/// Where the groups of a match lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Groups<'a>(&'a [CaptureSlot]);

impl<'a> Groups<'a> {
    /// Empty slots for the groups of an engine.
    ///
    /// # Errors
    /// Limit, where the budget does not pay for them.
    pub(in crate::pattern) fn slots(arena: &'a Arena, groups: usize) -> Result<&'a mut [CaptureSlot], Fault> {
        arena.spend((2 * groups * size_of::<CaptureSlot>()) as u64)?;
        Ok(arena.bump().alloc_slice_fill_copy(2 * groups, None))
    }

    /// The pattern's groups from an engine's.
    pub(in crate::pattern) fn of_engine(slots: &'a mut [CaptureSlot], translation: &EnginePattern) -> Self {
        let groups = &translation.groups;
        if slots.len() > 2 * groups.len() {
            let ends = translation.ends.iter().find_map(|mark| slots[2 * mark]);
            for (place, group) in groups.iter().enumerate() {
                // Groups keep their order, so that none is overwritten before it has been moved.
                slots.copy_within(2 * group..2 * group + 2, 2 * place);
            }
            if let Some(end) = ends {
                slots.iter_mut().flatten().for_each(|slot| *slot = end.min(*slot));
            }
        }
        Groups(&slots[..2 * groups.len()])
    }

    /// Where a group lies, in bytes; the whole match is group 0. `None` where it took no part, or where there is none.
    #[inline]
    pub fn get(&self, group: usize) -> Option<Range<usize>> {
        match self.0.get(2 * group..2 * group + 2)? {
            [Some(start), Some(end)] => Some(start.get()..end.get()),
            _ => None,
        }
    }

    /// Where the whole match lies, in bytes.
    pub fn whole(&self) -> Range<usize> {
        self.get(0).unwrap_or_default()
    }

    /// How many groups there are, the whole match counted.
    pub fn len(&self) -> usize {
        self.0.len() / 2
    }

    /// Never: the whole match is a group.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// All of them, the whole match first.
    pub fn iter(self) -> impl Iterator<Item = Option<Range<usize>>> + 'a {
        (0..self.len()).map(move |group| self.get(group))
    }
}
