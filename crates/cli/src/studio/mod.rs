//! `weir studio`: a format in the browser, with its files on this machine's disk.
//!
//! Why so: `docs/decisions/0183`.

mod disk;
mod host;

use crate::stop::{Outcome, Stop};
use crate::terminal::{Paint, bold};
use clap::Args;
use disk::Disk;
use host::Host;
use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;
use tokio::net::TcpListener;
use uuid::Uuid;
use weir_formats::Place;
use weir_server::{Bounds, Gate, Signals, accept};

/// How many connections there are at a time: a browser opens some.
const CONNECTIONS: usize = 64;

/// The stack of a thread, in bytes, as a main thread has it.
const STACK: usize = 8 << 20;

/// How long questions may still be answered while the process ends.
const FAREWELL: Duration = Duration::from_secs(1);

const LONG_ABOUT: &str = "\
Open a format in the browser: its parser at the left, a record and all recorded pairs at the right, and the event below. Each \
keystroke checks the format and runs all pairs. A click on a field of the event shows the line that wrote it and the bytes of the \
record that it came from; a click on a missing field shows why.

The page is served on this machine alone, to whoever has the URL that is printed: it holds a token. Files are written when you save, \
and only in the format's directory. What another editor writes meanwhile is shown.";

const EXAMPLES: &str = "\
Examples:
  weir studio specs/cloudflare/access_requests
  weir studio formats/web --listen 127.0.0.1:8123

Exit codes: 0 when Ctrl-C ends it; 2 if there is no format, or the address cannot be listened on.";

/// Work on a format in the browser
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// A format's directory or its parser.yml
    format: PathBuf,
    /// An address of this machine alone, and a port; 0 is any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// The address of a playground, to which links lead that are shared
    #[arg(long, value_name = "URL")]
    playground: Option<String>,
}

/// Serves the page until the process is told to end.
///
/// # Errors
/// Where there is no format, or the address cannot be listened on.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    let Arguments { format, listen, playground } = arguments;
    if !listen.ip().is_loopback() {
        let why = "anybody who reaches it could read and write the format";
        return Err(Stop::Because(format!("weir studio listens on this machine alone, and {listen} is not: {why}")));
    }
    let disk = Disk::of(Place::at(format)?)?;
    // A format that cannot be read says so here, and not only in the browser.
    disk.read()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build()?;
    let served = runtime.block_on(async {
        let cannot = |error: io::Error| Stop::Because(format!("cannot listen on {listen}: {error}"));
        let mut signals = Signals::catch()?;
        let listener = TcpListener::bind(listen).await.map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        let token = Uuid::new_v4().simple().to_string();
        let url = format!("http://{}/#token={token}", written(address));
        writeln!(io::stdout(), "{} {}\nCtrl-C ends", bold("weir studio:", paint.stdout), url)?;
        let router = Host::new(disk, token, address, playground.clone()).router();
        let bounds = Bounds { farewell: FAREWELL, ..Bounds::default() };
        accept(listener, None, &Gate::new(CONNECTIONS, CONNECTIONS), router, &bounds, signals.told()).await;
        Ok(Outcome::Well)
    });
    runtime.shutdown_timeout(FAREWELL);
    served
}

/// An address as a URL has it.
fn written(address: SocketAddr) -> String {
    match address.ip() {
        IpAddr::V4(ip) => format!("{ip}:{}", address.port()),
        IpAddr::V6(ip) => format!("[{ip}]:{}", address.port()),
    }
}
