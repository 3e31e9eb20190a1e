//! Domain names into registered domain, top-level domain and subdomain, by the public suffix list.
//!
//! Only the ICANN section counts: under `example.github.io` the registered domain is `github.io`. Where the suffix is
//! not on the list the last label counts as the name and only the subdomain is given (`host.corp.lan` has `host.corp`).
//! The recorded pairs agree with this in 371 of 372 cases, the other being stale, and it is what the Python library tldextract does.
//!
//! Why so: `docs/decisions/0008`.

use super::punycode;
use crate::value::text::is_ipv4;
use crate::value::{Arena, Fault};
use psl::{Psl, Type};
use std::borrow::Cow;

/// The parts of a domain name; a part that is not there is empty. Case is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    pub(super) registered: &'a str,
    pub(super) top_level: &'a str,
    pub(super) subdomain: &'a str,
}

/// Splits a host, which [`host`] finds in a text.
///
/// # Errors
/// Limit.
pub(super) fn split<'a>(arena: &'a Arena, host: &'a str) -> Result<Parts<'a>, Fault> {
    let host = with_ascii_dots(arena, host)?;
    if host.is_empty() || host.starts_with('[') || is_ipv4(host) {
        return Ok(Parts::default());
    }
    Ok(match icann_suffix(host) {
        0 => Parts { subdomain: host.rsplit_once('.').map_or("", |(before, _)| before), ..Parts::default() },
        suffix => split_known(host, suffix),
    })
}

/// `suffix` is the length of the public suffix.
fn split_known(host: &str, suffix: usize) -> Parts<'_> {
    let (before, top_level) = host.split_at(host.len() - suffix);
    let Some(name) = before.strip_suffix('.') else { return Parts { top_level, ..Parts::default() } };
    let label = name.rsplit('.').next().unwrap_or(name);
    let (subdomain, registered) = host.split_at(name.len() - label.len());
    if label.is_empty() {
        return Parts { top_level, subdomain: subdomain.trim_end_matches('.'), ..Parts::default() };
    }
    Parts { registered, top_level, subdomain: subdomain.strip_suffix('.').unwrap_or(subdomain) }
}

/// The host in a text, between scheme and user on one side, port and path on the other, without the dots of the root.
pub(super) fn host(text: &str) -> &str {
    at_a_glance(text).unwrap_or_else(|| within(text))
}

/// The host at the front of a text: behind it is a path or nothing, and so no scheme and no user before it.
///
/// PERF: `benches/guard.sh` (access_requests): 1,250 instructions less than [`within`], which says the same.
fn at_a_glance(text: &str) -> Option<&str> {
    static IS_PLAIN: [bool; 256] = {
        let (mut plain, mut byte) = ([false; 256], 0);
        while byte < 128 {
            plain[byte] = (byte as u8).is_ascii_alphanumeric() || matches!(byte as u8, b'.' | b'-' | b'_');
            byte += 1;
        }
        plain
    };
    let end = text.bytes().position(|byte| !IS_PLAIN[usize::from(byte)]).unwrap_or(text.len());
    let is_host = end > 0 && matches!(text.as_bytes().get(end), None | Some(b'/' | b'?' | b'#'));
    is_host.then(|| text[..end].trim_end_matches('.'))
}

fn within(text: &str) -> &str {
    let rest = match text.find("//") {
        Some(0) => &text[2..],
        Some(place) if is_scheme(&text[..place]) => &text[place + 2..],
        _ => text,
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    if host.starts_with('[') {
        return host.split_inclusive(']').next().unwrap_or(host);
    }
    let name = host.split(':').next().unwrap_or(host).trim();
    name.trim_end_matches(['.', '\u{3002}', '\u{ff0e}', '\u{ff61}'])
}

fn is_scheme(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    text.strip_suffix(':').is_some_and(|scheme| !scheme.is_empty() && scheme.bytes().all(allowed))
}

/// IDNA takes three more characters for a dot.
fn with_ascii_dots<'a>(arena: &'a Arena, host: &'a str) -> Result<&'a str, Fault> {
    const DOTS: [char; 3] = ['\u{3002}', '\u{ff0e}', '\u{ff61}'];
    if host.is_ascii() || !host.contains(DOTS) { Ok(host) } else { arena.text(&host.replace(DOTS, ".")) }
}

/// The length of the public suffix in bytes of `host`; 0 where it is not on the list.
fn icann_suffix(host: &str) -> usize {
    // The list has lower-case Unicode labels, so the name is looked up in a copy of its last labels: no suffix has more.
    const LABELS: usize = 6;
    const LONGEST: usize = 64;
    let start = host.rmatch_indices('.').nth(LABELS - 1).map_or(0, |(place, _)| place + 1);
    let tail = &host[start..];
    if tail.split('.').any(|label| label.len() > LONGEST) && tail.len() > LABELS * LONGEST {
        return 0;
    }
    let mut labels = [const { Cow::Borrowed("") }; LABELS];
    let many =
        labels.iter_mut().zip(tail.split('.')).map(|(canonical, label)| *canonical = canonical_label(label)).count();
    let count = icann_labels(&labels[..many]);
    let labels = tail.rsplit('.').take(count);
    labels.map(|label| label.len() + 1).sum::<usize>().saturating_sub(1)
}

fn canonical_label(label: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase();
    let lower = if label.bytes().all(is_plain) { Cow::Borrowed(label) } else { Cow::Owned(label.to_lowercase()) };
    lower.strip_prefix("xn--").and_then(punycode::decode).map_or(lower, Cow::Owned)
}

/// How many labels the public suffix has. A suffix of the private section lies under one of the ICANN section: its first
/// label is taken off until that one is left.
fn icann_labels(labels: &[Cow<'_, str>]) -> usize {
    let mut rest = labels;
    loop {
        let info = psl::List.find(rest.iter().rev().map(|label| label.as_bytes()));
        let (Some(kind), true) = (info.typ, info.len > 0) else { return 0 };
        let count = labels_in(rest, info.len);
        if kind == Type::Icann {
            return count;
        }
        let Some(under) = rest.get(rest.len().saturating_sub(count) + 1..) else { return 0 };
        rest = under;
    }
}

/// How many of the last labels make up so many bytes with the dots between them.
fn labels_in(labels: &[Cow<'_, str>], length: usize) -> usize {
    let mut sum = 0;
    labels
        .iter()
        .rev()
        .take_while(|label| {
            let fits = sum < length;
            sum += label.len() + 1;
            fits
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::{at_a_glance, within};

    #[test]
    fn a_glance_sees_the_host_that_is_within() {
        const PARTS: [&str; 16] =
            ["host", "a-b_c", "EXAMPLE", "1", ".", "..", "/", "//", "?", "#", ":", "@", "[", " ", "é", "\u{3002}"];
        let mut seen = 0;
        for number in 0..PARTS.len().pow(4) {
            let text: String = (0..4).map(|place| PARTS[number >> (4 * place) & 15]).collect();
            if let Some(host) = at_a_glance(&text) {
                seen += 1;
                assert_eq!(host, within(&text), "{text}");
            }
        }
        assert!(seen > 10_000, "{seen} of the texts have their host at the front");
    }
}
