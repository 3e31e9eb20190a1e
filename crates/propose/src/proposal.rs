//! Proposals: which field of the taxonomy a raw field may stand for, by its name, its type and its values.

use std::net::IpAddr;
use weir::taxonomy::{FieldType, Taxonomy};
use weir_dataset::{ValueType, split};

/// The table of proposals: the words of a name, what its values must be, and the field that is proposed.
const TABLE: &str = include_str!("proposals.tsv");

/// Words in front of a name that say nothing about which field it is.
const FILLERS: &[&str] = &["client", "edge", "http", "request", "response", "event", "log", "original", "raw", "the"];

/// Words in front of a name that say whose it is: not the one who acts or calls, to whom the rows of the table belong.
const OTHERS: &[&str] = &[
    "backend",
    "dest",
    "destination",
    "dst",
    "from",
    "mapped",
    "nat",
    "new",
    "next",
    "old",
    "owner",
    "parent",
    "peer",
    "previous",
    "proxy",
    "resource",
    "server",
    "subject",
    "target",
    "to",
    "translated",
    "upstream",
    "xlate",
];

/// How sure a proposal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// The values alone speak for it.
    Guess,
    /// The name ends in words of the table, or stands beside the value in a sentence.
    Likely,
    /// The whole name says so, and no value contradicts.
    Sure,
}

impl Confidence {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Confidence::Guess => "guess",
            Confidence::Likely => "likely",
            Confidence::Sure => "sure",
        }
    }
}

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The words of a name, in small letters.
    pub words: &'static str,
    /// What the values must be.
    pub value: Value,
    /// The field of the taxonomy.
    pub field: &'static str,
}

/// A field of the taxonomy for a raw one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposed {
    /// The raw field.
    pub raw: String,
    /// The field of the taxonomy.
    pub field: String,
    /// How sure it is.
    pub confidence: Confidence,
    /// Up to three values, cut.
    pub shown: String,
}

/// What the values of a field are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// IPv4 or IPv6 addresses.
    Address,
    /// 1 to 65535.
    Port,
    /// Countries in two letters.
    Country,
    /// Addresses of e-mail.
    Email,
    /// States of an HTTP answer.
    Status,
    /// Numbers.
    Number,
    /// Names of hosts.
    Host,
    /// Names of machines: no addresses.
    Machine,
    /// Text with a letter in it.
    Name,
    /// Text without blanks.
    Unbroken,
    /// What a source calls its events: no UUIDs.
    Code,
    /// Levels of logs.
    Level,
    /// Methods of HTTP, in capitals.
    Method,
    /// Protocols of transport.
    Transport,
    /// Versions: with a letter or a point in it.
    Version,
    /// Paths that begin with `/`, without a query.
    Path,
    /// SHA-256 in hexadecimal.
    Sha256,
    /// SHA-1 in hexadecimal.
    Sha1,
    /// MD5 in hexadecimal.
    Md5,
    /// `success`, `failure` or `unknown`.
    Outcome,
    /// Words that are written in small letters.
    Lower,
    /// Any text.
    Word,
}

const VALUES: &[(&str, Value, &str)] = &[
    ("address", Value::Address, "addresses"),
    ("port", Value::Port, "ports"),
    ("country", Value::Country, "countries in two letters"),
    ("email", Value::Email, "addresses of e-mail"),
    ("status", Value::Status, "states of an HTTP answer"),
    ("number", Value::Number, "numbers"),
    ("host", Value::Host, "names of hosts"),
    ("path", Value::Path, "paths"),
    ("machine", Value::Machine, "names of machines"),
    ("name", Value::Name, "names"),
    ("unbroken", Value::Unbroken, "text without blanks"),
    ("code", Value::Code, "codes of events"),
    ("level", Value::Level, "levels of a log"),
    ("method", Value::Method, "methods of HTTP"),
    ("transport", Value::Transport, "protocols of transport"),
    ("version", Value::Version, "versions"),
    ("sha256", Value::Sha256, "SHA-256 hashes"),
    ("sha1", Value::Sha1, "SHA-1 hashes"),
    ("md5", Value::Md5, "MD5 hashes"),
    ("outcome", Value::Outcome, "outcomes of ECS (success, failure, unknown)"),
    ("lower", Value::Lower, "words"),
    ("word", Value::Word, "text"),
];

impl Value {
    /// What it is called in a sentence.
    pub fn plural(self) -> &'static str {
        VALUES.iter().find(|(_, value, _)| *value == self).map_or("text", |(_, _, name)| name)
    }

    /// Whether a documented type may have such values.
    pub fn may_be(self, kind: ValueType) -> bool {
        match self {
            Value::Port | Value::Status | Value::Number => {
                matches!(kind, ValueType::Int | ValueType::Float | ValueType::Text | ValueType::Unknown)
            }
            Value::Address => matches!(kind, ValueType::Text | ValueType::Unknown | ValueType::Texts),
            Value::Word | Value::Code => matches!(kind, ValueType::Text | ValueType::Int | ValueType::Unknown),
            _ => matches!(kind, ValueType::Text | ValueType::Unknown),
        }
    }

    /// Whether a value is one.
    pub fn is(self, word: &str) -> bool {
        let number = || word.parse::<f64>().is_ok_and(f64::is_finite);
        let whole = |low: u32, high: u32| word.parse::<u32>().is_ok_and(|number| (low..=high).contains(&number));
        match self {
            Value::Address => word.parse::<IpAddr>().is_ok() || with_port(word).is_some(),
            Value::Port => whole(0, 65_535),
            Value::Country => word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_alphabetic()),
            Value::Email => {
                word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
                    && !word.contains(char::is_whitespace)
            }
            Value::Status => whole(100, 599),
            Value::Number => number(),
            Value::Host => !word.contains(|letter: char| letter.is_whitespace() || matches!(letter, '/' | '@' | ',')),
            Value::Machine => Value::Host.is(word) && !Value::Address.is(word) && word.chars().any(char::is_alphabetic),
            Value::Name => word.chars().any(char::is_alphabetic) && !matches!(word, "true" | "false"),
            Value::Unbroken => !word.contains(char::is_whitespace),
            Value::Code => !(word.len() == 36 && word.matches('-').count() == 4),
            Value::Level => LEVELS.contains(&&*word.to_lowercase()),
            Value::Method => word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_uppercase()),
            Value::Transport => TRANSPORTS.contains(&&*word.to_lowercase()),
            Value::Version => word.contains(|letter: char| letter == '.' || letter.is_alphabetic()),
            Value::Path => word.starts_with('/'),
            Value::Sha256 => is_hash(word, 64),
            Value::Sha1 => is_hash(word, 40),
            Value::Md5 => is_hash(word, 32),
            Value::Outcome => matches!(word, "success" | "failure" | "unknown"),
            Value::Lower => {
                !word.contains(|letter: char| letter.is_whitespace() || letter == '/')
                    && !word.bytes().all(|byte| byte.is_ascii_digit())
            }
            Value::Word => true,
        }
    }
}

/// The rows of the table.
pub fn table() -> impl Iterator<Item = Proposal> {
    TABLE.lines().skip(1).filter_map(|line| {
        let mut columns = line.split('\t');
        let (words, value, field) = (columns.next()?, columns.next()?, columns.next()?);
        let (_, value, _) = VALUES.iter().find(|(name, _, _)| *name == value)?;
        Some(Proposal { words, value: *value, field })
    })
}

/// Levels of logs.
const LEVELS: [&str; 21] = [
    "trace",
    "debug",
    "verbose",
    "info",
    "information",
    "informational",
    "notice",
    "warn",
    "warning",
    "error",
    "err",
    "critical",
    "crit",
    "fatal",
    "alert",
    "emerg",
    "emergency",
    "severe",
    "panic",
    "log",
    "audit",
];

/// Protocols of transport.
const TRANSPORTS: [&str; 12] =
    ["tcp", "udp", "icmp", "icmpv6", "ipv6-icmp", "igmp", "sctp", "gre", "esp", "ah", "ospf", "udplite"];

/// The port behind an address of IPv4 and a colon; other parts may follow.
pub fn with_port(word: &str) -> Option<&str> {
    let mut parts = word.split(':');
    parts.next()?.parse::<std::net::Ipv4Addr>().ok()?;
    parts.next().filter(|port| port.parse::<u16>().is_ok())
}

/// Hexadecimal digits, so many.
fn is_hash(word: &str, length: usize) -> bool {
    word.len() == length && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The proposal for a name: its words, but for fillers in front of them, are those of a row. The longest row wins.
pub fn by_name(name: &str) -> Option<Proposal> {
    by_words(&split(name), &|before| FILLERS.contains(&before))
}

/// The proposal for a name with dots, and how sure it is: the name is that of a field of the taxonomy, or its words are those
/// of a row; or its last words are, and none before them says that it is another's.
pub fn by_path(name: &str) -> Option<(Proposal, Confidence)> {
    if let Some(field) = Taxonomy::base().get(&name.to_lowercase()).and_then(of_taxonomy) {
        return Some((field, Confidence::Sure));
    }
    let last = name.rsplit('.').next().unwrap_or(name);
    let beside = |words: &str| !OTHERS.contains(&words);
    let whole = by_name(name).map(|row| (row, Confidence::Sure));
    let found = whole.or_else(|| by_words(&split(name), &beside).map(|row| (row, confidence_of(&row, last))));
    found.map(|(row, confidence)| (within(row, name), confidence))
}

/// The row for a name of a host by what it is in: that of a request or of a handshake is none of the machine that tells.
fn within(row: Proposal, name: &str) -> Proposal {
    let above: Vec<String> = name.rsplit_once('.').map_or_else(Vec::new, |(above, _)| split(above));
    let has = |words: &[&str]| above.iter().any(|word| words.contains(&&**word));
    match row.field {
        "host.name" if has(&["tls", "ssl"]) => Proposal { value: Value::Host, field: "tls.client.server_name", ..row },
        "host.name" if has(&["dns", "query"]) => Proposal { value: Value::Host, field: "dns.question.name", ..row },
        "host.name" if has(&["http", "request", "url"]) => Proposal { value: Value::Host, field: "url.domain", ..row },
        _ => row,
    }
}

/// Whether a word of a name says that it is not the one's who acts or calls.
pub fn is_anothers(name: &str) -> bool {
    split(name).iter().any(|word| OTHERS.contains(&&**word))
}

/// A row that is a whole last part of a name, or has two words, says more than one word at the end of others.
fn confidence_of(row: &Proposal, last: &str) -> Confidence {
    let is_whole = split(last).join(" ") == row.words || row.words.contains(' ');
    if is_whole { Confidence::Likely } else { Confidence::Guess }
}

fn by_words(words: &[String], may_stand_before: &dyn Fn(&str) -> bool) -> Option<Proposal> {
    let matches = |row: &Proposal| {
        let row: Vec<&str> = row.words.split(' ').collect();
        let start = words.len().checked_sub(row.len());
        start.is_some_and(|start| {
            words[start..].iter().eq(row.iter().copied()) && words[..start].iter().all(|word| may_stand_before(word))
        })
    };
    table().filter(matches).max_by_key(|row| row.words.len())
}

/// A field of the taxonomy for a name that is its own.
fn of_taxonomy(field: &'static weir::taxonomy::Field) -> Option<Proposal> {
    let name: &'static str = &field.name;
    let value = match field.kind {
        FieldType::Ip => Value::Address,
        FieldType::Long | FieldType::Number | FieldType::Float if name.ends_with(".port") => Value::Port,
        FieldType::Long | FieldType::Number | FieldType::Float => Value::Number,
        FieldType::Keyword | FieldType::Wildcard | FieldType::Text | FieldType::MatchOnlyText => {
            if name == "event.outcome" { Value::Outcome } else { Value::Word }
        }
        _ => return None,
    };
    let is_ours = ["event.kind", "event.category", "event.type", "event.dataset", "message"].contains(&name);
    (name.contains('.') && !is_ours && !name.starts_with("related.") && !name.starts_with("sekoiaio."))
        .then_some(Proposal { words: name, value, field: name })
}

/// What values are that a name does not tell: addresses, e-mail, hashes.
pub fn by_values(values: &[String]) -> Option<Value> {
    values.first()?;
    [Value::Address, Value::Email, Value::Sha256].into_iter().find(|value| values.iter().all(|word| value.is(word)))
}

#[cfg(test)]
mod tests {
    use super::{Confidence, TABLE, Value, by_name, by_path, by_values, table};
    use std::collections::HashSet;
    use weir::taxonomy::Taxonomy;

    #[test]
    fn every_row_names_a_base_field_and_every_name_one_row() {
        assert_eq!(table().count(), TABLE.lines().count() - 1, "a row is not read");
        let mut seen = HashSet::new();
        for row in table() {
            assert!(Taxonomy::base().get(row.field).is_some(), "{} is no base field", row.field);
            assert!(seen.insert(row.words), "two rows for {}", row.words);
        }
    }

    #[test]
    fn names_lead_to_fields() {
        for (name, expected) in [
            ("ClientIP", Some("source.ip")),
            ("client_request_user_agent", Some("user_agent.original")),
            ("EdgeResponseStatus", Some("http.response.status_code")),
            ("UserEmail", Some("user.email")),
            ("DstPort", Some("destination.port")),
            ("WidgetIP", None),
            ("", None),
        ] {
            assert_eq!(by_name(name).map(|row| row.field), expected, "{name}");
        }
    }

    #[test]
    fn paths_lead_to_fields_as_far_as_they_say_whose_they_are() {
        for (name, expected) in [
            ("source.ip", Some(("source.ip", Confidence::Sure))),
            ("actor.email", Some(("user.email", Confidence::Sure))),
            ("userIdentity.userName", Some(("user.name", Confidence::Likely))),
            ("requestContext.sourceIPAddress", Some(("source.ip", Confidence::Likely))),
            ("target.user", None),
            ("colour", None),
        ] {
            assert_eq!(by_path(name).map(|(row, confidence)| (row.field, confidence)), expected, "{name}");
        }
    }

    #[test]
    fn values_say_what_they_are_only_if_all_do() {
        let of = |values: &[&str]| by_values(&values.iter().map(|&value| value.to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["192.0.2.1", "2001:db8::1"]), Some(Value::Address));
        assert_eq!(of(&["ada@example.com"]), Some(Value::Email));
        assert_eq!(of(&["192.0.2.1", "n/a"]), None);
        assert_eq!(of(&[]), None);
    }
}
