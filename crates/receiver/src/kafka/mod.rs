//! A topic of Kafka in the place of a log on this machine's disk: bodies are cut into parts, which any number of workers deliver.
//!
//! ```text
//! ingest ──> parts ──> topic ──> group ──> partition ──> delivery, as from a log
//! ```
//!
//! Why so: `docs/decisions/0150`, `docs/decisions/0151`, `docs/decisions/0152`. What it promises: `docs/receiver/kafka.md`.

mod assigned;
#[cfg(feature = "kafka")]
mod client;
#[cfg(feature = "kafka")]
mod group;
mod parts;
mod settings;
#[cfg(feature = "kafka")]
mod topic;

pub use assigned::{Assigned, Begun, Waiting};
#[cfg(feature = "kafka")]
pub use group::Member;
pub use parts::PART_BYTES;
pub use settings::TopicSettings;
#[cfg(feature = "kafka")]
pub use topic::Topic;
