//! The API over the network: sends one request and reads the one answer.
//!
//! Why so: `docs/decisions/0043`.

use crate::answer::{Answer, Envelope};
use crate::failure::Failure;
use crate::hiding::Secrets;
use crate::mistake::Mistake;
use crate::request::Request;
use crate::secret::Secret;
use crate::shown::{clean, cut, hidden};
use std::net::IpAddr;
use std::time::Duration;
use ureq::http::{self, HeaderValue, Uri, header};
use ureq::{Agent, Body, Proxy};

/// The address of the public API.
pub const PUBLIC_API: &str = "https://api.cloudflare.com/client/v4";

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);

/// How long a request may take in all: validating a destination pushes to it first.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The largest answer that is read, in bytes.
const LARGEST: u64 = 16 << 20;

/// An API that is asked with a token.
#[derive(Debug)]
pub struct Api {
    address: String,
    token: Secret,
    agent: Agent,
}

impl Api {
    /// The API at an address, such as [`PUBLIC_API`], given up on after some time, such as [`PATIENCE`]. Plain HTTP is
    /// for this machine only: the token would be readable on the way.
    ///
    /// # Errors
    /// Where the address or the token can be none.
    pub fn new(address: &str, token: Secret, patience: Duration) -> Result<Api, Mistake> {
        let plain = check(address)?;
        if !token.fits_a_header() || token.expose().contains(' ') {
            return Err(Mistake::Token);
        }
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(patience))
            .user_agent(concat!("weir/", env!("CARGO_PKG_VERSION")));
        if plain {
            // A proxy would see the token.
            config = config.proxy(None::<Proxy>);
        }
        Ok(Api { address: address.trim_end_matches('/').to_owned(), token, agent: config.build().into() })
    }

    /// Sends a request and reads the answer.
    ///
    /// # Errors
    /// Where no answer comes, or one that says no success or is none of this API.
    pub fn send(&self, request: &Request) -> Result<Answer, Failure> {
        let url = request.url(&self.address);
        let secrets = Secrets::of_request(self.token.expose(), request.body.as_ref());
        let unreachable =
            |error: ureq::Error| Failure::Unreachable { url: url.clone(), reason: clean(&error.to_string(), &secrets) };
        let mut response = self.ask(request, &url).map_err(unreachable)?;
        let status = response.status().as_u16();
        if response.status().is_redirection() {
            return Err(Failure::Redirected { url, status });
        }
        let strange = |what: String| Failure::Strange { url: url.clone(), status, what };
        let body = match response.body_mut().with_config().limit(LARGEST).read_to_vec() {
            Err(ureq::Error::BodyExceedsLimit(_)) => return Err(strange("more than 16 MiB".to_owned())),
            other => other.map_err(unreachable)?,
        };
        match Envelope::parse(&body, secrets.clone()) {
            None => Err(strange(kind(&response, &body, &secrets))),
            Some(answer) if answer.success && response.status().is_success() => {
                let token = Secrets::of_request(self.token.expose(), None);
                let Envelope { result, messages, secrets, .. } = answer;
                Ok(Answer { result, secrets, token, messages })
            }
            Some(answer) => Err(Failure::Refused { status, notes: answer.errors }),
        }
    }

    fn ask(&self, request: &Request, url: &str) -> Result<http::Response<Body>, ureq::Error> {
        let mut token = HeaderValue::try_from(format!("Bearer {}", self.token.expose())).map_err(http::Error::from)?;
        token.set_sensitive(true);
        let asked = http::Request::builder().method(request.method).uri(url).header(header::AUTHORIZATION, token);
        match &request.body {
            Some(body) => {
                let asked = asked.header(header::CONTENT_TYPE, "application/json");
                self.agent.run(asked.body(body.to_string())?)
            }
            None => self.agent.run(asked.body(())?),
        }
    }
}

/// Whether an address is plain HTTP, which only this machine may have.
fn check(address: &str) -> Result<bool, Mistake> {
    let uri: Uri = address.parse().map_err(|_| Mistake::Address("it is not a URL"))?;
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let is_here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    match uri.scheme_str() {
        _ if host.is_empty() => Err(Mistake::Address("it is not a URL")),
        _ if uri.query().is_some() || address.contains(['#', '@']) => {
            Err(Mistake::Address("it may only have a host and a path"))
        }
        Some("https") => Ok(false),
        Some("http") if is_here => Ok(true),
        _ => Err(Mistake::Address("it must begin with https://, since the token goes there")),
    }
}

/// How many bytes of an answer that is no envelope are looked at, and how many characters are shown.
const LOOKED_AT: (usize, usize) = (16 << 10, 80);

/// What an answer is that is no envelope: `text/html: <html>…`. Secrets are taken out first: one that is cut is not found.
fn kind(response: &http::Response<Body>, body: &[u8], secrets: &Secrets) -> String {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let text = String::from_utf8_lossy(&body[..body.len().min(LOOKED_AT.0)]);
    let kind = clean(kind.unwrap_or("no content type"), secrets);
    match text.trim() {
        "" => "nothing".to_owned(),
        text => format!("{kind}: {}", cut(&hidden(text, secrets), LOOKED_AT.1)),
    }
}
