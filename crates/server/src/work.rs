//! Work that takes time: on threads of its own, so much at a time, so long at most, and a panic ends only its request.

use crate::options::Limits;
use crate::refusal::{Reason, Refusal};
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Where requests wait for their turn.
#[derive(Clone, Debug)]
pub(crate) struct Work {
    requests: Arc<Semaphore>,
    jobs: Arc<Semaphore>,
    time: Duration,
}

/// How long a job may go on.
#[derive(Clone, Debug)]
pub(crate) struct Leave {
    until: Instant,
    /// Whether nobody waits for the result any more.
    is_dropped: Arc<AtomicBool>,
}

impl Leave {
    /// Whether to go on; a job asks between steps.
    ///
    /// # Errors
    /// Where its time is over, or its client has gone.
    pub fn check(&self) -> Result<(), Refusal> {
        match self.is_dropped.load(Ordering::Relaxed) || Instant::now() >= self.until {
            true => Err(Reason::TookTooLong.because("the request took too long; send fewer events")),
            false => Ok(()),
        }
    }
}

/// Tells the job where the request is dropped: the client has gone, or its time is over.
struct TellsWhenDropped(Leave);

impl Drop for TellsWhenDropped {
    fn drop(&mut self) {
        self.0.is_dropped.store(true, Ordering::Relaxed);
    }
}

impl Work {
    /// Within these bounds.
    pub fn new(limits: &Limits) -> Self {
        let semaphore = |permits| Arc::new(Semaphore::new(permits));
        Work { requests: semaphore(limits.requests), jobs: semaphore(limits.jobs), time: limits.time }
    }

    /// A place for a request, to be held while its body is.
    pub async fn enter(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        self.turn(&self.requests, self.time).await
    }

    /// Runs a job on a thread of its own once it is its turn.
    ///
    /// # Errors
    /// The job's own; where it is not done in time; where it panics.
    pub async fn run<T, J>(&self, job: J) -> Result<T, Refusal>
    where
        T: Send + 'static,
        J: FnOnce(&Leave) -> Result<T, Refusal> + Send + 'static,
    {
        let until = Instant::now() + self.time;
        let turn = self.turn(&self.jobs, self.time).await?;
        let leave = Leave { until, is_dropped: Arc::default() };
        let _told = TellsWhenDropped(leave.clone());
        let running = tokio::task::spawn_blocking(move || {
            // The place is free once the thread is, which may be later than the answer.
            let _turn = turn;
            job(&leave)
        });
        let late = || Reason::TookTooLong.because("the request took too long; send fewer events");
        match timeout(until.saturating_duration_since(Instant::now()), running).await {
            None => Err(late()),
            Some(Ok(result)) => result,
            Some(Err(_)) => Err(Reason::Internal.because("a defect of this server: the request ended in a panic")),
        }
    }

    async fn turn(&self, of: &Arc<Semaphore>, time: Duration) -> Result<OwnedSemaphorePermit, Refusal> {
        let busy = || Reason::Busy.because("the server is busy with other requests; try again");
        timeout(time, Arc::clone(of).acquire_owned()).await.and_then(Result::ok).ok_or_else(busy)
    }
}

async fn timeout<F: Future>(time: Duration, future: F) -> Option<F::Output> {
    tokio::time::timeout(time, future).await.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits { jobs: 1, requests: 1, time: Duration::from_millis(200), ..Limits::default() }
    }

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime").block_on(future)
    }

    #[test]
    fn a_panic_ends_its_own_request_only() {
        block_on(async {
            let work = Work::new(&limits());
            let panics: Result<(), _> = work.run(|_| std::panic::resume_unwind(Box::new("planted"))).await;
            assert_eq!(panics.expect_err("it panics").reason, Reason::Internal);
            assert_eq!(work.run(|_| Ok(1)).await.expect("the next one runs"), 1);
        });
    }

    #[test]
    fn a_job_that_takes_too_long_is_answered_in_time_and_told() {
        block_on(async {
            let work = Work::new(&limits());
            let (tell, told) = std::sync::mpsc::channel();
            let late = work.run(move |leave| {
                while leave.check().is_ok() {
                    std::thread::sleep(Duration::from_millis(1));
                }
                // It does not hurry: the answer does not wait for it.
                std::thread::sleep(Duration::from_millis(300));
                tell.send(()).map_err(|_| Reason::Internal.because("nobody listens"))
            });
            assert_eq!(late.await.expect_err("it is late").reason, Reason::TookTooLong);
            told.recv_timeout(Duration::from_secs(10)).expect("the job is told");
        });
    }

    #[test]
    fn a_job_whose_client_went_away_is_told() {
        block_on(async {
            let work = Work::new(&Limits { time: Duration::from_secs(60), ..limits() });
            let (tell, told) = std::sync::mpsc::channel();
            let job = work.run(move |leave| {
                while leave.check().is_ok() {
                    std::thread::sleep(Duration::from_millis(1));
                }
                tell.send(()).map_err(|_| Reason::Internal.because("nobody listens"))
            });
            assert!(timeout(Duration::from_millis(50), job).await.is_none(), "it is dropped");
            told.recv_timeout(Duration::from_secs(10)).expect("the job is told");
        });
    }

    #[test]
    fn who_finds_no_place_in_time_is_sent_away() {
        block_on(async {
            let work = Work::new(&limits());
            let place = work.enter().await.expect("the first one");
            assert_eq!(work.enter().await.expect_err("there is one place").reason, Reason::Busy);
            drop(place);
            assert!(work.enter().await.is_ok());
        });
    }
}
