//! What can be set, with what it is if it is not.

use crate::arrival::RECORD_BYTES;
use serde::Deserialize;
use serde::de::{Deserializer, Error, Unexpected, Visitor};
use std::fmt::{self, Formatter};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// What an intake may send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntakeSettings {
    /// The format or module that its records go through.
    pub format: PathBuf,
    /// Of a module: the datasets that win where a record fits several, the first one first. Where it is empty, the module says.
    pub prefer: Vec<String>,
    /// The largest record, in bytes.
    pub record_bytes: u32,
    /// The largest body as it is sent, in bytes.
    pub encoded_bytes: u64,
    /// The largest body as it is decoded, in bytes.
    pub decoded_bytes: u64,
    /// How many requests it may have at a time.
    pub requests: usize,
    /// How many bytes it may send a second, as they are sent, over time. None: as many as it can.
    pub bytes_per_second: Option<u64>,
}

impl Default for IntakeSettings {
    fn default() -> Self {
        IntakeSettings {
            format: PathBuf::new(),
            prefer: Vec::new(),
            record_bytes: RECORD_BYTES,
            encoded_bytes: 1 << 30,
            decoded_bytes: 2 << 30,
            requests: 64,
            bytes_per_second: None,
        }
    }
}

/// Where it is listened, and whether with TLS.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// The address; port 0 means any free one.
    #[serde(deserialize_with = "address")]
    pub listen: SocketAddr,
    /// Certificate and key. Without them it has to be loopback, or `plain`.
    #[serde(default)]
    pub tls: Option<TlsFiles>,
    /// Whether all the world may send keys in the clear here: behind a proxy that ends TLS, for example.
    #[serde(default)]
    pub plain: bool,
    /// Whether the status page and all numbers are here, for everybody who reaches it: on loopback, unless it is said.
    #[serde(default)]
    pub status: Option<bool>,
    /// Whether the validation API is here.
    #[serde(default)]
    pub validate: bool,
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    deserializer.deserialize_str(Address)
}

/// Reads an address with its port.
struct Address;

impl Visitor<'_> for Address {
    type Value = SocketAddr;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("an address with a port, such as 127.0.0.1:8080,")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<SocketAddr, E> {
        text.parse().map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }
}

impl Listen {
    /// Without TLS, on loopback.
    pub fn plain(listen: SocketAddr) -> Self {
        Listen { listen, tls: None, plain: false, status: None, validate: false }
    }

    /// Whether the status page and all numbers are here.
    pub fn has_status(&self) -> bool {
        self.status.unwrap_or(self.listen.ip().is_loopback())
    }

    /// What must not be, in words.
    pub fn mistake(&self) -> Option<&'static str> {
        match self.tls {
            Some(_) if self.plain => Some("it has `tls` and is `plain`: it can be one of them"),
            None if !self.plain && !self.listen.ip().is_loopback() => Some(
                "keys would be sent in the clear over a network: set `tls`, or `plain: true` if a proxy before it has TLS",
            ),
            _ => None,
        }
    }
}

/// The files of a certificate and its key, as PEM.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsFiles {
    /// The certificate, with those between it and the root behind it.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// The bounds of all listeners together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at a time.
    pub connections: usize,
    /// Connections of one address at a time.
    pub connections_per_address: usize,
    /// How many requests of an HTTP/2 connection are answered at a time.
    pub streams: u32,
    /// How long a TLS handshake may take.
    pub handshake: Duration,
    /// How long a request's head may take, and how long nothing may come of a body, or be taken of an answer.
    pub patience: Duration,
    /// How many bytes of a body have to come a second, on average after [`Limits::patience`].
    pub slowest: u64,
    /// How long bodies wait for room to be decoded, and for the disk, before the answer is 503.
    pub answer_within: Duration,
    /// How many bytes may be in memory for bodies that are being stored.
    pub memory: u64,
    /// How long requests may go on when the process is to end.
    pub farewell: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Limits {
            connections: 4096,
            connections_per_address: 1024,
            streams: 64,
            handshake: seconds(10),
            patience: seconds(10),
            slowest: 1 << 10,
            answer_within: seconds(10),
            memory: 96 << 20,
            farewell: seconds(10),
        }
    }
}

/// What becomes of a body that comes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duplicates {
    /// For how long a body is known again.
    pub window: Duration,
    /// Whether it is answered as before and not stored.
    pub drop: bool,
}

impl Default for Duplicates {
    fn default() -> Self {
        Duplicates { window: Duration::from_secs(600), drop: false }
    }
}
