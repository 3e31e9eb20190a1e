//! Filters on network addresses.

use super::call::{FunctionCall, invalid, mismatch};
use super::entry::{LibraryEntry, LibraryKind, VALUE, filter, of_value};
use crate::value::text::{is_ipv4, is_plain_ipv6, is_space};
use crate::value::{Fault, Value};
use core::net::Ipv6Addr;

pub(super) static ENTRIES: &[LibraryEntry] = &[
    of_value(
        LibraryKind::Filter,
        &["is_ipaddress"],
        "Whether the text is an IPv4 or IPv6 address.",
        &[
            ("'10.0.0.1' | is_ipaddress", "True"),
            ("'fe80::1' | is_ipaddress", "True"),
            ("'10.0.0.1:80' | is_ipaddress", "False"),
        ],
        |_, value| Ok(Value::Bool(value.as_text().is_some_and(|text| is_ipv4(text) || is_ipv6(text)))),
    ),
    of_value(
        LibraryKind::Filter,
        &["is_ipv4"],
        "Whether the text is an IPv4 address.",
        &[("'10.0.0.1' | is_ipv4", "True"), ("'10.0.0.01' | is_ipv4", "False")],
        |_, value| Ok(Value::Bool(value.as_text().is_some_and(is_ipv4))),
    ),
    of_value(
        LibraryKind::Filter,
        &["is_ipv6"],
        "Whether the text is an IPv6 address, perhaps with a zone.",
        &[("'fe80::1%eth0' | is_ipv6", "True"), ("'10.0.0.1' | is_ipv6", "False")],
        |_, value| Ok(Value::Bool(value.as_text().is_some_and(is_ipv6))),
    ),
    of_value(
        LibraryKind::Filter,
        &["is_url"],
        "Whether the text starts with a scheme, `://` and a host, or a scheme, `:` and what it is for (`mailto:`).",
        &[("'https://a.example/b' | is_url", "True"), ("'a.example' | is_url", "False")],
        |_, value| Ok(Value::Bool(value.as_text().is_some_and(is_url))),
    ),
    filter(
        &["to_mac_address"],
        &[VALUE],
        "The twelve hexadecimal digits of a MAC address in capitals and pairs, whatever stood between them.",
        &[("'0a1b.2c3d.4e5f' | to_mac_address", "'0A:1B:2C:3D:4E:5F'")],
        mac_address,
    ),
];

fn is_ipv6(text: &str) -> bool {
    if is_plain_ipv6(text) {
        return true;
    }
    let (address, zone) = text.split_once('%').unwrap_or((text, "0"));
    !zone.is_empty() && !zone.contains('%') && address.parse::<Ipv6Addr>().is_ok()
}

fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let in_scheme = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-');
    // Behind `//` is a host; a scheme without one (`mailto:`) has something else behind it.
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let host = rest.chars().next().is_some_and(|first| !is_space(first) && !"/?#".contains(first));
    scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.bytes().all(in_scheme) && host
}

/// Evidence: recorded addresses are in capitals with colons, from `aabb.ccdd.eeff`, `aa-bb-…`, `aa:bb:…` and `aabb…`.
fn mac_address<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    let Value::Text(text) = call.value() else { return Err(mismatch("text", call.value())) };
    let separator = |byte: &u8| matches!(byte, b':' | b'-' | b'.' | b' ' | b'\t');
    let mut digits = text.bytes().filter(|byte| !separator(byte));
    let mut out = call.build();
    let mut count = 0;
    for digit in digits.by_ref().take(12) {
        if !digit.is_ascii_hexdigit() {
            break;
        }
        if count > 0 && count % 2 == 0 {
            out.push(":")?;
        }
        out.push_character(digit.to_ascii_uppercase().into())?;
        count += 1;
    }
    match count == 12 && digits.next().is_none() {
        true => out.value(),
        false => Err(invalid("a MAC address has twelve hexadecimal digits")),
    }
}
