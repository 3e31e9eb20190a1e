//! `weir check`: all that can be found about formats without running them.

mod fix;
mod module;
mod publish;
mod sarif;

use crate::changed;
use crate::progress::Progress;
use crate::rules;
use crate::stop::{Outcome, Stop};
use crate::terminal::{Paint, bold};
use crate::watch;
use clap::{Args, ValueEnum};
use fix::Mended;
use module::of_module;
use sarif::Log;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;
use weir::diagnostic::{self, Severity};
use weir_author::check::{self, Checked, Uuids};
use weir_author::finding::{self, Finding};
use weir_author::fixes::FixedTexts;
use weir_author::words::plural;
use weir_formats::{Place, RuleFiles, folders};

const LONG_ABOUT: &str = "\
Check all formats at and below the given paths without running them: specs, fields, manifests, smart descriptions, contracts \
and recorded pairs. With --rules, a hint tells the field that most detection rules wait for. All findings are shown at once, each with its place and, if possible, a suggestion.

--fix mends what has one right answer, such as a misspelt name, and keeps comments and layout; --dry-run shows it as a patch. A comment `# weir: allow CODE because …` on the line or alone above it lets a finding be.

Mistakes that the public engine ignores in silence, such as a misspelt key, are errors here and warnings for `weir run` \
and `weir test`.";

const EXAMPLES: &str = "\
Examples:
  weir check
  weir check specs/cloudflare/access_requests --deny-warnings
  weir check formats --format json | jq -r '.file' | sort | uniq -c
  weir check --fix --dry-run | git apply
  weir check --fix --also unused-field
  weir check --changed=origin/main --publish
  weir check --format sarif > weir.sarif

Exit codes: 0 if there are no errors; 1 if there is one, or a warning with --deny-warnings, or something to mend with --dry-run; 2 if there are no formats or a \
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
    /// Check what a public repository asks of a format, too: manifest, logo, changelog, descriptions, samples, coverage
    #[arg(long)]
    publish: bool,
    /// Only formats with files that differ from a revision of git; the default is HEAD
    #[arg(long, value_name = "REVISION", num_args = 0..=1, require_equals = true, default_missing_value = "HEAD")]
    changed: Option<String>,
    /// Exit with 1 for a warning, too
    #[arg(long)]
    deny_warnings: bool,
    /// Say what a code means, such as unmet-key, instead of checking
    #[arg(long, value_name = "CODE", conflicts_with_all = ["format", "deny_warnings", "watch"])]
    explain: Option<String>,
    /// Mend what has one right answer, say what was changed, and check
    #[arg(long, conflicts_with_all = ["explain", "watch"])]
    fix: bool,
    /// With --fix: mend this finding too, though its fix may not be the right one, such as unused-field
    #[arg(long, value_name = "CODE", requires = "fix")]
    also: Vec<String>,
    /// With --fix: write nothing, and show the changes as a patch
    #[arg(long, requires = "fix")]
    dry_run: bool,
    /// Check again after each change of a file, until Ctrl-C
    #[arg(long)]
    watch: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Notation {
    /// Source lines with marks, for people
    Text,
    /// A JSON object a line: file, line, column, code, severity, title, help, fix
    Json,
    /// Annotations of a workflow on GitHub: `::error file=…,line=…`
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

/// Runs the command.
///
/// # Errors
/// Where a path or file cannot be read or the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    match (&arguments.explain, arguments.watch) {
        (Some(code), _) => explain(code, paint),
        (None, true) => watch::watch(&arguments.paths, paint, &mut || once(arguments, paint)),
        (None, false) if arguments.fix => mend(arguments, paint),
        (None, false) => once(arguments, paint),
    }
}

/// The formats that are checked.
fn found(arguments: &Arguments) -> Result<Vec<Place>, Stop> {
    let places = folders::found(&arguments.paths)?;
    match &arguments.changed {
        Some(revision) => changed::only(places, revision),
        None => Ok(places),
    }
}

/// Mends what can be mended, and checks what is left.
fn mend(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    if let Some(unknown) = arguments.also.iter().find(|code| codes().all(|known| known != **code)) {
        return Err(no_code(unknown));
    }
    let mended = Mended::of(&found(arguments)?, &arguments.also)?;
    if arguments.dry_run {
        return mended.preview(&mut io::stdout(), paint);
    }
    match arguments.format {
        Notation::Text => mended.write(&mut io::stdout(), paint.stdout)?,
        // What machines read is findings alone.
        _ => mended.write(&mut io::stderr(), paint.stderr)?,
    }
    let outcome = once(arguments, paint)?;
    // What platforms would emit has changed: a person must see it.
    Ok(if mended.tell_differing()? { Outcome::failed_if(true) } else { outcome })
}

/// The codes of all findings.
pub fn codes() -> impl Iterator<Item = &'static str> {
    check::kinds().map(|kind| kind.code)
}

/// Tells what a code means.
///
/// # Errors
/// Where there is no such code, or the output is closed.
pub fn explain(code: &str, paint: Paint) -> Result<Outcome, Stop> {
    let Some(kind) = check::kinds().find(|kind| kind.code.eq_ignore_ascii_case(code)) else {
        return Err(no_code(code));
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

fn no_code(code: &str) -> Stop {
    let meant = diagnostic::nearest(code, codes()).map(|meant| format!("; did you mean `{meant}`?"));
    Stop::Because(format!("there is no finding with the code `{code}`{}", meant.unwrap_or_default()))
}

fn once(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    let places = found(arguments)?;
    let mut teller = Teller::new(arguments.format, paint);
    let (mut modules, mut uuids) = (BTreeSet::new(), Uuids::new());
    let rules = match &arguments.rules[..] {
        [] => None,
        paths => Some(RuleFiles::read(paths, &[])?),
    };
    let mut progress = Progress::new(false);
    for (number, place) in (1..).zip(&places) {
        progress.show(|| format!("checking {number} of {}: {}", places.len(), place.name()));
        if let Some(module) = place.module().filter(|module| modules.insert(module.clone())) {
            teller.tell(&of_module(&module, &FixedTexts::default())?)?;
            if arguments.publish {
                teller.tell(&publish::module(&module, &mut uuids)?)?;
            }
        }
        let mut checked = check::format(&place.folder()?);
        progress.clear();
        if let Some(rules) = &rules {
            rules::hint(place, rules)?.into_iter().for_each(|finding| checked.findings.push(finding));
        }
        teller.tell(&checked)?;
        if arguments.publish {
            teller.tell(&publish::format(place, &mut uuids)?)?;
        }
    }
    teller.end(places.len())?;
    let (errors, warnings) = (teller.errors, teller.warnings);
    Ok(Outcome::failed_if(errors > 0 || (arguments.deny_warnings && warnings > 0)))
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
    log: Log,
    told: BTreeSet<(String, u32, &'static str, String)>,
    errors: u64,
    warnings: u64,
    hints: u64,
}

impl Teller {
    fn new(notation: Notation, paint: Paint) -> Self {
        Teller { notation, paint, log: Log::default(), told: BTreeSet::new(), errors: 0, warnings: 0, hints: 0 }
    }

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
                Notation::Sarif => self.log.add(finding, sources),
                Notation::Github => writeln!(out, "{}", annotation(&Finding::of(finding, sources)))?,
                Notation::Json => {
                    let told = serde_json::to_string(&Finding::of(finding, sources));
                    writeln!(out, "{}", told.map_err(|error| Stop::Because(error.to_string()))?)?;
                }
            }
        }
        Ok(())
    }

    fn end(&mut self, formats: usize) -> Result<(), Stop> {
        match self.notation {
            Notation::Text => {}
            Notation::Sarif => {
                writeln!(io::stdout(), "{:#}", std::mem::take(&mut self.log).done())?;
                return Ok(());
            }
            Notation::Json | Notation::Github => return Ok(()),
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
