//! Names of people and devices, as events have them.

use crate::json::Json;
use regex::Regex;
use std::collections::BTreeMap;
use weir_dataset::split;

/// Last parts of fields whose values name somebody, and what must be in the name of the field.
const NAMING: &[(&str, &[&str])] = &[
    ("name", &["user", "host", "device", "group"]),
    ("id", &["user", "host", "device", "account"]),
    ("full_name", &["user"]),
    ("email", &["user"]),
    ("hostname", &[""]),
    ("domain", &["user", "source", "destination", "client", "server", "url"]),
    ("address", &["source", "destination", "client", "server", "from", "to"]),
    ("user", &["related"]),
    ("hosts", &["related"]),
    ("serial_number", &[""]),
];

/// Last words of names of fields of a format's own whose values name somebody.
const ENDINGS: &[&str] = &[
    "access key id",
    "account id",
    "account name",
    "computer",
    "computer name",
    "domain name",
    "host name",
    "hostname",
    "login",
    "principal id",
    "user",
    "user id",
    "user name",
    "username",
];

/// The shortest name that is sought within other words, and the shortest number that is somebody's id.
const SHORTEST: usize = 4;

/// Names that were learnt, by how they are written in small letters.
#[derive(Debug, Default)]
pub struct Names {
    known: BTreeMap<String, Name>,
}

/// A name.
#[derive(Debug)]
struct Name {
    written: String,
    is_host: bool,
    /// What finds it as a whole, where it is no single word.
    whole: Option<Regex>,
}

impl Names {
    /// Learns the names that an event has in fields that name somebody.
    pub fn learn(&mut self, event: &[u8]) {
        let mut found = Vec::new();
        if let Ok(event) = Json::read(event) {
            collect("", &event, &mut found);
        }
        for (name, is_host) in found {
            let is_number = name.bytes().all(|byte| byte.is_ascii_digit());
            let fits = name.len() >= 2 && name.len() <= 200 && (!is_number || name.len() > SHORTEST);
            if fits && !is_of_everybody(&name) && !is_address(&name) {
                self.known.entry(name.to_lowercase()).or_insert_with(|| Name::of(name, is_host));
            }
        }
    }

    /// Whether a text is a learnt name, in whatever case.
    pub fn knows(&self, text: &str) -> bool {
        self.known.contains_key(&text.to_lowercase())
    }

    /// Whether a text is a learnt name of a host.
    pub fn is_host(&self, text: &str) -> bool {
        self.known.get(&text.to_lowercase()).is_some_and(|name| name.is_host)
    }

    /// The names that are no single word, the longest first, each with what finds it.
    pub fn whole(&self) -> Vec<(String, Regex)> {
        let mut all: Vec<(String, Regex)> =
            self.known.values().filter_map(|name| Some((name.written.clone(), name.whole.clone()?))).collect();
        all.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        all
    }

    /// The names that a text has somewhere.
    pub fn within(&self, text: &str) -> impl Iterator<Item = &str> {
        let text = text.to_lowercase();
        self.known
            .iter()
            .filter(move |(lower, _)| lower.len() >= SHORTEST && text.contains(lower.as_str()))
            .map(|(_, name)| name.written.as_str())
    }
}

impl Name {
    fn of(written: String, is_host: bool) -> Self {
        let is_word = written.chars().all(char::is_alphanumeric);
        // Those of hosts with dots are known by their looks, so that their domains stay alike.
        let is_known_by_looks = is_host && written.contains('.') || written.contains('@');
        let escaped = Json::Text(written.clone()).to_string();
        let both = [&written, &escaped[1..escaped.len() - 1]].map(regex::escape).join("|");
        let whole = (!is_word && !is_known_by_looks).then(|| Regex::new(&format!("(?i)(?:{both})")).ok()).flatten();
        Name { written, is_host, whole }
    }
}

/// Whether a name is that of no person and no machine.
pub fn is_of_everybody(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "-",
        "admin",
        "administrator",
        "anonymous",
        "daemon",
        "false",
        "guest",
        "localhost",
        "n/a",
        "nobody",
        "none",
        "null",
        "root",
        "system",
        "true",
        "unknown",
        "user",
        "www-data",
    ];
    NAMES.contains(&&*name.to_lowercase()) || name.starts_with("NT AUTHORITY")
}

/// Addresses are known by their looks.
fn is_address(name: &str) -> bool {
    name.parse::<std::net::IpAddr>().is_ok()
}

fn collect(field: &str, value: &Json, found: &mut Vec<(String, bool)>) {
    match value {
        Json::Object(members) => {
            for (key, value) in members {
                let field = if field.is_empty() { key.clone() } else { format!("{field}.{key}") };
                collect(&field, value, found);
            }
        }
        Json::List(items) => items.iter().for_each(|item| collect(field, item, found)),
        Json::Text(text) if names_somebody(field) => {
            found.push((text.clone(), !is_persons(field)));
            // A domain or a realm may stand before or behind the name.
            for part in text.split('\\').filter(|part| *part != text) {
                found.push((part.to_owned(), false));
            }
            if let Some((name, host)) = text.rsplit('\\').next().and_then(|part| part.split_once('@')) {
                found.extend([(name.to_owned(), false), (host.to_owned(), true)]);
            }
        }
        Json::Plain(number) if names_somebody(field) && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            found.push((number.clone(), false));
        }
        _ => {}
    }
}

/// Whether a field names people, and no machine.
fn is_persons(field: &str) -> bool {
    let is_word = |word: &str| ["user", "username", "login", "account", "group", "email", "principal"].contains(&word);
    field.split('.').any(is_word)
        || split(field.rsplit('.').next().unwrap_or_default()).iter().any(|word| is_word(word))
}

fn names_somebody(field: &str) -> bool {
    let last = field.rsplit('.').next().unwrap_or_default();
    let is_known = NAMING.iter().any(|(part, words)| {
        *part == last && words.iter().any(|word| word.is_empty() || field.split('.').any(|part| part == *word))
    });
    let words = split(last).join(" ");
    is_known
        || ENDINGS
            .iter()
            .any(|ending| words.strip_suffix(ending).is_some_and(|rest| rest.is_empty() || rest.ends_with(' ')))
}
