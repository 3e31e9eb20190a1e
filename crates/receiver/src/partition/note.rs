//! What stands beside a part in the topic: where its ids come from, and how its records are found.

use crate::arrival::Arrival;
use serde::{Deserialize, Serialize};

/// The note of a part, as JSON in the header [`Note::HEADER`] of its message. A part that is sent again has the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The id of the process that stored it, 32 hexadecimal digits: to ids of events it is what the id of a log is.
    pub log: String,
    /// The number of the part in that process, from which ids of events are made.
    pub sequence: u64,
    /// Who sent it, and how its records are found.
    pub arrival: Arrival,
}

impl Note {
    /// The name of the header.
    pub const HEADER: &'static str = "weir";

    /// A note for a part.
    pub fn new(log: [u8; 16], sequence: u64, arrival: Arrival) -> Self {
        Note { log: format!("{:032x}", u128::from_be_bytes(log)), sequence, arrival }
    }

    /// The id of the process; nothing where the digits are none.
    pub fn log(&self) -> Option<[u8; 16]> {
        u128::from_str_radix(&self.log, 16).ok().map(u128::to_be_bytes)
    }
}
