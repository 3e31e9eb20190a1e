//! The values of a text: of JSON, alone or behind a head, its texts and numbers; of anything else, the text itself.

use crate::json::{Json, first_value, quoted};

/// The text with its values replaced; the flag says whether a value is a number of JSON. Keys, marks and white space stay.
pub fn replaced(text: &str, replace: &mut dyn FnMut(&str, bool) -> String) -> String {
    let Some(start) = text.find(['{', '[']).filter(|start| is_json(&text[*start..])) else {
        return replace(text, false);
    };
    let head = if start == 0 { String::new() } else { replace(&text[..start], false) };
    head + &of_json(&text[start..], replace)
}

fn is_json(text: &str) -> bool {
    Json::read(text.as_bytes()).is_ok()
}

fn of_json(text: &str, replace: &mut dyn FnMut(&str, bool) -> String) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(letter) = rest.chars().next() {
        let is_number = letter == '-' || letter.is_ascii_digit();
        let length = match letter {
            '"' => quotes(rest),
            _ if is_number => rest.find(|letter: char| !"+-.eE0123456789".contains(letter)).unwrap_or(rest.len()),
            _ => letter.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        let is_key = after.trim_start().starts_with(':');
        match first_value(token) {
            Some(Json::Text(value)) if letter == '"' && !is_key => {
                // A text may be JSON itself.
                let new = replaced(&value, replace);
                out.push_str(&if new == value { token.to_owned() } else { quoted(&new) });
            }
            _ if is_number => out.push_str(&replace(token, true)),
            _ => out.push_str(token),
        }
        rest = after;
    }
    out
}

/// How long the text in quotes is that another begins with, quotes with it.
fn quotes(text: &str) -> usize {
    let mut escaped = false;
    for (place, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return place + 1,
            _ => {}
        }
    }
    text.len()
}
