//! Whole commands over a file: `weir run` beside the bench's own loop, and beside other tools that read such logs.

use crate::contest::{Contender, Lines, Weir, race};
use crate::peers::process::Process;
use crate::results::{Row, Tool};
use crate::workload::{DISTINCT, Own, Workload, project};
use serde_json::Value;
use std::net::IpAddr;
use std::path::Path;

/// How much is read in one pass at least, in bytes: the start of a command is part of its time.
const INPUT: usize = 32 << 20;

/// What the loop is called.
pub const LOOP: &str = "the bench's loop";

/// Runs one of this project's formats with all commands that have a configuration for it and are installed.
///
/// # Errors
/// Where a command breaks off, or a field that it gives differs from weir's.
pub fn measure(own: &Own, weir: &Path, rounds: usize) -> Result<Row, String> {
    let workload = Workload::open(own.name, DISTINCT)?;
    let distinct = Lines::repeat(&workload.records, 1);
    let mut command = Process::weir(weir.to_owned(), project().join(own.path));
    let events = command.events(&distinct)?;
    let mut contenders: Vec<Box<dyn Contender>> = vec![Box::new(command), Box::new(Weir::new(LOOP, &workload))];
    let mut tools = Vec::new();
    for mut tool in [Process::lognorm(own.name), Process::syslog_ng(own.name)].into_iter().flatten() {
        let name = tool.name();
        match tool.events(&distinct) {
            Err(reason) => eprintln!("{}: without {name}: {reason}", own.name),
            Ok(theirs) => {
                let same = same(&events, &theirs).map_err(|reason| format!("{}, {name}: {reason}", own.name))?;
                tools.push(Tool { name, fields: same.0, of: same.1 });
                contenders.push(Box::new(tool));
            }
        }
    }
    let timings = race(&mut contenders, &Lines::repeat(&workload.records, INPUT), rounds)?;
    let times = contenders.iter().map(|contender| contender.name()).zip(timings).collect();
    let format = format!("`{}`", own.name);
    Ok(Row { format, family: own.family.to_owned(), tools, ..Row::new(&workload, &events, times) })
}

/// Compares the fields that a tool gives with those of weir's events that have the same name, as text. How many the tool
/// gives, and how many weir's events have, on average.
///
/// # Errors
/// Shows the first that differs, and where no field is the same.
fn same(ours: &[Vec<u8>], theirs: &[Vec<u8>]) -> Result<(f64, f64), String> {
    if ours.len() != theirs.len() {
        return Err(format!("{} events, not {}", theirs.len(), ours.len()));
    }
    let (mut all, mut given) = (0, 0);
    for (ours, theirs) in ours.iter().zip(theirs) {
        let (expected, found) = (fields(ours)?, fields(theirs)?);
        let own = |name: &str| expected.iter().find(|(other, _)| other == name);
        for (name, text) in &found {
            match own(name) {
                Some((_, expected)) if expected != text => {
                    return Err(format!("{name} is `{text}`, not `{expected}`"));
                }
                Some(_) => given += 1,
                None => {}
            }
        }
        all += expected.len();
    }
    let average = |many: usize| many as f64 / ours.len() as f64;
    if given == 0 { Err("no field is the same".to_owned()) } else { Ok((average(given), average(all))) }
}

/// The fields of an event with what they hold, by their dotted names. Lists are left out: no tool makes any.
fn fields(event: &[u8]) -> Result<Vec<(String, String)>, String> {
    let event: Value = serde_json::from_slice(event).map_err(|error| format!("an event is no JSON: {error}"))?;
    let mut fields = Vec::new();
    gather(&event, "", &mut fields);
    Ok(fields)
}

fn gather(value: &Value, name: &str, fields: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                gather(value, &if name.is_empty() { key.clone() } else { format!("{name}.{key}") }, fields);
            }
        }
        Value::String(text) => {
            // An address and a time in UTC have several spellings.
            let address = text.parse::<IpAddr>().map(|address| address.to_string());
            fields.push((name.to_owned(), address.unwrap_or_else(|_| text.replace("+00:00", "Z"))));
        }
        Value::Array(_) | Value::Null => {}
        other => fields.push((name.to_owned(), other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::same;

    fn compare(ours: &str, theirs: &str) -> Result<(f64, f64), String> {
        same(&[ours.as_bytes().to_vec()], &[theirs.as_bytes().to_vec()])
    }

    #[test]
    fn fields_of_one_name_say_the_same_however_they_are_nested_and_spelled() {
        let weir = r#"{"source":{"ip":"2001:db8::1","port":53},"tags":["a"],"@timestamp":"2024-05-22T07:35:51Z"}"#;
        let tool =
            r#"{"source.ip":"2001:db8::0001","source.port":"53","@timestamp":"2024-05-22T07:35:51+00:00","own":"x"}"#;
        assert_eq!(compare(weir, tool), Ok((3.0, 3.0)));
    }

    #[test]
    fn a_tool_that_gives_another_text_or_nothing_is_told() {
        assert!(compare(r#"{"rule":{"id":"7"}}"#, r#"{"rule.id":"8"}"#).is_err());
        assert!(compare(r#"{"rule":{"id":"7"}}"#, r#"{"other":"8"}"#).is_err());
        assert!(same(&[b"{}".to_vec()], &[]).is_err());
    }
}
