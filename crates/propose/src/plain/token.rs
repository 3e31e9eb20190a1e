//! Tokens of a line: what stands for a value by its looks, words, marks, and the white space between.

use regex::Regex;
use std::net::IpAddr;
use std::sync::LazyLock;
use weir_author::anonymise::is_host;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// White space.
    Space,
    /// A character that is no part of a word.
    Mark(char),
    /// A word; whether it is a value or not, other lines tell.
    Word,
    /// A moment, in the notation of that place of [`NOTATIONS`].
    Moment(usize),
    /// A level of a log, in capitals or in brackets.
    Level,
    /// An address of a network.
    Ip,
    /// A name of a host with dots.
    Host,
    /// A whole number.
    Int,
    /// A number with a fraction.
    Float,
    /// A UUID.
    Uuid,
    /// An address of a device.
    Mac,
    /// An address of e-mail.
    Email,
    /// A URL.
    Url,
    /// A path that begins with `/`.
    Path,
    /// Text in double quotes.
    Quoted,
    /// Text in single quotes.
    Apostrophes,
}

/// A token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'t> {
    /// What it is.
    pub kind: Kind,
    /// Its text, quotes with it.
    pub text: &'t str,
}

/// The notations of moments: an expression that finds one, and the pattern of grok that reads it.
pub const NOTATIONS: &[(&str, &str)] = &[
    (
        r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z| ?[+-]\d\d:?\d\d)?",
        "%{YEAR}-%{MONTHNUM}-%{MONTHDAY}[T ]%{TIME}(?:Z| ?[+-][0-9]{2}:?[0-9]{2})?",
    ),
    (r"\d{1,2}/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}", "%{HTTPDATE}"),
    (r"\d{1,2}/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d\.\d+", "%{MONTHDAY}/%{MONTH}/%{YEAR}:%{TIME}"),
    (r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d+)?", "%{YEAR}/%{MONTHNUM}/%{MONTHDAY} %{TIME}"),
    (
        r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? [A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d(?:\.\d+)? (?:[A-Z]{3,4} )?\d{4}",
        "%{DAY},? %{MONTH} +%{MONTHDAY} %{TIME} (?:%{TZ} )?%{YEAR}",
    ),
    (
        r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:GMT|UTC|[+-]\d{4})",
        "%{DAY}, %{MONTHDAY} %{MONTH} %{YEAR} %{TIME} (?:GMT|UTC|[+-][0-9]{4})",
    ),
    (r"\d{1,2}[ -][A-Z][a-z]{2}[ -]\d{4} \d\d:\d\d:\d\d(?:[.,]\d+)?", "%{MONTHDAY}[ -]%{MONTH}[ -]%{YEAR} %{TIME}"),
    (r"\d{1,2}/\d{1,2}/\d{4},? \d{1,2}:\d\d:\d\d(?: [AP]M)?", "%{MONTHNUM}/%{MONTHDAY}/%{YEAR},? %{TIME}(?: [AP]M)?"),
    (r"[A-Z][a-z]{2} +\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d+)?", "%{MONTH} +%{MONTHDAY} (?:%{YEAR} )?%{TIME}"),
];

/// Other values by their looks, the surest first.
const VALUES: &[(Kind, &str)] = &[
    (Kind::Url, r#"[A-Za-z][A-Za-z0-9+.-]*://[^\s"'<>\])}]+"#),
    (Kind::Email, r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    (Kind::Uuid, r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"),
    (Kind::Mac, r"[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}"),
    (Kind::Ip, r"\d{1,3}(?:\.\d{1,3}){3}"),
    (Kind::Ip, r"(?:[0-9A-Fa-f]{1,4}:){2,7}[0-9A-Fa-f]{1,4}|(?:[0-9A-Fa-f]{1,4}:){1,6}(?::[0-9A-Fa-f]{1,4}){1,6}|::1"),
    (Kind::Host, r"[A-Za-z0-9](?:[\w-]*\.)+[A-Za-z]{2,24}"),
    (Kind::Path, r#"/[^\s"'<>\[\]{}()=,;|]*[^\s"'<>\[\]{}()=,;|:]"#),
    (Kind::Float, r"-?\d+\.\d+"),
    (Kind::Int, r"-?\d+"),
    (Kind::Quoted, r#""(?:[^"\\]|\\.)*""#),
    (Kind::Apostrophes, r"'[^']*'"),
    (Kind::Word, r"[\w$](?:[\w.$@+%~\\/-]*[\w$])?"),
];

/// Levels of logs.
const LEVELS: &[&str] = &[
    "TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "ERR", "CRITICAL", "CRIT", "FATAL", "ALERT",
    "EMERG", "SEVERE",
];

static EXPRESSIONS: LazyLock<Vec<(Kind, Regex)>> = LazyLock::new(|| {
    let moments = NOTATIONS.iter().enumerate().map(|(place, (expression, _))| (Kind::Moment(place), *expression));
    let all = moments.chain(VALUES.iter().copied());
    all.filter_map(|(kind, expression)| Some((kind, Regex::new(&format!("^(?:{expression})")).ok()?))).collect()
});

/// A number with a unit behind it, which is a token of its own.
static WITH_UNIT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(\d+(?:\.\d+)?)(?:ms|us|ns|s|m|h|B|KB|MB|GB|%)(?:\W|$)").ok());

/// The tokens of a line; together they are its text.
pub fn tokens(line: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let mut rest = line;
    while !rest.is_empty() {
        let token = next(rest, tokens.last());
        rest = &rest[token.text.len()..];
        tokens.push(token);
    }
    tokens
}

fn next<'t>(rest: &'t str, before: Option<&Token<'t>>) -> Token<'t> {
    let blank = rest.len() - rest.trim_start().len();
    if blank > 0 {
        return Token { kind: Kind::Space, text: &rest[..blank] };
    }
    // Behind a word or a value, a mark begins nothing new.
    let is_free = before.is_none_or(|before| matches!(before.kind, Kind::Space | Kind::Mark(_)));
    let is_beside = |kind: Kind| before.is_some_and(|before| before.kind == kind);
    if let Some(number) = WITH_UNIT.as_ref().and_then(|unit| unit.captures(rest)).and_then(|found| found.get(1)) {
        let kind = if number.as_str().contains('.') { Kind::Float } else { Kind::Int };
        return Token { kind, text: number.as_str() };
    }
    for (kind, expression) in EXPRESSIONS.iter() {
        let Some(found) = expression.find(rest) else { continue };
        let text = found.as_str();
        let after = rest[found.end()..].chars().next();
        let needs_free = matches!(kind, Kind::Path | Kind::Quoted | Kind::Apostrophes) || text.starts_with('-');
        let is_slash = matches!(kind, Kind::Path) && is_beside(Kind::Mark('/'));
        if (needs_free && !is_free) || is_slash || !ends_here(*kind, text, after) {
            continue;
        }
        return Token { kind: sharpened(*kind, text, before, after), text };
    }
    let letter = rest.chars().next().unwrap_or_default();
    Token { kind: Kind::Mark(letter), text: &rest[..letter.len_utf8()] }
}

/// Whether a value ends where the expression ended: not in the middle of a word.
fn ends_here(kind: Kind, text: &str, after: Option<char>) -> bool {
    let in_word = after.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    match kind {
        Kind::Host => !in_word && after != Some('-') && after != Some('@') && is_host(text),
        Kind::Ip => !in_word && after != Some('-') && text.parse::<IpAddr>().is_ok(),
        Kind::Int | Kind::Float => {
            let goes_on = after == Some('.') && kind == Kind::Int && text.len() < 4;
            !in_word && after != Some('-') && !goes_on
        }
        Kind::Path => text.len() > 2,
        Kind::Word | Kind::Quoted | Kind::Apostrophes | Kind::Url => true,
        _ => !in_word,
    }
}

/// A word that is a level.
fn sharpened(kind: Kind, text: &str, before: Option<&Token<'_>>, after: Option<char>) -> Kind {
    let is_bracketed = before.is_some_and(|before| before.kind == Kind::Mark('[')) && after == Some(']');
    let is_level = LEVELS.contains(&text) || (is_bracketed && LEVELS.contains(&&*text.to_uppercase()));
    if kind == Kind::Word && is_level { Kind::Level } else { kind }
}

#[cfg(test)]
mod tests {
    use super::{Kind, tokens};

    fn kinds(line: &str) -> Vec<Kind> {
        tokens(line).into_iter().map(|token| token.kind).filter(|kind| *kind != Kind::Space).collect()
    }

    #[test]
    fn values_are_known_by_their_looks() {
        use Kind::{Apostrophes, Email, Host, Int, Ip, Level, Mark, Moment, Path, Quoted, Url, Uuid, Word};
        assert_eq!(kinds("from 192.0.2.7:443 to 2001:db8::1"), [Word, Ip, Mark(':'), Int, Word, Ip]);
        assert_eq!(
            kinds("2024-05-14 08:30:12,123 INFO [main] ok"),
            [Moment(0), Level, Mark('['), Word, Mark(']'), Word]
        );
        assert_eq!(kinds("[error] 14/May/2024:08:30:12 +0000"), [Mark('['), Level, Mark(']'), Moment(1)]);
        assert_eq!(
            kinds("user=ada id=4b1f8f6e-9a3d-4c1b-8d57-0a6f2f3b9c11"),
            [Word, Mark('='), Word, Word, Mark('='), Uuid]
        );
        assert_eq!(
            kinds("\"GET /x\" 'a b' /var/log/x https://example.com/a ada@example.com web.example.com"),
            [Quoted, Apostrophes, Path, Url, Email, Host]
        );
        assert_eq!(kinds("took 12ms, 3.5s"), [Word, Int, Word, Mark(','), Kind::Float, Word]);
        assert_eq!(kinds("sshd[42]: web-01 main.log"), [Word, Mark('['), Int, Mark(']'), Mark(':'), Word, Word]);
        assert_eq!(kinds("outside:192.0.2.7/443"), [Word, Mark(':'), Ip, Mark('/'), Int]);
    }

    #[test]
    fn tokens_together_are_the_line() {
        for line in ["", "  a\tb ", "é–'x", "192.0.2.7.", "a::b /", "\"open"] {
            assert_eq!(tokens(line).iter().map(|token| token.text).collect::<String>(), line);
        }
    }
}
