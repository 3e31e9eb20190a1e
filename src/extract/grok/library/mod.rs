//! The customary patterns, by name: ours, written for linear time, with what a regular expression cannot say beside them.
//!
//! The names, and the names under which a pattern captures, are facts that formats rely on; the expressions are written
//! for this engine. Each file of the room has one pattern a line, without look-around, atomic groups, back-references:
//!
//! ```text
//! # a comment
//! NAME pattern
//!     not-after XYZ       may not stand after one of these characters
//!     not-before X-Z      may not stand before one of these
//! ```
//!
//! Why so: `docs/decisions/0009`.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A pattern of the library.
#[derive(Clone, Copy, Debug)]
pub(super) struct KnownPattern {
    /// The pattern: references and a regular expression without look-around.
    pub(super) pattern: &'static str,
    /// Where a match of it may not stand.
    pub(super) guard: Guard,
}

/// Where a match may not stand. The customary libraries say it by look-around, which costs linear time; here the match is
/// found without and checked after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Guard {
    /// Characters that may not stand before it.
    pub(super) not_after: Characters,
    /// Characters that may not stand after it.
    pub(super) not_before: Characters,
}

impl Guard {
    /// Whether anything is guarded.
    pub(super) fn is_empty(self) -> bool {
        self == Guard::default()
    }
}

/// A set of ASCII characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Characters(u128);

impl Characters {
    /// Whether the set has a byte.
    pub(super) fn has(self, byte: u8) -> bool {
        byte < 128 && self.0 >> byte & 1 == 1
    }

    /// Whether it has none.
    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The set as a class of a regular expression.
    pub(super) fn class(self) -> String {
        use std::fmt::Write as _;
        let mut class = String::from("[");
        for byte in (0..128).filter(|byte| self.has(*byte)) {
            let _ = write!(class, "\\x{byte:02x}");
        }
        class.push(']');
        class
    }

    /// From single characters and ranges: `0-9.+-`.
    fn parse(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut set = 0u128;
        let mut at = 0;
        while let Some(first) = bytes.get(at) {
            let last = match (bytes.get(at + 1), bytes.get(at + 2)) {
                (Some(b'-'), Some(last)) => last,
                _ => first,
            };
            at += if last == first { 1 } else { 3 };
            for byte in *first..=*last {
                set |= 1 << (byte & 127);
            }
        }
        Characters(set)
    }
}

/// The pattern under a name.
pub(super) fn find(name: &str) -> Option<KnownPattern> {
    LIBRARY.get(name).copied()
}

/// All names, in no order.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    LIBRARY.keys().copied()
}

/// Words, numbers, addresses and dates; then what is made of them, by who writes it.
const FILES: &[&str] = &[
    include_str!("plain.txt"),
    include_str!("systems.txt"),
    include_str!("services.txt"),
    include_str!("web.txt"),
    include_str!("firewalls.txt"),
    include_str!("common_schema.txt"),
];

/// A pattern of the library, for people who look for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownGrok {
    /// Its name.
    pub name: &'static str,
    /// What it stands for: a regular expression that may name other patterns.
    pub pattern: &'static str,
    /// The heading under which it stands, such as `Networks`.
    pub topic: &'static str,
}

/// The patterns of the library by topic, in the order in which they are written.
pub fn grok_library() -> &'static [KnownGrok] {
    static LISTED: LazyLock<Vec<KnownGrok>> = LazyLock::new(|| {
        let (mut listed, mut topic) = (Vec::new(), "");
        for line in FILES.iter().flat_map(|text| text.lines()).filter(|line| !line.starts_with(' ')) {
            match (line.strip_prefix("# "), line.split_once(' ')) {
                (Some(heading), _) => topic = heading,
                (None, Some((name, pattern))) => listed.push(KnownGrok { name, pattern, topic }),
                (None, None) => {}
            }
        }
        listed
    });
    &LISTED
}

static LIBRARY: LazyLock<HashMap<&'static str, KnownPattern>> = LazyLock::new(|| read(FILES));

fn read(files: &[&'static str]) -> HashMap<&'static str, KnownPattern> {
    let mut library: HashMap<&'static str, KnownPattern> = HashMap::new();
    let mut last = "";
    for line in files.iter().flat_map(|text| text.lines()).filter(|line| !line.starts_with('#')) {
        let Some((word, rest)) = line.trim_start().split_once(' ') else { continue };
        if !line.starts_with(' ') {
            last = word;
            library.insert(word, KnownPattern { pattern: rest, guard: Guard::default() });
        } else if let Some(known) = library.get_mut(last) {
            let set = Characters::parse(rest.trim());
            match word {
                "not-after" => known.guard.not_after = set,
                "not-before" => known.guard.not_before = set,
                _ => debug_assert!(false, "`{word}` is no guard"),
            }
        }
    }
    library
}
