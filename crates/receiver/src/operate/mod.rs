//! What operators see of a receiver: numbers, notices, whether it is well, and a page to look at.

mod failures;
mod metrics;
mod notices;

pub use failures::LastFailures;
pub use metrics::{METRICS_TYPE, Metrics, entries_behind, seconds_behind};
pub use notices::{Level, NoticeForm, Notices};
