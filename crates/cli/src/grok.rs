//! `weir grok`: the patterns that have names, what they stand for, and what a pattern makes of a text.

use crate::stop::{Outcome, Stop};
use crate::terminal::{Paint, bold, green, red};
use clap::Args;
use std::io::{self, Write};
use std::path::Path;
use weir::diagnostic::{self, nearest};
use weir::extract::{KnownGrok, expanded_grok, grok_library};
use weir_author::grok::{Matched, matched};
use weir_author::json::Json;
use weir_author::words::cut;

const LONG_ABOUT: &str = "\
List the patterns that grok knows by name, show one with what it stands for, or match a text with it.

A text is matched as `grok.match` does it: all of it. Where it does not match, the part of the pattern is told that does not go \
on, and where. A pattern of your own is anything with `%{`, or any other regular expression where a text follows it.";

const EXAMPLES: &str = "\
Examples:
  weir grok
  weir grok date
  weir grok IPORHOST
  weir grok SYSLOGLINE 'May 14 08:30:12 gate sshd[12]: session opened'
  weir grok '%{IP:source} %{WORD:verb}' '192.0.2.7 GET'

Exit codes: 0 if there is such a pattern, or the text matches it; 1 if there is none, or the text does not match; 2 if the \
pattern cannot be used.";

/// The longest part of a text, and of a pattern in a list, that is shown.
const SHOWN: usize = 100;

/// List the patterns of grok, or match a text with one
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// A name, a word that names have, or a pattern of your own; without one, all names are listed
    pattern: Option<String>,
    /// A text to match; `-` is standard input, without the end of its last line
    #[arg(allow_hyphen_values = true)]
    text: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// Where the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    let pattern = arguments.pattern.as_deref().unwrap_or_default();
    let text = match arguments.text.as_deref() {
        Some("-") => {
            let text = io::read_to_string(io::stdin()).map_err(|error| Stop::cannot("read", Path::new("-"), &error))?;
            Some(text.strip_suffix('\n').map_or(text.clone(), str::to_owned))
        }
        text => text.map(str::to_owned),
    };
    let known = grok_library().iter().rev().find(|known| known.name == pattern);
    match (known, &text) {
        (Some(known), Some(text)) => try_text(&format!("%{{{}}}", known.name), text, paint),
        (None, Some(text)) => try_text(pattern, text, paint),
        (Some(known), None) => show(known, paint),
        (None, None) if pattern.contains("%{") => expand(pattern, paint),
        (None, None) => list(pattern, paint),
    }
}

fn list(word: &str, paint: Paint) -> Result<Outcome, Stop> {
    let upper = word.to_uppercase();
    let has = |known: &&KnownGrok| known.name.contains(&upper) || known.topic.to_uppercase().contains(&upper);
    let found: Vec<&KnownGrok> = grok_library().iter().filter(has).collect();
    let width = found.iter().map(|known| known.name.len()).max().unwrap_or(0);
    let mut out = io::stdout().lock();
    let mut topic = "";
    for known in &found {
        if known.topic != topic {
            let between = if topic.is_empty() { "" } else { "\n" };
            writeln!(out, "{between}{}", known.topic)?;
            topic = known.topic;
        }
        let name = bold(&format!("{:width$}", known.name), paint.stdout);
        writeln!(out, "  {name}  {}", cut(known.pattern, SHOWN))?;
    }
    if found.is_empty() {
        let meant = nearest(&upper, grok_library().iter().map(|known| known.name));
        let meant = meant.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
        writeln!(io::stderr(), "there is no pattern with `{word}`{meant}")?;
    }
    Ok(Outcome::failed_if(found.is_empty()))
}

fn show(known: &KnownGrok, paint: Paint) -> Result<Outcome, Stop> {
    writeln!(io::stdout(), "{}  {}\n  {}\n", bold(known.name, paint.stdout), known.topic, known.pattern)?;
    expand(&format!("%{{{}}}", known.name), paint)
}

/// Shows what a pattern stands for in full.
fn expand(pattern: &str, paint: Paint) -> Result<Outcome, Stop> {
    let Some((expanded, groups)) = expanded_grok(pattern, &[]) else { return refuse(pattern, paint) };
    let mut out = io::stdout().lock();
    let names: Vec<String> = groups.into_iter().flatten().collect();
    if !names.is_empty() {
        writeln!(out, "gives {}", names.join(", "))?;
    }
    writeln!(out, "{pattern} =\n  {expanded}")?;
    Ok(Outcome::Well)
}

fn try_text(pattern: &str, text: &str, paint: Paint) -> Result<Outcome, Stop> {
    let Ok(matched) = matched(pattern, text) else { return refuse(pattern, paint) };
    let mut out = io::stdout().lock();
    match matched {
        Matched::All(found) => {
            writeln!(out, "{}", green("it matches", paint.stdout))?;
            tell(&mut out, &found, "", paint)?;
            Ok(Outcome::Well)
        }
        Matched::Not { reason, reach, inside } => {
            writeln!(out, "{} {reason}", red("no match:", paint.stdout))?;
            if let Some(reach) = reach {
                let shown = |text: &str| cut(text, SHOWN);
                let (before, part, after) = reach.told(text, &shown);
                writeln!(out, "  {before}{}{after}", bold(&shown(part), paint.stdout))?;
                point(&mut out, text, reach.read, paint)?;
            }
            if let Some(inside) = inside.and_then(|inside| text.get(inside)) {
                writeln!(out, "  a part of the text matches: {}", cut(inside, SHOWN))?;
            }
            Ok(Outcome::Failed)
        }
    }
}

/// The text, where it is short, with a mark under the first letter that no longer matches.
fn point(out: &mut impl Write, text: &str, read: usize, paint: Paint) -> Result<(), Stop> {
    let is_one_line = !text.contains(|letter: char| letter.is_control());
    if is_one_line && text.chars().count() <= SHOWN {
        let column = text[..read].chars().count();
        writeln!(out, "\n    {text}\n    {:column$}{}", "", red("^", paint.stdout))?;
    }
    Ok(())
}

/// Tells each name with its value, those of names in brackets with dots between.
fn tell(out: &mut impl Write, found: &Json, above: &str, paint: Paint) -> Result<(), Stop> {
    for (name, value) in found.members() {
        let name = format!("{above}{name}");
        match value {
            Json::Object(_) => tell(out, value, &format!("{name}."), paint)?,
            value => writeln!(out, "  {} = {value}", bold(&name, paint.stdout))?,
        }
    }
    Ok(())
}

/// Tells what is wrong with a pattern.
fn refuse(pattern: &str, paint: Paint) -> Result<Outcome, Stop> {
    let Err((findings, sources)) = matched(pattern, "") else {
        return Err(Stop::Because(format!("the pattern `{}` cannot be written out", cut(pattern, SHOWN))));
    };
    for finding in findings {
        writeln!(io::stderr(), "{}", diagnostic::render(&finding, &sources, true, paint.stderr))?;
    }
    Ok(Outcome::Unusable)
}
