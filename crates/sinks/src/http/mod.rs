//! Requests over HTTP, each answered or given up in time.

mod auth;
mod retry_after;

pub use auth::{Auth, Basic, Header};

use crate::sink::{OpenError, SinkError};
use crate::values::Span;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;
use ureq::http::{self, HeaderName, HeaderValue, Uri, header};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig};
use ureq::{Agent, Body, Proxy};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);

/// How long a connection is kept while nothing is sent: servers close idle ones, and a request on such a one fails.
const IDLE: Duration = Duration::from_secs(5);

/// The largest answer that is read, in bytes.
const LARGEST: u64 = 64 << 20;

/// How much of an answer is shown, in characters.
const SHOWN: usize = 300;

/// How a server is reached.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reach<'s> {
    pub url: &'s str,
    pub auth: &'s Auth,
    /// A file of certificates in PEM to trust, in place of the usual ones.
    pub ca: Option<&'s Path>,
    /// How long a request may take, with its answer.
    pub timeout: Span,
}

/// How bodies are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BodyCompression {
    /// Not at all.
    None,
    /// RFC 1952.
    #[default]
    Gzip,
}

/// A server that takes requests.
#[derive(Debug)]
pub(crate) struct Client {
    agent: Agent,
    url: String,
    auth: Auth,
    compress: BodyCompression,
}

/// What a server answered, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub retry_after: Option<Duration>,
    pub body: Vec<u8>,
}

/// The status of a request that is too large for the server.
pub(crate) const TOO_LARGE: u16 = 413;

/// The size of the next request after one that was taken: slowly back to the most, since one large event may have made it small.
pub(crate) fn grown(size: usize, most: usize) -> usize {
    size.saturating_add(size / 8 + 1).min(most)
}

impl Client {
    /// # Errors
    /// Where the URL is none that events and secrets may go to, or the certificates cannot be read.
    pub fn new(reach: &Reach<'_>, compress: BodyCompression) -> Result<Self, OpenError> {
        check(reach.url, reach.auth).map_err(OpenError)?;
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(reach.timeout.0))
            .max_idle_age(IDLE)
            .proxy(None::<Proxy>)
            .tls_config(TlsConfig::builder().root_certs(roots(reach.ca)?).build())
            .user_agent(concat!("weir/", env!("CARGO_PKG_VERSION")));
        let url = reach.url.trim_end_matches('/').to_owned();
        Ok(Client { agent: config.build().into(), url, auth: reach.auth.clone(), compress })
    }

    /// Posts a body to a path below the URL, or to the URL itself.
    ///
    /// # Errors
    /// Where no whole answer comes. The server may have done what it was asked.
    pub fn post(
        &self,
        path: &str,
        kind: &str,
        headers: &[(HeaderName, HeaderValue)],
        body: &[u8],
    ) -> Result<Answer, SinkError> {
        let mut request = http::Request::post(format!("{}{path}", self.url)).header(header::CONTENT_TYPE, kind);
        for (name, value) in headers.iter().chain(&self.auth.headers().map_err(SinkError::new)?) {
            request = request.header(name, value);
        }
        let body = match self.compress {
            BodyCompression::None => body.to_vec(),
            BodyCompression::Gzip => {
                request = request.header(header::CONTENT_ENCODING, "gzip");
                compressed(body)
            }
        };
        let request = request.body(body).map_err(|error| self.failed(&error.to_string()))?;
        let mut response = self.agent.run(request).map_err(|error| self.failed(&error.to_string()))?;
        let retry_after = retry_after::read(response.headers());
        let body = read(response.body_mut()).map_err(|why| self.failed(&why))?;
        Ok(Answer { status: response.status().as_u16(), retry_after, body })
    }

    /// The URL without its query, in which some collectors want a token.
    fn shown(&self) -> &str {
        self.url.split('?').next().unwrap_or_default()
    }

    fn failed(&self, why: &str) -> SinkError {
        SinkError::new(format!("{}: {why}", self.shown()))
    }

    /// What a server that takes nothing now answered.
    pub fn refused(&self, answer: &Answer) -> SinkError {
        let text: String = String::from_utf8_lossy(&answer.body).chars().map(plain).take(SHOWN).collect();
        let why = format!("{} answered {}: {text}", self.shown(), answer.status);
        SinkError { why, retry_after: answer.retry_after }
    }
}

fn plain(letter: char) -> char {
    if letter.is_control() { ' ' } else { letter }
}

fn read(body: &mut Body) -> Result<Vec<u8>, String> {
    body.with_config().limit(LARGEST).read_to_vec().map_err(|error| format!("the answer is cut: {error}"))
}

fn compressed(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
    let written = encoder.write_all(body).and_then(|()| encoder.finish());
    written.expect("memory takes all that is written")
}

/// Secrets do not go over HTTP without TLS, but on this machine, and do not stand in URLs, which errors show.
fn check(url: &str, auth: &Auth) -> Result<(), String> {
    let uri: Uri = url.parse().map_err(|_| "`url` is no URL".to_owned())?;
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let is_here = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    match uri.scheme_str() {
        _ if host.is_empty() => Err("`url` is no URL: it has no host".to_owned()),
        _ if url.contains(['@', '#']) => {
            Err("`url` has no user, password or fragment: secrets stand below `auth`".to_owned())
        }
        Some("https") => Ok(()),
        Some("http") if is_here || !auth.has_secrets() => Ok(()),
        Some("http") => Err("`url` has to begin with https://, since a secret goes there".to_owned()),
        _ => Err("`url` has to begin with https:// or http://".to_owned()),
    }
}

fn roots(ca: Option<&Path>) -> Result<RootCerts, OpenError> {
    let Some(path) = ca else { return Ok(RootCerts::WebPki) };
    let wrong = |why: String| OpenError(format!("the certificates in {}: {why}", path.display()));
    let pem = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let items: Result<Vec<PemItem<'static>>, _> = ureq::tls::parse_pem(&pem).collect();
    let certificates: Vec<Certificate<'static>> = items
        .map_err(|error| wrong(error.to_string()))?
        .into_iter()
        .filter_map(|item| if let PemItem::Certificate(certificate) = item { Some(certificate) } else { None })
        .collect();
    match certificates.is_empty() {
        true => Err(wrong("there is none".to_owned())),
        false => Ok(RootCerts::from(certificates)),
    }
}

/// The path of a file of certificates.
pub(crate) fn ca(path: &Option<PathBuf>) -> Option<&Path> {
    path.as_deref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_error_has_the_query_of_a_url() {
        let auth = Auth::default();
        let timeout = Span(Duration::from_secs(5));
        let reach = Reach { url: "http://127.0.0.1:9/in?token=hush", auth: &auth, ca: None, timeout };
        let client = Client::new(&reach, BodyCompression::None).expect("a URL");
        let failed = client.post("", "text/plain", &[], b"a").expect_err("nobody listens").why;
        let answer = Answer { status: 403, retry_after: None, body: b"no".to_vec() };
        for why in [failed, client.refused(&answer).why] {
            assert!(why.starts_with("http://127.0.0.1:9/in") && !why.contains("hush"), "{why}");
        }
    }
}
