//! `weir check`: all that can be found about formats without running them.

use crate::dataset::contract;
use crate::declarations::Written;
use crate::descriptions;
use crate::expectations;
use crate::keys::Words;
use crate::load::{self, Place};
use crate::manifests;
use crate::stop::{Outcome, Stop};
use crate::tally::plural;
use crate::terminal::{Paint, bold};
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use weir::diagnostic::{self, Diagnostic, Diagnostics, Severity, SourceId, Sources};
use weir::{Format, spec};

const LONG_ABOUT: &str = "\
Check all formats at and below the given paths without running them: specs, fields, manifests, smart descriptions, contracts \
and recorded pairs. All findings are shown at once, each with its place and, where there is one, what would help.

Mistakes that the public engine ignores in silence, such as a misspelt key, are errors here and warnings for `weir run` \
and `weir test`.";

const EXAMPLES: &str = "\
Examples:
  weir check
  weir check specs/cloudflare/access_requests --deny-warnings
  weir check formats --format json | jq -r '.file' | sort | uniq -c

Exit codes: 0 where there are no errors; 1 where there is one, or a warning with --deny-warnings; 2 where there are no \
formats or a file cannot be read.";

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
    /// Exit with 1 where there is a warning too
    #[arg(long)]
    deny_warnings: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Notation {
    /// Source lines with marks, for people
    Text,
    /// A JSON object a line: file, line, column, code, severity, title, help
    Json,
}

/// A finding, as JSON tells it.
#[derive(Serialize)]
struct Told<'f> {
    file: &'f str,
    line: u32,
    column: u32,
    code: &'f str,
    severity: &'f str,
    title: &'f str,
    help: Option<&'f str>,
}

/// Runs the command.
///
/// # Errors
/// Where a path or file cannot be read or the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    let places = load::found(&arguments.paths)?;
    let mut teller =
        Teller { notation: arguments.format, paint, told: BTreeSet::new(), errors: 0, warnings: 0, hints: 0 };
    let mut modules = BTreeSet::new();
    for place in &places {
        if let Some(module) = place.module().filter(|module| modules.insert(module.clone())) {
            teller.tell(of_module(&module)?)?;
        }
        teller.tell(of_format(place)?.0)?;
    }
    teller.end(places.len())?;
    let (errors, warnings) = (teller.errors, teller.warnings);
    Ok(Outcome::failed_if(errors > 0 || (arguments.deny_warnings && warnings > 0)))
}

/// All findings about what the formats of a module share.
fn of_module(module: &Path) -> Result<Part, Stop> {
    let mut part = Part::default();
    part.manifest(module)?;
    part.routing(module)?;
    if module.join("_meta/fields.yml").is_file() {
        let mut written = Written::default();
        for place in load::find(&[module.to_owned()])? {
            written.add(&of_format(&place)?.1);
        }
        part.declarations(module, &written)?;
    }
    Ok(part)
}

/// All findings about a format, and the fields that it can set.
fn of_format(place: &Place) -> Result<(Part, Written), Stop> {
    let Format { sources, spec, taxonomy, findings, .. } = weir::compile(&place.text()?);
    let mut part = Part { sources, findings };
    let (mut written, mut words) = (Written::default(), Words::default());
    part.manifest(&place.root)?;
    let contract = contract::path(place);
    if contract.is_file() {
        let (text, source) = part.read(&contract)?;
        weir_dataset::read_contract(&text, source, &mut part.findings);
    }
    for path in place.pairs()? {
        let (text, source) = part.read(&path)?;
        if let Some(test) = spec::read_test(&text, source, &mut part.findings) {
            expectations::check(&text, &test, &taxonomy, &mut part.findings);
            written.add_test(&test);
            words.add(&test);
        }
    }
    let descriptions = part.descriptions(&place.root)?;
    if let Some(spec) = spec {
        written.add_spec(&spec);
        words.check(&spec, &part.sources, &mut part.findings);
        part.declarations(&place.root, &written)?;
        if let Some((text, source)) = descriptions {
            descriptions::check(&text, source, &taxonomy, &written, &mut part.findings);
        }
    }
    Ok((part, written))
}

/// Texts that belong together, and what was found in them.
#[derive(Default)]
struct Part {
    sources: Sources,
    findings: Diagnostics,
}

impl Part {
    fn read(&mut self, path: &Path) -> Result<(String, SourceId), Stop> {
        let text = load::read(path)?;
        let source = self.sources.add(path.display().to_string(), &*text);
        Ok((text, source))
    }

    fn declarations(&mut self, folder: &Path, written: &Written) -> Result<(), Stop> {
        let path = folder.join("_meta/fields.yml");
        if path.is_file() {
            let (text, source) = self.read(&path)?;
            written.check_declarations(&text, source, &mut self.findings);
        }
        Ok(())
    }

    fn descriptions(&mut self, folder: &Path) -> Result<Option<(String, SourceId)>, Stop> {
        let path = folder.join("_meta/smart-descriptions.json");
        if !path.is_file() {
            return Ok(None);
        }
        let (text, source) = self.read(&path)?;
        spec::check_descriptions(&text, source, &mut self.findings);
        Ok(Some((text, source)))
    }

    fn routing(&mut self, module: &Path) -> Result<(), Stop> {
        let path = contract::routing_path(module);
        if path.is_file() {
            let (text, source) = self.read(&path)?;
            let mut known = Vec::new();
            for contract in load::find(&[module.to_owned()])?.iter().map(contract::path).filter(|path| path.is_file()) {
                let text = load::read(&contract)?;
                // What is wrong with a contract is told with its format.
                let read = weir_dataset::read_contract(&text, source, &mut Diagnostics::new());
                known.extend(read.map(|contract| contract.name));
            }
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            weir_dataset::read_routing(&text, source, &known, &mut self.findings);
        }
        Ok(())
    }

    fn manifest(&mut self, folder: &Path) -> Result<(), Stop> {
        let path = folder.join("_meta/manifest.yml");
        if path.is_file() {
            let (text, source) = self.read(&path)?;
            if let Some(manifest) = spec::read_manifest(&text, source, &mut self.findings) {
                manifests::check(&manifest, &mut self.findings);
            }
        }
        Ok(())
    }
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
    fn tell(&mut self, part: Part) -> Result<(), Stop> {
        let Part { sources, mut findings } = part;
        findings.sort();
        for finding in &findings {
            let file = sources.get(finding.span().source).map(|source| source.name.clone()).unwrap_or_default();
            if !self.told.insert((file, finding.span().start, finding.code.0, finding.title.clone())) {
                continue;
            }
            *match gravity(finding) {
                Gravity::Error => &mut self.errors,
                Gravity::Warning => &mut self.warnings,
                Gravity::Hint => &mut self.hints,
            } += 1;
            let mut out = io::stdout().lock();
            match self.notation {
                Notation::Text => {
                    writeln!(out, "{}\n", diagnostic::render(finding, &sources, true, self.paint.stdout))?;
                }
                Notation::Json => writeln!(out, "{}", json(finding, &sources)?)?,
            }
        }
        Ok(())
    }

    fn end(&self, formats: usize) -> Result<(), Stop> {
        if self.notation == Notation::Json {
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

/// How grave a finding is where formats are checked.
#[derive(Clone, Copy)]
enum Gravity {
    Hint,
    Warning,
    Error,
}

fn gravity(finding: &Diagnostic) -> Gravity {
    match finding.severity {
        Severity::Hint => Gravity::Hint,
        Severity::Warning => Gravity::Warning,
        Severity::Ignored | Severity::Error => Gravity::Error,
    }
}

fn json(finding: &Diagnostic, sources: &Sources) -> Result<String, Stop> {
    let (file, line, column) = match sources.locate(finding.span()) {
        Some((file, place)) => (file, place.line, place.column),
        None => ("", 0, 0),
    };
    let told = Told {
        file,
        line,
        column,
        code: finding.code.0,
        severity: match gravity(finding) {
            Gravity::Hint => "hint",
            Gravity::Warning => "warning",
            Gravity::Error => "error",
        },
        title: &finding.title,
        help: finding.help.as_deref(),
    };
    serde_json::to_string(&told).map_err(|error| Stop::Because(error.to_string()))
}
