//! What a terminal takes: colours, where they are wanted.

use std::env;
use std::io::{self, IsTerminal};

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

/// Text that a terminal shows as it is: cut after so many characters, and with `\u{1b}` for what it would obey.
pub fn cut(text: &str, most: usize) -> String {
    let mut out = String::new();
    let mut letters = text.chars();
    for letter in letters.by_ref().take(most) {
        match letter.is_control() {
            true => out.extend(letter.escape_unicode()),
            false => out.push(letter),
        }
    }
    if letters.next().is_some() {
        out.push('…');
    }
    out
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
