//! weir over HTTP: the validation API, which test-suites of parser authors call.

mod answer;
mod body;
mod findings;
mod guests;
mod listen;
mod options;
mod patience;
mod refusal;
mod request;
mod router;
mod signals;
mod validate;
mod work;

pub use listen::{serve, serve_until};
pub use options::{Limits, Options};
