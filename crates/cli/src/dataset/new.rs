//! `weir dataset new`: a first format from a list of fields and sample records.

use crate::drafts;
use crate::records::{self, Reading};
use crate::stop::{Outcome, Stop};
use clap::Args;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use uuid::Uuid;
use weir_author::words::plural;
use weir_formats::{folders, message};
use weir_propose::{Draft, from_list, read_field_list};

/// How many samples are read.
const MOST: usize = 1000;

const LONG_ABOUT: &str = "\
Write the first draft of a format from the documented fields of a dataset and sample records: contract, spec, fields, \
manifest, and recorded pairs that pass. Fields of ECS are proposed by name, type and values; every other field is kept \
under the format's own name. Decisions for you are printed and written to DECISIONS.md.

The list of fields has the header `field<TAB>type` and below it a field a line; the types are those of a contract: \
string, int, float, bool, object, array[string], array[int], array[object], int or string (a moment), unknown. Of the \
samples, the first 1,000 are read, and up to ten that show the most become pairs, with the data of the samples.";

const EXAMPLES: &str = "\
Examples:
  weir dataset new door_logs --fields door_logs.tsv --samples door_logs.ndjson
  weir dataset new door_logs --fields fields.tsv --samples monday.ndjson.gz tuesday.ndjson.gz --output formats/doors
  weir check door_logs && weir test door_logs && weir dataset validate door_logs door_logs.ndjson

Exit codes: 0 if the draft was written; 2 if a file cannot be read, no sample is a JSON object, or the directory already \
exists.";

/// Write the first draft of a format
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// The name of the dataset: lower-case letters, digits and `_`
    name: String,
    /// The documented fields, name and type with a tab between them
    #[arg(long, value_name = "FILE")]
    fields: PathBuf,
    /// Files with sample records, one a line
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    samples: Vec<PathBuf>,
    /// The directory of the format; the default is the name
    #[arg(long, short, value_name = "DIRECTORY")]
    output: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// Where a file cannot be read or written, or the draft cannot be made.
pub fn run(arguments: &Arguments) -> Result<Outcome, Stop> {
    let root = arguments.output.clone().unwrap_or_else(|| PathBuf::from(&arguments.name));
    drafts::refuse_existing(&root)?;
    let fields = read_field_list(&folders::read(&arguments.fields)?)
        .map_err(|reason| Stop::Because(format!("{}: {reason}", arguments.fields.display())))?;
    let samples = samples(&arguments.samples)?;
    let uuid = Uuid::new_v4().hyphenated().to_string();
    let draft = from_list(&arguments.name, &uuid, &fields, &samples).map_err(Stop::Because)?;
    drafts::write(&root, &draft)?;
    io::stdout().write_all(text(&root, &draft).as_bytes())?;
    Ok(Outcome::Well)
}

fn samples(paths: &[PathBuf]) -> Result<Vec<String>, Stop> {
    let mut samples = Vec::new();
    for path in paths {
        records::each(path, &Reading::LINES, &mut |input, _| {
            samples.push(message(input).into_owned());
            Ok(if samples.len() < MOST { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
    }
    samples.truncate(MOST);
    Ok(samples)
}

fn text(root: &Path, draft: &Draft) -> String {
    let count = draft.files.len() as u64;
    format!("{count} {} in {}\n{}", plural(count, "file", "files"), root.display(), drafts::decisions(draft))
}
