//! Settings of sinks, as the configuration has them, and how sinks are made of them.

mod context;
mod destination;
mod secret;
mod words;

pub use context::{Context, FieldsOf};
pub(crate) use destination::{AGE, Destination, SIZE};
pub use destination::{Rotation, To};
pub use secret::{Hidden, Secret};
pub use words::{Bytes, Span};

use crate::bulk::BulkSettings;
use crate::endpoint::EndpointSettings;
use crate::sink::Sink;
use serde::{Deserialize, Serialize};

/// A sink of the configuration, told by its `type`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
#[non_exhaustive]
pub enum Settings {
    /// Files of lines.
    Ndjson(crate::ndjson::NdjsonSettings),
    /// Parquet files.
    #[cfg(feature = "parquet")]
    Parquet(crate::parquet::ParquetSettings),
    /// Elasticsearch or OpenSearch.
    Elasticsearch(BulkSettings),
    /// An HTTP endpoint.
    Http(EndpointSettings),
    /// Kafka.
    #[cfg(feature = "kafka")]
    Kafka(crate::kafka::KafkaSettings),
    /// Lines on the standard output.
    Stdout {},
}

/// Why a sink is not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OpenError(pub String);

impl Settings {
    /// Makes the sink. Destinations over a network are not asked yet.
    ///
    /// # Errors
    /// Where a setting is wrong in a way that only shows with the others, or a folder of this machine cannot be used.
    pub fn open(&self, context: &Context) -> Result<Box<dyn Sink>, OpenError> {
        match self {
            Settings::Ndjson(settings) => settings.open(context),
            #[cfg(feature = "parquet")]
            Settings::Parquet(settings) => settings.open(context),
            Settings::Elasticsearch(settings) => settings.open(),
            Settings::Http(settings) => settings.open(context),
            #[cfg(feature = "kafka")]
            Settings::Kafka(settings) => settings.open(),
            Settings::Stdout {} => Ok(Box::new(crate::stdout::Stream::stdout())),
        }
    }

    /// The name of the type.
    pub fn kind(&self) -> &'static str {
        match self {
            Settings::Ndjson(_) => "ndjson",
            #[cfg(feature = "parquet")]
            Settings::Parquet(_) => "parquet",
            Settings::Elasticsearch(_) => "elasticsearch",
            Settings::Http(_) => "http",
            #[cfg(feature = "kafka")]
            Settings::Kafka(_) => "kafka",
            Settings::Stdout {} => "stdout",
        }
    }
}
