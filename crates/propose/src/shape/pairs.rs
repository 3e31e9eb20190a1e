//! Pairs of key and value in texts.

use crate::step::{Property, Step};
use regex::Regex;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// A key with what separates it from its value, at the beginning or behind what separates pairs.
static KEY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?:^|[\s,;|&(\[])(["']?)([A-Za-z_][\w.@/-]*)["']?="#).ok());

/// A key before a colon and a blank.
static COLON_KEY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?:^|[,;|]\s*)([A-Za-z_][\w.@ -]{0,30}?):[\s"]"#).ok());

/// What can separate pairs, as the property of the extractor and as a character; white space is tried last.
const SEPARATORS: &[(&str, char)] = &[(r"\|", '|'), (";", ';'), (",", ','), ("&", '&')];

/// The keys that come first in some text, as an expression that finds one with what is behind it.
fn begins(texts: &[String], starts: &[usize]) -> String {
    let key = |(text, start): (&String, &usize)| -> String {
        text[*start..].chars().take_while(|letter| letter.is_alphanumeric() || "_.-@".contains(*letter)).collect()
    };
    let keys: BTreeSet<String> = texts.iter().zip(starts).map(key).map(|key| regex::escape(&key)).collect();
    format!("\\b(?:{})[:=]", keys.into_iter().collect::<Vec<_>>().join("|"))
}

/// Pairs that were found.
#[derive(Debug)]
pub struct Pairs {
    /// Where the first key begins in each text.
    pub starts: Vec<usize>,
    /// An expression that finds where they begin.
    pub begins: String,
    item_separator: Option<&'static str>,
    value_separator: Option<&'static str>,
}

impl Pairs {
    /// Whether nothing is before the first key.
    pub fn begin_at_once(&self) -> bool {
        self.starts.iter().all(|start| *start == 0)
    }

    /// The entry that reads them.
    pub fn step(&self, input: &str) -> Step {
        let mut step = Step::new("pairs", "kv.parse-kv", input);
        if let Some(separator) = self.item_separator {
            step = step.with("item_sep", Property::text(separator));
        }
        if let Some(separator) = self.value_separator {
            step = step.with("value_sep", Property::text(separator));
        }
        step
    }
}

/// The pairs that all texts consist of, but for what is before the first key: at least two in each, and three on average.
pub fn find(texts: &[String]) -> Option<Pairs> {
    of_equals(texts).or_else(|| of_colons(texts))
}

fn of_equals(texts: &[String]) -> Option<Pairs> {
    let starts = starts(texts, KEY.as_ref()?, 2)?;
    let bodies: Vec<&str> = texts.iter().zip(&starts).map(|(text, start)| &text[*start..]).collect();
    let separator = SEPARATORS.iter().find(|(_, letter)| separates(&bodies, *letter, '='));
    let begins = begins(texts, &starts);
    Some(Pairs { starts, begins, item_separator: separator.map(|(separator, _)| *separator), value_separator: None })
}

fn of_colons(texts: &[String]) -> Option<Pairs> {
    let starts = starts(texts, COLON_KEY.as_ref()?, 1)?;
    let bodies: Vec<&str> = texts.iter().zip(&starts).map(|(text, start)| &text[*start..]).collect();
    let (item, _) = [(r",\s*", ','), (r";\s*", ';'), (r"\s*\|\s*", '|')]
        .into_iter()
        .find(|(_, letter)| separates(&bodies, *letter, ':'))?;
    let begins = begins(texts, &starts);
    Some(Pairs { starts, begins, item_separator: Some(item), value_separator: Some(r":\s*") })
}

/// Where the first key of each text begins; nothing where a text has too few keys.
fn starts(texts: &[String], key: &Regex, group: usize) -> Option<Vec<usize>> {
    let (mut starts, mut all) = (Vec::with_capacity(texts.len()), 0);
    for text in texts {
        let mut found = key.captures_iter(text);
        let first = found.next()?.get(group)?.start();
        let more = found.count();
        // One pair is enough where nothing else is there.
        if more == 0 && first > 0 {
            return None;
        }
        all += more + 1;
        starts.push(first);
    }
    (all >= 3 * texts.len()).then_some(starts)
}

/// Whether a letter separates nearly all pairs: between it are keys, and there are three on average.
fn separates(bodies: &[&str], letter: char, between: char) -> bool {
    let (mut parts, mut pairs) = (0, 0);
    for part in bodies.iter().flat_map(|body| outside_quotes(body, letter)).filter(|part| !part.trim().is_empty()) {
        parts += 1;
        let key = part.split_once(between).map(|(key, _)| key.trim());
        let is_key = |key: &str| {
            !key.is_empty()
                && key.len() <= 40
                && !key.contains(['"', '=', '['])
                && (between == ':' || !key.contains(' '))
        };
        pairs += usize::from(key.is_some_and(is_key) && part.matches(between).count() >= 1);
    }
    // Where white space separates, the parts between other letters hold several pairs.
    let several = bodies.iter().flat_map(|body| outside_quotes(body, letter)).filter(|part| keys_in(part) > 1).count();
    pairs >= 3 * bodies.len() && 10 * pairs >= 9 * parts && 10 * several <= parts
}

fn keys_in(text: &str) -> usize {
    KEY.as_ref().map_or(0, |key| key.find_iter(text.trim()).count())
}

/// The parts between a letter that is not in double quotes.
fn outside_quotes(text: &str, letter: char) -> Vec<&str> {
    let (mut parts, mut start, mut quoted) = (Vec::new(), 0, false);
    for (place, other) in text.char_indices() {
        match other {
            '"' => quoted = !quoted,
            _ if other == letter && !quoted => {
                parts.push(&text[start..place]);
                start = place + other.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn pairs_are_found_with_what_separates_them() {
        let of = |text: &str| {
            find(&[text.to_owned()]).map(|pairs| (pairs.starts[0], pairs.item_separator, pairs.value_separator))
        };
        assert_eq!(of("a=1 b=\"x y\" c=3"), Some((0, None, None)));
        assert_eq!(of("a=1;b=2;c=3"), Some((0, Some(";"), None)));
        assert_eq!(of("a=1|b=2 3|c=3"), Some((0, Some(r"\|"), None)));
        assert_eq!(of("id=1, a=2, b=x y"), Some((0, Some(","), None)));
        assert_eq!(of("gate: a=1 b=2 c=3"), Some((6, None, None)));
        assert_eq!(of("Source: 192.0.2.1, Reason: late, Port: 443"), Some((0, Some(r",\s*"), Some(r":\s*"))));
        assert_eq!(of("nothing of the kind"), None);
        assert_eq!(of("a=1"), None);
    }
}
