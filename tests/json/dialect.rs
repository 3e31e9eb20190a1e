//! The dialect normaliser: it prepares documents that Python reads and serde_json does not.

use serde::de::IgnoredAny;
use weir::value::text::integer;
use weir::value::{Arena, Fault, Value};

/// A document that serde_json reads, and the numbers that it reads as doubles, in order, as they really are.
pub struct Normalised<'a> {
    pub text: &'a str,
    pub numbers: std::vec::IntoIter<Value<'a>>,
}

/// Rewrites a document without moving a byte, so that errors keep their places: a number that is no 64-bit integer
/// becomes `0.00…` and is kept beside the text, the escape of a lone surrogate becomes `\ufffd`. `None` where there is
/// neither.
pub fn normalise<'a>(arena: &'a Arena, text: &'a str) -> Result<Option<Normalised<'a>>, Fault> {
    let mut bytes = text.as_bytes().to_vec();
    let mut numbers = Vec::new();
    let (mut place, mut changed) = (0, false);
    while let Some(&byte) = text.as_bytes().get(place) {
        match byte {
            b'"' => place = normalise_text(&mut bytes, place, &mut changed),
            b'-' | b'+' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                let length = text[place..].bytes().take_while(|byte| is_word(*byte)).count();
                if let Some(number) = number(arena, &text[place..place + length])? {
                    numbers.push(number);
                    changed = true;
                    blank(&mut bytes[place..place + length]);
                }
                place += length;
            }
            _ => place += 1,
        }
    }
    let changed_text = String::from_utf8(bytes).expect("ASCII replaced ASCII");
    Ok(if changed { Some(Normalised { text: arena.text(&changed_text)?, numbers: numbers.into_iter() }) } else { None })
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.')
}

/// A number that serde_json gives as a double or not at all; `None` for other words.
fn number<'a>(arena: &'a Arena, word: &'a str) -> Result<Option<Value<'a>>, Fault> {
    let float = match word {
        "NaN" => f64::NAN,
        "Infinity" => f64::INFINITY,
        "-Infinity" => f64::NEG_INFINITY,
        "-0" => return Ok(Some(Value::Int(0))),
        _ if !word.starts_with(|first: char| first == '-' || first.is_ascii_digit()) => return Ok(None),
        _ if word.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E')) => match word.parse() {
            Ok(float) if is_json(word) => float,
            _ => return Ok(None),
        },
        _ if is_json(word) && matches!(integer(arena, word)?, Some(Value::BigInt(_))) => {
            // Signed or unsigned: an integer of 64 bits without a sign keeps its digits (1 recorded pair).
            let is_large = word.parse::<u64>().is_err();
            return Ok(integer(arena, word)?.map(|value| if is_large { value.held_to_64_bits() } else { value }));
        }
        _ => return Ok(None),
    };
    Ok(Some(Value::Float(float)))
}

fn is_json(word: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(word).is_ok()
}

/// Writes a double over a word.
fn blank(word: &mut [u8]) {
    if word != b"-0" {
        word.fill(b'0');
        word[1] = b'.';
    }
}

/// Passes over a text from its quote on, and gives the place behind it.
fn normalise_text(bytes: &mut [u8], start: usize, changed: &mut bool) -> usize {
    let mut place = start + 1;
    while let Some(&byte) = bytes.get(place) {
        match (byte, unit(bytes, place)) {
            (b'"', _) => return place + 1,
            (b'\\', Some(0xd800..=0xdbff)) if matches!(unit(bytes, place + 6), Some(0xdc00..=0xdfff)) => place += 12,
            (b'\\', Some(0xd800..=0xdfff)) => {
                bytes[place + 2..place + 6].copy_from_slice(b"fffd");
                *changed = true;
                place += 6;
            }
            (b'\\', _) => place += 2,
            _ => place += 1,
        }
    }
    place
}

/// The code unit of an escape `\uXXXX` at a place.
fn unit(bytes: &[u8], place: usize) -> Option<u32> {
    let escape = bytes.get(place..place + 6).filter(|escape| escape.starts_with(b"\\u"))?;
    let digits = std::str::from_utf8(&escape[2..]).ok()?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}
