//! Samples without what identifies people, devices and networks: addresses, names, hosts and ids are replaced, the same one
//! always by the same, and what they look like stays.
//!
//! Why so: `docs/decisions/0161`.

mod addresses;
mod hosts;
mod letters;
mod names;
mod values;

pub use hosts::is_host;

use addresses::Addresses;
use hosts::Hosts;
use letters::Letters;
use names::Names;
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;

/// What is known by its looks: each group is a kind of [`KINDS`], the surest first.
static LOOKS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let groups = [
        r"eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?",
        r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*",
        r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
        r"S-1-5-21(?:-[0-9]+)+",
        r"[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}",
        r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}",
        r"[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}",
        r"[A-Za-z0-9](?:[\w-]*\.)+[A-Za-z]{2,24}",
        r"[0-9A-Fa-f]{16,}",
        r"[\w$-]+",
    ];
    Regex::new(&groups.map(|group| format!("({group})")).join("|")).ok()
});

/// What replacements are of, in the order of the groups of [`LOOKS`].
const KINDS: &[&str] =
    &["key", "e-mail address", "id", "id", "device address", "address", "address", "host", "id", "name"];

/// A replacement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// What was replaced: an address, a device address, a host, an e-mail address, a name or an id.
    pub kind: &'static str,
    /// What stood there.
    pub from: String,
    /// What stands there now.
    pub to: String,
}

/// Replaces what identifies somebody in texts, consistently over all of them.
#[derive(Debug)]
pub struct Anonymiser {
    letters: Letters,
    addresses: Addresses,
    hosts: Hosts,
    names: Names,
    replaced: BTreeMap<String, Replacement>,
}

impl Anonymiser {
    /// Begins. Whoever knows the key can find names out by trying; the same key gives the same names and ids again.
    pub fn new(key: u64) -> Self {
        Anonymiser {
            letters: Letters::new(key),
            addresses: Addresses::default(),
            hosts: Hosts::default(),
            names: Names::default(),
            replaced: BTreeMap::new(),
        }
    }

    /// Learns the names of people and devices from the event of a record, so that they are known in texts. Learn from all
    /// records before the first is replaced.
    pub fn learn(&mut self, event: &[u8]) {
        self.names.learn(event);
    }

    /// The text with everything replaced that is known by its looks or was learnt. Of JSON, alone or at the end of a text, only
    /// values are replaced, and what it is stays JSON.
    pub fn replace(&mut self, text: &str) -> String {
        values::replaced(text, &mut |part, is_number| match is_number {
            true => self.number(part),
            false => self.plain(part),
        })
    }

    /// The learnt names that the values of a text have, in whatever case and within whatever word.
    pub fn left(&self, text: &str) -> BTreeSet<String> {
        let mut left = BTreeSet::new();
        values::replaced(text, &mut |part, _| {
            left.extend(self.names.within(part).filter(|name| !self.letters.made(name)).map(str::to_owned));
            part.to_owned()
        });
        left
    }

    fn plain(&mut self, text: &str) -> String {
        let mut out = text.to_owned();
        for (name, expression) in self.names.whole() {
            let (mut new, mut end) = (String::new(), 0);
            for found in expression.find_iter(&out).filter(|found| stands_alone(&out, found.range())) {
                new.push_str(&out[end..found.start()]);
                new.push_str(&self.letters.alike(found.as_str(), &self.names));
                end = found.end();
            }
            if end > 0 {
                new.push_str(&out[end..]);
                out = new;
                let new = self.letters.alike(&name, &self.names);
                self.note("name", &name, &new);
            }
        }
        self.words(&out)
    }

    /// A number that is somebody's id.
    fn number(&mut self, text: &str) -> String {
        if !self.names.knows(text) {
            return text.to_owned();
        }
        let new = self.letters.digits_alike(text);
        self.note("id", text, &new);
        new
    }

    /// Everything that was replaced, each once, by kind and then as it was written.
    pub fn replaced(&self) -> Vec<&Replacement> {
        let mut all: Vec<&Replacement> = self.replaced.values().collect();
        all.sort_by_key(|replacement| (replacement.kind, &*replacement.from));
        all
    }

    fn words(&mut self, text: &str) -> String {
        let Some(looks) = LOOKS.as_ref() else { return text.to_owned() };
        let (mut out, mut end) = (String::with_capacity(text.len()), 0);
        for found in looks.captures_iter(text) {
            let Some((group, whole)) = (1..=KINDS.len()).find_map(|group| Some((group, found.get(group)?))) else {
                continue;
            };
            let kind = KINDS[group - 1];
            out.push_str(&text[end..whole.start()]);
            end = whole.end();
            // What is before `=` is the key of a value.
            let is_key = kind == "name" && text[end..].starts_with('=');
            let new = if is_key { None } else { self.replacement(kind, whole.as_str()) };
            match new.filter(|new| new != whole.as_str()) {
                Some(new) => {
                    self.note(kind, whole.as_str(), &new);
                    out.push_str(&new);
                }
                None => out.push_str(whole.as_str()),
            }
        }
        out.push_str(&text[end..]);
        out
    }

    fn replacement(&mut self, kind: &str, text: &str) -> Option<String> {
        match kind {
            "e-mail address" => {
                let (name, host) = text.split_once('@')?;
                Some(format!("{}@{}", self.name(name), self.host(host)))
            }
            "id" | "key" if self.letters.made(text) => None,
            "key" => Some(self.letters.alike(text, &self.names)),
            "id" => Some(self.letters.digits_alike(text)),
            "device address" => self.addresses.device(text),
            "address" => self.addresses.network(text),
            "host" if is_host(text) || self.names.is_host(text) => Some(self.host(text)),
            "name" if self.names.knows(text) => Some(self.name(text)),
            "name" if is_key(text) && !self.letters.made(text) => Some(self.letters.alike(text, &self.names)),
            "host" | "name" => Some(self.parts(text)),
            _ => None,
        }
    }

    fn name(&mut self, name: &str) -> String {
        match names::is_of_everybody(name) || self.letters.made(name) {
            true => name.to_owned(),
            false => self.letters.alike(name, &self.names),
        }
    }

    fn host(&mut self, host: &str) -> String {
        self.hosts.replace(host, &mut self.letters, &self.names)
    }

    /// What is no name as a whole, such as `db.ada`, `host-ada` or `ada12`: its words may be names.
    fn parts(&mut self, text: &str) -> String {
        let words = split_at(text, &|letter| letter.is_alphanumeric());
        let word = |word: &str| match self.names.knows(word) {
            true => vec![word.to_owned()],
            false => split_at(word, &|letter| letter.is_alphabetic()).into_iter().map(str::to_owned).collect(),
        };
        let parts: Vec<String> = words.into_iter().flat_map(word).collect();
        let known = |part: &String| self.names.knows(part) && part.len() > 2;
        parts
            .iter()
            .map(|part| if known(part) { self.letters.alike(part, &self.names) } else { part.clone() })
            .collect()
    }

    fn note(&mut self, kind: &'static str, from: &str, to: &str) {
        let replacement = Replacement { kind, from: from.to_owned(), to: to.to_owned() };
        self.replaced.entry(from.to_owned()).or_insert(replacement);
    }
}

/// Whether no letter and no digit stands beside a place.
fn stands_alone(text: &str, place: Range<usize>) -> bool {
    let is_word = |letter: char| letter.is_alphanumeric();
    !text[..place.start].ends_with(is_word) && !text[place.end..].starts_with(is_word)
}

/// A long word of letters and digits that nobody would say: the id of an access key and the like.
fn is_key(text: &str) -> bool {
    let count = |fits: fn(&u8) -> bool| text.bytes().filter(fits).count();
    let (digits, small) = (count(u8::is_ascii_digit), count(u8::is_ascii_lowercase));
    let capitals = count(u8::is_ascii_uppercase);
    text.len() >= 20
        && digits + small + capitals == text.len()
        && capitals > 0
        && digits >= if small > 0 { 3 } else { 1 }
}

/// A text cut between what is of one kind and what is not.
fn split_at<'t>(text: &'t str, is_inside: &dyn Fn(char) -> bool) -> Vec<&'t str> {
    let (mut parts, mut start, mut last) = (Vec::new(), 0, None);
    for (place, letter) in text.char_indices() {
        let inside = is_inside(letter);
        if last.is_some_and(|last| last != inside) {
            parts.push(&text[start..place]);
            start = place;
        }
        last = Some(inside);
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::Anonymiser;

    #[test]
    fn the_same_is_replaced_by_the_same_and_looks_stay() {
        let mut anonymiser = Anonymiser::new(7);
        anonymiser.learn(br#"{"user":{"name":"margaret"},"host":{"name":"PC-0042"}}"#);
        let text = "user=margaret host=PC-0042 from 8.8.4.4 and 8.8.4.5 mail margaret@corp.acme.com root";
        let new = anonymiser.replace(text);
        for gone in ["margaret", "PC-0042", "8.8.4.4", "acme"] {
            assert!(!new.contains(gone), "{new}");
        }
        assert!(new.ends_with(" root"), "everybody's names stay: {new}");
        assert_eq!(new, anonymiser.replace(text), "the same again");
        let words: Vec<&str> = new.split(' ').collect();
        assert_eq!(words[0].len(), "user=margaret".len());
        assert_eq!(words[0][5..], words[7][..8], "the name is the same in both places: {new}");
        assert!(words[1].as_bytes()[7] == b'-' && words[1][8..].bytes().all(|byte| byte.is_ascii_digit()), "{new}");
        let subnet = |address: &str| address.rsplit_once('.').map(|(net, _)| net.to_owned());
        assert_eq!(subnet(words[3]), subnet(words[5]), "one subnet stays one");
        assert_eq!(anonymiser.replaced().len(), 5, "{:?}", anonymiser.replaced());
    }

    #[test]
    fn what_says_nothing_of_anybody_stays() {
        let text = r#"{"at":"2024-05-14T08:30:12Z","ip":"192.0.2.7","local":"127.0.0.1","n":10.5,"file":"main.log","host":"www.example.com","v6":"2001:db8::1","none":"::"}"#;
        assert_eq!(Anonymiser::new(1).replace(text), text);
    }
}
