//! The receiver: batches come in over HTTP and syslog, are in the log before they are answered, and go from there to sinks.
//!
//! ```text
//! http, syslog ──> arrival ──> weir_log ──> reader, one a sink ──> records ──> events ──> weir_sinks
//!                                                                    └──> dead letters
//! ```

mod arrival;
mod event_id;

pub use arrival::{Arrival, Encoding, Framing};
pub use event_id::event_id;
