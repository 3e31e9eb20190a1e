//! Punycode labels into Unicode (RFC 3492), for looking names up in the public suffix list.

/// The longest label that is decoded, in bytes: DNS allows no longer one.
const LONGEST: usize = 63;

/// Decodes a label without its `xn--`; `None` where it is not valid.
pub(super) fn decode(label: &str) -> Option<String> {
    if label.len() > LONGEST {
        return None;
    }
    let (plain, encoded) = label.rsplit_once('-').unwrap_or(("", label));
    let mut out: Vec<char> = plain.chars().collect();
    let mut digits = encoded.bytes();
    let (mut code, mut place, mut bias) = (128_u32, 0_u32, 72_u32);
    while digits.len() > 0 {
        let before = place;
        place = place.checked_add(variable_length(&mut digits, bias)?)?;
        let length = u32::try_from(out.len()).ok()? + 1;
        bias = adapt(place - before, length, before == 0);
        code = code.checked_add(place / length)?;
        place %= length;
        out.insert(place as usize, char::from_u32(code)?);
        place += 1;
    }
    Some(out.into_iter().collect())
}

/// One number of digits with a base of 36, whose end the thresholds tell.
fn variable_length(digits: &mut std::str::Bytes<'_>, bias: u32) -> Option<u32> {
    let (mut number, mut weight, mut step) = (0_u32, 1_u32, 36_u32);
    loop {
        let digit = match digits.next()? {
            byte @ b'a'..=b'z' => u32::from(byte - b'a'),
            byte @ b'0'..=b'9' => u32::from(byte - b'0') + 26,
            _ => return None,
        };
        number = number.checked_add(digit.checked_mul(weight)?)?;
        let threshold = step.saturating_sub(bias).clamp(1, 26);
        if digit < threshold {
            return Some(number);
        }
        weight = weight.checked_mul(36 - threshold)?;
        step += 36;
    }
}

fn adapt(delta: u32, length: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta += delta / length;
    let mut steps = 0;
    while delta > 455 {
        delta /= 35;
        steps += 36;
    }
    steps + 36 * delta / (delta + 38)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn decodes_labels_as_python_does() {
        assert_eq!(decode("p1ai").as_deref(), Some("рф"));
        assert_eq!(decode("mnchen-3ya").as_deref(), Some("münchen"));
        assert_eq!(decode("fiqs8s").as_deref(), Some("中国"));
        assert_eq!(decode("99999999999999999999"), None);
        assert_eq!(decode("a!"), None);
    }
}
