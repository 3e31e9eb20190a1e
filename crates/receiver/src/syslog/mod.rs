//! Syslog over TCP and TLS: messages are stored as bodies are. The protocol has no answer, so what cannot be stored is not read.

mod framer;
mod message;

use crate::arrival::{Arrival, Encoding, Framing};
use crate::counters::Counters;
use crate::keys::{Intake, Keys};
use crate::store::{Deposit, Store, StoreError};
use arc_swap::ArcSwap;
use framer::{Frame, Framer};
use std::io;
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::TlsAcceptor;
use weir_server::{Gate, Place};

/// How long messages are gathered before they are stored, and how many bytes of them.
const GATHER: Duration = Duration::from_millis(100);
const GATHER_BYTES: usize = 256 << 10;

/// How many bytes are read at once.
const CHUNK: usize = 64 << 10;

/// How long to wait before it is tried again to store what there was no room for, and the longest such time.
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What all connections share.
pub(crate) struct Syslog {
    pub keys: Arc<ArcSwap<Keys>>,
    pub counters: Arc<Counters>,
    pub store: Arc<OnceLock<Arc<dyn Store>>>,
    pub handshake: Duration,
    pub farewell: Duration,
}

impl Syslog {
    /// Takes connections until it is told to stop, then waits for those that are there, at most [`Syslog::farewell`].
    pub async fn accept(
        self: Arc<Self>,
        listener: TcpListener,
        tls: Option<TlsAcceptor>,
        gate: Arc<Gate>,
        stop: watch::Receiver<bool>,
    ) {
        let (ends, mut all_ended) = tokio::sync::mpsc::channel::<()>(1);
        let mut own = stop.clone();
        let mut stopped = pin!(told(&mut own));
        let welcome = |(stream, place)| {
            let (syslog, tls, stop, ends) = (Arc::clone(&self), tls.clone(), stop.clone(), ends.clone());
            tokio::spawn(async move {
                syslog.welcome(stream, tls, stop, place).await;
                drop(ends);
            });
        };
        loop {
            tokio::select! {
                next = gate.next(&listener) => welcome(next),
                () = &mut stopped => break,
            }
        }
        // Who has connected already may have sent already.
        while let Ok(next) = timeout(Duration::ZERO, gate.next(&listener)).await {
            welcome(next);
        }
        drop((listener, ends));
        let _ = timeout(self.farewell + PAUSE, all_ended.recv()).await;
    }

    async fn welcome(&self, stream: TcpStream, tls: Option<TlsAcceptor>, stop: watch::Receiver<bool>, place: Place) {
        let Some(tls) = tls else { return self.hold(stream, stop, &place, TcpStream::set_zero_linger).await };
        if let Ok(Ok(stream)) = timeout(self.handshake, tls.accept(stream)).await {
            self.hold(stream, stop, &place, |stream| stream.get_ref().0.set_zero_linger()).await;
        }
    }

    /// One connection, until its client ends. When the process is to end, the client is told so, and what is still on its way is read. A
    /// client that has not ended its side by then does not look, as syslog-ng does not under TLS: `reset` makes the socket's end one that
    /// it is told of, where it would lose its next message by writing it. One that has not shown a key yet gives way where places are out.
    async fn hold<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        mut stream: S,
        mut stop: watch::Receiver<bool>,
        place: &Place,
        reset: impl Fn(&S) -> io::Result<()>,
    ) {
        let Some(store) = self.open(&stop).await else { return };
        let mut gathered = Gathered::default();
        let mut framer = Framer::default();
        let mut chunk = vec![0; CHUNK];
        let mut last = None;
        let (guest, mut known) = (place.guest(), None);
        loop {
            let until = [gathered.due, last].into_iter().flatten().min();
            let mut is_cut = false;
            let count = tokio::select! {
                // What comes before an error is no message: its sender sends it again.
                read = stream.read(&mut chunk) => read.unwrap_or_else(|_| {
                    is_cut = true;
                    0
                }),
                () = guest.dismissed(), if known.is_none() => return,
                () = wait_until(until) => CHUNK + 1,
                () = told(&mut stop), if last.is_none() => {
                    last = Some(Instant::now() + self.farewell);
                    let _ = timeout(PAUSE, stream.shutdown()).await;
                    continue;
                }
            };
            framer.push(chunk.get(..count).unwrap_or_default());
            let is_over = last.is_some_and(|last| last <= Instant::now());
            let has_ended = count == 0 && !is_cut;
            let goes_on = self.sort(&mut framer, &mut gathered, has_ended) && count > 0 && !is_over;
            if known.is_none() && !gathered.parts.is_empty() {
                // Who has shown a key stays.
                known = Some(guest.asks());
            }
            let is_time = !goes_on || gathered.is_due();
            let is_stored = !is_time || self.keep(&mut gathered, &store, &stop).await;
            if !goes_on || !is_stored {
                if is_over {
                    // A socket that does not take it is closed as any other.
                    let _ = reset(&stream);
                }
                return;
            }
        }
    }

    /// Where messages are stored, once it is open.
    async fn open(&self, stop: &watch::Receiver<bool>) -> Option<Arc<dyn Store>> {
        loop {
            match self.store.get() {
                Some(store) => return Some(Arc::clone(store)),
                None if *stop.borrow() => return None,
                None => sleep(PAUSE).await,
            }
        }
    }

    /// Sorts the messages that have come by their intakes. Whether there is telling where the next one begins.
    fn sort(&self, framer: &mut Framer, gathered: &mut Gathered, has_ended: bool) -> bool {
        let keys = self.keys.load_full();
        // The header and structured data come on top of the record.
        let most = keys.record_bytes() as usize + framer::HEAD;
        let may = |head: &[u8]| message::key_of(head).is_some_and(|key| keys.find(&key).is_some());
        while let Some(frame) = framer.next(most, may) {
            match frame {
                Frame::Message(place) => self.gather(framer.at(place), &keys, gathered),
                Frame::PassedOver => {
                    self.counters.syslog.oversize.inc();
                }
                Frame::Broken => {
                    self.counters.syslog.malformed.inc();
                    return false;
                }
            }
        }
        if let Some(Frame::Message(place)) = has_ended.then(|| framer.last()).flatten() {
            self.gather(framer.at(place), &keys, gathered);
        }
        true
    }

    fn gather(&self, bytes: &[u8], keys: &Keys, gathered: &mut Gathered) {
        let counters = &self.counters.syslog;
        let Some(message) = message::read(bytes) else {
            counters.malformed.inc();
            return;
        };
        let Some(intake) = message.key.as_deref().and_then(|key| keys.find(key)) else {
            counters.unauthorized.inc();
            return;
        };
        if message.text.len() > intake.settings.record_bytes as usize {
            intake.counters.rejected.inc();
            counters.oversize.inc();
            return;
        }
        if !message.text.trim_ascii().is_empty() {
            gathered.push(intake, message.text);
        }
    }

    /// Stores what was gathered, however long there is no room for it. Whether it is stored.
    async fn keep(&self, gathered: &mut Gathered, store: &Arc<dyn Store>, stop: &watch::Receiver<bool>) -> bool {
        for part in std::mem::take(gathered).parts {
            let (part, mut pause, mut last) = (Arc::new(part), PAUSE, None);
            loop {
                let (shared, store) = (Arc::clone(&part), Arc::clone(store));
                match tokio::task::spawn_blocking(move || shared.store(store)).await {
                    Ok(Ok(())) => break,
                    Ok(Err(error)) if error.is_for_now() => {}
                    _ => return false,
                }
                if *stop.borrow() && *last.get_or_insert_with(|| Instant::now() + self.farewell) <= Instant::now() {
                    return false;
                }
                sleep(pause).await;
                pause = LONGEST_PAUSE.min(2 * pause);
            }
            self.counters.syslog.stored.inc_by(u64::from(part.records));
        }
        true
    }
}

/// Returns once the process is to end.
async fn told(stop: &mut watch::Receiver<bool>) {
    // Who tells has gone: it is the same.
    let _ = stop.wait_for(|is_told| *is_told).await;
}

async fn wait_until(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time).await,
        None => std::future::pending().await,
    }
}

/// Messages of a connection that are not stored yet.
#[derive(Default)]
struct Gathered {
    parts: Vec<Part>,
    bytes: usize,
    due: Option<Instant>,
}

/// Those of one intake, each after its length.
struct Part {
    intake: Arc<Intake>,
    body: Vec<u8>,
    records: u32,
}

impl Gathered {
    fn push(&mut self, intake: &Arc<Intake>, text: &[u8]) {
        self.due = self.due.or_else(|| Some(Instant::now() + GATHER));
        let known = self.parts.iter().position(|part| Arc::ptr_eq(&part.intake, intake));
        let number = known.unwrap_or_else(|| {
            self.parts.push(Part { intake: Arc::clone(intake), body: Vec::new(), records: 0 });
            self.parts.len() - 1
        });
        let part = &mut self.parts[number];
        let begin = part.body.len();
        part.body.extend_from_slice(text.len().to_string().as_bytes());
        part.body.push(b' ');
        part.body.extend_from_slice(text);
        part.records += 1;
        self.bytes += part.body.len() - begin;
    }

    fn is_due(&self) -> bool {
        self.bytes >= GATHER_BYTES || self.due.is_some_and(|due| due <= Instant::now())
    }
}

impl Part {
    /// Stores the messages, and waits until they are there for good.
    fn store(&self, store: Arc<dyn Store>) -> Result<(), StoreError> {
        let arrival = Arrival {
            intake: self.intake.name.clone(),
            encoding: Encoding::Identity,
            framing: Framing::Counted,
            records: self.records,
            record_bytes: self.intake.settings.record_bytes,
            timestamp: None,
        };
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let received = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        let digest = *blake3::Hasher::new().update(arrival.intake.as_bytes()).update(&self.body).finalize().as_bytes();
        let mut draft = store.draft()?;
        draft.write(&self.body)?;
        let (tell, told) = std::sync::mpsc::channel();
        let done = Box::new(move |result| drop(tell.send(result)));
        draft.submit(Deposit { arrival, digest, decoded: self.body.len() as u64, received }, done);
        told.recv().unwrap_or(Err(StoreError::Log(weir_log::Refusal::Closed)))?;
        let counters = &self.intake.counters;
        counters.stored(self.records, received);
        counters.encoded_bytes.inc_by(self.body.len() as u64);
        counters.decoded_bytes.inc_by(self.body.len() as u64);
        Ok(())
    }
}
