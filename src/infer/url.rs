//! The parts of a URL.

use super::address::fill_parts;
use super::{Fields, Rule};
use crate::value::{Arena, Fault, Value};
use core::net::Ipv6Addr;

pub(super) const RULE: Rule = Rule {
    name: "url",
    reads: &["url.full", "url.original", "url.domain"],
    writes: &[
        "url.full",
        "url.scheme",
        "url.domain",
        "url.port",
        "url.path",
        "url.query",
        "url.fragment",
        "url.username",
        "url.password",
        "url.registered_domain",
        "url.top_level_domain",
        "url.subdomain",
    ],
    needs: &[
        (
            &[
                "url.full",
                "url.scheme",
                "url.domain",
                "url.path",
                "url.query",
                "url.fragment",
                "url.username",
                "url.password",
            ],
            &["url.full", "url.original"],
        ),
        (&["url.port"], &["url.full", "url.original", "url.scheme"]),
    ],
    summary: "The parts of `url.full`, else of `url.original`, fill those that the spec leaves out; where there is neither, \
              `url.domain` is split.",
    evidence: "scheme true 147 times, domain 126, path 194, query 34, registered domain 175, full 95, no exception over \
               the public pairs; port 154 times, 1 exception",
    apply,
};

/// Places in the rule's `writes`.
const FULL: usize = 0;
const SCHEME: usize = 1;
const DOMAIN: usize = 2;
const PORT: usize = 3;
const PATH: usize = 4;
const QUERY: usize = 5;
const FRAGMENT: usize = 6;
const USERNAME: usize = 7;
const PASSWORD: usize = 8;
const PARTS: usize = 9;

/// The default ports; other schemes have none in the recorded pairs, `ftp` and its kin included.
const PORTS: [(&str, i64); 2] = [("http", 80), ("https", 443)];

fn apply(fields: &mut Fields<'_, '_>) -> Result<(), Fault> {
    match (fields.text(0).or(fields.text(1)), fields.text(2)) {
        (Some(text), _) => from_text(fields, text)?,
        (None, Some(domain)) => fill_parts(fields, PARTS, domain)?,
        (None, None) => {}
    }
    let scheme = fields.current(SCHEME).as_text();
    if let Some((_, port)) = PORTS.iter().find(|(known, _)| Some(*known) == scheme) {
        fields.fill(PORT, Value::Int(*port));
    }
    Ok(())
}

fn from_text<'a>(fields: &mut Fields<'_, 'a>, text: &'a str) -> Result<(), Fault> {
    let arena = fields.arena();
    let Some(url) = Url::split(arena, text)? else { return Ok(()) };
    let host = lower(arena, url.host)?;
    if PORTS.iter().any(|(scheme, _)| *scheme == url.scheme) && !host.is_empty() {
        fields.fill_text(FULL, text);
    }
    fields.fill_text(SCHEME, url.scheme);
    fields.fill_text(DOMAIN, host);
    if let Ok(port) = url.port.parse::<u16>() {
        fields.fill(PORT, Value::Int(port.into()));
    }
    fields.fill_text(PATH, url.path);
    fields.fill_text(QUERY, url.query);
    fields.fill_text(FRAGMENT, url.fragment);
    fields.fill_text(USERNAME, url.username);
    fields.fill_text(PASSWORD, url.password);
    fill_parts(fields, PARTS, host)
}

/// The parts of a URL as Python's `urllib.parse.urlsplit` has them; what is not there is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Url<'a> {
    scheme: &'a str,
    username: &'a str,
    password: &'a str,
    host: &'a str,
    port: &'a str,
    path: &'a str,
    query: &'a str,
    fragment: &'a str,
}

impl<'a> Url<'a> {
    /// `None` where the brackets of an IPv6 host are not right: Python raises there.
    fn split(arena: &'a Arena, text: &'a str) -> Result<Option<Self>, Fault> {
        let text = without_line_breaks(arena, text.trim_start_matches(|c: char| c <= ' '))?;
        let (scheme, rest) = match text.split_once(':') {
            Some((scheme, rest)) if is_scheme(scheme) => (lower(arena, scheme)?, rest),
            _ => ("", text),
        };
        let (authority, rest) = match rest.strip_prefix("//") {
            Some(rest) => rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len())),
            None => ("", rest),
        };
        let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (user, place) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (username, password) = user.split_once(':').unwrap_or((user, ""));
        let Some((host, port)) = host_and_port(authority, place) else { return Ok(None) };
        Ok(Some(Url { scheme, username, password, host, port, path, query, fragment }))
    }
}

fn is_scheme(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.bytes().all(allowed)
}

fn host_and_port<'a>(authority: &'a str, place: &'a str) -> Option<(&'a str, &'a str)> {
    if authority.contains('[') != authority.contains(']') {
        return None;
    }
    let Some((_, bracketed)) = place.split_once('[') else {
        return Some(place.split_once(':').unwrap_or((place, "")));
    };
    let (host, after) = bracketed.split_once(']')?;
    let bare = host.split('%').next().unwrap_or(host);
    let valid = bare.parse::<Ipv6Addr>().is_ok() || host.starts_with(['v', 'V']);
    valid.then(|| (host, after.strip_prefix(':').unwrap_or("")))
}

fn without_line_breaks<'a>(arena: &'a Arena, text: &'a str) -> Result<&'a str, Fault> {
    const BREAKS: [char; 3] = ['\t', '\r', '\n'];
    if text.contains(BREAKS) { arena.text(&text.replace(BREAKS, "")) } else { Ok(text) }
}

fn lower<'a>(arena: &'a Arena, text: &'a str) -> Result<&'a str, Fault> {
    if text.chars().any(char::is_uppercase) { arena.text(&text.to_lowercase()) } else { Ok(text) }
}
