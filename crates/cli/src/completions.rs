//! `weir completions` and `weir man`: what a shell completes, and manual pages, both made of the command's own definition.
//!
//! Why so: `docs/decisions/0173`.

use crate::stop::{Outcome, Stop};
use clap::{Args, Command, ValueHint};
use clap_complete::Shell;
use clap_mangen::Man;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  weir completions bash > ~/.local/share/bash-completion/completions/weir
  weir completions zsh > ~/.zfunc/_weir
  weir completions fish > ~/.config/fish/completions/weir.fish

Exit codes: 0.";

const MAN_EXAMPLES: &str = "\
Examples:
  weir man | man -l -
  weir man check | man -l -
  weir man --output /usr/local/share/man/man1

Exit codes: 0; 2 if there is no such command, or a file cannot be written.";

/// Print what a shell completes after `weir`
#[derive(Args)]
#[command(after_help = COMPLETIONS_EXAMPLES)]
pub struct Completions {
    /// The shell
    shell: Shell,
}

/// Print a manual page, or write all of them
#[derive(Args)]
#[command(after_help = MAN_EXAMPLES)]
pub struct Manual {
    /// The command, such as `check` or `logpush job`; without one, weir itself
    command: Vec<String>,
    /// Write the pages of all commands to a directory
    #[arg(long, short, value_name = "DIR", conflicts_with = "command", value_hint = ValueHint::DirPath)]
    output: Option<PathBuf>,
}

/// Prints completions.
///
/// # Errors
/// Where the output is closed.
pub fn run(arguments: &Completions, mut weir: Command) -> Result<Outcome, Stop> {
    // The generator panics where it cannot write.
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, &mut weir, "weir", &mut text);
    io::stdout().write_all(&text)?;
    Ok(Outcome::Well)
}

/// Prints or writes manual pages.
///
/// # Errors
/// Where there is no such command, a file cannot be written or the output is closed.
pub fn manual(arguments: &Manual, mut weir: Command) -> Result<Outcome, Stop> {
    if let Some(folder) = &arguments.output {
        fs::create_dir_all(folder).map_err(|error| Stop::cannot("write", folder, &error))?;
        clap_mangen::generate_to(weir, folder).map_err(|error| Stop::cannot("write", folder, &error))?;
        return Ok(Outcome::Well);
    }
    // So each command knows the whole way to it.
    weir.build();
    let mut command = &weir;
    for name in &arguments.command {
        let unknown = || Stop::Because(format!("there is no command `{}`", arguments.command.join(" ")));
        command = command.find_subcommand(name).ok_or_else(unknown)?;
    }
    Man::new(command.clone()).render(&mut io::stdout().lock())?;
    Ok(Outcome::Well)
}
