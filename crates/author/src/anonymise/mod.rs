//! Samples without what identifies people, devices and networks: addresses, names, hosts and ids are replaced, the same one
//! always by the same, and what they look like stays.
//!
//! Why so: `docs/decisions/0161`.

mod addresses;
mod hosts;
mod letters;
mod names;

pub use hosts::is_host;

use addresses::Addresses;
use hosts::Hosts;
use letters::Letters;
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// What is known by its looks: each group is a kind of [`KINDS`], the surest first.
static LOOKS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let groups = [
        r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*",
        r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
        r"S-1-5-21(?:-[0-9]+)+",
        r"[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}",
        r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}",
        r"[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}",
        r"[A-Za-z0-9](?:[\w-]*\.)+[A-Za-z]{2,24}",
        r"[0-9A-Fa-f]{16,}",
        r"[\w$-]+",
    ];
    Regex::new(&groups.map(|group| format!("({group})")).join("|")).ok()
});

/// What replacements are of, in the order of the groups of [`LOOKS`].
const KINDS: &[&str] = &["e-mail address", "id", "id", "device address", "address", "address", "host", "id", "name"];

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
    /// Names that events have: a name of several words is sought as a whole.
    names: BTreeSet<String>,
    replaced: BTreeMap<String, Replacement>,
}

impl Anonymiser {
    /// Begins. Whoever knows the key can find names out by trying; the same key gives the same names and ids again.
    pub fn new(key: u64) -> Self {
        Anonymiser {
            letters: Letters::new(key),
            addresses: Addresses::default(),
            hosts: Hosts::default(),
            names: BTreeSet::new(),
            replaced: BTreeMap::new(),
        }
    }

    /// Learns the names of people and devices from the event of a record, so that they are known in texts.
    pub fn learn(&mut self, event: &[u8]) {
        self.names.extend(names::of_event(event));
    }

    /// The text with everything replaced that is known by its looks or was learnt.
    pub fn replace(&mut self, text: &str) -> String {
        let whole: Vec<String> = self.names.iter().filter(|name| name.contains(' ')).cloned().collect();
        let mut out = text.to_owned();
        for name in whole {
            if out.contains(&name) {
                let new = self.letters.alike(&name);
                out = out.replace(&name, &new);
                self.note("name", &name, &new);
            }
        }
        self.words(&out)
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
            match self.replacement(kind, whole.as_str()).filter(|new| new != whole.as_str()) {
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
            "id" if self.letters.made(text) => None,
            "id" => Some(self.letters.digits_alike(text)),
            "device address" => self.addresses.device(text),
            "address" => self.addresses.network(text),
            "host" if is_host(text) || self.names.contains(text) => Some(self.host(text)),
            "host" => Some(self.words_between_dots(text)),
            "name" if self.names.contains(text) => Some(self.name(text)),
            _ => None,
        }
    }

    fn name(&mut self, name: &str) -> String {
        if names::is_of_everybody(name) || self.letters.made(name) { name.to_owned() } else { self.letters.alike(name) }
    }

    fn host(&mut self, host: &str) -> String {
        self.hosts.replace(host, &mut self.letters)
    }

    /// What has dots and is no host, such as `ada.l`: its words may be names.
    fn words_between_dots(&mut self, text: &str) -> String {
        let word = |word: &str, letters: &mut Letters| match self.names.contains(word) && !names::is_of_everybody(word)
        {
            true => letters.alike(word),
            false => word.to_owned(),
        };
        text.split('.').map(|part| word(part, &mut self.letters)).collect::<Vec<_>>().join(".")
    }

    fn note(&mut self, kind: &'static str, from: &str, to: &str) {
        let replacement = Replacement { kind, from: from.to_owned(), to: to.to_owned() };
        self.replaced.entry(from.to_owned()).or_insert(replacement);
    }
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
