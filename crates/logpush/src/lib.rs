//! Logpush jobs for formats: the requests that set them up, and the API they go to.
//!
//! A [`Contract`](weir_dataset::Contract) says what a dataset holds, [`requested`] which of its fields a format needs, a [`Job`] what its user
//! wants. [`job_body`] makes of these three the body of the request that creates the job; [`endpoint`] adds method and
//! path; [`Api`] sends it. Nothing here prints, and nothing but [`Api`] touches the network.
//!
//! Keys and tokens are [`Secret`]s: they are in no error, no debug output and nothing that is shown.

mod answer;
mod api;
mod change;
mod destination;
mod drift;
pub mod endpoint;
mod failure;
mod filter;
mod hiding;
mod job;
mod jobs;
mod mistake;
mod request;
mod requested;
mod scope;
mod secret;
mod shown;

pub use answer::{Answer, Note};
pub use api::{Api, PATIENCE, PUBLIC_API};
pub use change::{Change, change_body, check_dataset};
pub use destination::{DEFAULT_HEADER, Destination};
pub use drift::{FieldDrift, field_drift};
pub use endpoint::Owner;
pub use failure::Failure;
pub use filter::Filter;
pub use job::{Form, Job, Limits, TimestampFormat, job_body, origin_body};
pub use jobs::{JobState, Verdict, job_of, jobs_of};
pub use mistake::Mistake;
pub use request::Request;
pub use requested::{Requested, requested};
pub use scope::Scope;
pub use secret::Secret;
