//! `weir check`: all that can be found about formats without running them.

use crate::rules;
use crate::stop::{Outcome, Stop};
use crate::terminal::{Paint, bold};
use crate::watch;
use clap::{Args, ValueEnum};
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use weir::diagnostic::{self, Severity};
use weir_author::check::{self, Checked, Written};
use weir_author::finding::{self, Finding};
use weir_author::words::plural;
use weir_formats::{RuleFiles, folders};

const LONG_ABOUT: &str = "\
Check all formats at and below the given paths without running them: specs, fields, manifests, smart descriptions, contracts \
and recorded pairs. With --rules, a hint tells the field that most detection rules wait for. All findings are shown at once, each with its place and, if possible, a suggestion.

Mistakes that the public engine ignores in silence, such as a misspelt key, are errors here and warnings for `weir run` \
and `weir test`.";

const EXAMPLES: &str = "\
Examples:
  weir check
  weir check specs/cloudflare/access_requests --deny-warnings
  weir check formats --format json | jq -r '.file' | sort | uniq -c

Exit codes: 0 if there are no errors; 1 if there is one, or a warning with --deny-warnings; 2 if there are no formats or a \
file cannot be read.";

/// Find mistakes in formats without running them
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// Directories or formats
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// How findings are written
    #[arg(long, value_enum, default_value_t = Notation::Text, value_name = "NOTATION")]
    format: Notation,
    /// Hint at the field that most of these Sigma rules wait for: files, or directories with *.yml
    #[arg(long, value_name = "PATH")]
    rules: Vec<PathBuf>,
    /// Exit with 1 for a warning, too
    #[arg(long)]
    deny_warnings: bool,
    /// Say what a code means, such as unmet-key, instead of checking
    #[arg(long, value_name = "CODE", conflicts_with_all = ["format", "deny_warnings", "watch"])]
    explain: Option<String>,
    /// Check again after each change of a file, until Ctrl-C
    #[arg(long)]
    watch: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Notation {
    /// Source lines with marks, for people
    Text,
    /// A JSON object a line: file, line, column, code, severity, title, help
    Json,
    /// Annotations of a workflow on GitHub: `::error file=…,line=…`
    Github,
}

/// Runs the command.
///
/// # Errors
/// Where a path or file cannot be read or the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    match (&arguments.explain, arguments.watch) {
        (Some(code), _) => explain(code, paint),
        (None, true) => watch::watch(&arguments.paths, paint, &mut || once(arguments, paint)),
        (None, false) => once(arguments, paint),
    }
}

/// What a code means.
fn explain(code: &str, paint: Paint) -> Result<Outcome, Stop> {
    let Some(kind) = check::kinds().find(|kind| kind.code == code) else {
        let meant = diagnostic::nearest(code, check::kinds().map(|kind| kind.code));
        let meant = meant.map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
        return Err(Stop::Because(format!("there is no finding with the code `{code}`{meant}")));
    };
    let severity = match kind.severity {
        Severity::Error => "error",
        Severity::Ignored => "ignored by the public engine, and an error here",
        Severity::Warning => "warning",
        Severity::Hint => "hint",
    };
    writeln!(io::stdout(), "{} ({severity})\n  {}\n  {}", bold(kind.code, paint.stdout), kind.title, kind.meaning)?;
    Ok(Outcome::Well)
}

fn once(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    let places = folders::found(&arguments.paths)?;
    let mut teller =
        Teller { notation: arguments.format, paint, told: BTreeSet::new(), errors: 0, warnings: 0, hints: 0 };
    let mut modules = BTreeSet::new();
    let rules = match &arguments.rules[..] {
        [] => None,
        paths => Some(RuleFiles::read(paths, &[])?),
    };
    for place in &places {
        if let Some(module) = place.module().filter(|module| modules.insert(module.clone())) {
            teller.tell(&of_module(&module)?)?;
        }
        let mut checked = check::format(&place.folder()?);
        if let Some(rules) = &rules {
            rules::hint(place, rules)?.into_iter().for_each(|finding| checked.findings.push(finding));
        }
        teller.tell(&checked)?;
    }
    teller.end(places.len())?;
    let (errors, warnings) = (teller.errors, teller.warnings);
    Ok(Outcome::failed_if(errors > 0 || (arguments.deny_warnings && warnings > 0)))
}

/// All findings about what the formats of a module share.
fn of_module(module: &Path) -> Result<Checked, Stop> {
    let folder = folders::module(module)?;
    let mut written = Written::default();
    if folder.fields.is_some() {
        for place in folders::find(&[module.to_owned()])? {
            written.add(&check::format(&place.folder()?).written);
        }
    }
    Ok(check::module(&folder, &written))
}

/// A finding as a workflow on GitHub shows it beside the changed lines.
fn annotation(finding: &Finding<'_>) -> String {
    let level = if finding.severity == "hint" { "notice" } else { finding.severity };
    let text = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |value: &str| text(value).replace(':', "%3A").replace(',', "%2C");
    let Finding { file, line, column, code, title, help, .. } = finding;
    let help = help.map(|help| format!("\n{help}")).unwrap_or_default();
    let message = text(&format!("{title}{help}"));
    format!("::{level} file={},line={line},col={column},title={}::{message}", property(file), property(code))
}

/// Tells findings, each once: formats of one module share files.
struct Teller {
    notation: Notation,
    paint: Paint,
    told: BTreeSet<(String, u32, &'static str, String)>,
    errors: u64,
    warnings: u64,
    hints: u64,
}

impl Teller {
    fn tell(&mut self, checked: &Checked) -> Result<(), Stop> {
        let Checked { sources, findings, .. } = checked;
        for finding in findings {
            let file = sources.get(finding.span().source).map(|source| source.name.clone()).unwrap_or_default();
            if !self.told.insert((file, finding.span().start, finding.code.0, finding.title.clone())) {
                continue;
            }
            *match finding::checked(finding.severity) {
                Severity::Ignored | Severity::Error => &mut self.errors,
                Severity::Warning => &mut self.warnings,
                Severity::Hint => &mut self.hints,
            } += 1;
            let mut out = io::stdout().lock();
            match self.notation {
                Notation::Text => {
                    writeln!(out, "{}\n", diagnostic::render(finding, sources, true, self.paint.stdout))?;
                }
                Notation::Github => writeln!(out, "{}", annotation(&Finding::of(finding, sources)))?,
                Notation::Json => {
                    let told = serde_json::to_string(&Finding::of(finding, sources));
                    writeln!(out, "{}", told.map_err(|error| Stop::Because(error.to_string()))?)?;
                }
            }
        }
        Ok(())
    }

    fn end(&self, formats: usize) -> Result<(), Stop> {
        if self.notation != Notation::Text {
            return Ok(());
        }
        let errors = format!("{} {}", self.errors, plural(self.errors, "error", "errors"));
        let warnings = format!("{} {}", self.warnings, plural(self.warnings, "warning", "warnings"));
        let hints = match self.hints {
            0 => String::new(),
            hints => format!(", {hints} {}", plural(hints, "hint", "hints")),
        };
        let formats = format!("{formats} {}", plural(formats as u64, "format", "formats"));
        let line = format!("{errors}, {warnings}{hints} in {formats}");
        writeln!(io::stdout(), "{}", bold(&line, self.paint.stdout))?;
        Ok(())
    }
}
