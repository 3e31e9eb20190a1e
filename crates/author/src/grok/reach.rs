//! How far a grok pattern gets in a text that it does not match, and which of its parts does not go on there.
//!
//! Why so: `docs/decisions/0163`.

use weir::extract::expanded_grok;
use weir::pattern::Pattern;
use weir::value::Arena;

/// How many patterns are tried for one text.
const MOST: usize = 400;

/// How deep alternatives and named patterns are looked into.
const DEEPEST: usize = 6;

/// The longest text that is looked at, in bytes.
const LONGEST: usize = 8 << 10;

/// How far a pattern got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// How many bytes of the text the parts before match.
    pub read: usize,
    /// The part of the pattern that does not match behind them, as it is written; empty where the pattern ends there.
    pub part: String,
    /// The pattern of the spec's own that the part is in, if it is in one.
    pub within: Option<String>,
}

impl Reach {
    /// What there is to say of it in one sentence: what stands before the part of the pattern, the part, and what follows.
    /// `shown` cuts a part of the text.
    pub fn told(&self, text: &str, shown: &dyn Fn(&str) -> String) -> (String, &str, String) {
        let within = self.within.as_ref().map(|within| format!(", in `{within}`")).unwrap_or_default();
        let rest = text.get(self.read..).unwrap_or_default();
        let (before, after) = match (self.read, &*self.part) {
            (0, _) => (String::new(), format!(" does not match the beginning{within}")),
            (_, "") => (format!("it matches up to {}{within}; the pattern ends there", shown(rest)), String::new()),
            _ if rest.is_empty() => {
                ("it matches to the end of the text, and ".to_owned(), format!(" is missing{within}"))
            }
            _ => {
                let number = text[..self.read].chars().count() + 1;
                let before = format!("it matches before character {number}{within}; there ");
                (before, format!(" does not match `{}`", shown(rest)))
            }
        };
        (before, &self.part, after)
    }
}

/// How far a pattern gets in a text; of alternatives, the one that gets farthest.
pub fn reach(pattern: &str, custom: &[(&str, &str)], text: &str) -> Option<Reach> {
    if text.len() > LONGEST || text.ends_with('…') {
        return None;
    }
    let mut search = Search { custom, text, arena: Arena::default(), tried: 0 };
    search.pattern("", pattern, None, DEEPEST)
}

struct Search<'s> {
    custom: &'s [(&'s str, &'s str)],
    text: &'s str,
    arena: Arena,
    tried: usize,
}

impl Search<'_> {
    /// The best of a pattern's alternatives behind what is matched before.
    fn pattern(&mut self, before: &str, pattern: &str, within: Option<&str>, depth: usize) -> Option<Reach> {
        let mut best: Option<Reach> = None;
        for alternative in alternatives(pattern) {
            let found = self.alternative(before, alternative, within, depth)?;
            if best.as_ref().is_none_or(|best| found.read > best.read) {
                best = Some(found);
            }
        }
        best
    }

    fn alternative(&mut self, before: &str, pattern: &str, within: Option<&str>, depth: usize) -> Option<Reach> {
        let atoms = atoms(pattern);
        let prefix = |count: usize| format!("{before}{}", atoms[..count].concat());
        // Where some parts match, fewer do.
        let (mut matching, mut failing) = (0, atoms.len() + 1);
        let mut read = self.matches(&prefix(0))?;
        while failing - matching > 1 {
            let middle = usize::midpoint(matching, failing);
            match self.matches(&prefix(middle)) {
                Some(end) => (matching, read) = (middle, end),
                None => failing = middle,
            }
            if self.tried > MOST {
                return None;
            }
        }
        let Some(atom) = atoms.get(matching) else {
            return Some(Reach { read, part: String::new(), within: within.map(str::to_owned) });
        };
        let inside = inside(self.custom, atom, within).filter(|_| depth > 0);
        let deeper = inside.and_then(|(inner, within)| self.pattern(&prefix(matching), inner, within, depth - 1));
        // What is optional inside may match nothing: then the part as a whole says more.
        Some(match deeper.filter(|deeper| !deeper.part.is_empty() && deeper.read >= read) {
            Some(deeper) => deeper,
            None => Reach { read, part: part(&atoms[matching..]), within: within.map(str::to_owned) },
        })
    }

    /// How many bytes the text begins with that a pattern matches; nothing where it matches none.
    fn matches(&mut self, pattern: &str) -> Option<usize> {
        self.tried += 1;
        let (expanded, _) = expanded_grok(pattern, self.custom)?;
        let compiled = Pattern::new(&format!("(?:{expanded})")).ok()?;
        let groups = compiled.search(&self.arena, self.text, 0, true).ok()??;
        Some(groups.whole().end)
    }
}

/// What is inside a part: that of a group, or of a pattern of the spec's own.
fn inside<'p>(
    custom: &[(&'p str, &'p str)],
    atom: &'p str,
    within: Option<&'p str>,
) -> Option<(&'p str, Option<&'p str>)> {
    if let Some(reference) = atom.strip_prefix("%{").and_then(|rest| rest.strip_suffix('}')) {
        let name = reference.split(':').next().unwrap_or(reference);
        return custom.iter().find(|(known, _)| *known == name).map(|(name, pattern)| (*pattern, Some(*name)));
    }
    let group = atom.strip_prefix('(')?.strip_suffix(')')?;
    let inner = match group.strip_prefix('?') {
        None => group,
        Some(marked) if marked.starts_with(':') => &marked[1..],
        Some(marked) if marked.starts_with("P<") || marked.starts_with('<') => marked.split_once('>')?.1,
        Some(_) => return None,
    };
    Some((inner, within))
}

/// The first of some parts, and of letters all that stand together: a letter alone says little.
fn part(atoms: &[&str]) -> String {
    let is_letter = |atom: &&&str| atom.chars().count() == 1 && **atom != "." && **atom != "^" && **atom != "$";
    let letters: Vec<&str> = atoms.iter().take_while(is_letter).copied().collect();
    if letters.is_empty() { atoms.first().copied().unwrap_or_default().to_owned() } else { letters.concat() }
}

/// The alternatives of a pattern, as they are written.
fn alternatives(pattern: &str) -> Vec<&str> {
    let (mut found, mut start, mut place) = (Vec::new(), 0, 0);
    for atom in atoms(pattern) {
        if atom == "|" {
            found.push(&pattern[start..place]);
            start = place + 1;
        }
        place += atom.len();
    }
    found.push(&pattern[start..]);
    found
}

/// The parts of a pattern, each with what repeats it: letters, escapes, classes, groups and references.
fn atoms(pattern: &str) -> Vec<&str> {
    let (mut found, mut start) = (Vec::new(), 0);
    while start < pattern.len() {
        let rest = &pattern[start..];
        let length = atom(rest);
        let length = length + quantifier(&rest[length..]);
        found.push(&rest[..length]);
        start += length;
    }
    found
}

fn atom(rest: &str) -> usize {
    let letter = |text: &str| text.chars().next().map_or(0, char::len_utf8);
    match rest.as_bytes()[0] {
        b'\\' => 1 + letter(&rest[1..]),
        b'%' if rest.starts_with("%{") => rest.find('}').map_or(1, |end| end + 1),
        b'[' => class(rest),
        b'(' => group(rest),
        _ => letter(rest),
    }
}

/// The length of a class: a bracket right at its beginning is one of its letters.
fn class(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut place = if rest.starts_with("[^") { 2 } else { 1 };
    if bytes.get(place) == Some(&b']') {
        place += 1;
    }
    while let Some(byte) = bytes.get(place) {
        match byte {
            b'\\' => place += 2,
            b']' => return place + 1,
            _ => place += 1,
        }
    }
    rest.len()
}

fn group(rest: &str) -> usize {
    let (mut place, mut open) = (0, 0);
    while place < rest.len() {
        match rest.as_bytes()[place] {
            b'(' => open += 1,
            b')' if open == 1 => return place + 1,
            b')' => open -= 1,
            b'\\' | b'[' | b'%' => {
                place += atom(&rest[place..]);
                continue;
            }
            _ => {}
        }
        place += rest[place..].chars().next().map_or(1, char::len_utf8);
    }
    rest.len()
}

fn quantifier(rest: &str) -> usize {
    let length = match rest.as_bytes().first() {
        Some(b'*' | b'+' | b'?') => 1,
        Some(b'{') if rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit) => rest.find('}').map_or(0, |end| end + 1),
        _ => return 0,
    };
    length + usize::from(matches!(rest.as_bytes().get(length), Some(b'?' | b'+')))
}

#[cfg(test)]
mod tests {
    use super::{alternatives, atoms, reach};

    #[test]
    fn patterns_fall_into_parts() {
        assert_eq!(atoms(r"a%{IP:x}\s*(b|c)?[]x]{2,3}$"), ["a", "%{IP:x}", r"\s*", "(b|c)?", "[]x]{2,3}", "$"]);
        assert_eq!(alternatives("a|(b|c)|%{D}"), ["a", "(b|c)", "%{D}"]);
    }

    #[test]
    fn the_part_is_told_that_does_not_go_on() {
        let of = |pattern: &str, custom: &[(&str, &str)], text: &str| {
            let reach = reach(pattern, custom, text).expect("a reach");
            (reach.read, reach.part, reach.within)
        };
        let none = None::<String>;
        assert_eq!(of("%{IP:client} - %{INT:n}", &[], "192.0.2.7 - abc"), (12, "%{INT:n}".to_owned(), none.clone()));
        assert_eq!(of("%{WORD:a}", &[], "one two"), (3, String::new(), none.clone()));
        assert_eq!(of("(?:x %{INT}|user %{WORD} in)", &[], "user ada out"), (9, "in".to_owned(), none));
        let custom = [("ONE", "login %{WORD:u} %{INT:n}"), ("TWO", "logout")];
        let found = of("%{ONE}|%{TWO}", &custom, "login ada x");
        assert_eq!(found, (10, "%{INT:n}".to_owned(), Some("ONE".to_owned())));
    }
}
