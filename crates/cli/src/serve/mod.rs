//! `weir serve`: a receiver of batches and syslog, or the validation API alone.

mod arguments;
#[cfg(unix)]
mod key;
#[cfg(unix)]
mod receive;
mod validate;

pub use arguments::Arguments;

use crate::stop::{Outcome, Stop};

/// Runs the command.
///
/// # Errors
/// Where it cannot start.
pub fn run(arguments: &Arguments) -> Result<Outcome, Stop> {
    match arguments.format.is_none() && arguments.config.is_none() {
        true => validate::run(&arguments.validation()),
        false => receive(arguments),
    }
}

#[cfg(unix)]
fn receive(arguments: &Arguments) -> Result<Outcome, Stop> {
    receive::run(arguments)
}

#[cfg(not(unix))]
fn receive(_: &Arguments) -> Result<Outcome, Stop> {
    Err(Stop::Because("the receiver's log needs a Unix; --validate alone runs here".to_owned()))
}
