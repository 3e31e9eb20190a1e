//! HTTP on one connection: HTTP/1.1 or HTTP/2, with TLS or without, each step within its time.
//!
//! Why so: `docs/decisions/0133`.

use crate::gate::{Gate, Place};
use crate::guests::{Asking, Guest};
use crate::patience::Patient;
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

/// How long a connection that is to give way may still take its last answer.
const FAREWELL: Duration = Duration::from_secs(2);

/// How many requests of an HTTP/2 connection may be reset by its client before they are looked at, and how many for its mistakes:
/// beyond, the connection is closed.
const RESETS: usize = 20;

/// The bounds of connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// How long a client may take for a TLS handshake.
    pub handshake: Duration,
    /// How long a client may take to send a request's head, and how long it may take nothing of an answer.
    pub patience: Duration,
    /// How large a request's head may be, in bytes.
    pub head: u32,
    /// How many requests of an HTTP/2 connection are answered at the same time.
    pub streams: u32,
    /// How long requests may still run after the server was told to end.
    pub farewell: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Bounds { handshake: seconds(10), patience: seconds(30), head: 64 << 10, streams: 64, farewell: seconds(10) }
    }
}

/// Serves on a socket until `stop` is there, then waits for the requests that run, at most [`Bounds::farewell`].
pub async fn accept(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    gate: &Arc<Gate>,
    router: Router,
    bounds: &Bounds,
    stop: impl Future<Output = ()>,
) {
    let graceful = Arc::new(GracefulShutdown::new());
    let (ends, mut all_ended) = tokio::sync::mpsc::channel::<()>(1);
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            (stream, place) = gate.next(&listener) => {
                let conversation = Conversation {
                    guest: gate.guests.welcome(),
                    router: router.clone(),
                    bounds: bounds.clone(),
                    graceful: Arc::clone(&graceful),
                    _ends: ends.clone(),
                    _place: place,
                };
                tokio::spawn(conversation.hold(stream, tls.clone()));
            }
            () = &mut stop => break,
        }
    }
    drop((listener, ends));
    // Where they take longer, they are dropped with the runtime.
    let _ = timeout(bounds.farewell, async {
        if let Some(graceful) = Arc::into_inner(graceful) {
            graceful.shutdown().await;
        }
        all_ended.recv().await;
    })
    .await;
}

/// One connection with all its requests. What goes wrong in it is the client's: it went away, or spoke no HTTP.
struct Conversation {
    guest: Arc<Guest>,
    router: Router,
    bounds: Bounds,
    graceful: Arc<GracefulShutdown>,
    _ends: tokio::sync::mpsc::Sender<()>,
    _place: Place,
}

impl Conversation {
    async fn hold(self, stream: TcpStream, tls: Option<TlsAcceptor>) {
        // Answers are written whole: there is nothing to gather.
        let _ = stream.set_nodelay(true);
        let Some(tls) = tls else { return self.speak(stream).await };
        if let Ok(Ok(stream)) = timeout(self.bounds.handshake, tls.accept(stream)).await {
            self.speak(stream).await;
        }
    }

    async fn speak<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(self, stream: S) {
        let io = TokioIo::new(Patient::new(stream, self.bounds.patience));
        let protocol = protocol(&self.bounds);
        let service = answering(self.router.clone(), &self.guest);
        let connection = protocol.serve_connection(io, service).into_owned();
        let mut connection = pin!(self.graceful.watch(connection));
        drop(self.graceful);
        tokio::select! {
            _ = connection.as_mut() => {}
            () = self.guest.overstays(self.bounds.patience) => {}
            () = self.guest.dismissed() => {
                if self.guest.has_asked() {
                    let _ = timeout(FAREWELL, connection).await;
                }
            }
        }
    }
}

fn protocol(bounds: &Bounds) -> auto::Builder<TokioExecutor> {
    let mut protocol = auto::Builder::new(TokioExecutor::new());
    protocol
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.patience)
        .max_buf_size(bounds.head.max(8 << 10) as usize);
    protocol
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(bounds.streams)
        .max_header_list_size(bounds.head)
        .keep_alive_interval(bounds.patience)
        .keep_alive_timeout(bounds.patience)
        .max_pending_accept_reset_streams(RESETS)
        .max_local_error_reset_streams(RESETS);
    protocol
}

/// What answers the requests of a connection, and knows while it does.
fn answering(
    router: Router,
    guest: &Arc<Guest>,
) -> impl Service<Request<Incoming>, Response = hyper::Response<Body>, Error = std::convert::Infallible, Future: Send>
+ Clone
+ use<> {
    let (router, guest) = (TowerToHyperService::new(router), Arc::clone(guest));
    service_fn(move |request| {
        let asking = guest.asks();
        let answer = router.call(request);
        async move { answer.await.map(|answer| answer.map(|body| Body::new(Held { body, _asking: asking }))) }
    })
}

/// An answer's body, with the request that it is for.
struct Held {
    body: Body,
    _asking: Asking,
}

impl HttpBody for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
