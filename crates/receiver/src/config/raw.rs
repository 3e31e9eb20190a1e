//! The parts of a file as they are written, before they are checked.

use crate::notices::NoticeForm;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::path::PathBuf;
use weir_detect::Dialect;
use weir_sinks::{Bytes, Span};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawIntake {
    pub format: PathBuf,
    #[serde(default)]
    pub prefer: Vec<String>,
    #[serde(default, rename = "key")]
    pub _key: Option<IgnoredAny>,
    #[serde(default, rename = "keys")]
    pub _keys: Option<IgnoredAny>,
    pub record_bytes: Option<Bytes>,
    pub encoded_bytes: Option<Bytes>,
    pub decoded_bytes: Option<Bytes>,
    pub requests: Option<usize>,
    pub bytes_per_second: Option<Bytes>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawLimits {
    pub connections: Option<usize>,
    pub connections_per_address: Option<usize>,
    pub streams: Option<u32>,
    pub handshake: Option<Span>,
    // Files of before 0.3.0 have these names.
    #[serde(alias = "patience")]
    pub read_timeout: Option<Span>,
    #[serde(alias = "slowest")]
    pub min_body_rate: Option<Bytes>,
    #[serde(alias = "answer_within")]
    pub commit_timeout: Option<Span>,
    pub memory: Option<Bytes>,
    #[serde(alias = "farewell")]
    pub shutdown_timeout: Option<Span>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawDuplicates {
    pub window: Option<Span>,
    pub drop: bool,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawLog {
    #[serde(rename = "kafka")]
    pub _kafka: Option<IgnoredAny>,
    pub bytes: Option<Bytes>,
    pub segment_bytes: Option<Bytes>,
    pub quarantine_bytes: Option<Bytes>,
    #[serde(alias = "answer_within")]
    pub commit_timeout: Option<Span>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawDelivery {
    #[serde(alias = "longest_wait")]
    pub max_retry_wait: Option<Span>,
    pub memory: Option<Bytes>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawDetection {
    pub rules: Vec<PathBuf>,
    pub pipelines: Vec<PathBuf>,
    pub indicators: Vec<PathBuf>,
    pub dialect: Option<RawDialect>,
    pub at_any_time: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "snake_case", expecting = "`sigma` or `platform`")]
pub(super) enum RawDialect {
    #[default]
    Sigma,
    Platform,
}

impl From<RawDialect> for Dialect {
    fn from(dialect: RawDialect) -> Self {
        match dialect {
            RawDialect::Sigma => Dialect::Sigma,
            RawDialect::Platform => Dialect::Platform,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", expecting = "`text` or `json`")]
pub(super) enum RawNotices {
    Text,
    Json,
}

impl RawNotices {
    pub fn form(self) -> NoticeForm {
        match self {
            RawNotices::Text => NoticeForm::Text,
            RawNotices::Json => NoticeForm::Json,
        }
    }
}
