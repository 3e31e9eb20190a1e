//! What every sink does, whatever is behind it.

use crate::batch::{Batch, Place};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A destination of events. One thread drives it, and it may block that thread, within its own time limits.
///
/// A sink that gathers (a file, a Parquet object) decides on a cut, a stretch of the log from one place to another, and notes it down
/// durably **before** it stores it under names made from that stretch. So a retry after a crash stores the same stretch
/// under the same names, and nothing is there twice.
pub trait Sink: Send {
    /// Up to where everything is stored for good, as far as the sink knows, also from before the process started. Records before it
    /// need not be given again; a sink that cannot know says [`Place::default`].
    fn stored(&self) -> Place;

    /// Takes a batch, which begins where the one before ended. It may only be gathered yet: [`Sink::stored`] tells.
    ///
    /// # Errors
    /// Where the destination cannot take it now. The batch counts as not given: the caller gives it again.
    fn write(&mut self, batch: &Arc<Batch>) -> Result<(), SinkError>;

    /// Stores what is due by its age. Called whenever [`Sink::due`] has come, whether or not there are events.
    ///
    /// # Errors
    /// Where the destination cannot take it now; the caller asks again.
    fn tick(&mut self, now: Instant) -> Result<(), SinkError>;

    /// When [`Sink::tick`] has something to do; never, where nothing is gathered.
    fn due(&self) -> Option<Instant>;

    /// Stores all that is gathered, at once: the process is about to end, or a test waits.
    ///
    /// # Errors
    /// As [`Sink::tick`].
    fn flush(&mut self) -> Result<(), SinkError>;

    /// Takes what the destination refused for good, one event each, since this was last called. Before the caller saves a place
    /// after them, it has them in the dead letters.
    fn refused(&mut self) -> Vec<Refused>;
}

/// Why a sink cannot take events now. That is never a reason to drop one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct SinkError {
    /// What the destination, or the system, said, without secrets.
    pub why: String,
    /// When the destination wants to be asked again, if it said so.
    pub retry_after: Option<Duration>,
}

/// An event that a destination refuses for good, and would refuse each time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The record that it was made of.
    pub place: Place,
    /// A short name of the reason, such as `document_parsing_exception`.
    pub code: String,
    /// The reason in words.
    pub reason: String,
    /// The event as it was to be stored.
    pub event: Vec<u8>,
}
