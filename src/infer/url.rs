//! The parts of a URL.

use super::address::fill_parts;
use super::{Fields, Rule};
use crate::value::{Arena, Fault, Value};
use core::net::Ipv6Addr;

pub(super) const RULE: Rule = Rule {
    name: "url",
    reads: &["url.full", "url.original", "url.domain", "process.command_line"],
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
        "url.original",
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
                "url.port",
                "url.path",
                "url.query",
                "url.fragment",
                "url.username",
                "url.password",
            ],
            &["url.full", "url.original", "process.command_line"],
        ),
        (&["url.original"], &["process.command_line"]),
    ],
    summary: "The parts of `url.full`, else of `url.original`, fill those that the spec leaves out; where there is neither, \
              `url.domain` is split. Where the spec sets no field of `url`, the first http or https URL in \
              `process.command_line`, up to white space, a comma or a quote, is `url.original`.",
    evidence: "1,289 fields over the public pairs, no exception; no port follows from a scheme alone, 1 time of 1; from \
               command lines 6 times of 6, a quote in none",
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
const ORIGINAL: usize = 9;
const PARTS: usize = 10;
const LAST: usize = 12;

/// The default ports; other schemes have none in the recorded pairs, `ftp` and those like it included.
const PORTS: [(&str, u16); 2] = [("http", 80), ("https", 443)];

fn apply(fields: &mut Fields<'_, '_>) -> Result<(), Fault> {
    match (fields.text(0).or(fields.text(1)), fields.text(2), fields.text(3)) {
        (Some(text), ..) => from_text(fields, text),
        (None, Some(domain), _) => fill_parts(fields, PARTS, domain),
        (None, None, Some(line)) => match in_command(line) {
            Some(text) if (FULL..=LAST).all(|part| fields.current(part).is_missing()) => {
                fields.fill_text(ORIGINAL, text);
                from_text(fields, text)
            }
            _ => Ok(()),
        },
        (None, None, None) => Ok(()),
    }
}

/// The first http or https URL in a command line.
fn in_command(line: &str) -> Option<&str> {
    const MARK: &str = "://";
    line.match_indices(MARK).find_map(|(mark, _)| {
        let scheme = PORTS.iter().rev().find_map(|(scheme, _)| {
            let start = mark.checked_sub(scheme.len())?;
            line.get(start..mark).is_some_and(|text| text.eq_ignore_ascii_case(scheme)).then_some(start)
        });
        let url = &line[scheme?..];
        let url = url.split([',', '"', '\'']).next().and_then(|url| url.split_whitespace().next())?;
        (url.len() > line[scheme?..mark].len() + MARK.len()).then_some(url)
    })
}

fn from_text<'a>(fields: &mut Fields<'_, 'a>, text: &'a str) -> Result<(), Fault> {
    let arena = fields.arena();
    let Some(url) = Url::split(arena, text)? else { return Ok(()) };
    let host = lower(arena, url.host)?;
    if default_port(url.scheme).is_some() && !host.is_empty() {
        fields.fill_text(FULL, text);
    }
    fields.fill_text(SCHEME, url.scheme);
    fields.fill_text(DOMAIN, host);
    let port = match url.port {
        Port::Number(port) => Some(port),
        // The spec's own scheme counts too, where the URL has none.
        Port::Default => fields.current(SCHEME).as_text().and_then(default_port),
        Port::Impossible => None,
    };
    if let Some(port) = port {
        fields.fill(PORT, Value::Int(port.into()));
    }
    fields.fill_text(PATH, url.path);
    fields.fill_text(QUERY, url.query);
    fields.fill_text(FRAGMENT, url.fragment);
    fields.fill_text(USERNAME, url.username);
    fields.fill_text(PASSWORD, url.password);
    fill_parts(fields, PARTS, host)
}

fn default_port(scheme: &str) -> Option<u16> {
    PORTS.iter().find(|(known, _)| *known == scheme).map(|(_, port)| *port)
}

/// What a URL says of its port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Port {
    /// Nothing, or an empty text.
    #[default]
    Default,
    Number(u16),
    /// What no port can be: no digits, or more than 65,535. It is no reason to take the default.
    Impossible,
}

impl Port {
    fn read(text: &str) -> Self {
        match text.parse() {
            _ if text.is_empty() => Port::Default,
            Ok(port) if text.bytes().all(|byte| byte.is_ascii_digit()) => Port::Number(port),
            _ => Port::Impossible,
        }
    }
}

/// The parts of a URL as Python's `urllib.parse.urlsplit` has them; what is not there is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Url<'a> {
    scheme: &'a str,
    username: &'a str,
    password: &'a str,
    host: &'a str,
    port: Port,
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

fn host_and_port<'a>(authority: &'a str, place: &'a str) -> Option<(&'a str, Port)> {
    if authority.contains('[') != authority.contains(']') {
        return None;
    }
    let Some((_, bracketed)) = place.split_once('[') else {
        let (host, port) = place.split_once(':').unwrap_or((place, ""));
        return Some((host, Port::read(port)));
    };
    let (host, after) = bracketed.split_once(']')?;
    let bare = host.split('%').next().unwrap_or(host);
    let valid = bare.parse::<Ipv6Addr>().is_ok() || host.starts_with(['v', 'V']);
    let port = match after.strip_prefix(':') {
        None if !after.is_empty() => Port::Impossible,
        port => Port::read(port.unwrap_or_default()),
    };
    valid.then_some((host, port))
}

fn without_line_breaks<'a>(arena: &'a Arena, text: &'a str) -> Result<&'a str, Fault> {
    const BREAKS: [char; 3] = ['\t', '\r', '\n'];
    if text.contains(BREAKS) { arena.text(&text.replace(BREAKS, "")) } else { Ok(text) }
}

fn lower<'a>(arena: &'a Arena, text: &'a str) -> Result<&'a str, Fault> {
    if text.chars().any(char::is_uppercase) { arena.text(&text.to_lowercase()) } else { Ok(text) }
}
