//! The page's parts about whole commands and about patterns.

use super::figure;
use crate::commands::LOOP;
use crate::pattern::Pattern;
use crate::peers::process::{LOGNORM, SYSLOG_NG, WEIR_RUN};
use crate::results::Row;
use std::fmt::Write;

const COMMANDS: &str = "
## Whole commands

CPU time, user's and system's, of whole commands over a file of 32 MB, in the same paired rounds: `weir run --threads 1` with its
start and its compiling, beside the loop of the bench that gives the same events (wanted is at most 1.1 times the loop; the
command line has the system's allocator, the loop mimalloc); beside rsyslog's parser *liblognorm* by its `lognormalizer`, and
beside *syslog-ng*, which reads a pipe. How many times the time of `weir run` they take, and how many of weir's fields they
give under the same name and with the same text.

| Format | `weir run`, MB/s | times the loop | lognormalizer, MB/s | times | fields | syslog-ng, MB/s | times | fields |
|---|--:|--:|--:|--:|--:|--:|--:|--:|
";

const BEHIND_COMMANDS: &str = "
Neither makes an event of the Elastic Common Schema by itself: there is no inference of `related`, addresses, URLs and user
agents, and no casts but those that are written down. syslog-ng makes empty texts of what is not there, and in summer its
`date-parser` is an hour off where a time zone is named, so the rows' `@timestamp` has no part. liblognorm gives the texts
that it cut out, none of them lower-cased, translated or read as a time. Its parser for pairs refuses quoted values with
blanks, so each kind of line has a rule of its own; its parser for CEF refuses `\\|` in a value, so it has no part there. The
rules and configurations are in [lognorm](../benches/mappings/lognorm) and [syslog_ng](../benches/mappings/syslog_ng).
";

/// A row for each format.
pub fn whole_commands(rows: &[Row]) -> String {
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

/// What `grok.match` takes beside PCRE2.
pub fn beside_pcre2(pattern: &Pattern) -> String {
    format!(
        "\n## Patterns\n\nThe step `grok.match` of the `grok` format takes {} ns a line, and {} with its JIT alone {} over the same \
         lines and the same pattern of {} characters, finding all of its {} groups as bytes: {} times, the median of all rounds. \
         Both are looked at by the same clock around each line, in the best pass of a round; what looking takes is subtracted. Wanted is at most 1.3 times.\n",
        figure(pattern.weir),
        pattern.version,
        figure(pattern.pcre2),
        figure(pattern.characters as f64),
        pattern.groups,
        figure(pattern.ratio),
    )
}
