//! What `weir serve` takes.

use clap::{ArgGroup, Args};
use jiff::Timestamp;
use std::path::PathBuf;
use weir_author::pairs::NOW;
use weir_server::{Limits, Options};

const LONG_ABOUT: &str = "\
Take batches over HTTP, and syslog, turn them into events and deliver them, until the process is stopped (SIGTERM or Ctrl-C). A \
batch is answered 200 once it is on the disk. What becomes no event goes to the dead letters, which `weir replay` reads.

With a format or a module alone it listens on loopback, prints the URL and the key for senders, and writes events as NDJSON and \
Parquet below --data. Without --key or --key-env it makes up a key and keeps it there. A configuration file (--config) has several \
intakes with keys of their own, TLS, syslog, other sinks, and limits. Formats, keys and certificates that change are taken without a \
restart; SIGHUP reads all of them at once.

With --validate it answers the validation API of the public platform, `POST /api/v1/ingest/formats/validate`, so that a test suite \
that posts a parser, its taxonomy and events works with weir if you change its URL: alone, or beside the receiver's paths. Keys and \
tokens of its clients are not checked: everybody who can reach the address can use it. Dates without a year are read as if today \
were 2026-01-01, as in `weir test`, so that a suite does not pass today and fail tomorrow; --now changes that.";

const EXAMPLES: &str = "\
Examples:
  weir serve specs/cloudflare
  weir serve specs/cloudflare/access_requests --listen 127.0.0.1:0 --data /var/lib/weir --key-env INTAKE_KEY
  weir serve --config weir.yaml --check
  weir serve --config weir.yaml
  weir serve --validate --listen [::]:8080 --now 2024-06-01T00:00:00Z

Exit codes: 0 if it was stopped, or nothing is wrong with what was checked; 1 if it is, or the log could not be trusted any more; 2 \
if it cannot start.";

/// Receive records over HTTP and syslog, and deliver events
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
#[command(group = ArgGroup::new("what").args(["format", "config", "validate"]).required(true).multiple(true))]
pub struct Arguments {
    /// The format or module that records run through
    #[arg(conflicts_with = "config")]
    pub format: Option<PathBuf>,
    /// A configuration, as YAML
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Check configuration, formats and certificates, and serve nothing
    #[arg(long, requires = "config")]
    pub check: bool,
    /// The folder for the log, events and dead letters
    #[arg(long, value_name = "DIR", default_value = "data", conflicts_with = "config")]
    pub data: PathBuf,
    /// The environment variable that holds the key for senders
    #[arg(long, value_name = "NAME", conflicts_with_all = ["config", "key"])]
    pub key_env: Option<String>,
    /// The key for senders itself; others on this machine can read arguments, so better use --key-env
    #[arg(long, value_name = "KEY", conflicts_with = "config")]
    pub key: Option<String>,
    /// Listen without TLS on an address that is not loopback: keys can be read on the way
    #[arg(long, conflicts_with = "config")]
    pub plain: bool,
    /// Answer the validation API
    #[arg(long)]
    pub validate: bool,
    /// The address to listen on, printed on standard error; port 0 means any free port
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080", conflicts_with = "config")]
    pub listen: String,
    /// For the validation API: the time that completes dates without a year, such as 2026-01-31T12:00:00Z
    #[arg(long, value_name = "TIME")]
    pub now: Option<Timestamp>,
}

impl Arguments {
    /// What the validation API is told.
    pub fn validation(&self) -> Options {
        let now = self.now.map_or(NOW, Timestamp::as_second);
        Options { listen: self.listen.clone(), now, limits: Limits::default() }
    }
}
