//! What operators see of a receiver: numbers, whether it is well, and a page to look at.

mod operation;
mod pages;
mod rates;
mod status;

pub use operation::{Bodies, Operation, Readiness, Running};
pub use pages::{health, pages};
pub use rates::Rates;
