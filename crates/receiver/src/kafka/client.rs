//! What every client of the brokers is made with.

use super::settings::TopicSettings;
use rdkafka::ClientConfig;
use rdkafka::client::{Client, ClientContext};
use std::time::Duration;
use weir_sinks::Header;

/// How often brokers that went away are looked for again, at most.
const RECONNECT_MS: &str = "1000";

impl TopicSettings {
    /// The configuration of a client, with the secrets as they are now.
    ///
    /// # Errors
    /// Where a secret cannot be read, in words and without it.
    pub(super) fn client(&self) -> Result<ClientConfig, String> {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.brokers).set("client.id", "weir");
        config.set("reconnect.backoff.max.ms", RECONNECT_MS);
        for (name, value) in &self.properties {
            match value {
                Header::Text(text) => config.set(name, text),
                Header::Secret(secret) => config.set(name, secret.read()?.reveal()),
            };
        }
        Ok(config)
    }
}

/// How long the brokers may take to say how they are.
const ASK: Duration = Duration::from_secs(3);

/// Why the brokers cannot be reached, or do not have a topic; nothing where they do.
pub(super) fn trouble_with<C: ClientContext>(client: &Client<C>, topic: &str) -> Option<String> {
    match client.fetch_metadata(Some(topic), ASK) {
        Err(error) => Some(format!("the brokers cannot be reached: {error}")),
        Ok(metadata) => {
            let found = metadata.topics().iter().find(|found| found.name() == topic);
            let is_there = found.is_some_and(|found| found.error().is_none() && !found.partitions().is_empty());
            (!is_there).then(|| format!("the brokers have no topic {topic}: it has to be made"))
        }
    }
}
