//! Lines that are columns with blanks between: each has as many, where what is in quotes or brackets is one.

use super::naming;
use super::token::{Kind, NOTATIONS, tokens};
use crate::leaf::is_filled;
use crate::moment;
use regex::Regex;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::LazyLock;

/// The fewest columns, and the fewest lines that show them.
const FEWEST: (usize, usize) = (6, 3);

/// A request as web servers write it.
static REQUEST: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[A-Z]{3,12} \S+(?: HTTP/[0-9.]+)?$").ok());

/// What a program calls itself, its version behind a slash.
static AGENT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[A-Za-z][\w.-]*/\d").ok());

/// The pattern of lines that are columns.
pub fn pattern(texts: &[&str]) -> Option<String> {
    let rows: Vec<Vec<&str>> = texts.iter().map(|text| cells(text)).collect();
    let count = rows.first()?.len();
    if count < FEWEST.0 || rows.len() < FEWEST.1 || rows.iter().any(|row| row.len() != count) {
        return None;
    }
    let columns: Vec<Vec<&str>> = (0..count).map(|place| rows.iter().map(|row| row[place]).collect()).collect();
    if columns.iter().any(|column| is_of_sentence(column)) {
        return None;
    }
    let mut names = Names::default();
    let parts: Vec<String> = (1..).zip(&columns).map(|(number, column)| part(number, column, &mut names)).collect();
    Some(parts.join(" +"))
}

/// Whether a column has what stands in sentences, in all lines.
fn is_of_sentence(column: &[&str]) -> bool {
    column.iter().all(|cell| naming::is_ordinary(cell) || naming::is_telling(cell) || cell.ends_with(':'))
}

/// The cells of a line.
fn cells(text: &str) -> Vec<&str> {
    let (mut cells, mut start, mut closes) = (Vec::new(), 0, None);
    for (place, letter) in text.char_indices() {
        match (closes, letter) {
            (Some(close), _) if close == letter => closes = None,
            (None, '"') => closes = Some('"'),
            (None, '[') => closes = Some(']'),
            (None, ' ') => {
                if start < place {
                    cells.push(&text[start..place]);
                }
                start = place + 1;
            }
            _ => {}
        }
    }
    if start < text.len() {
        cells.push(&text[start..]);
    }
    cells
}

/// How often a name was given.
#[derive(Default)]
struct Names(BTreeMap<String, usize>);

impl Names {
    fn fresh(&mut self, name: &str) -> String {
        let count = self.0.entry(name.to_owned()).or_default();
        *count += 1;
        if *count == 1 { name.to_owned() } else { format!("{name}_{count}") }
    }

    /// The first address is whose the line is, the second that of the other side.
    fn side(&mut self) -> String {
        let count = self.0.entry("side".to_owned()).or_default();
        *count += 1;
        match count {
            1 => "source".to_owned(),
            2 => "destination".to_owned(),
            count => format!("address_{count}"),
        }
    }
}

/// The pattern of a column. What says nothing, such as `-`, may stand in it.
fn part(number: usize, column: &[&str], names: &mut Names) -> String {
    for (open, close) in [('"', '"'), ('[', ']')] {
        let inner: Option<Vec<&str>> =
            column.iter().map(|cell| cell.strip_prefix(open).and_then(|cell| cell.strip_suffix(close))).collect();
        if let Some(inner) = inner {
            let (open, close) = (regex::escape(&open.to_string()), regex::escape(&close.to_string()));
            return format!("{open}{}{close}", value(number, &inner, "DATA", names));
        }
    }
    value(number, column, "NOTSPACE", names)
}

fn value(number: usize, column: &[&str], anything: &str, names: &mut Names) -> String {
    let filled: Vec<&str> = column.iter().copied().filter(|cell| is_filled(cell)).collect();
    let all = |fits: &dyn Fn(&str) -> bool| !filled.is_empty() && filled.iter().all(|cell| fits(cell));
    let matches = |expression: &LazyLock<Option<Regex>>| {
        all(&|cell| expression.as_ref().is_some_and(|expression| expression.is_match(cell)))
    };
    let is_ip = |cell: &str| cell.parse::<IpAddr>().is_ok();
    let with_port =
        |cell: &str| cell.rsplit_once(':').is_some_and(|(ip, port)| is_ip(ip) && port.parse::<u16>().is_ok());
    let or_nothing = |pattern: String| if filled.len() < column.len() { format!("(?:{pattern}|-)") } else { pattern };
    let moment = |notation: &usize| {
        all(&|cell| matches!(tokens(cell).as_slice(), [token] if token.kind == Kind::Moment(*notation)))
    };
    if let Some(notation) = (0..NOTATIONS.len()).find(moment) {
        return or_nothing(format!("(?<{}>{})", names.fresh("timestamp"), NOTATIONS[notation].1));
    }
    if all(&is_ip) {
        return or_nothing(format!("%{{IP:{}_ip}}", names.side()));
    }
    if all(&with_port) {
        let side = names.side();
        return or_nothing(format!("%{{IP:{side}_ip}}:%{{INT:{side}_port}}"));
    }
    if all(&moment::is_count) {
        return or_nothing(format!("%{{NUMBER:{}}}", names.fresh("timestamp")));
    }
    if matches(&REQUEST) && anything == "DATA" {
        let [method, url, version, request] =
            ["method", "url", "http_version", "request"].map(|name| names.fresh(name));
        return format!(
            "(?:%{{WORD:{method}}} %{{NOTSPACE:{url}}}(?: HTTP/%{{NUMBER:{version}}})?|%{{DATA:{request}}})"
        );
    }
    if matches(&AGENT) && anything == "DATA" {
        return format!("%{{DATA:{}}}", names.fresh("user_agent"));
    }
    if all(&|cell| cell.contains("://")) && anything == "NOTSPACE" {
        return format!("%{{NOTSPACE:{}}}", names.fresh("url"));
    }
    if all(&|cell| METHODS.contains(&cell)) {
        return format!("%{{NOTSPACE:{}}}", names.fresh("method"));
    }
    let column_name = format!("column_{number}");
    let is_number = |cell: &str| cell.parse::<f64>().is_ok_and(f64::is_finite);
    let is_int = |cell: &str| cell.parse::<i64>().is_ok();
    match () {
        () if all(&is_int) => or_nothing(format!("%{{INT:{column_name}}}")),
        () if all(&is_number) => or_nothing(format!("%{{NUMBER:{column_name}}}")),
        () => format!("%{{{anything}:{column_name}}}"),
    }
}

/// Methods of HTTP.
const METHODS: [&str; 8] = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "CONNECT"];

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn columns_become_one_pattern_without_a_word_of_the_samples() {
        let pattern = pattern(&[
            r#"1715675412.250   94 10.0.0.6 HIT/200 GET https://example.com/x - "curl/8.5" [14/May/2024:08:30:12 +0000]"#,
            r#"1715675413.250 1094 10.0.0.7 MISS/404 POST https://example.com/y ada "-" [14/May/2024:08:30:12 +0000]"#,
            r#"1715675414.250 1094 10.0.0.7 MISS/404 POST https://example.com/y ada "-" [14/May/2024:08:30:12 +0000]"#,
        ]);
        let expected = concat!(
            r"%{NUMBER:timestamp} +%{INT:column_2} +%{IP:source_ip} +%{NOTSPACE:column_4} +%{NOTSPACE:method} +",
            r#"%{NOTSPACE:url} +%{NOTSPACE:column_7} +"%{DATA:user_agent}" +\[(?<timestamp_2>%{HTTPDATE})\]"#
        );
        assert_eq!(pattern.as_deref(), Some(expected));
    }

    #[test]
    fn sentences_are_no_columns() {
        let lines = [
            "login of ada from 10.0.0.1 failed",
            "login of bob from 10.0.0.2 failed",
            "logout of ada from 10.0.0.3 done",
        ];
        assert_eq!(pattern(&lines), None);
    }
}
