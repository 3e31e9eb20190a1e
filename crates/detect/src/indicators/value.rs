//! Values of indicators and events in the one form in which they are compared.

use super::kind::{Compare, KindId, named};
use crate::rule::{Network, lowered};
use std::borrow::Cow;
use std::net::SocketAddr;

/// The longest name of a domain, in bytes.
const LONGEST_DOMAIN: usize = 255;

/// The longest value, in bytes.
pub const LONGEST: usize = 8192;

/// A value of an indicator in the form in which it is compared; `None` for one that is none of its kind.
pub fn canonical(compare: Compare, value: &str) -> Option<Cow<'_, str>> {
    let value = value.trim();
    if value.is_empty() || value.len() > LONGEST {
        return None;
    }
    match (compare, whole(value)) {
        (Compare::Text, _) => Some(small(value)),
        (_, Cow::Borrowed(whole)) => canonical_whole(compare, whole),
        (_, Cow::Owned(whole)) => canonical_whole(compare, &whole).map(|value| Cow::Owned(value.into_owned())),
    }
}

fn canonical_whole(compare: Compare, value: &str) -> Option<Cow<'_, str>> {
    match compare {
        // A port behind an address says less than the address.
        Compare::Address => match value.parse::<SocketAddr>() {
            Ok(socket) => Some(Cow::Owned(socket.ip().to_string())),
            Err(_) => Network::read(value).map(|_| Cow::Borrowed(value)),
        },
        // Lists of blocked domains begin them with a dot or a star.
        Compare::Domain => domain(value.trim_start_matches(['*', '.'])).filter(|domain| is_name(domain)),
        Compare::Url => value.contains("://").then(|| url(value)),
        Compare::Email => value.contains('@').then(|| small(value)),
        Compare::Text => Some(small(value)),
    }
}

/// A domain in small letters without the root's dot; `None` for what can be none.
pub fn domain(value: &str) -> Option<Cow<'_, str>> {
    let value = value.strip_suffix('.').unwrap_or(value);
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') || byte >= 0x80;
    let is_domain = !value.is_empty() && value.len() <= LONGEST_DOMAIN && value.bytes().all(is_letter);
    is_domain.then(|| small(value))
}

/// Whether a domain is no address and nothing that only looks like one.
fn is_name(domain: &str) -> bool {
    let top = domain.rsplit('.').next().unwrap_or_default();
    !top.is_empty() && !top.bytes().all(|byte| byte.is_ascii_digit()) && !domain.contains("..")
}

/// A domain, and each one above it.
pub fn below(domain: &str) -> impl Iterator<Item = &str> {
    std::iter::once(0).chain(domain.match_indices('.').map(|(dot, _)| dot + 1)).map(|start| &domain[start..])
}

/// A URL with its scheme and host in small letters, without a fragment, the port that its scheme has anyway, and a dot behind the
/// host; no path is `/`.
pub fn url(value: &str) -> Cow<'_, str> {
    let value = value.split('#').next().unwrap_or_default();
    let Some((scheme, rest)) = value.split_once("://") else { return Cow::Borrowed(value) };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    let is_small = !scheme.bytes().chain(host.bytes()).any(|byte| byte.is_ascii_uppercase());
    let scheme = small(scheme);
    let port = match &*scheme {
        "http" => ":80",
        "https" => ":443",
        "ftp" => ":21",
        _ => ":",
    };
    let plain = host.strip_suffix(port).unwrap_or(host);
    let plain = plain.strip_suffix('.').unwrap_or(plain);
    if is_small && plain.len() == host.len() && path.starts_with('/') {
        return Cow::Borrowed(value);
    }
    let slash = if path.starts_with('/') { "" } else { "/" };
    Cow::Owned(format!("{scheme}://{}{slash}{path}", plain.to_ascii_lowercase()))
}

/// The host of a URL: without a user's name, which may look like another host, and without a port.
pub fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    Some(host.split(':').next().unwrap_or(host).trim_end_matches('.'))
}

/// Text in small letters.
pub fn small(value: &str) -> Cow<'_, str> {
    if value.is_ascii() && !value.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Borrowed(value)
    } else {
        Cow::Owned(lowered(value))
    }
}

/// The kind that a value has by its form, where a list does not say; dots that were made harmless are dots again.
pub fn guessed(value: &str) -> Option<(KindId, Cow<'_, str>)> {
    let value = whole(value.trim());
    let name = match &*value {
        value if canonical(Compare::Address, value).is_some() => "address",
        value if value.contains("://") => "url",
        value if value.contains('@') && !value.contains(char::is_whitespace) => "email",
        value if value.bytes().all(|byte| byte.is_ascii_hexdigit()) && value.len() >= 32 => match value.len() {
            32 => "md5",
            40 => "sha1",
            64 => "sha256",
            128 => "sha512",
            _ => return None,
        },
        value if value.contains('.') && canonical(Compare::Domain, value).is_some() => "domain",
        _ => return None,
    };
    Some((named(name)?, value))
}

/// What people write so that nobody follows a link, and what it was before.
const DEFANGED: &[(&str, &str)] = &[
    ("[.]", "."),
    ("(.)", "."),
    ("{.}", "."),
    ("[dot]", "."),
    ("[:]", ":"),
    ("[://]", "://"),
    ("[@]", "@"),
    ("[at]", "@"),
];

/// `hxxp://evil[.]example` as it was before it was made harmless.
fn whole(value: &str) -> Cow<'_, str> {
    let is_hidden = value.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("hxxp"));
    if !is_hidden && !value.contains(['[', '(', '{']) {
        return Cow::Borrowed(value);
    }
    let mut whole = DEFANGED.iter().fold(value.to_owned(), |text, (written, meant)| text.replace(written, meant));
    if is_hidden {
        whole.replace_range(..4, "http");
    }
    Cow::Owned(whole)
}

#[cfg(test)]
fn all_names(kind: KindId) -> &'static str {
    super::kind::all()[usize::from(kind)].name
}

#[cfg(test)]
mod tests {
    use super::{Compare, all_names, canonical, guessed};

    #[test]
    fn values_have_one_form() {
        let form = |compare, value| canonical(compare, value).map(|value| value.into_owned());
        assert_eq!(form(Compare::Domain, "*.Evil.Example.").as_deref(), Some("evil.example"));
        assert_eq!(form(Compare::Domain, ".evil.example").as_deref(), Some("evil.example"));
        assert_eq!(form(Compare::Domain, "evil example"), None);
        assert_eq!(form(Compare::Domain, "192.0.2.1-192.0.2.20"), None);
        assert_eq!(form(Compare::Url, "https://b.example:443/x").as_deref(), Some("https://b.example/x"));
        assert_eq!(form(Compare::Url, "https://b.example:80/x").as_deref(), Some("https://b.example:80/x"));
        assert_eq!(form(Compare::Url, "http://B.example.?x").as_deref(), Some("http://b.example/?x"));
        assert_eq!(form(Compare::Url, "HTTP://Evil.Example").as_deref(), Some("http://evil.example/"));
        assert_eq!(form(Compare::Url, "http://evil.example/A#b").as_deref(), Some("http://evil.example/A"));
        assert_eq!(form(Compare::Url, "evil.example"), None);
        assert_eq!(form(Compare::Address, "10.0.0.0/33"), None);
        assert_eq!(form(Compare::Text, " ABC ").as_deref(), Some("abc"));
    }

    #[test]
    fn a_kind_is_guessed_by_the_form_of_a_value() {
        for (value, kind) in [
            ("192.0.2.7", "address"),
            ("2001:db8::/32", "address"),
            ("hxxp://evil[.]example/x", "url"),
            ("a@evil.example", "email"),
            ("d41d8cd98f00b204e9800998ecf8427e", "md5"),
            ("evil[.]example", "domain"),
            ("evil(.)example", "domain"),
            ("hXXps[:]//evil[dot]example/x", "url"),
            ("192.0.2.7:8080", "address"),
            ("[2001:db8::1]:443", "address"),
        ] {
            assert_eq!(guessed(value).map(|(kind, _)| all_names(kind)), Some(kind), "{value}");
        }
        assert!(guessed("two words").is_none() && guessed("192.0.2.1-192.0.2.20").is_none());
    }
}
