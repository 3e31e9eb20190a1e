//! One message of RFC 5424: the key in its structured data, and the text behind.

use std::borrow::Cow;

/// The name of the parameter with the key; it may stand in any element.
const KEY: &[u8] = b"intake_key";

/// How many fields are before the structured data: version, time, host, application, process, and the kind of message.
const FIELDS: usize = 6;

/// What a message says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Message<'m> {
    /// The key, where it has one.
    pub key: Option<Cow<'m, [u8]>>,
    /// The text, without the byte order mark and the line ending that may be around it.
    pub text: &'m [u8],
}

/// Reads a message; nothing where it is not of RFC 5424.
pub(super) fn read(bytes: &[u8]) -> Option<Message<'_>> {
    let (data, _) = after_header(bytes)?;
    let (key, rest) = structured_data(data)?;
    let text = match rest {
        [] => rest,
        [b' ', text @ ..] => text,
        _ => return None,
    };
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    Some(Message { key, text: text.strip_suffix(b"\r").unwrap_or(text) })
}

/// The key in the beginning of a message that has not come whole.
pub(super) fn key_of(beginning: &[u8]) -> Option<Cow<'_, [u8]>> {
    structured_data(after_header(beginning)?.0)?.0
}

/// What is behind the fields of the header, and how long these are. Empty fields are let pass: some senders have them.
fn after_header(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let priority = bytes.strip_prefix(b"<")?;
    let digits = priority.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut rest = priority[digits..].strip_prefix(b">").filter(|_| (1..=3).contains(&digits))?;
    if !rest.first()?.is_ascii_digit() {
        return None;
    }
    for _ in 0..FIELDS {
        rest = &rest[memchr::memchr(b' ', rest)? + 1..];
    }
    Some((rest, bytes.len() - rest.len()))
}

/// A key, where there is one, and what is behind the structured data.
type KeyAndRest<'d> = (Option<Cow<'d, [u8]>>, &'d [u8]);

/// The key in the structured data, and what is behind it.
fn structured_data(data: &[u8]) -> Option<KeyAndRest<'_>> {
    if let Some(rest) = data.strip_prefix(b"-") {
        return Some((None, rest));
    }
    let (mut rest, mut key) = (data, None);
    if !rest.starts_with(b"[") {
        return None;
    }
    while let Some(element) = rest.strip_prefix(b"[") {
        rest = after_name(element);
        while let Some(parameter) =
            rest.strip_prefix(b" ").map(<[u8]>::trim_ascii_start).filter(|rest| !rest.starts_with(b"]"))
        {
            let behind = after_name(parameter);
            let name = &parameter[..parameter.len() - behind.len()];
            let (value, behind) = value(behind.strip_prefix(b"=\"")?)?;
            if name == KEY {
                key = key.or(Some(value));
            }
            rest = behind;
        }
        rest = rest.trim_ascii_start().strip_prefix(b"]")?;
    }
    Some((key, rest))
}

fn after_name(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| b" =]\"".contains(byte));
    &bytes[end.unwrap_or(bytes.len())..]
}

/// A value up to its quote, with `\"`, `\\` and `\]` as what they stand for, and what is behind it.
fn value(bytes: &[u8]) -> Option<(Cow<'_, [u8]>, &[u8])> {
    let mut unescaped: Option<Vec<u8>> = None;
    let mut at = 0;
    loop {
        match (*bytes.get(at)?, bytes.get(at + 1)) {
            (b'"', _) => break,
            (b'\\', Some(next @ (b'"' | b'\\' | b']'))) => {
                unescaped.get_or_insert_with(|| bytes[..at].to_vec()).push(*next);
                at += 2;
            }
            (byte, _) => {
                if let Some(unescaped) = &mut unescaped {
                    unescaped.push(byte);
                }
                at += 1;
            }
        }
    }
    Some((unescaped.map_or(Cow::Borrowed(&bytes[..at]), Cow::Owned), &bytes[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(message: &str) -> Option<(Option<String>, String)> {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
        read(message.as_bytes()).map(|message| (message.key.as_deref().map(text), text(message.text)))
    }

    #[test]
    fn the_key_is_found_wherever_it_stands() {
        let head = "<13>1 2026-01-01T00:00:00Z host app 12 LOG ";
        let with = |rest: &str| found(&format!("{head}{rest}"));
        let is = |key: &str, text: &str| Some((Some(key.to_owned()), text.to_owned()));
        assert_eq!(with("[SEKOIA@53288 intake_key=\"KEY\"] RAW MESSAGE"), is("KEY", "RAW MESSAGE"));
        assert_eq!(with("[NXLOG@14506 a=\"1\" b=\"]\"][SEKOIA@53288 intake_key=\"KEY\"] RAW"), is("KEY", "RAW"));
        assert_eq!(with("[x a=\"1\" intake_key=\"KEY\" b=\"2\"] RAW"), is("KEY", "RAW"));
        assert_eq!(with("[x a=\"intake_key=\\\"NO\\\"\" intake_key=\"K\\]E\\\\Y\\\"\"] RAW"), is("K]E\\Y\"", "RAW"));
        assert_eq!(with("[x intake_key=\"a\\b\"] RAW"), is("a\\b", "RAW"));
        assert_eq!(with("[x][y intake_key=\"KEY\" ]"), is("KEY", ""));
        assert_eq!(
            with("[x intake_key=\"KEY\"] \u{feff}RAW [intake_key=\"NO\"]\r\n"),
            is("KEY", "RAW [intake_key=\"NO\"]")
        );
        assert_eq!(with("- RAW"), Some((None, "RAW".to_owned())));
        assert_eq!(with("-"), Some((None, String::new())));
    }

    #[test]
    fn fields_may_be_empty_and_anything_else_is_none() {
        assert!(found("<13>1   app - LOG [x intake_key=\"KEY\"] RAW").is_some());
        for odd in [
            "",
            "<",
            "<>1 a b c d e -",
            "<1234>1 a b c d e -",
            "<13>Jan  1 00:00:00 host app: text",
            "<13>1 a b c d",
            "<13>1 a b c d e",
            "<13>1 a b c d e [x",
            "<13>1 a b c d e [x a=\"1]",
            "<13>1 a b c d e [x a=1] y",
            "<13>1 a b c d e [x]y",
            "13 1 a b c d e -",
        ] {
            assert_eq!(found(odd), None, "{odd}");
        }
    }
}
