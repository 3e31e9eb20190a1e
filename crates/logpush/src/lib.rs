//! Logpush jobs for formats: the requests that set them up, and the API they go to.
//!
//! A [`Contract`] says what a dataset holds, [`requested`] which of its fields a format needs, a [`Job`] what its user
//! wants. [`job_body`] makes of these three the body of the request that creates the job; [`endpoint`] adds method and
//! path; [`Api`] sends it. Nothing here prints, and nothing but [`Api`] touches the network.
//!
//! Keys and tokens are [`Secret`]s: they are in no error, no debug output and nothing that is shown.

mod contract;
mod destination;
mod filter;
mod job;
mod mistake;
mod requested;
mod secret;

pub use contract::{Contract, Scope};
pub use destination::{DEFAULT_HEADER, Destination};
pub use filter::Filter;
pub use job::{Form, Job, Limits, TimestampFormat, job_body};
pub use mistake::Mistake;
pub use requested::{Requested, requested};
pub use secret::Secret;
