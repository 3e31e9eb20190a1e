//! `weir serve`: the engine behind HTTP.

use crate::stop::{Outcome, Stop};
use clap::Args;
use jiff::Timestamp;
use std::io::{self, Write};
use weir_author::pairs::NOW;
use weir_server::{Limits, Options};

const LONG_ABOUT: &str = "\
Serve the engine over HTTP, until the process is stopped (SIGTERM or Ctrl-C).

With --validate it answers the validation API of the public platform, `POST /api/v1/ingest/formats/validate`, so that a \
test suite that posts a parser, its taxonomy and events works with weir if you change its URL. Keys and tokens of clients \
are not checked: everybody who can reach the address can use it. `GET /healthz` answers 200.

Dates without a year are read as if today were 2026-01-01, as in `weir test`, so that a suite does not pass today and fail \
tomorrow; --now changes that.";

const EXAMPLES: &str = "\
Examples:
  weir serve --validate
  weir serve --validate --listen 127.0.0.1:0
  weir serve --validate --listen [::]:8080 --now 2024-06-01T00:00:00Z

Exit codes: 0 if it was stopped; 2 if it cannot listen.";

/// Serve the engine over HTTP
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// Answer the validation API
    #[arg(long, required = true)]
    validate: bool,
    /// The address to listen on, printed on standard error; port 0 means any free port
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    listen: String,
    /// The time that completes dates without a year, such as 2026-01-31T12:00:00Z
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
}

/// Runs the command.
///
/// # Errors
/// Where the address cannot be listened on.
pub fn run(arguments: &Arguments) -> Result<Outcome, Stop> {
    let Arguments { validate: _, listen, now } = arguments;
    let now = now.map_or(NOW, Timestamp::as_second);
    let options = Options { listen: listen.clone(), now, limits: Limits::default() };
    // Who does not read standard error is served all the same.
    let listening = |address| drop(writeln!(io::stderr(), "listening on http://{address}"));
    weir_server::serve(&options, listening)
        .map_err(|error| Stop::Because(format!("cannot listen on {listen}: {error}")))?;
    Ok(Outcome::Well)
}
