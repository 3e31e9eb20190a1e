//! `weir dataset validate`: records compared with the contract of their dataset.

use super::report::{percent, table};
use crate::findings;
use crate::records::{self, Reading};
use crate::report_format::ReportFormat;
use crate::stop::{Outcome, Stop};
use crate::terminal::{self, Paint};
use clap::Args;
use clap::builder::PossibleValuesParser;
use std::collections::HashSet;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use weir_author::words::plural;
use weir_dataset::{Contract, FieldShare, Finding, FindingKind, Profile, Validation, mapped_fields, validate};
use weir_formats::{Place, message};

const LONG_ABOUT: &str = "\
Compare raw records with the contract of their dataset, the format's `dataset.yml`: which fields are renamed, new, \
missing, of another type, in another notation or with values that are not documented, each with the share of records; \
which documented fields the format does not read, and which of those it reads are never filled.

A field is missing if no record has it. If a job sends only some fields, list them with --fields, or ignore missing fields \
with --allow missing. Sources write empty text, null, 0, {} and [] if there is no value: these fit every type, and do not count \
as filled.";

const EXAMPLES: &str = "\
Examples:
  weir dataset validate specs/cloudflare/http_requests today.ndjson.gz
  weir dataset validate specs/cloudflare/dns_logs sample.ndjson --fields QueryName,SourceIP,Timestamp
  zcat today.gz | weir dataset validate specs/cloudflare/gateway_dns --allow missing,notation --format json

Kinds, in the order of a report: unreadable, renamed, unknown, type, notation, value and missing fail; unmapped and \
never-filled are notes. --allow turns kinds into notes, --deny makes them fail.

Exit codes: 0 if nothing fails; 1 if something does; 2 if there is no contract, the format does not compile at all, a file \
cannot be read, or there are no records.";

/// Compare records with the documentation of their source
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// A format's directory, with a dataset.yml
    dataset: PathBuf,
    /// Files with records, or recorded pairs; `-` or no file is standard input
    files: Vec<PathBuf>,
    #[command(flatten)]
    reading: Reading,
    /// The fields that the records should have; the default is all documented fields
    #[arg(long, value_name = "FIELDS", value_delimiter = ',')]
    fields: Vec<String>,
    /// Kinds that become notes and do not fail
    #[arg(long, value_name = "KINDS", value_delimiter = ',', value_parser = kinds(), hide_possible_values = true)]
    allow: Vec<String>,
    /// Kinds that fail
    #[arg(long, value_name = "KINDS", value_delimiter = ',', value_parser = kinds(), hide_possible_values = true)]
    deny: Vec<String>,
    /// List all fields with their shares
    #[arg(long)]
    all: bool,
    /// How the result is written
    #[arg(long, value_enum, default_value_t = ReportFormat::Text, value_name = "KIND")]
    format: ReportFormat,
}

fn kinds() -> PossibleValuesParser {
    PossibleValuesParser::new(FindingKind::ALL.iter().map(|kind| kind.name()))
}

/// Runs the command.
///
/// # Errors
/// Where a file cannot be read, there is no contract or no record, or the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    let place = Place::at(&arguments.dataset)?;
    let Some(contract) = findings::contract(&place, paint)? else {
        let path = place.contract();
        return Err(Stop::Because(format!("there is no {} to compare records with", path.display())));
    };
    let selected = selected(arguments, &contract)?;
    let format = weir::compile(&place.text()?);
    findings::tell(&format, true, paint)?;
    let Some(plan) = &format.plan else { return Ok(Outcome::Unusable) };
    let profile = profile(arguments, &contract)?;
    if profile.records == 0 {
        return Err(Stop::Because("there are no records".to_owned()));
    }
    let mut found = validate(&contract, &profile, &mapped_fields(plan, &contract), selected.as_ref());
    for finding in &mut found.findings {
        let name = |kind: &String| kind == finding.kind.name();
        finding.fails = (finding.fails || arguments.deny.iter().any(name)) && !arguments.allow.iter().any(name);
    }
    let text = match arguments.format {
        ReportFormat::Text => text(&found, arguments.all, paint.stdout),
        ReportFormat::Json => {
            serde_json::to_string_pretty(&found).map_err(|error| Stop::Because(error.to_string()))? + "\n"
        }
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(Outcome::failed_if(found.fails()))
}

/// The fields that the records are to have.
fn selected(arguments: &Arguments, contract: &Contract) -> Result<Option<HashSet<String>>, Stop> {
    for name in &arguments.fields {
        if contract.field(name).is_none() {
            let known = contract.fields.iter().map(|field| &*field.name);
            let meant = weir::diagnostic::nearest(name, known).map(|meant| format!("; did you mean {meant}?"));
            let meant = meant.unwrap_or_default();
            return Err(Stop::Because(format!("{} has no documented field {name}{meant}", contract.name)));
        }
    }
    Ok(Some(arguments.fields.iter().cloned().collect()).filter(|fields: &HashSet<String>| !fields.is_empty()))
}

fn profile(arguments: &Arguments, contract: &Contract) -> Result<Profile, Stop> {
    let mut profile = Profile::default();
    let standard = [PathBuf::from("-")];
    let files = if arguments.files.is_empty() { &standard[..] } else { &arguments.files };
    for path in files {
        records::each(path, &arguments.reading, &mut |input, _| {
            profile.add(&message(input), Some(contract));
            Ok(ControlFlow::Continue(()))
        })?;
    }
    Ok(profile)
}

/// How many fields of a kind are listed by name in a note about all of them.
const LISTED: usize = 8;

fn text(found: &Validation, all: bool, color: bool) -> String {
    let (failing, notes): (Vec<&Finding>, Vec<&Finding>) = found.findings.iter().partition(|finding| finding.fails);
    let records = plural(found.records, "record", "records");
    let mut out = match failing.len() as u64 {
        0 => format!("{}: {} {records} as documented\n", found.dataset, found.records),
        count => {
            let findings = plural(count, "finding", "findings");
            format!("{}: {} {records}, {count} {findings}\n", found.dataset, found.records)
        }
    };
    let rows: Vec<[String; 4]> = failing.iter().map(|finding| row(finding, color)).collect();
    if !rows.is_empty() {
        out.push('\n');
        out.push_str(&table(&rows));
    }
    out.push_str(&remarks(&notes));
    if failing.iter().any(|finding| finding.kind == FindingKind::Missing) {
        out.push_str("\nIf the job sends only some fields, list them with --fields, or use --allow missing.\n");
    }
    if all {
        out.push('\n');
        let rows: Vec<[String; 4]> = found.fields.iter().map(field_row).collect();
        out.push_str(&table(&rows));
    }
    out
}

fn row(finding: &Finding, color: bool) -> [String; 4] {
    let kind = terminal::red(&format!("{:<10}", finding.kind.name()), color);
    [kind, finding.field.clone(), percent(finding.share), finding.detail.clone()]
}

/// What does not fail, a line a kind.
fn remarks(notes: &[&Finding]) -> String {
    let mut out = String::new();
    for kind in FindingKind::ALL {
        let of_kind: Vec<&&Finding> = notes.iter().filter(|finding| finding.kind == *kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        let mut names: Vec<String> = of_kind
            .iter()
            .take(LISTED)
            .map(|finding| format!("{} ({})", finding.field, percent(finding.share)))
            .collect();
        if of_kind.len() > LISTED {
            names.push(format!("and {} more", of_kind.len() - LISTED));
        }
        out.push_str(&format!("\nnote: {} {}: {}\n", of_kind.len(), kind.name(), names.join(", ")));
    }
    out
}

fn field_row(field: &FieldShare) -> [String; 4] {
    let kind = field.kind.unwrap_or("not documented");
    let mut words = vec![format!("filled {}", percent(field.filled))];
    words.extend((!field.shapes.is_empty()).then(|| field.shapes.join(" or ")));
    words.extend(match (&field.left_out, field.mapped) {
        (Some(reason), false) => Some(format!("left out: {reason}")),
        (_, true) => None,
        (None, false) => Some("not read".to_owned()),
    });
    [field.field.clone(), kind.to_owned(), percent(field.present), words.join("; ")]
}
