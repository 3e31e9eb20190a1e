//! The socket: connections in bounded number, each with time limits, and an orderly end.
//!
//! Why so: `docs/decisions/0020`.

use crate::guests::{GRACE, Guest, Guests};
use crate::options::{Limits, Options};
use crate::patience::Patient;
use crate::router;
use crate::signals::Signals;
use axum::Router;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// The stack of a thread, in bytes: what a main thread has. The engine's own bounds on recursion need less.
const STACK: usize = 8 << 20;

/// How long to wait where no connection can be accepted, for want of file descriptors for example.
const PAUSE: Duration = Duration::from_millis(100);

/// How long a connection that is to give way may still take its last answer.
const FAREWELL: Duration = Duration::from_secs(2);

/// How long what still computes may go on while the process ends.
const LAST: Duration = Duration::from_secs(1);

/// Serves until the process is told to end: by SIGTERM or SIGINT. `listening` is told the address once connections are
/// accepted there. Requests that run then are given [`Limits::farewell`]; a second signal ends at once.
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

/// Serves on a socket until `stop` is there, then waits for the requests that run, at most [`Limits::farewell`].
pub async fn serve_until(listener: TcpListener, options: &Options, stop: impl Future<Output = ()>) {
    let limits = &options.limits;
    let router = router::new(options);
    let connections = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let guests = Arc::new(Guests::default());
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            (stream, place) = next(&listener, &connections, &guests) => {
                tokio::spawn(converse(stream, place, guests.welcome(), router.clone(), limits, &graceful));
            }
            () = &mut stop => break,
        }
    }
    drop(listener);
    // Where they take longer, they are dropped with the runtime.
    let _ = tokio::time::timeout(limits.farewell, graceful.shutdown()).await;
}

/// The next connection, once there is a place for it. Where there is none, one that waits for a request makes room: who
/// opens connections and says nothing does not keep others out.
async fn next(
    listener: &TcpListener,
    connections: &Arc<Semaphore>,
    guests: &Guests,
) -> (TcpStream, Option<OwnedSemaphorePermit>) {
    let stream = loop {
        match listener.accept().await {
            Ok((stream, _)) => break stream,
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    };
    loop {
        if let Ok(place) = Arc::clone(connections).try_acquire_owned() {
            return (stream, Some(place));
        }
        guests.dismiss(GRACE);
        if let Ok(place) = tokio::time::timeout(PAUSE, Arc::clone(connections).acquire_owned()).await {
            return (stream, place.ok());
        }
    }
}

/// One connection with all its requests. What goes wrong here is the client's: it went away, or spoke no HTTP.
fn converse(
    stream: TcpStream,
    place: Option<OwnedSemaphorePermit>,
    guest: Arc<Guest>,
    router: Router,
    limits: &Limits,
    graceful: &GracefulShutdown,
) -> impl Future<Output = ()> + Send + use<> {
    // Answers are written whole: there is nothing to gather.
    let _ = stream.set_nodelay(true);
    let io = TokioIo::new(Patient::new(stream, limits.patience));
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(limits.patience);
    let (inner, asking) = (TowerToHyperService::new(router), Arc::clone(&guest));
    let service = service_fn(move |request| {
        asking.asks();
        let (answer, waiting) = (inner.call(request), Arc::clone(&asking));
        async move {
            let answer = answer.await;
            waiting.waits();
            answer
        }
    });
    let connection = graceful.watch(protocol.serve_connection(io, service));
    async move {
        let mut connection = pin!(connection);
        tokio::select! {
            _ = connection.as_mut() => {}
            () = guest.dismissed() => {
                if guest.has_asked() {
                    let _ = tokio::time::timeout(FAREWELL, connection).await;
                }
            }
        }
        drop(place);
    }
}
