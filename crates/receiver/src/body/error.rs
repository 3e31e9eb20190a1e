//! Why a body cannot be read to its end.

use crate::arrival::Encoding;
use std::io;

/// Why a body cannot be read to its end.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// What the body comes from failed: a connection, or the log.
    #[error("the body cannot be read: {0}")]
    Source(io::Error),
    /// It is not what its encoding says, or is cut off.
    #[error("the body is not {}: {why}", .encoding.name())]
    Corrupt {
        /// How it should be compressed.
        encoding: Encoding,
        /// What the decoder says.
        why: String,
    },
    /// It decodes to more than is allowed.
    #[error("the body decodes to more than {most} bytes")]
    TooLarge {
        /// How many bytes are allowed.
        most: u64,
    },
    /// A JSON document, which is held whole, is larger than is allowed.
    #[error("the JSON document has more than {most} bytes; lines of JSON have no such limit")]
    DocumentTooLarge {
        /// How many bytes are allowed.
        most: usize,
    },
    /// It is no JSON.
    #[error("the body is no JSON: {0}")]
    Json(String),
    /// It is JSON, but not of the form that is expected.
    #[error("{0}")]
    Shape(String),
    /// The JSONPath is none, or finds too much.
    #[error("{0}")]
    Path(String),
    /// A length that is none, before a message: only a defect can bring that into the log.
    #[error("the messages of the body have no lengths")]
    Counts,
}

impl Encoding {
    /// Its name, as in `Content-Encoding`.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Identity => "identity",
            Encoding::Gzip => "gzip",
            Encoding::Zstd => "zstd",
        }
    }
}
