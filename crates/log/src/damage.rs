//! What was passed over: damage, with its place and with what it hit.

use crate::entry::Checkpoint;
use std::fmt::{self, Display, Formatter};

/// A piece of the log that cannot be read as it was written. Everything before and after it is delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The first block that is concerned.
    pub from: u64,
    /// The block after the last one.
    pub to: u64,
    /// What is damaged there.
    pub hit: Hit,
    /// How many entries are lost by it, where that can be known.
    pub lost: Option<u64>,
    /// Whether all of it was on the disk once, so that it is damage for certain. Where it was not, it may be what a crash left of a
    /// write that nobody was promised.
    pub was_synced: bool,
    /// The blocks to be kept, which are fewer than those between `from` and `to` where frames of others are among them.
    pub(crate) blocks: Vec<(u64, u64)>,
    pub(crate) checkpoint: Checkpoint,
}

/// What is damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hit {
    /// Blocks without the header of a frame where there was one.
    Blocks,
    /// An entry, whose last frame has a whole header.
    Entry {
        /// Its sequence number.
        sequence: u64,
        /// When it was received, as its sender's caller said.
        received: i64,
        /// How many bytes its body had.
        body: u64,
        /// Its metadata, if they are undamaged.
        metadata: Option<Vec<u8>>,
    },
    /// A whole file that is not there.
    Segment,
}

impl Damage {
    /// Where to go on after it.
    pub fn checkpoint(&self) -> Checkpoint {
        self.checkpoint
    }
}

impl Display for Damage {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Damage { from, to, hit, lost, was_synced, .. } = self;
        match hit {
            Hit::Blocks => write!(f, "blocks {from} to {to}: no frame can be read")?,
            Hit::Entry { sequence, body, .. } => write!(f, "entry {sequence} of {body} bytes: its content is damaged")?,
            Hit::Segment => write!(f, "blocks {from} to {to}: the file is missing")?,
        }
        match lost {
            Some(lost) => write!(f, "; entries lost: {lost}")?,
            None => write!(f, "; entries lost: not known")?,
        }
        match was_synced {
            true => Ok(()),
            false => write!(f, "; it may be a write that a crash cut and nobody was promised"),
        }
    }
}
