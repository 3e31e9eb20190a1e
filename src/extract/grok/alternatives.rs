//! The alternatives of a pattern: each runs as a regular expression of its own.
//!
//! `%{A}|%{B}|(%{C})` as one expression asks all alternatives at every character. Apart, one is refused at its first
//! characters and the next is tried; the first that matches the whole text is the one that the joint expression finds.

use super::expand::{Custom, WrittenPattern};
use super::scan::{GrokToken, pieces};

/// The most alternatives that are tried apart.
const MOST: usize = 64;

/// An alternative of a pattern.
#[derive(Debug)]
pub(super) struct PatternBranch<'s> {
    /// The alternative.
    pub(super) written: WrittenPattern<'s>,
    /// The patterns of which it is the whole, from the outermost: they capture what it matches.
    pub(super) names: Vec<&'s str>,
}

/// Takes a pattern apart, as deep as it is nothing but alternatives.
pub(super) fn alternatives<'s>(written: WrittenPattern<'s>, custom: &Custom<'s>) -> Vec<PatternBranch<'s>> {
    let mut found = Vec::new();
    collect(written, custom, &mut Vec::new(), &mut found);
    match found.len() {
        1..=MOST => found,
        _ => vec![PatternBranch { written, names: Vec::new() }],
    }
}

fn collect<'s>(
    written: WrittenPattern<'s>,
    custom: &Custom<'s>,
    names: &mut Vec<&'s str>,
    found: &mut Vec<PatternBranch<'s>>,
) {
    const DEEPEST: usize = 16;
    let parts = split(written.pattern);
    if found.len() > MOST || names.len() > DEEPEST || (parts.len() == 1 && lone_reference(written.pattern).is_none()) {
        return found.push(PatternBranch { written, names: names.clone() });
    }
    for (from, part) in parts {
        let part = written.part(part, from);
        match lone_reference(part.pattern).and_then(|name| Some((name, custom.get(name)?))) {
            Some((name, named)) => {
                names.push(name);
                collect(*named, custom, names, found);
                names.pop();
            }
            None => found.push(PatternBranch { written: part, names: names.clone() }),
        }
    }
}

/// The alternatives on the top level of a pattern, with the bytes where they begin; the pattern itself where taking it
/// apart could change its meaning.
fn split(pattern: &str) -> Vec<(usize, &str)> {
    let inner = unwrap(pattern);
    // Unwrapping takes `)` off the end and the rest off the beginning.
    let before = (pattern.len() - inner.len()).saturating_sub(1);
    let mut depth = 0usize;
    let mut start = 0;
    let mut parts = Vec::new();
    for piece in pieces(inner) {
        match piece.token {
            GrokToken::Plain | GrokToken::Named(_) => depth += 1,
            GrokToken::Special(_) => {
                // Flags reach beyond their place.
                if is_flags(&inner[piece.at..]) {
                    return vec![(0, pattern)];
                }
                depth += 1;
            }
            GrokToken::Close => depth = depth.saturating_sub(1),
            GrokToken::SameName(_) | GrokToken::SameNumber(_) => return vec![(0, pattern)],
            GrokToken::Bar if depth == 0 => {
                parts.push((before + start, &inner[start..piece.at]));
                start = piece.at + 1;
            }
            _ => {}
        }
    }
    parts.push((before + start, &inner[start..]));
    parts
}

/// The inside of a pattern that is one group: `(…)` or `(?:…)`.
fn unwrap(pattern: &str) -> &str {
    let Some(inner) = pattern.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) else { return pattern };
    let inner = match inner.strip_prefix("?:") {
        Some(inner) => inner,
        None if inner.starts_with('?') => return pattern,
        None => inner,
    };
    let mut depth = 0usize;
    for piece in pieces(inner) {
        match piece.token {
            GrokToken::Plain | GrokToken::Named(_) | GrokToken::Special(_) => depth += 1,
            GrokToken::Close if depth == 0 => return pattern,
            GrokToken::Close => depth -= 1,
            _ => {}
        }
    }
    // Depth is not 0 where the last `)` is escaped or in a class.
    if depth == 0 { inner } else { pattern }
}

fn is_flags(rest: &str) -> bool {
    rest.strip_prefix("(?")
        .map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == '-'))
        .is_some_and(|rest| rest.starts_with(')'))
}

/// The name in a pattern that is one reference without a key.
fn lone_reference(pattern: &str) -> Option<&str> {
    let mut all = pieces(unwrap(pattern));
    match (all.next()?.token, all.next()) {
        (GrokToken::Reference(reference), None) if reference.key.is_none() => Some(reference.name),
        _ => None,
    }
}
