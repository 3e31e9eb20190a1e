//! The validation API alone.

use crate::stop::{Outcome, Stop};
use std::io::{self, Write};
use weir_server::Options;

/// Serves it until the process is told to end.
///
/// # Errors
/// Where the address cannot be listened on.
pub fn run(options: &Options) -> Result<Outcome, Stop> {
    // Who does not read standard error is served all the same.
    let listening = |address| drop(writeln!(io::stderr(), "listening on http://{address}"));
    weir_server::serve(options, listening)
        .map_err(|error| Stop::Because(format!("cannot listen on {}: {error}", options.listen)))?;
    Ok(Outcome::Well)
}
