//! Network addresses as text.

/// Whether a text is an IPv4 address in its one canonical form, as the standard library's parser takes it: four numbers
/// up to 255 without a leading zero.
///
/// PERF: `benches/guard.sh` (access_requests): an address is looked at five times an event; here that takes 400
/// instructions in all.
pub fn is_ipv4(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (mut place, mut parts) = (0, 0);
    while parts < 4 {
        if parts > 0 {
            if bytes.get(place) != Some(&b'.') {
                return false;
            }
            place += 1;
        }
        let digits = bytes[place..].iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
        match bytes[place..place + digits] {
            [_] | [b'1'..=b'9', _] | [b'1', _, _] | [b'2', b'0'..=b'4', _] | [b'2', b'5', b'0'..=b'5'] => {}
            _ => return false,
        }
        place += digits;
        parts += 1;
    }
    place == bytes.len()
}

/// Whether a text is an IPv6 address as RFC 5952 writes it, of the common kind: no group is zero but those that one `::`
/// stands for, and that is not at the front. Of any other text it says nothing.
///
/// PERF: `benches/guard.sh` (access_requests): 280 instructions, where parsing an address and writing it takes 2,700.
pub fn is_plain_ipv6(text: &str) -> bool {
    let (mut groups, mut digits, mut gaps) = (0, 0, 0);
    let mut is_open = true;
    for byte in text.bytes() {
        match byte {
            b'1'..=b'9' | b'a'..=b'f' if digits < 4 => digits += 1,
            b'0' if digits > 0 && digits < 4 => digits += 1,
            b':' if digits > 0 => (groups, digits, is_open) = (groups + 1, 0, true),
            b':' if groups > 0 && is_open => (gaps, is_open) = (gaps + 1, false),
            _ => return false,
        }
    }
    let groups = groups + i32::from(digits > 0);
    (digits > 0 || !is_open) && matches!((gaps, groups), (0, 8) | (1, 1..=6))
}

#[cfg(test)]
mod tests {
    use super::{is_ipv4, is_plain_ipv6};
    use std::net::{Ipv4Addr, Ipv6Addr};

    #[test]
    fn what_is_plain_is_what_the_standard_library_writes() {
        const PARTS: [&str; 9] = ["", ":", "::", "0", "1", "a0", "db8", "ffff", "12345"];
        let (mut plain, mut seed) = (0, 1_usize);
        for _ in 0..200_000 {
            let mut text = String::new();
            for _ in 0..2 + seed % 17 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                // Behind a group is a colon, mostly.
                let part = PARTS[(seed >> 33) % PARTS.len()];
                text.push_str(if text.ends_with(|last| last != ':') && part.len() != 2 { ":" } else { part });
            }
            if is_plain_ipv6(&text) {
                plain += 1;
                assert_eq!(text.parse::<Ipv6Addr>().map(|address| address.to_string()).ok(), Some(text));
            }
        }
        assert!(plain > 1_000, "{plain} of the texts are plain addresses");
        for text in ["2001:db8::1", "2001:db8::", "1:2:3:4:5:6:7:8", "fe80::1:2:3:4:5"] {
            assert!(is_plain_ipv6(text), "{text}");
        }
    }

    #[test]
    fn the_standard_library_takes_the_same() {
        const NUMBERS: [&str; 16] =
            ["", "0", "00", "01", "7", "19", "99", "100", "199", "249", "250", "255", "256", "260", "999", "1000"];
        let mut checked = 0;
        for first in NUMBERS {
            for last in NUMBERS {
                for form in [
                    "{}.1.2.{}",
                    "1.{}.{}.3",
                    "{}.{}",
                    "1.2.{}.{}.5",
                    ".{}.1.2.{}",
                    "{}.1..{}",
                    " {}.1.2.{}",
                    "{}.a.2.{}",
                    "{}.1.2.{}.",
                ] {
                    let text = form.replacen("{}", first, 1).replacen("{}", last, 1);
                    assert_eq!(is_ipv4(&text), text.parse::<Ipv4Addr>().is_ok(), "{text}");
                    checked += usize::from(is_ipv4(&text));
                }
            }
        }
        assert!(checked > 100, "of the texts {checked} are addresses");
    }
}
