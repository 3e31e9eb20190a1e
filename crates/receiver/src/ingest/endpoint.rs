//! The paths that senders post to, and how each finds its records.

use super::refusal::{Reason, Refusal};
use crate::arrival::{Encoding, Framing};
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use std::borrow::Cow;

/// What newer regions of the public platform have before each path.
pub(crate) const PREFIX: &str = "/api/v1/intake-http";

/// The header with the key.
pub(crate) const KEY_HEADER: &str = "x-sekoiaio-intake-key";

/// The header with the time of all events of a request.
const TIME_HEADER: &str = "x-sekoiaio-event-timestamp";

/// The longest time and the longest path that are noted, in bytes.
const LONGEST_TIME: usize = 64;
const LONGEST_PATH: usize = 1024;

/// What is posted to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// One event, as it is.
    Plain,
    /// An event a line.
    Lines,
    /// A JSON array of events, or an object around one.
    Jsons,
    /// An object with a key and an event.
    Event,
    /// An object with a key and several events.
    Events,
    /// A list of objects with a key and an event each.
    Array,
}

/// The paths.
pub(crate) const ENDPOINTS: [(&str, Endpoint); 6] = [
    ("/plain", Endpoint::Plain),
    ("/plain/batch", Endpoint::Lines),
    ("/jsons", Endpoint::Jsons),
    ("/", Endpoint::Event),
    ("/batch", Endpoint::Events),
    ("/array", Endpoint::Array),
];

impl Endpoint {
    /// How the body is cut, where it is stored as it comes.
    ///
    /// # Errors
    /// Where `path` is too long.
    pub fn framing(self, uri: &Uri) -> Result<Option<Framing>, Refusal> {
        Ok(match self {
            Endpoint::Plain => Some(Framing::One),
            Endpoint::Lines => Some(Framing::Lines),
            Endpoint::Jsons => Some(Framing::Json { path: path(uri)? }),
            Endpoint::Event | Endpoint::Events | Endpoint::Array => None,
        })
    }

    /// Whether a body can have keys inside.
    pub fn has_keys(self) -> bool {
        matches!(self, Endpoint::Event | Endpoint::Events | Endpoint::Array)
    }

    /// Whether a request has one event, and so its answer one id.
    pub fn is_single(self) -> bool {
        matches!(self, Endpoint::Plain | Endpoint::Event)
    }
}

fn path(uri: &Uri) -> Result<Option<String>, Refusal> {
    match parameter(uri, "path") {
        Some(path) if path.len() > LONGEST_PATH => {
            Err(Reason::BadPath.because(format!("`path` is longer than {LONGEST_PATH} bytes")))
        }
        path => Ok(path.map(Cow::into_owned).filter(|path| !path.is_empty())),
    }
}

/// The key outside of the body: of a header, of Basic authentication, or of the query. The first one that is there counts.
pub(crate) fn key(headers: &HeaderMap, uri: &Uri) -> Option<Vec<u8>> {
    let header = || headers.get(KEY_HEADER).map(|key| key.as_bytes().trim_ascii().to_vec());
    let query = || parameter(uri, "intake_key").map(|key| key.into_owned().into_bytes());
    header().or_else(|| password(headers)).or_else(query)
}

/// The password of Basic authentication; the user's name may be anything.
fn password(headers: &HeaderMap) -> Option<Vec<u8>> {
    let (scheme, credentials) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = BASE64_STANDARD.decode(credentials.trim()).ok()?;
    let colon = pair.iter().position(|byte| *byte == b':')?;
    Some(pair[colon + 1..].to_vec())
}

fn parameter<'u>(uri: &'u Uri, name: &str) -> Option<Cow<'u, str>> {
    let mut pairs = form_urlencoded::parse(uri.query()?.as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value)
}

/// How the body is compressed. A content type is not asked for.
///
/// # Errors
/// Where it is compressed in a way that is not known, or on its way.
pub(crate) fn encoding(headers: &HeaderMap) -> Result<Encoding, Refusal> {
    let is_chunked = |coding: &HeaderValue| coding.as_bytes().trim_ascii().eq_ignore_ascii_case(b"chunked");
    if !headers.get_all(header::TRANSFER_ENCODING).iter().all(is_chunked) {
        return Err(Reason::UnknownEncoding.because("the body may come in chunks, and in no other transfer coding"));
    }
    let all: Vec<String> = headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .flat_map(|value| {
            String::from_utf8_lossy(value.as_bytes())
                .split(',')
                .map(|part| part.trim().to_ascii_lowercase())
                .collect::<Vec<_>>()
        })
        .filter(|coding| !coding.is_empty() && coding != "identity")
        .collect();
    match all.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Ok(Encoding::Identity),
        ["gzip" | "x-gzip"] => Ok(Encoding::Gzip),
        ["zstd"] => Ok(Encoding::Zstd),
        _ => Err(Reason::UnknownEncoding.because("the body must be gzip, zstd, or not compressed")),
    }
}

/// The time that a sender gave for all events of a request. What is none is passed over: an event without it is better than none.
pub(crate) fn time(headers: &HeaderMap) -> Option<String> {
    let time = headers.get(TIME_HEADER)?.to_str().ok()?.trim();
    (!time.is_empty() && time.len() <= LONGEST_TIME).then(|| time.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (axum::http::HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value"))
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn a_key_is_found_wherever_senders_put_it() {
        let key = |pairs: &[(&'static str, &str)], uri: &'static str| {
            key(&headers(pairs), &Uri::from_static(uri)).map(|key| String::from_utf8(key).expect("text"))
        };
        assert_eq!(key(&[("x-sekoiaio-intake-key", " abc ")], "/plain").as_deref(), Some("abc"));
        assert_eq!(key(&[("authorization", "Basic aW50YWtlOmE6Yg==")], "/plain").as_deref(), Some("a:b"));
        assert_eq!(key(&[("authorization", "basic  OmFiYw==")], "/plain").as_deref(), Some("abc"));
        assert_eq!(key(&[], "/plain?x=1&intake_key=a%2Bb").as_deref(), Some("a+b"));
        assert_eq!(key(&[("x-sekoiaio-intake-key", "abc")], "/plain?intake_key=def").as_deref(), Some("abc"));
        for odd in ["Basic", "Basic !!!", "Basic YWJj", "Bearer abc", "Basic aW50YWtlOmFiYw== x"] {
            assert_eq!(key(&[("authorization", odd)], "/plain"), None, "{odd}");
        }
    }

    #[test]
    fn codings_are_read_as_senders_write_them() {
        let coding = |values: &[&str]| {
            let pairs: Vec<_> = values.iter().map(|value| ("content-encoding", *value)).collect();
            encoding(&headers(&pairs)).ok()
        };
        assert_eq!(coding(&[]), Some(Encoding::Identity));
        assert_eq!(coding(&[" X-GZIP"]), Some(Encoding::Gzip));
        assert_eq!(coding(&["identity, gzip"]), Some(Encoding::Gzip));
        assert_eq!(coding(&["zstd"]), Some(Encoding::Zstd));
        assert_eq!(coding(&["gzip", "gzip"]), None);
        assert_eq!(coding(&["br"]), None);
    }
}
