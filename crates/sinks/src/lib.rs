//! Where events go: files, object stores, search engines, brokers.
//!
//! A [`Sink`] takes [`Batch`]es of events in the order of the log and says up to which [`Place`] they are stored for good.
//! Who delivers owns retries, dead letters and the position in the log. [`Settings`] are what the configuration has for a sink.
//!
//! ```no_run
//! use weir_sinks::{Context, Settings};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let yaml = "type: ndjson\nto: events";
//! let settings: Settings = serde_yaml::from_str(yaml)?;
//! let mut sink = settings.open(&Context::new("events", "data/sinks/events".as_ref(), [0; 16]))?;
//! // … sink.write(&batch)?, and where sink.due() has come, sink.tick(now)?
//! sink.flush()?;
//! # Ok(())
//! # }
//! ```
//!
//! What each sink promises: `docs/receiver/sinks.md`.

mod batch;
mod bulk;
mod context;
mod cuts;
mod destination;
mod endpoint;
mod files;
mod gather;
mod http;
#[cfg(feature = "kafka")]
mod kafka;
mod lines;
mod ndjson;
#[cfg(feature = "parquet")]
mod parquet;
mod partition;
mod settings;
mod sink;
mod stdout;
mod store;
mod under_way;
mod values;

pub use batch::{Batch, BatchBuilder, Event, Place};
pub use bulk::BulkSettings;
pub use context::{Context, FieldsOf};
pub use destination::To;
pub use endpoint::{BodyForm, EndpointSettings};
pub use files::Tree;
pub use gather::Rotation;
pub use http::{Auth, Basic, BodyCompression, Header};
#[cfg(feature = "kafka")]
pub use kafka::KafkaSettings;
pub use lines::Compression;
pub use ndjson::NdjsonSettings;
#[cfg(feature = "parquet")]
pub use parquet::{ParquetSettings, SecurityLake};
pub use partition::Template;
pub use settings::Settings;
pub use sink::{OpenError, Refused, Sink, SinkError};
#[cfg(feature = "object-store")]
pub use store::ObjectSettings;
pub use values::{Bytes, Hidden, Secret, Span};
