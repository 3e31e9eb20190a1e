//! What is set of a topic.

use serde::Deserialize;
use std::collections::BTreeMap;
use weir_sinks::Header;

/// A topic that bodies are stored in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TopicSettings {
    /// `host:port` of one broker or several, with commas.
    pub brokers: String,
    /// The topic. It has to be there.
    pub topic: String,
    /// The consumer group of the workers, `weir` by default.
    #[serde(default = "group")]
    pub group: String,
    /// Whether the broker drops what the client sends twice over one connection's failure; true by default.
    #[serde(default = "yes")]
    pub idempotence: bool,
    /// Other properties of librdkafka, such as `security.protocol`; a value may be a secret.
    #[serde(default)]
    pub properties: BTreeMap<String, Header>,
}

fn group() -> String {
    "weir".to_owned()
}

fn yes() -> bool {
    true
}

/// What the receiver decides itself, for its promises hang on it.
const OWN: &[&str] = &[
    "acks",
    "auto.offset.reset",
    "bootstrap.servers",
    "delivery.timeout.ms",
    "enable.auto.commit",
    "enable.auto.offset.store",
    "enable.idempotence",
    "group.id",
    "message.timeout.ms",
    "metadata.broker.list",
    "partition.assignment.strategy",
    "request.required.acks",
];

impl TopicSettings {
    /// What must not be, in words.
    pub fn mistake(&self) -> Option<String> {
        let is_of_a_topic = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
        if self.brokers.trim().is_empty() {
            return Some("`brokers` is empty: host:port of one or several, with commas".to_owned());
        }
        if self.topic.is_empty() || self.topic.len() > 249 || !self.topic.chars().all(is_of_a_topic) {
            return Some("the name of a topic has 1 to 249 letters, digits, `.`, `_` and `-`".to_owned());
        }
        if self.group.is_empty() {
            return Some("`group` is empty".to_owned());
        }
        let own = self.properties.keys().find(|name| OWN.contains(&name.as_str()));
        own.map(|own| format!("`{own}` is no property to be given: the receiver decides it"))
    }
}
