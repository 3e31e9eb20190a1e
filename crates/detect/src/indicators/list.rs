//! Lists with a value on each line, and CSV files with columns.

use super::kind::{self, KindId};
use super::store::{IndicatorAbout, Indicators, Validity};
use super::value::guessed;

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
    if let Some(columns) = Columns::of(head) {
        rows(into, file, text, &columns, true);
    } else if let Some(columns) = commented.filter(|_| head.contains(',')).and_then(Columns::of) {
        rows(into, file, text, &columns, false);
    } else {
        lines(into, file, text);
    }
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with(['#', ';'])
}

fn lines(into: &mut Indicators, file: &str, text: &str) {
    let about = into.about(IndicatorAbout { provider: file.to_owned(), ..IndicatorAbout::default() });
    for (number, line) in text.lines().enumerate() {
        // What follows a `#` and a blank says something about the value; a URL may have a `#` in it.
        let value = line.split(" #").next().unwrap_or_default().trim();
        if value.is_empty() || is_comment(value) {
            continue;
        }
        let place = || format!("{file}:{}", number + 1);
        match guessed(value) {
            Some((kind, value)) => into.add(kind, &value, about, Validity::ALWAYS, &place),
            None => into.refuse(NO_KIND, place()),
        }
    }
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
        let head = cells(line).into_records().next()?.ok()?;
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
        "ip" | "ipv4" | "ipv6" | "cidr" | "network" | "ip_dst" | "ip_src" => "address",
        "hostname" | "fqdn" => "domain",
        "uri" => "url",
        "email_address" => "email",
        "md5_hash" => "md5",
        "sha1_hash" => "sha1",
        "sha256_hash" => "sha256",
        other => other,
    };
    kind::named(name).or_else(|| kind::of_misp(name)).or_else(|| kind::of_stix(name))
}

fn rows(into: &mut Indicators, file: &str, text: &str, columns: &Columns, mut is_head: bool) {
    let shared = into.about(IndicatorAbout { provider: file.to_owned(), ..IndicatorAbout::default() });
    for row in cells(text).into_records() {
        let row = match row {
            Ok(row) if std::mem::take(&mut is_head) || row.iter().all(str::is_empty) => continue,
            Ok(row) => row,
            Err(error) => return into.refuse("the file is no CSV", format!("{file}: {error}")),
        };
        let line = row.position().map_or(0, csv::Position::line);
        let place = || format!("{file}:{line}");
        let cell = |place: Option<usize>| place.and_then(|place| row.get(place)).filter(|cell| !cell.is_empty());
        let validity = Validity::between(cell(columns.from), cell(columns.until));
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
fn cells(text: &str) -> csv::Reader<&[u8]> {
    let mut reader = csv::ReaderBuilder::new();
    reader.has_headers(false).flexible(true).comment(Some(b'#')).trim(csv::Trim::All);
    reader.from_reader(text.as_bytes())
}
