//! weir over HTTP: the loop that accepts connections, and the validation API, which test-suites of parser authors call.

mod answer;
mod body;
mod converse;
mod findings;
mod gate;
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

pub use converse::{Bounds, accept};
pub use gate::{Gate, Place};
pub use guests::{Asking, Guest};
pub use listen::{serve, serve_until};
pub use options::{Limits, Options};
pub use router::validation;
pub use signals::{Signal, Signals, on_signals};
