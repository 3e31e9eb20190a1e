//! Headers of syslog in front of a text.

use crate::probe;
use crate::step::Step;
use crate::text::grok_step;

/// The headers, the one that says most first: what each is called, and its pattern. What is behind it is `text`.
const HEADERS: &[(&str, &str)] = &[
    (
        "a syslog header (RFC 5424) with structured data",
        r#"<%{NONNEGINT:priority}>%{NONNEGINT:version} +(?:-|%{TIMESTAMP_ISO8601:timestamp}) +(?:-|%{NOTSPACE:host}) +(?:-|%{NOTSPACE:program}) +(?:-|%{NOTSPACE:pid}) +(?:-|%{NOTSPACE:msgid}) +\[(?:(?<data_id>[^ \]"=:;]+) +)?(?<data>[^ \]"=:;]+[=:](?:[^\]"]|"(?:[^"\\]|\\.)*")*)\](?: +%{GREEDYDATA:text})?"#,
    ),
    (
        "a syslog header (RFC 5424)",
        r#"<%{NONNEGINT:priority}>%{NONNEGINT:version} +(?:-|%{TIMESTAMP_ISO8601:timestamp}) +(?:-|%{NOTSPACE:host}) +(?:-|%{NOTSPACE:program}) +(?:-|%{NOTSPACE:pid}) +(?:-|%{NOTSPACE:msgid}) +(?:-|(?<data>(?:\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\])+))(?: +%{GREEDYDATA:text})?"#,
    ),
    (
        "a syslog header (RFC 5424, short)",
        r"<%{NONNEGINT:priority}>%{NONNEGINT:version} +%{TIMESTAMP_ISO8601:timestamp} +%{NOTSPACE:host} +(?<text>(?:LEEF|CEF):.*)",
    ),
    (
        "a header of audit records",
        r"(?:node=%{NOTSPACE:host} )?type=%{WORD:type} msg=audit\(%{NUMBER:timestamp}:%{INT:sequence}\): ?%{GREEDYDATA:text}",
    ),
    (
        "a syslog header",
        r"(?:<%{NONNEGINT:priority}>)?%{SYSLOGTIMESTAMP:timestamp} %{IPORHOST:host} %{PROG:program}(?:\[%{NOTSPACE:pid}\])?: +%{GREEDYDATA:text}",
    ),
    (
        "a syslog header",
        r"(?:<%{NONNEGINT:priority}>)?%{TIMESTAMP_ISO8601:timestamp} %{IPORHOST:host} %{PROG:program}(?:\[%{NOTSPACE:pid}\])?: +%{GREEDYDATA:text}",
    ),
    (
        "a syslog header without a program",
        r"(?:<%{NONNEGINT:priority}>)?%{SYSLOGTIMESTAMP:timestamp} %{IPORHOST:host} %{GREEDYDATA:text}",
    ),
    (
        "a syslog header without a program",
        r"<%{NONNEGINT:priority}>%{TIMESTAMP_ISO8601:timestamp} %{IPORHOST:host} %{GREEDYDATA:text}",
    ),
    ("the priority of syslog", r"<%{NONNEGINT:priority}> *%{GREEDYDATA:text}"),
];

/// The header that all texts have, as an entry that reads a path, and what it is called.
pub fn find(texts: &[String], input: &str) -> Option<(Step, &'static str)> {
    let step = |pattern: &str, input: &str| grok_step("header", input, pattern.to_owned());
    let takes_all = |pattern: &str| probe::takes_all(&step(pattern, "original.message"), texts);
    let (name, pattern) = HEADERS.iter().find(|(_, pattern)| takes_all(pattern))?;
    Some((step(pattern, input), name))
}
