//! The receiver: batches come in over HTTP and syslog, are in the log before they are answered, and go from there to sinks.
//!
//! ```text
//! http, syslog ──> arrival ──> weir_log ──> reader, one a sink ──> records ──> events ──> weir_sinks
//!                                                                    └──> dead letters
//! ```

mod arrival;
pub mod body;
pub mod dead_letters;
pub mod deliver;
mod event_id;
pub mod formats;
pub mod operate;
pub mod replay;
mod stopping;

pub use arrival::{Arrival, Encoding, Framing, RECORD_BYTES};
pub use body::{BodyError, Record, Records, Verdict};
pub use event_id::{event_id, log_of};
pub use stopping::Stopping;
