//! What the page asks: a question, with the files that have changed since the last one.

use serde::Deserialize;
use std::collections::BTreeMap;

/// A question of the page.
#[derive(Debug, Deserialize)]
pub struct Question {
    /// What has changed: the new text of a file by its path in the format, or null where it is gone. The path `""` stands for all
    /// files: a page that begins takes them away first.
    #[serde(default)]
    pub files: BTreeMap<String, Option<String>>,
    /// What is asked.
    #[serde(flatten)]
    pub ask: Ask,
}

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case")]
pub enum Ask {
    /// What is wrong with the format, what its pairs give, and what they exercise?
    Check,
    /// What comes out of a record?
    Look(AskedRecord),
    /// What does the format do with a record, step by step?
    Steps(AskedRecord),
    /// Where does a field of the event come from, or why is it missing?
    Explain {
        /// The field.
        field: String,
        /// The record.
        #[serde(flatten)]
        record: AskedRecord,
    },
    /// What becomes of many records, a line each?
    Lines {
        /// The lines.
        text: String,
    },
    /// A recorded pair out of a record.
    Keep {
        /// The record.
        message: String,
    },
    /// A recorded pair with what comes out now as what is expected.
    Accept {
        /// The pair's path.
        file: String,
    },
    /// Which detection rules can match the format's events, and which match this one?
    Rules {
        /// The rules: documents of YAML.
        rules: String,
        /// The record.
        #[serde(flatten)]
        record: AskedRecord,
    },
    /// Which version is this, and which fields are there?
    Words,
    /// What can stand at a place of the spec?
    Complete {
        /// The place, in units of UTF-16.
        offset: usize,
    },
    /// What stands at a place of the spec?
    Hover {
        /// The place, in units of UTF-16.
        offset: usize,
    },
}

/// The record that is asked about: that of a recorded pair, or a message.
#[derive(Debug, Default, Deserialize)]
pub struct AskedRecord {
    /// The pair's path.
    pub pair: Option<String>,
    /// The message.
    pub message: Option<String>,
}
