//! Where events go: files, object stores, search engines, brokers.
//!
//! A [`Sink`] takes [`Batch`]es of events in the order of the log and says up to which [`Place`] they are stored for good.
//! Who delivers owns retries, dead letters and the position in the log.

mod batch;
mod sink;

pub use batch::{Batch, BatchBuilder, Event, Place};
pub use sink::{Refused, Sink, SinkError};
