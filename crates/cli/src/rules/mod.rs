//! `weir rules`: which detection rules can ever match the events of a format, and what the others wait for.

mod compared;
mod hint;
mod options;
mod shown;
mod told;
mod watch;

use crate::findings;
use crate::report_format::ReportFormat;
use crate::stop::{Outcome, Stop};
use crate::terminal::Paint;
use clap::{Args, ValueEnum};
pub use compared::RuleChanges;
pub use hint::hint;
pub use options::Detecting;
use std::io::{self, Write};
use std::path::PathBuf;
use told::tell;
pub use told::tell_passed_over;
pub use watch::Watch;
use weir::Input;
use weir_author::{FormatFolder, pairs};
use weir_detect::pipeline::derived;
use weir_detect::{Dialect, navigator};
use weir_formats::{Formats, Place, RuleFiles};

const LONG_ABOUT: &str = "\
Tell which Sigma rules can ever match the events of a format, decided by each rule's condition over what the format can \
write: rules that can match; rules that cannot, because of a field that is never set or a value that it never has, with the \
field that they wait for; and rules of which only the record decides, because the field lies below an object that declares \
no children. Fields that most rules wait for come first.

A rule is about events of a product, category or service; only rules about such events as the format's are told of, unless \
--all-sources is given. Names of rules become the format's fields by what its plan sets them from, and by pipelines \
(pySigma's YAML, --apply-pipeline).

That a rule can match is said of fields and of the values that are known in full. --prove goes further: a rule is proved by a \
record that makes it match, made from a recorded one.

With --pipeline, write that mapping as a pipeline for other tools instead; with --navigator, a layer of the ATT&CK Navigator.";

const EXAMPLES: &str = "\
Examples:
  weir rules specs/windows/event_log --rules sigma/rules
  weir rules specs/cloudflare/http_requests --rules sigma/rules --format json
  weir rules specs/windows/event_log --rules sigma/rules --prove
  weir rules specs/cloudflare/http_requests --rules sigma/rules --navigator > layer.json
  weir rules specs/windows/event_log --pipeline > pipeline.yml

Exit codes: 0; 2 if the format does not compile at all, if there are no rules, or if a file cannot be read. Rules that \
cannot be used are named on standard error.";

/// Tell which detection rules can match a format's events
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// A format's directory or its parser.yml
    format: PathBuf,
    /// Files of Sigma rules, or directories with *.yml
    #[arg(long, value_name = "PATH", required_unless_present = "pipeline")]
    rules: Vec<PathBuf>,
    /// A pySigma pipeline that is applied to the rules, in YAML
    #[arg(long, value_name = "FILE")]
    apply_pipeline: Vec<PathBuf>,
    /// Whose meaning the rules have
    #[arg(long, value_enum, default_value_t = RuleDialect::Sigma, value_name = "DIALECT")]
    dialect: RuleDialect,
    /// Try to prove of each rule that can match that it does: make a record of a recorded one, run it, and look whether the
    /// rule matches
    #[arg(long, requires = "rules")]
    prove: bool,
    /// Take each rule, whatever events it is about
    #[arg(long)]
    all_sources: bool,
    /// Write the mapping from names of rules to the format's fields, as a pySigma pipeline
    #[arg(long, conflicts_with = "navigator")]
    pipeline: bool,
    /// Write a layer for the ATT&CK Navigator
    #[arg(long)]
    navigator: bool,
    /// How the result is written
    #[arg(long = "format", value_enum, default_value_t = ReportFormat::Text, value_name = "KIND")]
    report: ReportFormat,
}

/// Whose meaning rules have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RuleDialect {
    /// Sigma's specification
    Sigma,
    /// The public platform's: expressions are RE2's and match whole values, keywords are sought in `message`
    Platform,
}

impl From<RuleDialect> for Dialect {
    fn from(dialect: RuleDialect) -> Self {
        match dialect {
            RuleDialect::Sigma => Dialect::Sigma,
            RuleDialect::Platform => Dialect::Platform,
        }
    }
}

/// Runs the command.
///
/// # Errors
/// Where a file cannot be read, or the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    let place = Place::at(&arguments.format)?;
    let folder = place.folder()?;
    let format = weir::compile(&folder.text());
    findings::tell(&format, true, paint)?;
    let Some(plan) = &format.plan else { return Ok(Outcome::Unusable) };
    let name = plan.name().unwrap_or("a format");
    let facts = place.facts(plan)?;
    let mut files = RuleFiles::read(&arguments.rules, &arguments.apply_pipeline)?;
    if arguments.pipeline {
        tell_passed_over(&files, paint)?;
        let names = files.field_names();
        io::stdout().write_all(derived(name, plan, &facts, &names).as_bytes())?;
        return Ok(Outcome::Well);
    }
    if files.detection.documents.rules.is_empty() {
        tell_passed_over(&files, paint)?;
        return Err(Stop::Because("there are no rules to tell of".to_owned()));
    }
    files.detection.dialect = arguments.dialect.into();
    let assessment = files.detection.assess(plan, &facts, arguments.all_sources);
    let proofs = arguments.prove.then(|| files.detection.prove(plan, &assessment, &messages(&folder)));
    tell_passed_over(&files, paint)?;
    let text = match (arguments.navigator, arguments.report) {
        (true, _) => navigator::layer(name, &assessment),
        (false, ReportFormat::Text) => shown::text(&assessment, proofs.as_ref(), &files, &folder, paint.stdout),
        (false, ReportFormat::Json) => shown::json(&assessment, proofs.as_ref(), &files)?,
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(Outcome::Well)
}

/// The messages of recorded pairs.
fn messages(folder: &FormatFolder) -> Vec<String> {
    let inputs = folder.pairs.iter().filter_map(|(_, text)| pairs::input(text));
    inputs.map(|input| weir_formats::message(Input::Event(input.as_bytes())).into_owned()).collect()
}

/// Holds the events of all formats against rules and indicators from now on; tells what cannot be used of them.
///
/// # Errors
/// Where a manifest cannot be read, or standard error is closed.
pub fn detect(formats: &Formats, rules: &RuleFiles, paint: Paint) -> Result<(), Stop> {
    tell(&formats.detect(rules)?, &rules.sources, paint)
}
