//! The command line: what `weir` takes, and the code it exits with. A library, so that the wheel for Python brings it, too.
//!
//! Why so: `docs/decisions/0013`, `docs/decisions/0192`.

mod bench;
mod changed;
mod check;
mod completions;
mod coverage;
mod dataset;
mod diff;
mod docs;
mod drafts;
mod explain;
mod fields;
mod findings;
mod grok;
mod help;
mod input;
mod library;
mod lines;
#[cfg(unix)]
mod log;
mod logpush;
mod lsp;
mod new;
mod output;
mod plan;
mod profiler;
mod progress;
mod records;
mod replaced;
#[cfg(unix)]
mod replay;
mod report;
mod report_format;
mod rules;
mod run;
mod runner;
mod schema;
mod selection;
mod serve;
mod stop;
mod studio;
mod tally;
mod terminal;
mod test;
mod troubles;
mod utf16;
mod watch;
#[cfg(all(unix, feature = "kafka"))]
mod worker;

use alloc_tracker::Allocator;
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use std::alloc::System;
use std::ffi::OsString;
use std::io::{self, Write};
use stop::{Outcome, Stop};
use terminal::Paint;

/// The system's allocator, which counts for `weir bench`; `docs/decisions/0073` says what that costs the other commands.
#[global_allocator]
static ALLOCATOR: Allocator<System> = Allocator::system();

const LONG_ABOUT: &str = "\
An open engine for declarative intake formats: raw security logs in, ECS events out.

A format is a directory with `ingest/parser.yml` (the spec) and optionally `_meta/fields.yml`, \
`_meta/manifest.yml`, `_meta/smart-descriptions.json` and recorded pairs in `tests/*.json`. A module is a directory of \
formats; its own `_meta/fields.yml` applies to all of them.";

const EXIT_CODES: &str = "\
Exit codes:
  0  success, also if the reader of the output closes the pipe early
  1  check found an error, test a failing pair, diff or dataset a change, docs --check an outdated page, log check
     damage, replay a record that still fails, run --strict a failed record, or serve a log that cannot be trusted
  2  wrong usage, a file that cannot be read or written, a format that does not compile at all, or nothing found";

#[derive(Parser)]
#[command(name = "weir", version, about = "An open engine for declarative intake formats", long_about = LONG_ABOUT)]
#[command(after_help = EXIT_CODES, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// When to use colour; NO_COLOR is respected
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN", display_order = 999)]
    color: Color,
}

#[derive(Subcommand)]
enum Command {
    New(new::Arguments),
    Run(run::Arguments),
    Test(test::Arguments),
    Check(check::Arguments),
    Studio(studio::Arguments),
    Explain(explain::Arguments),
    Diff(diff::Arguments),
    Dataset(dataset::Arguments),
    Plan(plan::Arguments),
    Rules(rules::Arguments),
    Bench(bench::Arguments),
    // Much larger than the others.
    Logpush(Box<logpush::Arguments>),
    Docs(docs::Arguments),
    Fields(fields::Arguments),
    Library(library::Arguments),
    Grok(grok::Arguments),
    Schema(schema::Arguments),
    Help(help::Arguments),
    Completions(completions::Completions),
    Man(completions::Manual),
    Lsp(lsp::Arguments),
    Serve(serve::Arguments),
    #[cfg(all(unix, feature = "kafka"))]
    Worker(worker::Arguments),
    #[cfg(unix)]
    Log(log::Arguments),
    #[cfg(unix)]
    Replay(replay::Arguments),
}

#[derive(Clone, Copy, ValueEnum)]
enum Color {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Runs the command line and gives its exit code. The first argument is the program's own name. Wrong usage, and a call for help, end the process.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let Arguments { command, color } = Arguments::parse_from(arguments);
    let paint = match color {
        Color::Auto => Paint::detect(),
        Color::Always => Paint { stdout: true, stderr: true },
        Color::Never => Paint { stdout: false, stderr: false },
    };
    let outcome = match command {
        Command::New(arguments) => new::run(&arguments, paint),
        Command::Run(arguments) => run::run(&arguments, paint),
        Command::Test(arguments) => test::run(&arguments, paint),
        Command::Check(arguments) => check::run(&arguments, paint),
        Command::Studio(arguments) => studio::run(&arguments, paint),
        Command::Explain(arguments) => explain::run(&arguments, paint),
        Command::Diff(arguments) => diff::run(&arguments, paint),
        Command::Dataset(arguments) => dataset::run(&arguments, paint),
        Command::Plan(arguments) => plan::run(&arguments, paint),
        Command::Rules(arguments) => rules::run(&arguments, paint),
        Command::Bench(arguments) => bench::run(&arguments, paint),
        Command::Logpush(arguments) => logpush::run(&arguments, paint),
        Command::Docs(arguments) => docs::run(&arguments, paint),
        Command::Fields(arguments) => fields::run(&arguments, paint),
        Command::Library(arguments) => library::run(&arguments, paint),
        Command::Grok(arguments) => grok::run(&arguments, paint),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Help(arguments) => help::run(&arguments, Arguments::command(), paint),
        Command::Completions(arguments) => completions::run(&arguments, Arguments::command()),
        Command::Man(arguments) => completions::manual(&arguments, Arguments::command()),
        Command::Lsp(_) => lsp::run(),
        Command::Serve(arguments) => serve::run(&arguments),
        #[cfg(all(unix, feature = "kafka"))]
        Command::Worker(arguments) => worker::run(&arguments),
        #[cfg(unix)]
        Command::Log(arguments) => log::run(&arguments, paint),
        #[cfg(unix)]
        Command::Replay(arguments) => replay::run(&arguments, paint),
    };
    match outcome {
        Ok(Outcome::Well) | Err(Stop::PipeClosed) => 0,
        Ok(Outcome::Failed) => 1,
        Ok(Outcome::Unusable) => 2,
        Err(stop) => {
            // Where standard error is gone too, the code alone has to say it.
            let _ = writeln!(io::stderr(), "{} {stop}", terminal::red("error:", paint.stderr));
            2
        }
    }
}
