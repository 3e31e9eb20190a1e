//! What the log keeps beside a body: who sent it, and how its records are found again.

use serde::{Deserialize, Serialize};

/// What is known of a body when it is put into the log, as JSON in the entry's metadata. What delivers the body needs nothing else:
/// the same bytes and the same arrival give the same records, today and at each replay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// The name of the intake that the sender's key belongs to; never the key.
    pub intake: String,
    /// How the body is compressed.
    #[serde(default, skip_serializing_if = "Encoding::is_identity")]
    pub encoding: Encoding,
    /// How its records are found.
    pub framing: Framing,
    /// How many records the receiver counted, those that it rejected with them.
    pub records: u32,
    /// The time that the sender gave for all of them, as RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
}

/// How a body in the log is compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// Not at all.
    #[default]
    Identity,
    /// RFC 1952, of one member or several.
    Gzip,
    /// RFC 8878, of one frame or several.
    Zstd,
}

impl Encoding {
    fn is_identity(&self) -> bool {
        *self == Encoding::Identity
    }
}

/// How the records of a body are found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Framing {
    /// The body is one record.
    One,
    /// Each line is a record.
    Lines,
    /// A JSON array of texts or objects, or what the JSONPath finds in a JSON document.
    Json {
        /// The path, where one was given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        path: Option<String>,
    },
    /// Messages as a syslog connection brought them, each with its length: `LENGTH SP MESSAGE`, as RFC 6587 counts octets.
    Counted,
}
