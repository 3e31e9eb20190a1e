//! The results as a page of the manual.

use crate::commands::LOOP;
use crate::equal::{AGENT, DOMAINS, INFERRED};
use crate::peers::floors::{COPY, PARSE, PLAIN_PARSE};
use crate::pattern::Pattern;
use crate::peers::process::{LOGNORM, SYSLOG_NG, WEIR_RUN};
use crate::peers::{JQ, PYTHON, TEMPLATES, VRL, WEIR};
use crate::results::{Corpus, Family, Results, Row};
use std::fmt::Write;

/// The whole page.
pub fn page(results: &Results) -> String {
    let mut page = String::from(BEGIN);
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

## The same mapping

All of these turn the same records into the same events.
";

const BEHIND_CONTEST: &str = "
Before a time counts, the events of every distinct record are compared with weir's; the order of the lists under `related`
does not matter, and times are compared as instants. What weir infers and the peers do not is not
compared, and weir infers it all the same: INFERRED below DOMAINS, since no peer has a list of public suffixes that follows the
same rules; and AGENT, but with the VRL that parses *user agents*. An equals sign that CEF escapes is compared without
its backslash.

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

/// Counted by `valgrind --tool=callgrind` over `guard run access_requests`; written anew when the profile changes.
const BOUNDS: &str = "
## What bounds it

Wanted of Access Requests are 10 times VRL, 20 times jq, 100 times Python and at most twice the *parse* floor. Where the
ratios above fall short, this is why. Counted by callgrind in the release build over forty passes, less four of them
(`valgrind --tool=callgrind benches/target/release/guard run access_requests 40`), an event takes 19,600
instructions; it took 35,400, then 22,400, then 20,000. callgrind has no AVX-512, with which the message is escaped in some 1,000 fewer
([escaping](mechanisms.md#escaping-by-vectors)):

| | instructions |
|---|--:|
| expressions: two templates 3,700, three filters 1,700, paths and a value 400 | 5,800 |
| writing: the message with an escape every eight bytes 1,500, twenty other texts 1,500, what stands between them | 4,800 |
| reading JSON into slots: fifteen members | 2,700 |
| casts: addresses, a date, a number, lists, and a look at each field | 1,900 |
| inferred fields: `related.*` 700, the parts of a domain 500, addresses | 1,300 |
| dates | 400 |
| the rest: setting fields, memory, UTF-8, filters that are not there, entries | 2,700 |

10 times VRL would be some 14,000. All but the expressions takes 13,700, and so no evaluator, however fast, makes that. The rest is
flat: by perf no function but the loop itself has more than 7 % of the time. An event runs through 45 KB of code, and the first
cache holds 32; since records run in [batches](mechanisms.md#batches), that costs little: of the same run
cachegrind (`--cache-sim=yes`) counts 54 lines of code that are fetched again for each event, where it counted 650, and 222 lines of
data instead of 43. What is left under all of it: a value has three words, so that each result of an expression goes
through memory. The *parse* floor itself moves against weir by a fifth with what else the machine does: 1.96 to 2.19 times in turns
within ten minutes, the higher when all is slow.

Two threads give 1.68 to 1.87 times one (medians of five series of 9 to 20 pairs, 189 MB of Access Requests, `weir run --threads`; wanted
is 1.8); by the best turns 1.75, 1.75 and 1.82 times. Nothing waits then: both processors are busy for the whole of it, but an
event takes a fifth more CPU time on each (0.87 s user and 0.01 s system with one thread, 1.05 s and 0.04 s with two); what they share
on this machine cannot be seen from within it. Kept: room for events goes round between threads (1.71 to 1.87 in turns). Taken back: such room
for each thread apart, so that it stays in that processor's cache (1.60, where one for all made 1.85).

`weir bench specs/cloudflare/access_requests` tells instructions and allocations of each step.

What was tried, kept and removed is in [mechanisms](mechanisms.md#tried-and-removed).
Remembering what a template gave for the same few values would help half of these records: the domains of the others have
parts that hardly ever come twice.

In the 24 public grok formats where finding groups takes more than a tenth of an event's instructions (callgrind, 2026-11-29), it takes 0.45 of
them at the median and 0.83 at most: patterns of several thousand states, tried one after the other. An address of version 4, for
one, is held against eight forms of version 6 first. What was done is in
[mechanisms](mechanisms.md#patterns).
";

fn behind_contest() -> String {
    let named = |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let text = BEHIND_CONTEST.replace("INFERRED", &named(&INFERRED));
    text.replace("DOMAINS", &named(&DOMAINS)).replace("AGENT", &named(&AGENT))
}

const COMMANDS: &str = "
## Whole commands

CPU time, user's and system's, of whole commands over a file of 32 MB, in the same paired rounds: `weir run --threads 1` with its
start and its compiling, beside the loop of the bench that gives the same events; beside rsyslog's parser *liblognorm* by its
`lognormalizer`, and beside *syslog-ng*, which reads a pipe. How many times the time of `weir run` they take, and how many of
weir's fields they give under the same name and with the same text.

| Format | `weir run`, MB/s | times the loop | lognormalizer, MB/s | times | fields | syslog-ng, MB/s | times | fields |
|---|--:|--:|--:|--:|--:|--:|--:|--:|
";

const BEHIND_COMMANDS: &str = "
Neither makes an event of the Elastic Common Schema by itself: there is no inference of `related`, addresses, URLs and user
agents, and no casts but those that are written down. liblognorm gives the texts that it cut out, none of them lower-cased,
translated or read as a time. Its parser for pairs refuses quoted values with blanks, so each kind of line has a rule of its own;
its parser for CEF refuses `\\|` in a value, so it has no part there. The rules and configurations are in
[lognorm](../benches/mappings/lognorm) and [syslog_ng](../benches/mappings/syslog_ng).
";

fn whole_commands(rows: &[Row]) -> String {
    let mut table = COMMANDS.to_owned();
    for row in rows {
        let rate = |name: &str| row.time(name).map_or(String::new(), |time| figure(row.megabytes(time)));
        let ratio = |name: &str| row.ratio(name).map_or(String::new(), figure);
        let times_loop = row.ratio(LOOP).map_or(String::new(), |ratio| figure(1.0 / ratio));
        let _ = write!(table, "| {} | {} | {times_loop} |", row.format, rate(WEIR_RUN));
        for name in [LOGNORM, SYSLOG_NG] {
            let tool = row.tools.iter().find(|tool| tool.name == name);
            let fields = tool.map_or(String::new(), |tool| format!("{:.0} of {:.0}", tool.fields, tool.of));
            let _ = write!(table, " {} | {} | {fields} |", rate(name), ratio(name));
        }
        table.push('\n');
    }
    table + BEHIND_COMMANDS
}

fn beside_pcre2(pattern: &Pattern) -> String {
    format!(
        "\n## Patterns\n\nThe step `grok.match` of the `grok` format takes {} ns a line, and {} with its JIT alone {} over the same \
         lines and the same pattern of {} characters, finding all of its {} groups as bytes: {} times, the median of all rounds. \
         Both are looked at by the same clock around each line; what looking takes is subtracted. Wanted is at most 1.3 times.\n",
        figure(pattern.weir),
        pattern.version,
        figure(pattern.pcre2),
        figure(pattern.characters as f64),
        pattern.groups,
        figure(pattern.ratio),
    )
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
