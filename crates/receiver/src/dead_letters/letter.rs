//! A dead letter: a record that became no event, or an event that a destination refuses, with what is needed to find out why.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use weir_sinks::Place;

/// How far a record came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Its body could not be read to the end, though it could when it was accepted.
    Read,
    /// No format was found for it.
    Route,
    /// Its format failed.
    Parse,
    /// A destination refuses its event.
    Store,
}

impl Stage {
    /// Its name, as it stands in a dead letter.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Read => "read",
            Stage::Route => "route",
            Stage::Parse => "parse",
            Stage::Store => "store",
        }
    }
}

/// One line of a file of dead letters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// The sequence number of its entry in the log.
    pub sequence: u64,
    /// Its number in the entry, from 0.
    pub record: u32,
    /// The `event.id` that it has, or would have.
    pub id: String,
    /// How far it came.
    pub stage: Stage,
    /// The entry of the format's pipeline that failed, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// The reason as a word.
    pub code: String,
    /// The reason in words.
    pub reason: String,
    /// The intake that it came by.
    pub intake: String,
    /// The format that it was for, where one was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The stamp of this format's texts, which tells its versions apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spec: Option<String>,
    /// The formats that it fits alike, or the nearest one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<String>,
    /// The sink whose destination refuses it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sink: Option<String>,
    /// When it was received, in milliseconds since 1970.
    pub received: i64,
    /// The time that the sender gave, as RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
    /// Its bytes as they came.
    #[serde(flatten)]
    pub original: Original,
    /// The event that is refused, as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
}

/// The bytes of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Original {
    /// They are UTF-8.
    #[serde(rename = "original")]
    Text(String),
    /// They are not; in base64, RFC 4648.
    #[serde(rename = "original_base64")]
    Base64(String),
}

impl Original {
    /// Keeps bytes.
    pub fn of(bytes: &[u8]) -> Self {
        match str::from_utf8(bytes) {
            Ok(text) => Original::Text(text.to_owned()),
            Err(_) => Original::Base64(STANDARD.encode(bytes)),
        }
    }

    /// The bytes again; nothing where somebody has changed them to what is no base64.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        match self {
            Original::Text(text) => Some(text.clone().into_bytes()),
            Original::Base64(text) => STANDARD.decode(text).ok(),
        }
    }

    /// About how many bytes it takes in memory.
    pub fn len(&self) -> usize {
        let (Original::Text(text) | Original::Base64(text)) = self;
        text.len()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl DeadLetter {
    /// Where its record is in the log.
    pub fn place(&self) -> Place {
        Place { sequence: self.sequence, record: self.record }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_come_back_from_the_line() {
        for bytes in [&b"{\"a\":1}"[..], b"", b"line\nbreak \x00", &[0xff, 0xfe, b'"']] {
            let letter = DeadLetter {
                sequence: 1,
                record: 2,
                id: String::new(),
                stage: Stage::Parse,
                entry: None,
                code: "x".to_owned(),
                reason: String::new(),
                intake: "i".to_owned(),
                format: None,
                spec: None,
                candidates: Vec::new(),
                sink: None,
                received: -1,
                timestamp: None,
                original: Original::of(bytes),
                event: None,
            };
            let line = serde_json::to_string(&letter).expect("it is JSON");
            assert!(!line.contains('\n'));
            let read: DeadLetter = serde_json::from_str(&line).expect("it is read");
            assert_eq!(read, letter);
            assert_eq!(read.original.bytes().as_deref(), Some(bytes));
        }
    }
}
