//! Takes secrets out of texts, in all the forms in which they may come back: as they are, percent-encoded in part or
//! twice, escaped as in JSON or HTML, as hexadecimal digits, and inside base64.

use crate::destination::{decode, is_secret, parameters};
use crate::secret::HIDDEN;
use serde_json::Value;
use std::fmt::Write as _;
use std::fmt::{self, Debug, Formatter};
use std::ops::Range;

/// The shortest text that is sought as a secret: what is shorter is also part of words.
const SHORTEST: usize = 4;

/// The shortest value of a parameter that is sought though its name does not say that it is a secret.
const UNNAMED: usize = 12;

/// How often a text is decoded: what was encoded on its way was so once or twice.
const LAYERS: usize = 3;

/// What stands for characters in escapes of HTML, beside numbers.
const ENTITIES: &[(&str, u8)] = &[("&amp;", b'&'), ("&lt;", b'<'), ("&gt;", b'>'), ("&quot;", b'"'), ("&apos;", b'\'')];

/// Texts that nobody may see.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Secrets {
    /// What is sought.
    texts: Vec<Vec<u8>>,
    /// What is sought in runs of base64, which are hidden as a whole then.
    in_base64: Vec<String>,
}

impl Secrets {
    /// The token, and what is secret in the destination of a request.
    pub(crate) fn of_request(token: &str, body: Option<&Value>) -> Self {
        let mut secrets = Secrets::default();
        secrets.add(token);
        secrets.add_answer(body.unwrap_or(&Value::Null));
        secrets
    }

    /// What is secret in the destinations that JSON has, wherever they stand.
    pub(crate) fn add_answer(&mut self, json: &Value) {
        match json {
            Value::Object(members) => members.iter().for_each(|(name, value)| match (&**name, value) {
                ("destination_conf", Value::String(text)) => self.add_destination(text),
                ("ownership_challenge", Value::String(text)) => self.add(text),
                _ => self.add_answer(value),
            }),
            Value::Array(items) => items.iter().for_each(|item| self.add_answer(item)),
            _ => {}
        }
    }

    fn add_destination(&mut self, url: &str) {
        for (name, value) in parameters(url) {
            if is_secret(name) || value.len() >= UNNAMED {
                self.add(value);
                self.add(&decode(value));
            }
        }
        let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        if let Some((user, _)) = authority.rsplit_once('@') {
            self.add(user);
            user.split(':').for_each(|part| self.add(part));
        }
        if scheme == "sumo" {
            let path = path.split('?').next().unwrap_or_default();
            path.split('/').filter(|part| part.len() >= UNNAMED).for_each(|part| self.add(part));
        }
    }

    fn add(&mut self, text: &str) {
        if text.len() < SHORTEST || text == HIDDEN || self.texts.iter().any(|known| known == text.as_bytes()) {
            return;
        }
        let hex = text.bytes().fold(String::new(), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        // In forms a blank is a plus.
        let mut forms = vec![text.to_owned(), text.replace(' ', "+"), hex.to_ascii_uppercase(), hex];
        forms.dedup();
        self.texts.extend(forms.into_iter().map(String::into_bytes));
        self.in_base64.extend((0..3).map(|before| core_of_base64(text.as_bytes(), before)));
        self.in_base64.retain(|core| core.len() >= SHORTEST);
    }

    /// A text without the secrets.
    pub(crate) fn hide(&self, text: &str) -> String {
        let mut found: Vec<Range<usize>> = Vec::new();
        let mut layer: Vec<Unit> = text.bytes().enumerate().map(|(at, byte)| (byte, at..at + 1)).collect();
        for _ in 0..LAYERS {
            self.find(&layer, &mut found);
            let decoded = decoded(&layer);
            if decoded.len() == layer.len() {
                break;
            }
            layer = decoded;
        }
        self.find_in_base64(text, &mut found);
        without(text, found)
    }

    fn find(&self, layer: &[Unit], found: &mut Vec<Range<usize>>) {
        let bytes: Vec<u8> = layer.iter().map(|(byte, _)| *byte).collect();
        for secret in &self.texts {
            let hits = bytes.windows(secret.len()).enumerate().filter(|(_, window)| window == secret);
            found.extend(hits.map(|(at, _)| layer[at].1.start..layer[at + secret.len() - 1].1.end));
        }
    }

    fn find_in_base64(&self, text: &str, found: &mut Vec<Range<usize>>) {
        // Both alphabets are sought as one; each character has one byte before and after.
        let plain = text.replace('-', "+").replace('_', "/");
        let is_of_run = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
        for core in &self.in_base64 {
            for (at, _) in plain.match_indices(core.as_str()) {
                let (before, after) = (&plain.as_bytes()[..at], &plain.as_bytes()[at..]);
                let start = at - before.iter().rev().take_while(|byte| is_of_run(byte)).count();
                found.push(start..at + after.iter().take_while(|byte| is_of_run(byte)).count());
            }
        }
    }
}

impl Debug for Secrets {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

/// A byte, and the part of a text that stands for it.
type Unit = (u8, Range<usize>);

/// Takes one layer of escapes away; what is none stays as it is.
fn decoded(layer: &[Unit]) -> Vec<Unit> {
    let bytes: Vec<u8> = layer.iter().map(|(byte, _)| *byte).collect();
    let (mut out, mut at) = (Vec::with_capacity(layer.len()), 0);
    while at < layer.len() {
        let (byte, length) = escape(&bytes[at..]).unwrap_or((bytes[at], 1));
        out.push((byte, layer[at].1.start..layer[at + length - 1].1.end));
        at += length;
    }
    out
}

/// The byte for which an escape at the beginning of a text stands, and how long the escape is.
fn escape(bytes: &[u8]) -> Option<(u8, usize)> {
    let digits = |range: Range<usize>, radix| {
        let digits = str::from_utf8(bytes.get(range)?).ok()?;
        u32::from_str_radix(digits, radix).ok().and_then(|number| u8::try_from(number).ok())
    };
    match bytes {
        [b'%', _, _, ..] => Some((digits(1..3, 16)?, 3)),
        [b'\\', b'u', _, _, _, _, ..] => Some((digits(2..6, 16)?, 6)),
        [b'\\', byte @ (b'"' | b'\\' | b'/'), ..] => Some((*byte, 2)),
        [b'&', b'#', rest @ ..] => {
            let end = rest.iter().take(8).position(|byte| *byte == b';')? + 2;
            let byte = match rest[0] {
                b'x' | b'X' => digits(3..end, 16)?,
                _ => digits(2..end, 10)?,
            };
            Some((byte, end + 1))
        }
        [b'&', ..] => {
            let known = ENTITIES.iter().find(|(entity, _)| bytes.starts_with(entity.as_bytes()));
            known.map(|(entity, byte)| (*byte, entity.len()))
        }
        _ => None,
    }
}

/// What base64 has of a text whatever stands around it, where so many bytes of a group of three stand before it.
fn core_of_base64(text: &[u8], before: usize) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    // The first and the last group have bits of what stands around.
    let whole = &text[((3 - before) % 3).min(text.len())..];
    let groups =
        whole.chunks_exact(3).map(|group| group.iter().fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte)));
    groups.flat_map(|bits| [18, 12, 6, 0].map(|shift| char::from(ALPHABET[(bits >> shift) as usize & 63]))).collect()
}

/// A text with something else for parts of it.
fn without(text: &str, mut found: Vec<Range<usize>>) -> String {
    found.sort_by_key(|range| (range.start, range.end));
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for Range { start, end } in found {
        if end <= at {
            continue;
        }
        // A part that overlaps the one before it is hidden with that.
        if start >= at && (start > at || at == 0) {
            out.push_str(text.get(at..start).unwrap_or_default());
            out.push_str(HIDDEN);
        }
        at = end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::Secrets;
    use serde_json::json;

    fn hidden(text: &str) -> String {
        let body = json!({"destination_conf": "https://logs.example.com/a?header_X-Key=q%2Bw%3De%26r%20ty&tag=blue"});
        Secrets::of_request("tok-EN_73913", Some(&body)).hide(text)
    }

    #[test]
    fn a_secret_is_hidden_in_every_form() {
        for (text, expected) in [
            ("no q+w=e&r ty here", "no *** here"),
            ("encoded q%2Bw%3De%26r%20ty.", "encoded ***."),
            ("in part and small q%2bw=e%26r ty!", "in part and small ***!"),
            ("twice q%252Bw%253De%2526r%2520ty", "twice ***"),
            ("as a form q%2Bw%3De%26r+ty", "as a form ***"),
            (r"in JSON q\u002bw=e&r ty", "in JSON ***"),
            ("in HTML q+w=e&amp;r&#32;ty and q&#x2B;w=e&amp;r ty", "in HTML *** and ***"),
            ("as digits 712b773d65267220747900", "as digits ***00"),
            ("tok-EN_73913tok-EN_73913", "***"),
            ("tag=blue is no secret", "tag=blue is no secret"),
            ("", ""),
        ] {
            assert_eq!(hidden(text), expected, "{text}");
        }
    }

    #[test]
    fn a_secret_inside_base64_hides_all_of_it() {
        // Of `q+w=e&r ty`, and of texts with one and two letters before and some behind it.
        for text in ["cSt3PWUmciB0eQ==", "OnErdz1lJnIgdHk", "dTpxK3c9ZSZyIHR5IHg=", "dTpxK3c9ZSZyIHR5"] {
            assert_eq!(hidden(&format!("Basic {text}; é")), "Basic ***; é", "{text}");
        }
    }
}
