//! What a terminal takes: colours, where they are wanted.

use std::env;
use std::io::{self, IsTerminal};
use weir_author::styled::{Piece, Style, StyledText};

/// Which of the two standard outputs are coloured.
#[derive(Clone, Copy, Debug)]
pub struct Paint {
    /// Standard output.
    pub stdout: bool,
    /// Standard error.
    pub stderr: bool,
}

impl Paint {
    /// Colours where there is a terminal and the environment does not forbid them (`NO_COLOR`, `TERM=dumb`).
    pub fn detect() -> Self {
        let forbidden = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || env::var_os("TERM").is_some_and(|value| value == "dumb");
        Paint { stdout: !forbidden && io::stdout().is_terminal(), stderr: !forbidden && io::stderr().is_terminal() }
    }
}

/// A text in colours, where they are on.
pub fn painted(text: &StyledText, on: bool) -> String {
    let paint = |piece: &Piece| match piece.style {
        Style::Plain => piece.text.clone(),
        Style::Name => bold(&piece.text, on),
        Style::Good => green(&piece.text, on),
        Style::Bad => red(&piece.text, on),
        Style::Idle => yellow(&piece.text, on),
    };
    text.pieces.iter().map(paint).collect()
}

/// Green text, where colours are on.
pub fn green(text: &str, on: bool) -> String {
    styled("32", text, on)
}

/// Red text, where colours are on.
pub fn red(text: &str, on: bool) -> String {
    styled("1;31", text, on)
}

/// Yellow text, where colours are on.
pub fn yellow(text: &str, on: bool) -> String {
    styled("33", text, on)
}

/// Bold text, where colours are on.
pub fn bold(text: &str, on: bool) -> String {
    styled("1", text, on)
}

fn styled(style: &str, text: &str, on: bool) -> String {
    if on { format!("\u{1b}[{style}m{text}\u{1b}[0m") } else { text.to_owned() }
}

/// Indented JSON in the colours of its parts: keys, texts, and what is no text.
pub fn painted_json(json: &[u8], out: &mut Vec<u8>) {
    const KEY: &[u8] = b"\x1b[34m";
    const TEXT: &[u8] = b"\x1b[32m";
    const WORD: &[u8] = b"\x1b[33m";
    const END: &[u8] = b"\x1b[0m";
    let mut at = 0;
    while let Some(byte) = json.get(at) {
        let length = match byte {
            b'"' => quoted(&json[at..]),
            b'-' | b'0'..=b'9' | b'a'..=b'z' => {
                json[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte)).count()
            }
            _ => {
                out.push(*byte);
                at += 1;
                continue;
            }
        };
        let is_key = *byte == b'"' && json.get(at + length) == Some(&b':');
        out.extend_from_slice(if is_key {
            KEY
        } else if *byte == b'"' {
            TEXT
        } else {
            WORD
        });
        out.extend_from_slice(&json[at..at + length]);
        out.extend_from_slice(END);
        at += length;
    }
}

/// The length of a text with its quotes.
fn quoted(json: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    json.len()
}

#[cfg(test)]
mod tests {
    use super::painted_json;

    #[test]
    fn json_is_painted_and_otherwise_the_same() {
        let json = br#"{
  "a\"b": [-1.5e+3, true, null, "x: \\"],
  "e": {}
}"#;
        let mut out = Vec::new();
        painted_json(json, &mut out);
        let text = String::from_utf8(out).expect("it stays text");
        assert!(text.contains("\x1b[34m\"a\\\"b\"\x1b[0m: [\x1b[33m-1.5e+3\x1b[0m"), "{text}");
        let plain =
            ["\x1b[34m", "\x1b[32m", "\x1b[33m", "\x1b[0m"].iter().fold(text, |text, code| text.replace(code, ""));
        assert_eq!(plain.as_bytes(), json);
    }
}
