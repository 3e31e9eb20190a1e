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
