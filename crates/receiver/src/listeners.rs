//! All listeners, on threads of their own: HTTP and syslog, with and without TLS, from the start to an orderly end.

use crate::config::Config;
use crate::counters::{ConnectionsNow, Counters};
use crate::ingest::Ingest;
use crate::keys::Keys;
use crate::settings::{Limits, Listen};
use crate::store::Store;
use crate::syslog::Syslog;
use crate::tls::{Tls, TlsError};
use arc_swap::ArcSwap;
use axum::Router;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use weir_server::{Bounds, Gate, accept};

/// How long what still runs may go on after all listeners have ended.
const LAST: Duration = Duration::from_secs(1);

/// All listeners. Dropped, they end at once; [`Listeners::stop`] ends them in order.
pub struct Listeners {
    runtime: Runtime,
    stop: watch::Sender<bool>,
    running: Vec<JoinHandle<()>>,
    addresses: Vec<Address>,
    keys: Arc<ArcSwap<Keys>>,
    store: Arc<OnceLock<Arc<dyn Store>>>,
    tls: Vec<Tls>,
    counters: Arc<Counters>,
    farewell: Duration,
}

/// The places for connections: those of HTTP, and those of syslog.
pub struct Gates {
    http: Arc<Gate>,
    syslog: Arc<Gate>,
}

/// Where a receiver listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// What is spoken there.
    pub protocol: Protocol,
    /// The address.
    pub address: SocketAddr,
    /// Whether it has TLS.
    pub is_tls: bool,
}

/// What is spoken at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/1.1 and HTTP/2.
    Http,
    /// Syslog of RFC 5424.
    Syslog,
}

/// Why it cannot be listened.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// An address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Address {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// A certificate and its key cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// There are no threads.
    #[error("cannot start a thread: {0}")]
    Thread(io::Error),
}

impl Gates {
    /// As many places as the limits say, for each of the two.
    pub fn new(limits: &Limits) -> Self {
        let gate = || Gate::new(limits.connections, limits.connections_per_address);
        Gates { http: gate(), syslog: gate() }
    }

    fn of(&self, protocol: Protocol) -> &Arc<Gate> {
        match protocol {
            Protocol::Http => &self.http,
            Protocol::Syslog => &self.syslog,
        }
    }

    /// How many connections there are.
    pub fn now(&self, protocol: Protocol) -> ConnectionsNow {
        let gate = self.of(protocol);
        let (accepted, turned_away) = gate.counts_so_far();
        ConnectionsNow { open: gate.open(), accepted, turned_away }
    }

    /// Notes how many connections there are.
    pub fn count(&self, counters: &Counters) {
        for protocol in [Protocol::Http, Protocol::Syslog] {
            counters.connections(protocol.name(), &self.now(protocol));
        }
    }
}

impl Protocol {
    /// Its name, as numbers have it.
    pub fn name(self) -> &'static str {
        match self {
            Protocol::Http => "http",
            Protocol::Syslog => "syslog",
        }
    }
}

impl Listeners {
    /// Listens where the configuration says. Until [`Listeners::open`] has a store, senders get 503. `paths` gives
    /// the paths that a listener of HTTP has, from those for senders.
    ///
    /// # Errors
    /// Where an address cannot be listened on, or a certificate cannot be used.
    pub fn start(
        config: &Config,
        counters: Arc<Counters>,
        gates: &Gates,
        paths: impl Fn(Router, &Listen) -> Router,
    ) -> Result<Self, ListenError> {
        let runtime = tokio::runtime::Builder::new_multi_thread().thread_name("weir-ingest").enable_all().build();
        let (stop, stopped) = watch::channel(false);
        let mut listeners = Listeners {
            runtime: runtime.map_err(ListenError::Thread)?,
            stop,
            running: Vec::new(),
            addresses: Vec::new(),
            keys: Arc::new(ArcSwap::from_pointee(config.keys(&counters))),
            store: Arc::default(),
            tls: Vec::new(),
            counters,
            farewell: config.limits.farewell,
        };
        let senders = listeners.ingest(config).router();
        for listen in &config.http {
            let router = paths(senders.clone(), listen);
            let (gate, bounds, mut stopped) = (Arc::clone(&gates.http), bounds(&config.limits), stopped.clone());
            let (listener, acceptor) = listeners.bind(listen, Protocol::Http)?;
            listeners.spawn(async move {
                let stop = async { drop(stopped.wait_for(|is_told| *is_told).await) };
                accept(listener, acceptor, &gate, router, &bounds, stop).await;
            });
        }
        let syslog = listeners.syslog(&config.limits);
        for listen in &config.syslog {
            let (listener, acceptor) = listeners.bind(listen, Protocol::Syslog)?;
            let accepting = Arc::clone(&syslog).accept(listener, acceptor, Arc::clone(&gates.syslog), stopped.clone());
            listeners.spawn(accepting);
        }
        Ok(listeners)
    }

    fn ingest(&self, config: &Config) -> Arc<Ingest> {
        let (keys, counters, store) = (Arc::clone(&self.keys), Arc::clone(&self.counters), Arc::clone(&self.store));
        Ingest::new(keys, counters, config.limits.clone(), config.duplicates, store)
    }

    fn syslog(&self, limits: &Limits) -> Arc<Syslog> {
        let (keys, counters, store) = (Arc::clone(&self.keys), Arc::clone(&self.counters), Arc::clone(&self.store));
        Arc::new(Syslog { keys, counters, store, handshake: limits.handshake, farewell: limits.farewell })
    }

    /// Takes an address, with what makes TLS of its connections.
    fn bind(&mut self, listen: &Listen, protocol: Protocol) -> Result<(TcpListener, Option<TlsAcceptor>), ListenError> {
        let names: &[&[u8]] = if protocol == Protocol::Http { &[b"h2", b"http/1.1"] } else { &[] };
        let tls = listen.tls.as_ref().map(|files| Tls::new(files, names)).transpose()?;
        let (listener, address) = self.runtime.block_on(bind(listen))?;
        let acceptor = tls.as_ref().map(Tls::acceptor);
        self.addresses.push(Address { protocol, address, is_tls: tls.is_some() });
        self.tls.extend(tls);
        Ok((listener, acceptor))
    }

    fn spawn(&mut self, accepting: impl Future<Output = ()> + Send + 'static) {
        self.running.push(self.runtime.spawn(accepting));
    }

    /// Takes bodies in from now on. The first store counts.
    pub fn open(&self, store: Arc<dyn Store>) {
        drop(self.store.set(store));
    }

    /// Where it listens, in the order of the configuration: HTTP first.
    pub fn addresses(&self) -> &[Address] {
        &self.addresses
    }

    /// Takes intakes and keys of another configuration for requests from now on. Listeners and limits of connections stay what they
    /// are.
    pub fn reload(&self, config: &Config) {
        self.keys.store(Arc::new(config.keys(&self.counters)));
    }

    /// Reads certificates again, for connections from now on. Why some cannot be used: their old ones stay.
    pub fn reload_certificates(&self) -> Vec<TlsError> {
        self.tls.iter().filter_map(|tls| tls.reload().err()).collect()
    }

    /// Accepts nothing more, lets what runs end, at most as long as the configuration says, and returns then. The log is to be
    /// closed after it.
    pub fn stop(self) {
        let Listeners { runtime, stop, running, farewell, .. } = self;
        stop.send_replace(true);
        let all = async {
            for listener in running {
                // A panic was told where it happened.
                drop(listener.await);
            }
        };
        // The listeners keep the time themselves.
        let _ = runtime.block_on(async { tokio::time::timeout(farewell + LAST, all).await });
        runtime.shutdown_timeout(LAST);
    }
}

async fn bind(listen: &Listen) -> Result<(TcpListener, SocketAddr), ListenError> {
    let failed = |source| ListenError::Address { address: listen.listen, source };
    let listener = TcpListener::bind(listen.listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

fn bounds(limits: &Limits) -> Bounds {
    Bounds {
        handshake: limits.handshake,
        patience: limits.patience,
        streams: limits.streams,
        farewell: limits.farewell,
        ..Bounds::default()
    }
}
