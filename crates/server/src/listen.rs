//! The validation server as a process: it listens, serves, and ends in order.
//!
//! Why so: `docs/decisions/0020`.

use crate::converse::{Bounds, accept};
use crate::gate::Gate;
use crate::options::Options;
use crate::router;
use crate::signals::Signals;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// The stack of a thread, in bytes: what a main thread has. The engine's own bounds on recursion need less.
const STACK: usize = 8 << 20;

/// How long what still computes may go on while the process ends.
const LAST: Duration = Duration::from_secs(1);

/// Serves until the process is told to end: by SIGTERM or SIGINT. `listening` is told the address once connections are
/// accepted there. Requests that run then are given `Limits::farewell`; a second signal ends at once.
///
/// # Errors
/// Where the address cannot be listened on.
pub fn serve(options: &Options, listening: impl FnOnce(SocketAddr)) -> io::Result<()> {
    // Beside the jobs, the look-up of a host's name takes a thread.
    let threads = options.limits.jobs + 1;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(STACK)
        .max_blocking_threads(threads)
        .build()?;
    let ended = runtime.block_on(async {
        let mut signals = Signals::catch()?;
        let listener = TcpListener::bind(&*options.listen).await?;
        listening(listener.local_addr()?);
        let (stop, stopped) = oneshot::channel::<()>();
        let told_twice = async {
            signals.told().await;
            drop(stop);
            signals.told().await;
        };
        tokio::select! {
            () = serve_until(listener, options, async { drop(stopped.await) }) => {}
            () = told_twice => {}
        }
        Ok(())
    });
    runtime.shutdown_timeout(LAST);
    ended
}

/// Serves on a socket until `stop` is there, then waits for the requests that run, at most `Limits::farewell`.
pub async fn serve_until(listener: TcpListener, options: &Options, stop: impl Future<Output = ()>) {
    let limits = &options.limits;
    // Behind a proxy all clients have one address.
    let gate = Gate::new(limits.connections, usize::MAX);
    let bounds = Bounds { patience: limits.patience, farewell: limits.farewell, ..Bounds::default() };
    accept(listener, None, &gate, router::new(options), &bounds, stop).await;
}
