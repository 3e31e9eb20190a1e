//! Lists with a value on each line, and CSV files with columns.

use super::kind::{self, KindId};
use super::store::{IndicatorAbout, Indicators, Validity};
use super::value::guessed;
use std::borrow::Cow;

/// Names of columns, as feeds have them.
const VALUE: &[&str] = &["value", "indicator", "ioc", "ioc_value", "indicator_value", "dst_ip", "ip_address"];
const KIND: &[&str] = &["type", "kind", "ioc_type", "indicator_type"];
const FROM: &[&str] = &["valid_from", "first_seen", "first_seen_utc", "created", "date", "dateadded"];
const UNTIL: &[&str] = &["valid_until", "expires", "expiration", "valid_to"];
const ID: &[&str] = &["id", "ioc_id", "uuid"];
const NAME: &[&str] = &["name", "description", "threat", "malware", "malware_printable", "comment", "threat_type"];

const NO_KIND: &str = "the value is no address, network, domain, URL, hash or e-mail address";

/// Reads a CSV file where the first line that is no comment names columns, else a list.
pub fn read(into: &mut Indicators, file: &str, text: &str) {
    let is_said = |line: &&str| !line.trim().is_empty() && !is_comment(line);
    let head = text.lines().find(is_said).unwrap_or_default();
    // Feeds often have the names of columns in a comment: then the last comment before the values names them.
    let commented = || text.lines().take_while(|line| is_comment(line) || line.trim().is_empty());
    let commented = commented().filter(|line| is_comment(line)).last().map(|line| line.trim_start_matches(['#', ' ']));
    let separator = separator(head);
    // ThreatFox has a blank before the quotes of a value, which is then none of a CSV file.
    let text = match head.starts_with('"') && head.contains("\", \"") {
        true => Cow::Owned(text.replace("\", \"", "\",\"")),
        false => Cow::Borrowed(text),
    };
    if let Some(columns) = Columns::of(head) {
        rows(into, file, &text, &columns, separator, true);
    } else if let Some(columns) = commented.filter(|_| head.as_bytes().contains(&separator)).and_then(Columns::of) {
        rows(into, file, &text, &columns, separator, false);
    } else {
        lines(into, file, &text, separator);
    }
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with(['#', ';'])
}

fn lines(into: &mut Indicators, file: &str, text: &str, separator: u8) {
    let about = into.about(IndicatorAbout { provider: file.to_owned(), ..IndicatorAbout::default() });
    for (number, line) in text.lines().enumerate() {
        // What follows a `#` and a blank says something about the value; a URL may have a `#` in it.
        let value = line.split(" #").next().unwrap_or_default().trim();
        if value.is_empty() || is_comment(value) {
            continue;
        }
        let place = || format!("{file}:{}", number + 1);
        match listed(value, separator) {
            Some((kind, value)) => into.add(kind, &value, about, Validity::ALWAYS, &place),
            None => into.refuse(NO_KIND, place()),
        }
    }
}

/// The value of a line: all of it, a domain as lists of blocked ones have it, or the first that is one.
fn listed(line: &str, separator: u8) -> Option<(KindId, Cow<'_, str>)> {
    let blocked = || line.strip_prefix("||").and_then(|line| guessed(line.trim_end_matches('^')));
    // A file of hosts: `0.0.0.0 evil.example`.
    let host = || {
        let mut words = line.split_whitespace();
        let is_nowhere = words.next().is_some_and(|word| ["0.0.0.0", "127.0.0.1", "::", "::1"].contains(&word));
        words.next().filter(|_| is_nowhere).and_then(guessed)
    };
    let cell = || line.split(char::from(separator)).find_map(|cell| guessed(cell.trim().trim_matches('"')));
    guessed(line).or_else(blocked).or_else(host).or_else(cell)
}

/// Which column has what.
struct Columns {
    value: Option<usize>,
    kind: Option<usize>,
    from: Option<usize>,
    until: Option<usize>,
    id: Option<usize>,
    name: Option<usize>,
    /// Columns that are named as kinds are.
    kinds: Vec<(usize, KindId)>,
}

impl Columns {
    fn of(line: &str) -> Option<Columns> {
        let head = cells(line, separator(line)).into_records().next()?.ok()?;
        // A line that has an indicator names no columns: `evil.example,domain,high`.
        if head.iter().any(|cell| guessed(cell).is_some()) {
            return None;
        }
        let names: Vec<String> = head.iter().map(|name| name.to_lowercase().replace(' ', "_")).collect();
        let find = |known: &[&str]| names.iter().position(|name| known.contains(&&**name));
        let kinds = names.iter().enumerate().filter_map(|(place, name)| Some((place, of_name(name)?))).collect();
        let columns = Columns {
            value: find(VALUE),
            kind: find(KIND),
            from: find(FROM),
            until: find(UNTIL),
            id: find(ID),
            name: find(NAME),
            kinds,
        };
        (columns.value.is_some() || !columns.kinds.is_empty()).then_some(columns)
    }
}

fn of_name(name: &str) -> Option<KindId> {
    let name = match name {
        "ip" | "ipv4" | "ipv6" | "cidr" | "network" | "ip_dst" | "ip_src" | "ip:port" | "ip_port" => "address",
        "hostname" | "fqdn" => "domain",
        "uri" => "url",
        "email_address" => "email",
        "md5_hash" => "md5",
        "sha1_hash" => "sha1",
        "sha256_hash" => "sha256",
        other => other,
    };
    kind::of_column(name)
}

/// What stands between the values of a line: the one of these that it has most.
fn separator(line: &str) -> u8 {
    let count = |separator: &u8| line.bytes().filter(|byte| byte == separator).count();
    // Of several that are equal the last is taken.
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

fn rows(into: &mut Indicators, file: &str, text: &str, columns: &Columns, separator: u8, mut is_head: bool) {
    let shared = into.about(IndicatorAbout { provider: file.to_owned(), ..IndicatorAbout::default() });
    for row in cells(text, separator).into_records() {
        let row = match row {
            Ok(row) if std::mem::take(&mut is_head) || row.iter().all(str::is_empty) => continue,
            Ok(row) => row,
            Err(error) => return into.refuse("the file is no CSV", format!("{file}: {error}")),
        };
        let line = row.position().map_or(0, csv::Position::line);
        let place = || format!("{file}:{line}");
        let cell = |place: Option<usize>| place.and_then(|place| row.get(place)).filter(|cell| !cell.is_empty());
        let validity = match Validity::between(cell(columns.from), cell(columns.until)) {
            Ok(validity) => validity,
            Err(reason) => {
                into.refuse(reason, place());
                continue;
            }
        };
        let about = match [cell(columns.id), cell(columns.name)].map(|text| text.map(str::to_owned)) {
            [None, None] => shared,
            [id, name] => into.about(IndicatorAbout { provider: file.to_owned(), id, name }),
        };
        let own = columns.kinds.iter().filter_map(|(column, kind)| Some((*kind, cell(Some(*column))?)));
        let own: Vec<(KindId, &str)> = own.collect();
        own.iter().for_each(|(kind, value)| into.add(*kind, value, about, validity, &place));
        let named = cell(columns.kind).map(|kind| (kind, of_name(&kind.to_lowercase())));
        match (cell(columns.value), named) {
            (None, _) if !own.is_empty() => {}
            (None, _) => into.refuse("the line has no value", place()),
            (Some(value), Some((_, Some(kind)))) => into.add(kind, value, about, validity, &place),
            (Some(value), named) => match (guessed(value), named) {
                (Some((kind, value)), _) => into.add(kind, &value, about, validity, &place),
                (None, Some((kind, _))) => into.refuse(format!("there is no kind `{kind}`"), place()),
                (None, None) => into.refuse(NO_KIND, place()),
            },
        }
    }
}

/// Rows of any length; comments are left out.
fn cells(text: &str, separator: u8) -> csv::Reader<impl std::io::Read + '_> {
    let mut reader = csv::ReaderBuilder::new();
    reader.has_headers(false).flexible(true).comment(Some(b'#')).trim(csv::Trim::All).delimiter(separator);
    reader.from_reader(text.as_bytes())
}
