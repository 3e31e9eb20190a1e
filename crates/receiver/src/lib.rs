//! The receiver: batches come in over HTTP and syslog, are in the log before they are answered, and go from there to sinks.
//!
//! ```text
//! http, syslog ──> arrival ──> weir_log ──> reader, one a sink ──> records ──> events ──> weir_sinks
//!                                                                    └──> dead letters
//! ```
//!
//! [`Config`] says where it listens, what keys open and where events go, and a [`Receiver`] does it. [`Records`] cuts what is stored.

mod arrival;
pub mod body;
pub mod config;
pub mod counters;
pub mod dead_letters;
pub mod deliver;
mod event_id;
pub mod formats;
mod ingest;
#[cfg_attr(not(feature = "kafka"), allow(dead_code, reason = "what uses the rest is behind the feature"))]
pub mod kafka;
mod keys;
mod listeners;
pub mod notices;
pub mod operate;
pub mod partition;
mod receiver;
mod recent;
pub mod replay;
mod settings;
mod stopping;
pub mod store;
mod syslog;
mod tls;
#[cfg(feature = "kafka")]
mod worker;

pub use arrival::{Arrival, Encoding, Framing, RECORD_BYTES};
pub use body::{BodyError, Record, Records, Verdict};
pub use config::Config;
pub use counters::Counters;
pub use event_id::{Origin, Placed, event_id};
pub use keys::Key;
pub use listeners::{Address, Gates, ListenError, Listeners, Protocol};
pub use receiver::{Receiver, StartError};
pub use settings::{Duplicates, IntakeSettings, Limits, Listen, TlsFiles};
pub use stopping::Stopping;
pub use tls::TlsError;
#[cfg(feature = "kafka")]
pub use worker::Worker;
