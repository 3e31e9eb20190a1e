//! The receiver as a whole: its listeners, on threads of their own, from the start to an orderly end.

use crate::config::Config;
use crate::counters::Counters;
use crate::ingest::Ingest;
use crate::keys::Keys;
use crate::settings::{Limits, Listen};
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
use weir_log::Log;
use weir_server::{Bounds, Gate, accept};

/// How often files of certificates are looked at.
const LOOK: Duration = Duration::from_secs(30);

/// How long what still runs may go on after all listeners have ended.
const LAST: Duration = Duration::from_secs(1);

/// A receiver that listens. Dropped, it ends at once; [`Receiver::stop`] ends it in order.
pub struct Receiver {
    runtime: Runtime,
    stop: watch::Sender<bool>,
    listeners: Vec<JoinHandle<()>>,
    addresses: Vec<Address>,
    keys: Arc<ArcSwap<Keys>>,
    log: Arc<OnceLock<Arc<Log>>>,
    tls: Arc<Vec<Tls>>,
    counters: Arc<Counters>,
    gates: [Arc<Gate>; 2],
    farewell: Duration,
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

/// Why a receiver does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
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

impl Receiver {
    /// Listens where the configuration says. Until [`Receiver::open`] has a log, senders get 503. `beside` has paths of others, such as a
    /// status page; it has no fallback.
    ///
    /// # Errors
    /// Where an address cannot be listened on, or a certificate cannot be used.
    pub fn start(config: &Config, counters: Arc<Counters>, beside: Router) -> Result<Self, StartError> {
        let runtime = tokio::runtime::Builder::new_multi_thread().thread_name("weir-ingest").enable_all().build();
        let runtime = runtime.map_err(StartError::Thread)?;
        let (stop, stopped) = watch::channel(false);
        let keys = Arc::new(ArcSwap::from_pointee(config.keys(&counters)));
        let log = Arc::<OnceLock<_>>::default();
        let ingest = Ingest::new(
            Arc::clone(&keys),
            Arc::clone(&counters),
            config.limits.clone(),
            config.duplicates,
            Arc::clone(&log),
        );
        let syslog = Arc::new(Syslog {
            keys: Arc::clone(&keys),
            counters: Arc::clone(&counters),
            log: Arc::clone(&log),
            handshake: config.limits.handshake,
            farewell: config.limits.farewell,
        });
        let router = ingest.router().merge(beside);
        let gate = || Gate::new(config.limits.connections, config.limits.connections_per_address);
        let gates = [gate(), gate()];
        let (mut listeners, mut addresses, mut all_tls) = (Vec::new(), Vec::new(), Vec::new());
        for (listen, protocol) in listens(config) {
            let (listener, address) = runtime.block_on(bind(listen))?;
            let names: &[&[u8]] = if protocol == Protocol::Http { &[b"h2", b"http/1.1"] } else { &[] };
            let tls = listen.tls.as_ref().map(|files| Tls::new(files, names)).transpose()?;
            let acceptor = tls.as_ref().map(Tls::acceptor);
            addresses.push(Address { protocol, address, is_tls: tls.is_some() });
            all_tls.extend(tls);
            let mut stopped = stopped.clone();
            listeners.push(match protocol {
                Protocol::Http => {
                    let (router, gate, bounds) = (router.clone(), Arc::clone(&gates[0]), bounds(&config.limits));
                    runtime.spawn(async move {
                        let stop = async { drop(stopped.wait_for(|is_told| *is_told).await) };
                        accept(listener, acceptor, &gate, router, &bounds, stop).await;
                    })
                }
                Protocol::Syslog => {
                    runtime.spawn(Arc::clone(&syslog).accept(listener, acceptor, Arc::clone(&gates[1]), stopped))
                }
            });
        }
        let tls = Arc::new(all_tls);
        runtime.spawn(look_at_certificates(Arc::clone(&tls)));
        let farewell = config.limits.farewell;
        Ok(Receiver { runtime, stop, listeners, addresses, keys, log, tls, counters, gates, farewell })
    }

    /// Takes bodies in from now on. The first log counts.
    pub fn open(&self, log: Arc<Log>) {
        drop(self.log.set(log));
    }

    /// Where it listens, in the order of the configuration: HTTP first.
    pub fn addresses(&self) -> &[Address] {
        &self.addresses
    }

    /// How many connections there are, of HTTP and syslog together, how many were accepted, and how many turned away.
    pub fn connections(&self) -> (usize, u64, u64) {
        self.gates.iter().fold((0, 0, 0), |(open, accepted, away), gate| {
            let (more_accepted, more_away) = gate.counts_so_far();
            (open + gate.open(), accepted + more_accepted, away + more_away)
        })
    }

    /// Takes intakes and keys of another configuration for requests from now on, and reads certificates again. Listeners and limits
    /// of connections stay what they are.
    ///
    /// # Errors
    /// Where a certificate cannot be used: the old one stays, and all else is taken.
    pub fn reload(&self, config: &Config) -> Result<(), Vec<TlsError>> {
        self.keys.store(Arc::new(config.keys(&self.counters)));
        let failed: Vec<TlsError> = self.tls.iter().filter_map(|tls| tls.reload().err()).collect();
        if failed.is_empty() { Ok(()) } else { Err(failed) }
    }

    /// Accepts nothing more, lets what runs end, at most as long as the configuration says, and returns then. The log is to be
    /// closed after it.
    pub fn stop(self) {
        let Receiver { runtime, stop, listeners, farewell, .. } = self;
        stop.send_replace(true);
        let all = async {
            for listener in listeners {
                // A panic was told where it happened.
                drop(listener.await);
            }
        };
        // The listeners keep the time themselves.
        let _ = runtime.block_on(async { tokio::time::timeout(farewell + LAST, all).await });
        runtime.shutdown_timeout(LAST);
    }
}

fn listens(config: &Config) -> impl Iterator<Item = (&Listen, Protocol)> {
    let http = config.http.iter().map(|listen| (listen, Protocol::Http));
    http.chain(config.syslog.iter().map(|listen| (listen, Protocol::Syslog)))
}

async fn bind(listen: &Listen) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { address: listen.listen, source };
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

/// Takes new certificates by itself: whoever renews them may know nothing of this process. A pair that is half there is looked at again.
async fn look_at_certificates(all: Arc<Vec<Tls>>) {
    while !all.is_empty() {
        tokio::time::sleep(LOOK).await;
        let shared = Arc::clone(&all);
        let looking = tokio::task::spawn_blocking(move || shared.iter().for_each(|tls| drop(tls.reload())));
        drop(looking.await);
    }
}
