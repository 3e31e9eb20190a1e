//! The results as a page of the manual.

use crate::equal::INFERRED;
use crate::peers::floors::{COPY, PARSE, PLAIN_PARSE};
use crate::peers::{JQ, PYTHON, TEMPLATES, VRL, WEIR};
use crate::results::{Corpus, Family, Results, Row};
use std::fmt::Write;

/// The whole page.
pub fn page(results: &Results) -> String {
    let mut page = String::from(BEGIN);
    for row in results.rows.iter().filter(|row| row.time(VRL).is_some()) {
        let _ = write!(page, "\n### {}: {}\n\n{}", row.format, row.family, contest(row));
    }
    page.push_str(&BEHIND_CONTEST.replace("INFERRED", &INFERRED.map(|name| format!("`{name}`")).join(", ")));
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
does not matter, and times are compared as instants. Fields that weir infers from a list of public suffixes are not
compared, since the peers have none that follows the same rules: INFERRED. weir infers them all
the same.

- *VRL* parses the record with `parse_json`, assigns fields and ends with `encode_json`. It compiles once.
- *jq* is jaq, which compiles the program once and keeps no process of its own.
- *serde_json + minijinja* is the obvious implementation: the record is read, one template is rendered for each field, the
  event is written. Constants are no templates.
- *Python* does the same with `json` and `jinja2` with native values, in a process of its own. Its start does not count.
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

What was tried, kept and taken back is in [mechanisms](mechanisms.md#tried-and-taken-back).
Remembering what a template gave for the same few values would help half of these records: the domains of the others have
parts that hardly ever come twice.

In the 24 public grok formats where finding groups takes more than a tenth of an event's instructions (callgrind, 2026-11-29), it takes 0.45 of
them at the median and 0.83 at most: patterns of several thousand states, tried one after the other. An address of version 4, for
one, is held against eight forms of version 6 first. What was done is in
[mechanisms](mechanisms.md#patterns).
";

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
        corpus.formats
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
