//! Values of indicators and events in the one form in which they are compared.

use super::kind::{Compare, KindId, named};
use crate::rule::{Network, lowered};
use std::borrow::Cow;

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
    match compare {
        Compare::Address => Network::read(value).map(|_| Cow::Borrowed(value)),
        Compare::Domain => domain(value.strip_prefix("*.").unwrap_or(value)),
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

/// A domain, and each one above it.
pub fn below(domain: &str) -> impl Iterator<Item = &str> {
    std::iter::once(0).chain(domain.match_indices('.').map(|(dot, _)| dot + 1)).map(|start| &domain[start..])
}

/// A URL with its scheme and host in small letters, without a fragment; no path is `/`.
pub fn url(value: &str) -> Cow<'_, str> {
    let value = value.split('#').next().unwrap_or_default();
    let Some((scheme, rest)) = value.split_once("://") else { return Cow::Borrowed(value) };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    let is_small = !scheme.bytes().chain(host.bytes()).any(|byte| byte.is_ascii_uppercase());
    if is_small && path.starts_with('/') {
        return Cow::Borrowed(value);
    }
    let slash = if path.starts_with('/') { "" } else { "/" };
    Cow::Owned(format!("{}://{}{slash}{path}", scheme.to_ascii_lowercase(), host.to_ascii_lowercase()))
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
        value if Network::read(value).is_some() => "address",
        value if value.contains("://") => "url",
        value if value.contains('@') && !value.contains(char::is_whitespace) => "email",
        value if value.bytes().all(|byte| byte.is_ascii_hexdigit()) && value.len() >= 32 => match value.len() {
            32 => "md5",
            40 => "sha1",
            64 => "sha256",
            128 => "sha512",
            _ => return None,
        },
        value if value.contains('.') && domain(value).is_some() => "domain",
        _ => return None,
    };
    Some((named(name)?, value))
}

/// `hxxp://evil[.]example` as it was before it was made harmless.
fn whole(value: &str) -> Cow<'_, str> {
    if !value.contains("[.]") && !value.starts_with("hxxp") {
        return Cow::Borrowed(value);
    }
    let value = value.replace("[.]", ".");
    Cow::Owned(value.strip_prefix("hxxp").map(|rest| format!("http{rest}")).unwrap_or(value))
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
        assert_eq!(form(Compare::Domain, "evil example"), None);
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
        ] {
            assert_eq!(guessed(value).map(|(kind, _)| all_names(kind)), Some(kind), "{value}");
        }
        assert!(guessed("two words").is_none() && guessed("localhost").is_none());
    }
}
