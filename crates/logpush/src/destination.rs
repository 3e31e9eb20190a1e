//! Where a job pushes to: a URL, and in its query the headers that each push carries.

use crate::mistake::Mistake;
use crate::secret::{HIDDEN, Secret};
use std::fmt::Write as _;
use std::fmt::{self, Debug, Formatter};

/// The header in which a receiver looks for the key, unless another is named.
pub const DEFAULT_HEADER: &str = "X-SEKOIAIO-INTAKE-KEY";

/// What a query parameter begins with that becomes a header of each push: `header_NAME=value`.
const HEADER: &str = "header_";

/// The longest `destination_conf` that the API takes, in bytes.
const LONGEST: usize = 4096;

/// A `destination_conf`: an HTTPS URL with its query parameters as they were given, and the header with the key.
#[derive(Clone, PartialEq, Eq)]
pub struct Destination(String);

impl Destination {
    /// Reads the URL of a receiver: `https://`, a host, and what else there is but user names and fragments.
    ///
    /// # Errors
    /// Where Logpush could not push to it.
    pub fn parse(url: &str) -> Result<Destination, Mistake> {
        let rest = url.strip_prefix("https://").ok_or(Mistake::Destination("Logpush pushes to https:// addresses"))?;
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let mistake = match () {
            () if !url.bytes().all(|byte| byte.is_ascii_graphic()) => "it has characters that must be percent-encoded",
            () if url.contains('#') => "it has a fragment, which is never sent",
            () if authority.contains('@') => "it has a user name or password; put them into a header",
            () if !is_url(url, authority) => "it is not a URL",
            () => return Destination(url.to_owned()).bounded(),
        };
        Err(Mistake::Destination(mistake))
    }

    /// The same with a key that each push carries in a header. Name and value are percent-encoded: Logpush decodes
    /// them.
    ///
    /// # Errors
    /// Where name or value cannot stand in a header, or the destination has that header already.
    pub fn with_key(&self, header: &str, key: &Secret) -> Result<Destination, Mistake> {
        if !key.fits_a_header() {
            return Err(Mistake::Key);
        }
        self.with_header(header, &encode(key.expose()))
    }

    /// The same with a text that stands for the key as it is, such as `$INTAKE_KEY`: to be shown, not to be sent.
    ///
    /// # Errors
    /// As [`Destination::with_key`].
    pub fn with_placeholder(&self, header: &str, placeholder: &str) -> Result<Destination, Mistake> {
        self.with_header(header, placeholder)
    }

    /// The `destination_conf` as the API wants it, keys included.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The same without the values of headers and other parameters that are named like secrets.
    pub fn masked(&self) -> Destination {
        Destination(mask(&self.0, is_secret))
    }

    /// Whether it has a header already.
    pub fn has_header(&self, header: &str) -> bool {
        let wanted = format!("{HEADER}{}", encode(header));
        parameters(&self.0).any(|(name, _)| name.eq_ignore_ascii_case(&wanted))
    }

    fn with_header(&self, header: &str, value: &str) -> Result<Destination, Mistake> {
        if !is_header_name(header) {
            return Err(Mistake::Header(header.to_owned()));
        }
        if self.has_header(header) {
            return Err(Mistake::HeaderTwice(header.to_owned()));
        }
        let join = match self.0.split_once('?') {
            None => "?",
            Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
            Some(_) => "&",
        };
        Destination(format!("{}{join}{HEADER}{}={value}", self.0, encode(header))).bounded()
    }

    fn bounded(self) -> Result<Destination, Mistake> {
        if self.0.len() <= LONGEST { Ok(self) } else { Err(Mistake::Destination("it is longer than 4096 bytes")) }
    }
}

impl Debug for Destination {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&masked(&self.0))
    }
}

/// A destination of any kind, as the API tells it of a job, without what could be a secret: values of parameters, user
/// names, and the path of collectors whose path is the key.
pub(crate) fn masked(destination: &str) -> String {
    let masked = mask(destination, |_| true);
    let Some((scheme, rest)) = masked.split_once("://") else { return masked };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit_once('@').map_or(authority.to_owned(), |(_, host)| format!("{HIDDEN}@{host}"));
    match scheme {
        "sumo" => format!("{scheme}://{host}/{HIDDEN}"),
        _ => format!("{scheme}://{host}{path}"),
    }
}

/// Whether a URL can be read, with a host and, where it has one, a port.
fn is_url(url: &str, authority: &str) -> bool {
    let uri = url.parse::<ureq::http::Uri>().ok();
    let host = uri.as_ref().and_then(ureq::http::Uri::host).filter(|host| !host.is_empty());
    let after = host.and_then(|host| authority.strip_prefix(host));
    after.is_some_and(|port| port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok()))
}

/// A URL with some of its parameters' values hidden.
fn mask(url: &str, is_hidden: impl Fn(&str) -> bool) -> String {
    let Some((address, query)) = url.split_once('?') else { return url.to_owned() };
    let shown = query.split('&').map(|part| match part.split_once('=') {
        Some((name, _)) if is_hidden(name) => format!("{name}={HIDDEN}"),
        _ => part.to_owned(),
    });
    format!("{address}?{}", shown.collect::<Vec<_>>().join("&"))
}

pub(crate) fn parameters(url: &str) -> impl Iterator<Item = (&str, &str)> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    query.split('&').filter_map(|part| part.split_once('='))
}

/// Whether the value of a parameter is nobody's business: it is a header's, or its name says so or is written so that
/// one cannot tell.
pub(crate) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let words = ["key", "token", "secret", "password", "auth", "credential", "sig"];
    name.starts_with(HEADER) || name.contains('%') || words.iter().any(|word| name.contains(word))
}

/// Whether a text is a `token` of RFC 9110, as names of headers are.
fn is_header_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// Percent-encodes all but the unreserved characters of RFC 3986. A blank is `%20`: a `+` would be read both ways.
pub(crate) fn encode(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(byte.into()),
            // Writing to a String cannot fail.
            _ => _ = write!(out, "%{byte:02X}"),
        }
        out
    })
}

/// Takes percent-encoding away; what is none stays as it is.
pub(crate) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend(before.bytes());
        match after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => (_, rest) = (bytes.push(byte), &after[2..]),
            None => (_, rest) = (bytes.push(b'%'), after),
        }
    }
    bytes.extend(rest.bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}
