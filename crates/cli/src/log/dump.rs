//! `weir log dump`: the entries of a log, a line each, or the body of one.

use super::inspected::{hexadecimal, look};
use crate::stop::{Outcome, Stop};
use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::io::{self, BufWriter, Read, Write};
use std::path::PathBuf;
use weir_log::{Entry, Inspection, Item, Sequence};

const LONG_ABOUT: &str = "\
Print the entries of a log, one JSON object a line: the sequence number, when it was received, the length of its body, and the \
metadata that the receiver keeps beside it, as text or, if it is none, as hexadecimal digits. Damage is a line of its own, \
with its reason.

With --body, write the body of one entry instead, byte by byte as it was received; it may be packed.";

const EXAMPLES: &str = "\
Examples:
  weir log dump data/log --from 18446 --limit 10
  weir log dump data/log --body 18446 | gunzip

Exit codes: 0; 2 if there is no log or no such entry, or if it cannot be read.";

/// Print the entries of a log, or the body of one
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// The folder of the log
    folder: PathBuf,
    /// The sequence number to begin with; it must be one
    #[arg(long, value_name = "SEQUENCE", conflicts_with = "body")]
    from: Option<u64>,
    /// The most entries to print
    #[arg(long, value_name = "NUMBER", conflicts_with = "body")]
    limit: Option<u64>,
    /// Write the body of the entry with this sequence number
    #[arg(long, value_name = "SEQUENCE")]
    body: Option<u64>,
}

/// Runs the command.
///
/// # Errors
/// Where there is no log or no such entry, it cannot be read, or the output is closed.
pub fn run(arguments: &Arguments) -> Result<Outcome, Stop> {
    let (inspection, _) = look(&arguments.folder)?;
    let mut out = BufWriter::new(io::stdout().lock());
    match (arguments.body, arguments.from) {
        (Some(sequence), _) => write_body(&entry(&inspection, sequence)?, &mut out)?,
        (None, Some(from)) => {
            entry(&inspection, from)?;
            lines(&inspection, Some(Sequence(from)), arguments.limit, &mut out)?;
        }
        (None, None) => lines(&inspection, None, arguments.limit, &mut out)?,
    }
    out.flush()?;
    Ok(Outcome::Well)
}

fn entry(inspection: &Inspection, sequence: u64) -> Result<Entry, Stop> {
    let entry = inspection.entry(Sequence(sequence))?;
    entry.ok_or_else(|| Stop::Because(format!("no whole entry has the sequence number {sequence}")))
}

fn write_body(entry: &Entry, out: &mut impl Write) -> Result<(), Stop> {
    let (mut body, mut bytes) = (entry.body(), vec![0; 64 << 10]);
    loop {
        // Not an error of the output.
        match body.read(&mut bytes).map_err(|error| Stop::Because(error.to_string()))? {
            0 => return Ok(()),
            read => out.write_all(&bytes[..read])?,
        }
    }
}

fn lines(
    inspection: &Inspection,
    from: Option<Sequence>,
    limit: Option<u64>,
    out: &mut impl Write,
) -> Result<(), Stop> {
    let mut left = limit.unwrap_or(u64::MAX);
    for item in inspection.entries(from) {
        if left == 0 {
            break;
        }
        left -= 1;
        writeln!(out, "{}", line(&item?))?;
    }
    Ok(())
}

fn line(item: &Item) -> Value {
    match item {
        Item::Damage(damage) => json!({"damage": damage.to_string(), "from": damage.from, "to": damage.to}),
        Item::Entry(entry) => {
            let (key, metadata) = match str::from_utf8(entry.metadata()) {
                Ok(text) => ("metadata", text.to_owned()),
                Err(_) => ("metadata_hex", hexadecimal(entry.metadata())),
            };
            json!({
                "sequence": entry.sequence().0,
                "number": entry.number(),
                "received": received(entry.received()),
                "bytes": entry.bytes(),
                key: metadata,
            })
        }
    }
}

/// The time in words; the number where it is none that has words.
fn received(milliseconds: i64) -> Value {
    let time = Timestamp::from_millisecond(milliseconds);
    time.map_or(Value::from(milliseconds), |time| Value::from(time.to_string()))
}
