//! Names for values in text, by the words beside them.

use super::template::Column;
use super::token::Kind;
use crate::moment;
use weir_dataset::split;

/// Words before a value that say what it is: the word, and the name for an address, and for a word or name.
const BEFORE: &[(&str, &str, &str)] = &[
    ("from", "source_ip", "source_domain"),
    ("src", "source_ip", "source_domain"),
    ("source", "source_ip", "source_domain"),
    ("client", "source_ip", "client"),
    ("peer", "source_ip", "peer"),
    ("rhost", "source_ip", "source_domain"),
    ("by", "source_ip", "user"),
    ("to", "destination_ip", "destination_domain"),
    ("dst", "destination_ip", "destination_domain"),
    ("destination", "destination_ip", "destination_domain"),
    ("dest", "destination_ip", "destination_domain"),
    ("server", "destination_ip", "server"),
    ("upstream", "destination_ip", "upstream"),
    ("host", "host_ip", "host"),
    ("hostname", "host_ip", "host"),
    ("on", "ip", "host"),
    ("node", "host_ip", "host"),
    ("user", "source_ip", "user"),
    ("username", "source_ip", "user"),
    ("account", "source_ip", "user"),
    ("for", "source_ip", "user"),
];

/// Words that are none of the values that stand behind the words above.
const ORDINARY: &[&str] = &[
    "a",
    "after",
    "an",
    "and",
    "authentication",
    "any",
    "as",
    "at",
    "be",
    "by",
    "closed",
    "connection",
    "connections",
    "denied",
    "error",
    "failed",
    "for",
    "from",
    "has",
    "have",
    "in",
    "invalid",
    "is",
    "it",
    "logged",
    "login",
    "name",
    "no",
    "not",
    "of",
    "on",
    "opened",
    "or",
    "password",
    "port",
    "refused",
    "request",
    "rule",
    "succeeded",
    "root:",
    "server",
    "session",
    "since",
    "that",
    "the",
    "this",
    "to",
    "unknown",
    "until",
    "user",
    "was",
    "were",
    "while",
    "with",
];

/// Units behind a number, and its name.
const UNITS: &[(&str, &str)] = &[
    ("bytes", "bytes"),
    ("byte", "bytes"),
    ("ms", "duration_ms"),
    ("us", "duration_us"),
    ("s", "duration_s"),
    ("seconds", "duration_s"),
    ("sec", "duration_s"),
    ("secs", "duration_s"),
    ("packets", "packets"),
    ("times", "times"),
    ("attempts", "attempts"),
];

/// The name of the value at a place of a template.
pub fn name(columns: &[Column], place: usize) -> String {
    let column = &columns[place];
    if let Some(key) = key_before(columns, place) {
        return key;
    }
    let before = word_before(columns, place);
    let known = before.as_deref().and_then(known_before);
    match column.kinds.as_slice() {
        [Kind::Moment(_)] => "timestamp".to_owned(),
        [Kind::Level] => "level".to_owned(),
        [Kind::Ip] => address(columns, place).unwrap_or("ip").to_owned(),
        [Kind::Word] if is_behind_moment(columns, place) => "host".to_owned(),
        [Kind::Email] => "email".to_owned(),
        [Kind::Url] => "url".to_owned(),
        [Kind::Mac] => "mac".to_owned(),
        [Kind::Path] => "path".to_owned(),
        [Kind::Int | Kind::Float] | [Kind::Int, Kind::Float] | [Kind::Float, Kind::Int] => {
            number(columns, place, before)
        }
        kinds => {
            let is_host = kinds.iter().any(|kind| matches!(kind, Kind::Ip | Kind::Host));
            match (known, before) {
                (Some((_, address, _)), _) if kinds.contains(&Kind::Ip) => address.replace("_ip", "_address"),
                (Some((word, _, name)), _) if names_somebody(column, word, name) => (*name).to_owned(),
                // Whose host it is nothing says.
                (_, _) if is_host => "domain_name".to_owned(),
                (None, None) if is_first_word(columns, place) && is_verb(columns, place) => "action".to_owned(),
                (None, Some(word)) if !is_ordinary(&word) => word,
                _ if kinds == [Kind::Uuid] => "id".to_owned(),
                _ => "word".to_owned(),
            }
        }
    }
}

/// Whether a word is a value, although all lines have the same: it comes after a word that says what it is, or has digits
/// and marks as names of machines and people do.
pub fn is_value(columns: &[Column], place: usize) -> bool {
    let Some(text) = columns[place].texts.first() else { return false };
    if key_before(columns, place).is_some() {
        return true;
    }
    let is_ordinary = is_ordinary(text);
    let known = word_before(columns, place).as_deref().and_then(known_before);
    let is_looked_up = known.is_some_and(|(word, _, name)| names_somebody(&columns[place], word, name));
    let has_digits = text.bytes().any(|byte| byte.is_ascii_digit());
    let has_letters = text.bytes().any(|byte| byte.is_ascii_alphabetic());
    let is_version = text.starts_with("ssh") || text.starts_with("HTTP") || text.starts_with('v');
    !is_ordinary
        && !is_label(columns, place)
        && (is_looked_up || is_behind_moment(columns, place) || (has_digits && has_letters && !is_version))
}

/// Whether a word is none of a value.
pub fn is_ordinary(text: &str) -> bool {
    ORDINARY.contains(&&*text.to_lowercase())
}

/// Whether a word before a value says what it is.
pub fn is_telling(text: &str) -> bool {
    text == "port" || known_before(&plain(text)).is_some()
}

/// Whether words are names of people or machines, as the word before them has it: words of sentences stand there as well.
fn names_somebody(column: &Column, before: &str, name: &str) -> bool {
    let has = |text: &String, marks: &[char]| text.contains(marks);
    let has_digits = |text: &String| text.bytes().any(|byte| byte.is_ascii_digit());
    let has_letters = |text: &String| text.chars().any(char::is_alphabetic);
    let all = |fits: &dyn Fn(&String) -> bool| column.texts.iter().all(fits);
    if column.kinds.iter().any(|kind| matches!(kind, Kind::Ip | Kind::Host | Kind::Email)) {
        return true;
    }
    if !all(&has_letters) || all(&|text| is_ordinary(text)) {
        return false;
    }
    // A name of a machine has a mark in it; one of a user is another in most lines.
    let varies = column.texts.len() >= 3 || (column.lines > 1 && column.texts.len() == column.lines);
    let is_named = ["user", "username", "account"].contains(&before);
    match name {
        "user" => {
            varies
                || (is_named && (column.lines == 1 || column.texts.len() > 1))
                || all(&|text| has(text, &['.', '-', '_', '@', '\\', '$']) || has_digits(text))
        }
        _ => all(&|text| has(text, &['.', '-'])),
    }
}

/// What a word before a value says.
fn known_before(word: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    BEFORE.iter().find(|(known, _, _)| *known == word)
}

/// The name of an address: by the nearest word before it that says whose it is, as in `to inside:192.0.2.7`.
fn address(columns: &[Column], place: usize) -> Option<&'static str> {
    const WORDS: usize = 3;
    let words = columns[..place].iter().rev().filter(|column| column.is_same_word()).take(WORDS);
    words.filter_map(|column| known_before(&plain(&column.texts[0]))).map(|(_, name, _)| *name).next()
}

/// A word right behind a moment that looks like the name of a machine.
fn is_behind_moment(columns: &[Column], place: usize) -> bool {
    let is_moment = |place: usize| matches!(columns.get(place).and_then(Column::kind), Some(Kind::Moment(_)));
    let is_machine = |text: &String| text.contains(['-', '.']) || text.bytes().any(|byte| byte.is_ascii_digit());
    place >= 2
        && is_moment(place - 2)
        && columns[place - 1].kind() == Some(Kind::Space)
        && columns[place].texts.iter().all(is_machine)
}

/// A word that says what happened: in all lines it begins with a capital, and another word follows.
fn is_verb(columns: &[Column], place: usize) -> bool {
    let is_capital = |text: &String| {
        text.starts_with(|letter: char| letter.is_uppercase()) && text.bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    columns[place].kinds == [Kind::Word]
        && columns[place].texts.iter().all(is_capital)
        && columns.get(place + 2).is_some_and(|next| next.kinds == [Kind::Word])
}

/// A word in front of what is the value: `outside` of `for outside:192.0.2.7`, `authenticating` of `by authenticating user ada`.
fn is_label(columns: &[Column], place: usize) -> bool {
    let after = |places: usize| columns.get(place + places);
    match after(1).and_then(Column::kind) {
        Some(Kind::Mark(':')) => after(2).is_some_and(|value| !value.is_frame()),
        Some(Kind::Space) => after(2).is_some_and(|next| {
            next.kinds == [Kind::Quoted] || (next.is_same_word() && known_before(&plain(&next.texts[0])).is_some())
        }),
        _ => false,
    }
}

fn number(columns: &[Column], place: usize, before: Option<String>) -> String {
    if let Some(side) = port_of(columns, place) {
        return side;
    }
    if columns[place].texts.iter().all(|text| moment::is_count(text)) {
        return "timestamp".to_owned();
    }
    let unit = word_after(columns, place).and_then(|word| UNITS.iter().find(|(unit, _)| *unit == word));
    match (unit, before) {
        (Some((_, name)), _) => (*name).to_owned(),
        (None, Some(word)) if !is_ordinary(&word) && word != "port" => word,
        _ if bracketed(columns, place) => "pid".to_owned(),
        _ => "number".to_owned(),
    }
}

/// A number right behind an address and `:` or `/`, or behind `port`, is the port of the address before it.
fn port_of(columns: &[Column], place: usize) -> Option<String> {
    let is_joined = place >= 2
        && matches!(columns[place - 1].kind(), Some(Kind::Mark(':' | '/')))
        && columns[place - 2].kinds.contains(&Kind::Ip);
    let is_named = word_before(columns, place).is_some_and(|word| word == "port");
    if !is_joined && !is_named {
        return None;
    }
    let address = (0..place).rev().find(|place| columns[*place].kinds.contains(&Kind::Ip));
    Some(match address.map(|place| name(columns, place)).as_deref() {
        Some(address) if address.starts_with("destination") => "destination_port".to_owned(),
        Some(_) => "source_port".to_owned(),
        None => "port".to_owned(),
    })
}

/// The key of a value: `key=value`, or `key: value` where a mark separates such pairs.
fn key_before(columns: &[Column], place: usize) -> Option<String> {
    let mark = place.checked_sub(1).and_then(|place| columns.get(place))?;
    let key = place.checked_sub(2).and_then(|place| columns.get(place))?;
    (mark.kind() == Some(Kind::Mark('=')) && key.is_same_word()).then(|| plain(&key.texts[0]))
}

/// The word before a value that all lines have, with white space, quotes, brackets, a colon or an equals sign between.
fn word_before(columns: &[Column], place: usize) -> Option<String> {
    let between = |column: &Column| {
        matches!(column.kind(), Some(Kind::Space | Kind::Mark('"' | '\'' | '(' | '[' | ':' | '=' | '<')))
    };
    let before = columns[..place].iter().rfind(|column| !between(column))?;
    before.is_label().then(|| plain(&before.texts[0]))
}

/// The word behind a value that all lines have.
fn word_after(columns: &[Column], place: usize) -> Option<String> {
    let column = columns[place + 1..].iter().find(|column| column.kind() != Some(Kind::Space))?;
    (column.is_same_word()).then(|| plain(&column.texts[0]))
}

fn bracketed(columns: &[Column], place: usize) -> bool {
    place >= 2 && columns[place - 1].kind() == Some(Kind::Mark('[')) && columns[place - 2].kinds.contains(&Kind::Word)
}

fn is_first_word(columns: &[Column], place: usize) -> bool {
    !columns[..place].iter().any(|column| column.kinds.contains(&Kind::Word))
}

/// A word as a name: small letters, digits and `_`.
fn plain(word: &str) -> String {
    let name = split(word).join("_");
    if name.starts_with(|letter: char| letter.is_ascii_alphabetic()) && name.is_ascii() {
        name
    } else {
        "value".to_owned()
    }
}
