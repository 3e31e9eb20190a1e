//! `weir new`: a first format from sample records.

use crate::drafts;
use crate::input;
use crate::lines::{Lines, MOST as LONGEST_LINE};
use crate::stop::{Outcome, Stop};
use crate::terminal::{Paint, bold, green, red, yellow};
use clap::Args;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use uuid::Uuid;
use weir_author::words::plural;
use weir_propose::{Confidence, Draft, Selected, Tally, from_samples, selected};

/// The most records that are read.
const MOST: usize = 1000;

/// The most bytes that are read of a file.
const LARGEST: u64 = 16 << 20;

const LONG_ABOUT: &str = "\
Look at sample records and write a format that reads them: spec, fields, manifest, and recorded pairs that pass. Records may be \
JSON, pairs of key and value, CEF, LEEF, XML, rows with a delimiter, lines of a web server, or text, each also behind a header of \
syslog or inside a JSON record. For text, a grok pattern is inferred from the lines themselves.

Fields of ECS are proposed by name, type and values: `sure` if the whole name says so, `likely` if a part of it or the words \
beside the value do, `guess` if the values alone do. Every other value is kept under the format's own name. What a human must decide is \
printed and written to DECISIONS.md.

A record is a line. If the file is one JSON document, the records are the items of its list. The first 1,000 records are read, \
and up to ten that show the most become recorded pairs, with the data of the samples; `weir test --add --anonymise` \
replaces such data.";

const EXAMPLES: &str = "\
Examples:
  weir new gate --from gate.log
  weir new doors --from monday.ndjson.gz tuesday.ndjson.gz --output formats/doors
  tail -20 /var/log/auth.log | weir new logins --from -
  weir check gate && weir test gate && weir run gate gate.log

Exit codes: 0 if the format was written; 2 if a file cannot be read or has no records, or the directory already exists.";

/// Write a first format from sample records
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// The name of the format: lower-case letters, digits and `_`
    name: String,
    /// Files with sample records; `-` is standard input
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    from: Vec<PathBuf>,
    /// The directory of the format; the default is the name
    #[arg(long, short, value_name = "DIRECTORY")]
    output: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// Where a file cannot be read or written, or the draft cannot be made.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    let root = arguments.output.clone().unwrap_or_else(|| PathBuf::from(&arguments.name));
    drafts::refuse_existing(&root)?;
    let (mut records, mut path_of_records) = (Vec::new(), None);
    for path in &arguments.from {
        let text = text(path)?;
        match selected(&text) {
            Some(Selected { path, records: found }) => {
                path_of_records = Some(path);
                records.extend(found);
            }
            None => records.extend(lines(&text)),
        }
    }
    records.truncate(MOST);
    let uuid = Uuid::new_v4().hyphenated().to_string();
    let draft = from_samples(&arguments.name, &uuid, &records).map_err(Stop::Because)?;
    drafts::write(&root, &draft)?;
    io::stdout().write_all(shown(&root, &draft, path_of_records.as_deref(), paint.stdout).as_bytes())?;
    Ok(Outcome::Well)
}

/// The beginning of a file as text.
fn text(path: &Path) -> Result<String, Stop> {
    let mut bytes = Vec::new();
    let read = input::open(path)?.take(LARGEST).read_to_end(&mut bytes);
    read.map_err(|error| Stop::cannot("read", path, &error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn lines(text: &str) -> Vec<String> {
    let mut source = text.as_bytes();
    let mut lines = Lines::new(&mut source, LONGEST_LINE);
    let mut found = Vec::new();
    loop {
        while let Some(line) = lines.next() {
            if !line.is_blank() {
                found.push(String::from_utf8_lossy(line.bytes).into_owned());
            }
        }
        if lines.ended() || found.len() >= MOST || lines.fill().is_err() {
            return found;
        }
    }
}

fn shown(root: &Path, draft: &Draft, records: Option<&str>, color: bool) -> String {
    let Tally { records: all, read, dated, partial } = draft.tally;
    let count =
        |number: usize| if number == all { green(&number.to_string(), color) } else { red(&number.to_string(), color) };
    let name = root.display();
    let mut out = match draft.shape.as_slice() {
        [] => "No shape was found in the records: the format keeps their text alone.\n".to_owned(),
        shape => format!("The records are {}.\n", shape.join(", then ")),
    };
    out.push_str(&format!(
        "{} of {all} {} read, {} with a date",
        count(read),
        plural(all as u64, "record is", "records are"),
        count(dated)
    ));
    if partial > 0 {
        out.push_str(&format!(", {} only in part", red(&partial.to_string(), color)));
    }
    out.push_str(".\n");
    if !draft.proposals.is_empty() {
        out.push_str(&format!("\n{}\n", bold("Fields of ECS", color)));
    }
    let width = draft.proposals.iter().map(|proposed| proposed.field.len()).max().unwrap_or(0);
    for proposed in &draft.proposals {
        let confidence = format!("{:6}", proposed.confidence.name());
        let confidence = match proposed.confidence {
            Confidence::Sure => green(&confidence, color),
            Confidence::Likely => confidence,
            Confidence::Guess => yellow(&confidence, color),
        };
        out.push_str(&format!(
            "  {confidence}  {:width$}  from {}  {}\n",
            proposed.field, proposed.raw, proposed.shown
        ));
    }
    out.push_str(&drafts::decisions(draft));
    let files = draft.files.len() as u64;
    out.push_str(&format!("\n{files} {} in {name}. Next:\n", plural(files, "file", "files")));
    let select = records.map(|path| format!(" --records '{path}'")).unwrap_or_default();
    out.push_str(&format!("  weir check {name}\n  weir test {name}\n  weir run {name} FILE{select}\n"));
    out
}
