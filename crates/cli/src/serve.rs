//! `weir serve`: the engine behind HTTP.

use crate::stop::{Outcome, Stop};
use clap::Args;
use jiff::Timestamp;
use std::io::{self, Write};
use weir_author::pairs::NOW;
use weir_server::{Limits, Options};

const LONG_ABOUT: &str = "\
Serve the engine over HTTP, until the process is told to end (SIGTERM or Ctrl-C).

With --validate it answers the validation API of the public platform, `POST /api/v1/ingest/formats/validate`, so that a \
test-suite which posts a parser, its taxonomy and events runs against it with nothing changed but the URL. Keys and \
tokens that a client sends are not asked for: who can reach the address can use it. `GET /healthz` answers 200.

Dates without a year are read as if it were 2026-01-01, as by `weir test`: a suite must not pass today and fail \
tomorrow. --now says otherwise.";

const EXAMPLES: &str = "\
Examples:
  weir serve --validate
  weir serve --validate --listen 127.0.0.1:0
  weir serve --validate --listen [::]:8080 --now 2024-06-01T00:00:00Z

Exit codes: 0 when it was told to end; 2 where it cannot listen.";

/// Serve the engine over HTTP
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// Answer the validation API
    #[arg(long, required = true)]
    validate: bool,
    /// Where to listen; port 0 is any free one. The address is printed on standard error
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    listen: String,
    /// The time against which incomplete dates are read, as in 2026-01-31T12:00:00Z
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
