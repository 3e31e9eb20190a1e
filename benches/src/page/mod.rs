//! The results as a page of the manual.

mod bounds;
mod commands;

use crate::equal::{AGENT, DOMAINS, INFERRED};
use crate::peers::floors::{COPY, PARSE, PLAIN_PARSE};
use crate::peers::{JQ, PYTHON, TEMPLATES, VRL, WEIR};
use crate::results::{Corpus, Family, Results, Row};
use bounds::BOUNDS;
use commands::{beside_pcre2, whole_commands};
use std::fmt::Write;

/// The whole page.
pub fn page(results: &Results) -> String {
    let mut page = format!("{BEGIN}{}{CONTEST}", beside_vrl(&results.rows));
    for row in results.rows.iter().filter(|row| row.time(VRL).is_some()) {
        let _ = write!(page, "\n### {}: {}\n\n{}", row.format, row.family, contest(row));
    }
    page.push_str(&behind_contest());
    page.push_str(&whole_commands(&results.commands));
    page.extend(results.pattern.as_ref().map(beside_pcre2));
    page.push_str("\n## Each format\n\n");
    page.push_str(&formats(&results.rows));
    page.push_str(BEHIND_FORMATS);
    if let Some(corpus) = &results.corpus {
        page.push_str(&together(corpus));
    }
    page.push_str(BOUNDS);
    for reason in &results.left_out {
        let _ = write!(page, "\nLeft out: {reason}.\n");
    }
    page.push_str(&how(results));
    page
}

/// What some of the parts gave, for the screen.
pub fn parts(results: &Results) -> String {
    let mut parts = String::new();
    for row in &results.rows {
        let _ = write!(parts, "\n### {}: {}\n\n{}", row.format, row.family, contest(row));
    }
    if !results.commands.is_empty() {
        parts.push_str(&whole_commands(&results.commands));
    }
    parts.extend(results.pattern.as_ref().map(beside_pcre2));
    parts.extend(results.corpus.as_ref().map(together));
    parts
}

const BEGIN: &str = "\
# Performance

This page is written by the bench:

```sh
cargo run --release --manifest-path benches/Cargo.toml -- --write
```

One core, CPU time, one thread. MB/s are megabytes of input a second; the time is that of the best turn. Ratios are of turns
in the same round, the median of all rounds: the machine has faster and slower minutes.

## Beside VRL

";

/// How many times as fast as VRL each format is to be.
const WANTED: [(&str, f64); 7] = [
    ("`access_requests`", 9.0),
    ("`json`", 10.0),
    ("`kv`", 10.0),
    ("`grok`", 8.0),
    ("`cef`", 10.0),
    ("`dsv`", 10.0),
    ("`windows_event`", 10.0),
];

/// How many times the time of weir VRL takes, without and with user agents.
fn beside_vrl(rows: &[Row]) -> String {
    let mut table =
        "| Format | Records | weir, MB/s | VRL, MB/s | times as fast | wanted |\n|---|---|--:|--:|--:|--:|\n"
            .to_owned();
    for (row, time) in rows.iter().filter_map(|row| Some((row, row.time(VRL)?))) {
        let weir = row.megabytes(row.time(WEIR).unwrap_or(f64::NAN));
        let [weir, vrl] = [weir, row.megabytes(time)].map(figure);
        let wanted =
            WANTED.iter().find(|(name, _)| *name == row.format).map_or(String::new(), |(_, times)| times.to_string());
        let times = row.ratio(VRL).map_or(String::new(), figure);
        let _ = writeln!(table, "| {} | {} | {weir} | {vrl} | {times} | {wanted} |", row.format, row.family);
    }
    table
}

const CONTEST: &str = "
VRL parses no user agents here, which weir does; below it does both.

## The same mapping

All of these turn the same records into the same events.
";

const BEHIND_CONTEST: &str = "
Before a time counts, the events of every distinct record are compared with weir's; the order of the lists under `related`
does not matter, and times are compared as instants. What weir infers and the peers do not is not compared, and weir infers it
all the same: INFERRED below DOMAINS, since no peer has a list of public suffixes that follows the same rules;
and AGENT, but with the VRL that parses *user agents*. An equals sign
that CEF escapes is compared without its backslash.

- *VRL* parses the record with `parse_json`, `parse_key_value`, `parse_grok`, `parse_cef`, `parse_csv` or `parse_xml`, assigns
  fields and ends with `encode_json`. It compiles once. *parse_regex* stands for `parse_grok`, with a shorter expression that its
  author knows to be enough; with *user agents* each is parsed by `parse_user_agent`.
- *jq* is jaq, which compiles the program once and keeps no process of its own. It takes pairs, lines and CEF apart by
  regular expressions; rows in quotes, time zones and XML it cannot read.
- *serde_json + minijinja* is the obvious implementation for JSON: the record is read, one template is rendered for each field,
  the event is written. Constants are no templates.
- *Python* does the same with `json` and `jinja2` with native values; where records are no JSON it is a function that
  uses `re`, `csv` or `xml.etree`. It has a process of its own, whose start does not count.
- *copy* is a floor: lines are found, each is escaped into `{\"message\": …}` and written. *parse* is copy and a full parse
  of each line with SIMD (sonic-rs), of which nothing is kept; and the same with serde_json.

The mappings are in [benches/mappings](../benches/mappings). All contenders use mimalloc, from which those gain most that
allocate most, and read the same buffer of distinct records, repeated.
";

const BEHIND_FORMATS: &str = "
The ratios say how many times the time of weir the other takes, and for the floors how many times the time of the floor
weir takes. Instructions and allocations are those of an event when weir is warm. Names in code are formats of this project,
the others public ones.
";

fn behind_contest() -> String {
    let named = |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let text = BEHIND_CONTEST.replace("INFERRED", &named(&INFERRED));
    text.replace("DOMAINS", &named(&DOMAINS)).replace("AGENT", &named(&AGENT))
}

/// Everybody who took part in one format.
pub fn contest(row: &Row) -> String {
    let mut table = format!(
        "{} distinct records of {} bytes on average, events of {}.\n\n| | MB/s | events/s | ns an event | median | weir is |\n|---|--:|--:|--:|--:|---|\n",
        row.records,
        figure(row.bytes),
        figure(row.event_bytes)
    );
    for (name, timing) in &row.times {
        let ratio = match timing.times_first {
            _ if name == WEIR => String::new(),
            ratio if ratio >= 1.0 => format!("{} times as fast", figure(ratio)),
            ratio => format!("{} times above it", figure(1.0 / ratio)),
        };
        let (megabytes, events) = (figure(row.megabytes(timing.least)), figure(1e9 / timing.least));
        let (least, median) = (figure(timing.least), figure(timing.median));
        let _ = writeln!(table, "| {name} | {megabytes} | {events} | {least} | {median} | {ratio} |");
    }
    table
}

/// A row for each format.
pub fn formats(rows: &[Row]) -> String {
    let columns = [COPY, PARSE, PLAIN_PARSE, VRL, JQ, TEMPLATES, PYTHON];
    let mut table = String::from("| Format | Records | Bytes | MB/s | events/s | ns | Instructions | Allocations |");
    columns.iter().for_each(|column| _ = write!(table, " {column} |"));
    table.push_str("\n|---|---|--:|--:|--:|--:|--:|--:|");
    columns.iter().for_each(|_| table.push_str("--:|"));
    table.push('\n');
    for row in rows {
        let weir = row.time(WEIR).unwrap_or(f64::NAN);
        let _ = write!(
            table,
            "| {} | {} | {} | {} | {} | {} | {} | {} |",
            row.format,
            row.family,
            figure(row.bytes),
            figure(row.megabytes(weir)),
            figure(1e9 / weir),
            figure(weir),
            row.instructions.map_or(String::new(), figure),
            row.allocations.map_or(String::new(), |count| format!("{count:.1}")),
        );
        for column in columns {
            let is_floor = [COPY, PARSE, PLAIN_PARSE].contains(&column);
            let ratio = row.ratio(column).map(|ratio| if is_floor { 1.0 / ratio } else { ratio });
            let _ = write!(table, " {} |", ratio.map_or(String::new(), figure));
        }
        table.push('\n');
    }
    table
}

fn together(corpus: &Corpus) -> String {
    let line = |what: &str, [least, median, most]: [f64; 3]| {
        format!("| {what} | {} | {} | {} |\n", figure(least), figure(median), figure(most))
    };
    format!(
        "\nOver all {} public formats that are beside this project:\n\n| | least | median | most |\n|---|--:|--:|--:|\n",
        corpus.formats.len()
    ) + &line("MB/s", corpus.megabytes)
        + &line("times the copy floor", corpus.floors)
        + &line("allocations an event", corpus.allocations)
        + "\nWanted are 25 MB/s at least, and of allocations 2 at the median and 20 at most. By kinds:\n"
        + &families(&corpus.families)
}

fn families(families: &[Family]) -> String {
    let mut table = "\n| | formats | least, MB/s | median | most | wanted |\n|---|--:|--:|--:|--:|--:|\n".to_owned();
    for Family { name, formats, megabytes: [least, median, most], target } in families {
        let [least, median, most] = [least, median, most].map(|rate| figure(*rate));
        let _ = writeln!(table, "| {name} | {formats} | {least} | {median} | {most} | {target:.0} |");
    }
    table
}

fn how(results: &Results) -> String {
    let machine = &results.machine;
    format!(
        "\n## How\n\n`{}`, {}, commit {}. {}, {} cores, Linux {}, {}. Load before: {}. {} turns of at least 100 ms each, \
         the contenders one after the other in each round. {}.\n",
        results.command,
        machine.date,
        machine.commit,
        machine.processor,
        machine.cores,
        machine.kernel,
        machine.rustc,
        machine.load,
        results.rounds,
        machine.peers.join("; "),
    )
}

/// Three digits that count, with thousands set apart.
fn figure(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    match value {
        ..9.995 => format!("{value:.2}"),
        ..99.95 => format!("{value:.1}"),
        _ => {
            let unit = 10_f64.powi((value.log10().floor() as i32 - 2).max(0));
            apart(&format!("{:.0}", (value / unit).round() * unit))
        }
    }
}

fn apart(digits: &str) -> String {
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::figure;

    #[test]
    fn figures_have_three_digits_that_count() {
        let cases = [
            (0.123, "0.12"),
            (4.567, "4.57"),
            (45.67, "45.7"),
            (456.7, "457"),
            (183_678.0, "184,000"),
            (999.7, "1,000"),
        ];
        for (value, text) in cases {
            assert_eq!(figure(value), text);
        }
    }
}
