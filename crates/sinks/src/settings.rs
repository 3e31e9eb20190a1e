//! Settings of a sink of any type, as the configuration has them, and how sinks are made of them.

use crate::bulk::BulkSettings;
use crate::context::Context;
use crate::endpoint::EndpointSettings;
use crate::sink::{OpenError, Sink};
use crate::values::Span;
use serde::Serialize;
use serde::de::{self, Deserialize, Deserializer};
use serde_json::{Map, Value};
use std::path::Path;
use std::time::Duration;

/// A sink of the configuration, told by its `type`.
#[derive(Clone, Debug, PartialEq, Serialize)]
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

/// The types that this build has.
const KINDS: &[&str] = &[
    "ndjson",
    #[cfg(feature = "parquet")]
    "parquet",
    "elasticsearch",
    "http",
    #[cfg(feature = "kafka")]
    "kafka",
    "stdout",
];

/// A sink without settings has no settings that nobody knows either.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

impl Settings {
    /// Reads the settings of a sink of this type, without the type: so a reader that knows places can tell them.
    ///
    /// # Errors
    /// Where there is no such type, or a setting is wrong.
    pub fn read<'de, D: Deserializer<'de>>(kind: &str, settings: D) -> Result<Self, D::Error> {
        match kind {
            "ndjson" => Deserialize::deserialize(settings).map(Settings::Ndjson),
            #[cfg(feature = "parquet")]
            "parquet" => Deserialize::deserialize(settings).map(Settings::Parquet),
            "elasticsearch" => Deserialize::deserialize(settings).map(Settings::Elasticsearch),
            "http" => Deserialize::deserialize(settings).map(Settings::Http),
            #[cfg(feature = "kafka")]
            "kafka" => Deserialize::deserialize(settings).map(Settings::Kafka),
            "stdout" => Nothing::deserialize(settings).map(|Nothing {}| Settings::Stdout {}),
            _ => Err(de::Error::unknown_variant(kind, KINDS)),
        }
    }

    /// Files of lines below a folder, complete when their first event has waited so long, or as long as usual.
    pub fn ndjson(to: &Path, age: Option<Duration>) -> Self {
        Settings::Ndjson(crate::ndjson::NdjsonSettings::below(to, age))
    }

    /// Parquet files, in the same way.
    #[cfg(feature = "parquet")]
    pub fn parquet(to: &Path, age: Option<Duration>) -> Self {
        Settings::Parquet(crate::parquet::ParquetSettings::below(to, age))
    }

    /// The same, with paths that are relative taken from a folder.
    #[must_use]
    pub fn below(mut self, folder: &Path) -> Self {
        match &mut self {
            Settings::Ndjson(settings) => settings.go_below(folder),
            #[cfg(feature = "parquet")]
            Settings::Parquet(settings) => settings.go_below(folder),
            Settings::Elasticsearch(BulkSettings { auth, ca, .. })
            | Settings::Http(EndpointSettings { auth, ca, .. }) => {
                auth.go_below(folder);
                *ca = ca.as_ref().map(|ca| folder.join(ca));
            }
            #[cfg(feature = "kafka")]
            Settings::Kafka(settings) => settings.properties.values_mut().for_each(|value| value.go_below(folder)),
            Settings::Stdout {} => {}
        }
        self
    }

    /// Whether a sink could be made of them, as far as that is known without its folders.
    ///
    /// # Errors
    /// As [`Settings::open`].
    pub fn check(&self, context: &Context) -> Result<(), OpenError> {
        self.check_numbers().map_err(|why| OpenError(why.to_owned()))?;
        match self {
            Settings::Stdout {} => Ok(()),
            Settings::Ndjson(settings) => settings.check(),
            #[cfg(feature = "parquet")]
            Settings::Parquet(settings) => settings.check(),
            _ => self.open(context).map(drop),
        }
    }

    /// Numbers with which a sink would store nothing, or each event by itself.
    fn check_numbers(&self) -> Result<(), &'static str> {
        let (size, age, timeout) = match self {
            Settings::Ndjson(settings) => (Some(settings.size), Some(settings.age), None),
            #[cfg(feature = "parquet")]
            Settings::Parquet(settings) => (Some(settings.size), Some(settings.age), None),
            Settings::Elasticsearch(BulkSettings { size, timeout, .. })
            | Settings::Http(EndpointSettings { size, timeout, .. }) => (Some(*size), None, Some(*timeout)),
            #[cfg(feature = "kafka")]
            Settings::Kafka(settings) => (None, None, Some(settings.timeout)),
            Settings::Stdout {} => (None, None, None),
        };
        let is_short = |time: Option<Span>| time.is_some_and(|time| time.0 < Duration::from_millis(100));
        match () {
            () if size.is_some_and(|size| size.0 == 0) => Err("`size` has to be at least a byte"),
            () if is_short(age) => Err("`age` has to be at least 100 ms"),
            () if is_short(timeout) => Err("`timeout` has to be at least 100 ms"),
            () => Ok(()),
        }
    }

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

    /// The folder or the URL of a store that files go to, where they are files.
    pub fn destination(&self) -> Option<&str> {
        match self {
            Settings::Ndjson(settings) => Some(&settings.to.0),
            #[cfg(feature = "parquet")]
            Settings::Parquet(settings) => Some(&settings.to.0),
            _ => None,
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

/// The form of files without places: a mapping with `type` among the settings.
impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut settings = Map::deserialize(deserializer)?;
        match settings.remove("type") {
            Some(Value::String(kind)) => Settings::read(&kind, Value::Object(settings)).map_err(de::Error::custom),
            _ => Err(de::Error::missing_field("type")),
        }
    }
}
