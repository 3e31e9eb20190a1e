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

#[cfg(test)]
mod tests {
    use super::is_ipv4;
    use std::net::Ipv4Addr;

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
