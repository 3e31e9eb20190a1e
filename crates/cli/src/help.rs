//! `weir help`: a command, a code of a finding, or a page of the manual.

use crate::check;
use crate::stop::{Outcome, Stop};
use crate::terminal::{Paint, bold};
use clap::{Args, Command};
use std::io::{self, Write};
use weir::diagnostic::nearest;

const EXAMPLES: &str = "\
Examples:
  weir help
  weir help check
  weir help unmet-key
  weir help expressions | less

Exit codes: 0; 2 if there is no such command, code or page.";

/// Show a page of the manual, a command, or the code of a finding
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// A command, a code such as unmet-key, or a page; without one, all are listed
    topic: Vec<String>,
}

/// The pages of the manual that help where no browser is, with what each is about.
const PAGES: &[(&str, &str, &str)] = &[
    ("first-format", "from a log to a format", include_str!("../../../docs/first-format.md")),
    ("testing", "working on a format: test, explain, diff, coverage", include_str!("../../../docs/testing.md")),
    ("troubleshooting", "a field is missing, an event is empty", include_str!("../../../docs/troubleshooting.md")),
    ("teams", "checks in editors, hooks and workflows", include_str!("../../../docs/teams.md")),
    ("format", "the files of a format", include_str!("../../../docs/language/format.md")),
    ("spec", "pipeline, layers and stages", include_str!("../../../docs/language/spec.md")),
    ("expressions", "values, operators and templates", include_str!("../../../docs/language/expressions.md")),
    ("actions", "set, translate and delete", include_str!("../../../docs/language/actions.md")),
    ("extractors", "text into values", include_str!("../../../docs/language/extractors.md")),
    ("casts", "the types of fields", include_str!("../../../docs/language/casts.md")),
    ("dates", "dates, zones, and dates without a year", include_str!("../../../docs/language/dates.md")),
    ("inferred-fields", "fields that follow from others", include_str!("../../../docs/language/inferred-fields.md")),
    ("findings", "all codes of findings", include_str!("../../../docs/language/findings.md")),
    ("limits", "every bound of the engine", include_str!("../../../docs/language/limits.md")),
    ("datasets", "contracts, routing and drift", include_str!("../../../docs/datasets.md")),
    ("glossary", "the terms", include_str!("../../../docs/glossary.md")),
];

/// Runs the command.
///
/// # Errors
/// Where there is no such topic, or the output is closed.
pub fn run(arguments: &Arguments, mut weir: Command, paint: Paint) -> Result<Outcome, Stop> {
    weir.build();
    let topic = arguments.topic.join(" ");
    if topic.is_empty() {
        return list(&weir, paint);
    }
    let mut command = Some(&mut weir);
    for name in &arguments.topic {
        command = command.and_then(|command| command.find_subcommand_mut(name));
    }
    if let Some(command) = command {
        let help = command.render_long_help();
        match paint.stdout {
            true => write!(io::stdout(), "{}", help.ansi())?,
            false => write!(io::stdout(), "{help}")?,
        }
        return Ok(Outcome::Well);
    }
    if let Some((_, _, page)) = PAGES.iter().find(|(name, ..)| *name == topic) {
        io::stdout().write_all(shown(page, paint.stdout).as_bytes())?;
        return Ok(Outcome::Well);
    }
    if check::codes().any(|code| code == topic) {
        return check::explain(&topic, paint);
    }
    let mut known: Vec<&str> = weir.get_subcommands().map(Command::get_name).collect();
    PAGES.iter().for_each(|(name, ..)| known.push(name));
    check::codes().for_each(|code| known.push(code));
    let meant = nearest(&topic, known).map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
    Err(Stop::Because(format!("there is no command, page or code `{topic}`{meant}")))
}

fn list(weir: &Command, paint: Paint) -> Result<Outcome, Stop> {
    let mut out = io::stdout().lock();
    let line = |name: &str, about: &str| format!("  {} {about}", bold(&format!("{name:16}"), paint.stdout));
    writeln!(out, "Commands:")?;
    for command in weir.get_subcommands().filter(|command| !command.is_hide_set()) {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        writeln!(out, "{}", line(command.get_name(), &about))?;
    }
    writeln!(out, "\nPages of the manual, such as `weir help dates`:")?;
    for (name, about, _) in PAGES {
        writeln!(out, "{}", line(name, about))?;
    }
    writeln!(
        out,
        "\n`weir help CODE` says what a finding means; `weir library`, `weir fields` and `weir grok` list functions, fields and patterns."
    )?;
    Ok(Outcome::Well)
}

/// A page as a terminal shows it: headings stand out, blocks are indented, links and the marks of generated tables are left out.
fn shown(page: &str, color: bool) -> String {
    let mut out = String::with_capacity(page.len());
    let mut is_block = false;
    for line in page.lines() {
        match line {
            _ if line.starts_with("```") => is_block = !is_block,
            _ if is_block => {
                out.push_str("    ");
                out.push_str(line);
                out.push('\n');
            }
            _ if line.starts_with("<!--") => {}
            _ if line.starts_with('#') => {
                out.push_str(&bold(line.trim_start_matches(['#', ' ']), color));
                out.push('\n');
            }
            // The rule below the heads of a table.
            _ if line.starts_with("|---") => {}
            _ => {
                out.push_str(&without_links(line));
                out.push('\n');
            }
        }
    }
    out
}

/// A line with the words of links alone: `[spec](spec.md)` → `spec`.
fn without_links(line: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(line.len()), line);
    while let Some(open) = rest.find('[') {
        let link = rest[open..].find("](").and_then(|middle| {
            let end = rest[open + middle..].find(')')?;
            Some((&rest[open + 1..open + middle], open + middle + end + 1))
        });
        match link.filter(|(words, _)| !words.contains('[')) {
            Some((words, end)) => {
                out.push_str(&rest[..open]);
                out.push_str(words);
                rest = &rest[end..];
            }
            None => {
                out.push_str(&rest[..=open]);
                rest = &rest[open + 1..];
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::{PAGES, shown};

    #[test]
    fn a_page_is_shown_without_marks() {
        let page =
            "# A `b`\n\nSee [the spec](spec.md#x) and a[0], [b][c].\n```yaml format\na: [b](c)\n```\n<!-- table -->\n";
        assert_eq!(shown(page, false), "A `b`\n\nSee the spec and a[0], [b][c].\n    a: [b](c)\n");
    }

    #[test]
    fn every_page_opens_with_a_heading() {
        for (name, _, page) in PAGES {
            assert!(page.starts_with("# "), "{name}");
        }
    }
}
