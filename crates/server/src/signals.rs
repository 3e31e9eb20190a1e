//! The signals by which a process is told to end, or to read its files again.

use std::io;
use std::thread;

/// What a process is told by a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// To end: SIGTERM or SIGINT.
    End,
    /// To read its files again: SIGHUP.
    Reload,
}

/// Tells each signal that comes from now on, on a thread of its own. SIGHUP is left as it is unless files can be read again.
///
/// # Errors
/// Where the system does not let it.
pub fn on_signals(can_reload: bool, tell: impl Fn(Signal) + Send + 'static) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (mut signals, mut hangups) = {
        let _within = runtime.enter();
        (Signals::catch()?, Hangups::catch(can_reload)?)
    };
    let tell_all = move || {
        runtime.block_on(async {
            loop {
                tokio::select! {
                    () = signals.told() => tell(Signal::End),
                    () = hangups.told() => tell(Signal::Reload),
                }
            }
        });
    };
    thread::Builder::new().name("weir-signals".to_owned()).spawn(tell_all).map(drop)
}

/// Waits for SIGHUP, or for ever.
struct Hangups {
    #[cfg(unix)]
    hangup: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Hangups {
    fn catch(can_reload: bool) -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let hangup = can_reload.then(|| signal(SignalKind::hangup())).transpose()?;
        Ok(Hangups { hangup })
    }

    async fn told(&mut self) {
        match &mut self.hangup {
            Some(hangup) => drop(hangup.recv().await),
            None => std::future::pending().await,
        }
    }
}

#[cfg(not(unix))]
impl Hangups {
    fn catch(_: bool) -> io::Result<Self> {
        Ok(Hangups {})
    }

    async fn told(&mut self) {
        std::future::pending().await
    }
}

/// Waits for SIGTERM or SIGINT; each call of [`Signals::told`] waits for the next one.
#[derive(Debug)]
pub struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Catches the signals from now on.
    ///
    /// # Errors
    /// Where the system does not let it.
    pub fn catch() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Returns once a signal came.
    pub async fn told(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(not(unix))]
impl Signals {
    /// Nothing to prepare here.
    pub fn catch() -> io::Result<Self> {
        Ok(Signals {})
    }

    /// Returns once Ctrl-C was pressed.
    pub async fn told(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}
