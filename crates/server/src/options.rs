//! What a server is told: where it listens, the time it takes for now, and its bounds.

use std::time::Duration;

/// What a server is told.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where it listens: an address or a host's name, and a port, such as `127.0.0.1:8080`. Port 0 is any free one.
    pub listen: String,
    /// The time against which incomplete dates are read, in seconds since 1970-01-01T00:00:00Z.
    pub now: i64,
    /// The bounds.
    pub limits: Limits,
}

/// The bounds of a server. Requests come from anywhere: each costs at most so much, and there are at most so many.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of a request's body, as sent and unpacked.
    pub body: usize,
    /// Events of a request.
    pub events: usize,
    /// Bytes of an answer.
    pub answer: usize,
    /// How long a request may take once its body is there, the wait for its turn with it.
    pub time: Duration,
    /// How long a client may take to send a request's head, and its body; and how long it may take nothing of an answer.
    pub patience: Duration,
    /// How long requests may still run after the server was told to end.
    pub farewell: Duration,
    /// Requests that are computed at the same time.
    pub jobs: usize,
    /// Requests whose body is held at the same time; the others wait.
    pub requests: usize,
    /// Connections at the same time; the others wait to be accepted.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let jobs = std::thread::available_parallelism().map_or(2, usize::from);
        Limits {
            body: 64 << 20,
            events: 100_000,
            answer: 256 << 20,
            time: Duration::from_secs(60),
            patience: Duration::from_secs(30),
            farewell: Duration::from_secs(10),
            jobs,
            requests: 2 * jobs,
            connections: 256,
        }
    }
}
