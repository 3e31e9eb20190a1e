//! What operators see of a receiver: numbers, notices, whether it is well, and a page to look at.

mod failures;
mod metrics;
mod notices;
mod operation;
mod pages;
mod rates;
mod status;

pub use failures::LastFailures;
pub use metrics::{METRICS_TYPE, Metrics, entries_behind, seconds_behind};
pub use notices::{Level, NoticeForm, Notices};
pub use operation::{Operation, Readiness, Running};
pub use pages::router;
pub use rates::Rates;
