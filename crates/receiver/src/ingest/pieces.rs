//! A body on its way from the connection to the thread that stores it: in pieces, with a floor under its speed.

use super::refusal::{Reason, Refusal};
use crate::settings::Limits;
use axum::body::{Body, Bytes, HttpBody};
use std::future::poll_fn;
use std::io::{self, ErrorKind, Read};
use std::pin::Pin;
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, timeout};

/// How many bytes are read before a thread is taken for a body: who sends less at once takes none.
const AT_FIRST: usize = 64 << 10;

/// How many pieces wait for the thread.
const QUEUE: usize = 4;

/// How much of a body that is refused is read and thrown away, and for how long: most clients look for an answer only when all is sent.
const REST: u64 = 64 << 20;
const REST_TIME: Duration = Duration::from_secs(5);

/// The same for a stranger's.
const STRANGERS_REST: u64 = 1 << 20;
const STRANGERS_REST_TIME: Duration = Duration::from_secs(1);

/// A body that is being received.
pub(crate) struct Incoming<'l> {
    body: Body,
    limits: &'l Limits,
    /// For how long bytes were waited for, and how many came.
    waited: Duration,
    bytes: u64,
}

/// What the thread gets.
enum Piece {
    Bytes(Bytes),
    /// All was sent. A queue that ends without it is a client that went away.
    End,
}

/// The thread's end of the queue.
pub(crate) struct Pieces {
    first: Vec<Bytes>,
    queue: Option<mpsc::Receiver<Piece>>,
    current: Bytes,
    has_ended: bool,
}

/// The connection's end of the queue.
pub(crate) struct Pump(mpsc::Sender<Piece>);

/// The turns that larger bodies take, and how long one is waited for.
pub(crate) struct Turns<'t> {
    pub all: &'t Semaphore,
    pub within: Duration,
}

impl<'l> Incoming<'l> {
    pub fn new(body: Body, limits: &'l Limits) -> Self {
        Incoming { body, limits, waited: Duration::ZERO, bytes: 0 }
    }

    /// Whether anything of it has come.
    pub fn has_begun(&self) -> bool {
        self.bytes > 0
    }

    /// The next bytes; nothing at the end.
    ///
    /// # Errors
    /// Where the client went away, or is too slow.
    async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        loop {
            let begin = Instant::now();
            let frame = poll_fn(|cx| Pin::new(&mut self.body).poll_frame(cx));
            let frame = timeout(self.limits.patience, frame).await.map_err(|_| slow())?;
            self.waited += begin.elapsed();
            let Some(frame) = frame else { return Ok(None) };
            let frame =
                frame.map_err(|error| Reason::BodyUnread.because(format!("the body is incomplete: {error}")))?;
            let Ok(bytes) = frame.into_data() else { continue };
            self.bytes += bytes.len() as u64;
            self.check_speed()?;
            if !bytes.is_empty() {
                return Ok(Some(bytes));
            }
        }
    }

    /// The time that we keep the client waiting does not count.
    fn check_speed(&self) -> Result<(), Refusal> {
        let over = self.waited.saturating_sub(self.limits.patience);
        let is_slow = (self.bytes as f64) < over.as_secs_f64() * self.limits.slowest as f64;
        if is_slow { Err(slow()) } else { Ok(()) }
    }

    /// Reads what comes first, and gives both ends of the queue that the rest goes through.
    ///
    /// # Errors
    /// Where the client went away, or is too slow.
    pub async fn begin(&mut self) -> Result<(Pieces, Option<Pump>), Refusal> {
        let mut first = Vec::new();
        while self.bytes < AT_FIRST as u64 {
            match self.next().await? {
                Some(bytes) => first.push(bytes),
                None => return Ok((Pieces::whole(first), None)),
            }
        }
        let (sender, queue) = mpsc::channel(QUEUE);
        Ok((Pieces { queue: Some(queue), ..Pieces::whole(first) }, Some(Pump(sender))))
    }

    /// Sends the rest through the queue. It ends early where the thread does.
    ///
    /// # Errors
    /// Where the client went away, or is too slow.
    pub async fn pump(&mut self, pump: Pump) -> Result<(), Refusal> {
        while let Some(bytes) = self.next().await? {
            if pump.0.send(Piece::Bytes(bytes)).await.is_err() {
                return Ok(());
            }
        }
        // Who does not listen any more has its reason, and tells it.
        let _ = pump.0.send(Piece::End).await;
        Ok(())
    }

    /// The whole body in memory, for which the larger ones take turns.
    ///
    /// # Errors
    /// Where it is larger than `most`, its sender takes longer than `time`, no turn comes, or [`Incoming::begin`] would fail.
    pub async fn whole(&mut self, most: usize, turns: Turns<'_>, time: Duration) -> Result<Vec<u8>, Refusal> {
        let mut whole = Vec::new();
        let mut turn = None;
        loop {
            // The time that a turn is waited for is ours, and not the sender's.
            let left = time.saturating_sub(self.waited);
            let Some(bytes) = timeout(left, self.next()).await.map_err(|_| slow())?? else { return Ok(whole) };
            if whole.len() + bytes.len() > most {
                return Err(Reason::BodyTooLarge.because(format!("a body with keys inside has at most {most} bytes")));
            }
            if whole.len() > AT_FIRST && turn.is_none() {
                let next = timeout(turns.within, turns.all.acquire()).await.ok().and_then(Result::ok);
                let late = || Reason::Busy.because("other bodies with keys inside are being read; come again");
                turn = Some(next.ok_or_else(late)?);
            }
            whole.extend_from_slice(&bytes);
        }
    }

    /// Reads a little of what nobody wants, so that the client gets to read its answer.
    pub async fn pass_over(mut self, is_known: bool) {
        let (most, time) = if is_known { (REST, REST_TIME) } else { (STRANGERS_REST, STRANGERS_REST_TIME) };
        let end = self.bytes + most;
        let passing = async { while self.bytes < end && matches!(self.next().await, Ok(Some(_))) {} };
        let _ = timeout(time, passing).await;
    }
}

fn slow() -> Refusal {
    Reason::BodyTooSlow.because("the body comes too slowly")
}

impl Pieces {
    /// A body that is there.
    pub fn whole(mut first: Vec<Bytes>) -> Self {
        first.reverse();
        Pieces { first, queue: None, current: Bytes::new(), has_ended: false }
    }

    fn next(&mut self) -> io::Result<()> {
        if let Some(first) = self.first.pop() {
            self.current = first;
            return Ok(());
        }
        match self.queue.as_mut().map(mpsc::Receiver::blocking_recv) {
            None | Some(Some(Piece::End)) => {
                self.has_ended = true;
                Ok(())
            }
            Some(Some(Piece::Bytes(bytes))) => {
                self.current = bytes;
                Ok(())
            }
            Some(None) => Err(io::Error::new(ErrorKind::UnexpectedEof, "the client went away")),
        }
    }
}

impl Read for Pieces {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() && !self.has_ended {
            self.next()?;
        }
        let count = self.current.len().min(bytes.len());
        bytes[..count].copy_from_slice(&self.current.split_to(count));
        Ok(count)
    }
}
