//! Sizes and times of a log, all of them bounds.

use crate::layout::{
    BLOCK, HEADER_BLOCKS, HEADER_BYTES, MAX_METADATA_BYTES, MAX_PAYLOAD_BYTES, MAX_SEGMENT_BLOCKS, blocks_of,
};
use std::time::Duration;

/// Sizes and times of a log. Each may change from one start to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How large a file of the log is made, in bytes. Space comes back in pieces of this size.
    pub segment_bytes: u64,
    /// How many bytes of a body are held in memory before they are written as a frame.
    pub part_bytes: usize,
    /// How large all segments together may be, in bytes. Beyond it what is new is refused, and nothing is dropped. A segment that is
    /// being prepared, and quarantine, come on top.
    pub log_bytes: u64,
    /// How many bytes may wait to be written before whoever brings more has to wait too.
    pub queue_bytes: usize,
    /// After how many written bytes the disk is asked to keep them, even if nobody waits: it bounds the time of one sync.
    pub sync_bytes: u64,
    /// How large all of quarantine may be, in bytes. What does not fit is told and not kept.
    pub quarantine_bytes: u64,
    /// How long after there was no room it is tried again; senders are told to come again after the same time.
    pub retry_after: Duration,
    /// How long a call waits for the disk before it is refused.
    pub answer_within: Duration,
    /// Whether new segments are written full of zeros before they are used, in the background. Where the file system takes long to
    /// note what became of allocated space, appending is faster then; every byte is written twice for it. `docs/receiver/log.md`
    /// has what was measured.
    pub zeros: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            segment_bytes: 64 << 20,
            part_bytes: 256 << 10,
            log_bytes: 32 << 30,
            queue_bytes: 32 << 20,
            sync_bytes: 16 << 20,
            quarantine_bytes: 1 << 30,
            retry_after: Duration::from_secs(1),
            answer_within: Duration::from_secs(10),
            zeros: false,
        }
    }
}

impl Options {
    pub(crate) fn segment_blocks(&self) -> u64 {
        self.segment_bytes / BLOCK
    }

    /// What cannot be, in words: a log with these options would not open.
    pub fn mistake(&self) -> Option<String> {
        let frame = blocks_of((HEADER_BYTES + self.part_bytes + MAX_METADATA_BYTES) as u64);
        let most = MAX_PAYLOAD_BYTES - MAX_METADATA_BYTES;
        if !(1..=most).contains(&self.part_bytes) {
            Some(format!("part_bytes is {}; it can be 1 to {most}", self.part_bytes))
        } else if self.segment_blocks() < HEADER_BLOCKS + frame {
            let least = (HEADER_BLOCKS + frame) * BLOCK;
            Some(format!("segment_bytes is {}; with these parts it is at least {least}", self.segment_bytes))
        } else if self.segment_blocks() > MAX_SEGMENT_BLOCKS {
            Some(format!("segment_bytes is {}; it is at most {}", self.segment_bytes, MAX_SEGMENT_BLOCKS * BLOCK))
        } else if self.log_bytes < self.segment_bytes {
            Some(format!("log_bytes is {}, less than one segment of {}", self.log_bytes, self.segment_bytes))
        } else {
            None
        }
    }
}
