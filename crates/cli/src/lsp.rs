//! `weir lsp`: the language server, for editors.

use crate::stop::{Outcome, Stop};
use clap::Args;

const LONG_ABOUT: &str = "\
Serve an editor over standard input and output, by the Language Server Protocol: findings as one types, with fixes; what fields, \
functions and names mean, with the value that they have in a recorded pair; completion; definitions; other names for stages and \
layers; and what the recorded pairs exercise.

An editor starts it. It takes no options, reads the format's files, and writes none.";

const EXAMPLES: &str = "\
Examples:
  weir lsp

How to set up an editor is in docs/editors.md.

Exit codes: 0 if the editor left; 1 if it left without saying so by `shutdown`; 2 if it cannot be talked to.";

/// Serve an editor: findings, completion and more as one types
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// What some editors add; it is the only way there is
    #[allow(dead_code, reason = "it is taken and changes nothing")]
    #[arg(long, hide = true)]
    stdio: bool,
}

/// Runs the command.
///
/// # Errors
/// Where a stream fails.
pub fn run() -> Result<Outcome, Stop> {
    match weir_lsp::serve() {
        Ok(()) => Ok(Outcome::Well),
        Err(weir_lsp::ServeError::Left) => Ok(Outcome::Failed),
        Err(error) => Err(Stop::Because(error.to_string())),
    }
}
