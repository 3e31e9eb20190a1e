//! The names that expressions of a text use: where the name of a layer stands.

use super::outline;
use std::ops::Range;

/// The places of a name that expressions begin with, such as `parsed` in `{{ parsed.message }}`.
pub(super) fn uses(text: &str, name: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for region in expressions(text) {
        in_expression(text, region, name, &mut found);
    }
    // Paths without braces.
    for (at, key) in text.match_indices("input_field:") {
        let start =
            at + key.len() + text[at + key.len()..].len() - text[at + key.len()..].trim_start_matches(' ').len();
        found.extend(path(text, start, name));
    }
    for line in outline::lines(text) {
        if line.path.last() == Some(&"mapping") {
            found.extend(path(text, line.place.start, name));
        }
        if line.key == "mapping" && text[line.value.clone()].starts_with('{') {
            let starts = text[line.value.clone()].match_indices(['{', ',']).map(|(at, _)| line.value.start + at + 1);
            let trimmed =
                starts.map(|at| at + text[at..].len() - text[at..].trim_start_matches([' ', '"', '\'']).len());
            found.extend(trimmed.filter_map(|start| path(text, start, name)));
        }
    }
    found.sort_by_key(|range| range.start);
    found.dedup();
    found
}

/// A name at a byte, where a path begins with it.
fn path(text: &str, at: usize, name: &str) -> Option<Range<usize>> {
    let rest = text.get(at..)?.strip_prefix(name)?;
    rest.starts_with('.').then_some(at..at + name.len())
}

/// The insides of `{{ }}` and `{% %}`.
fn expressions(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find(['{']).map(|open| at + open) {
        let close = match text.as_bytes().get(open + 1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            _ => {
                at = open + 1;
                continue;
            }
        };
        let end = text[open + 2..].find(close).map_or(text.len(), |end| open + 2 + end);
        found.push(open + 2..end);
        at = end;
    }
    found
}

/// The places of a name that is no attribute, no filter, no argument's name and no text.
fn in_expression(text: &str, region: Range<usize>, name: &str, found: &mut Vec<Range<usize>>) {
    let (mut quote, mut at) = (None, region.start);
    let is_of_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    while at < region.end {
        let Some(letter) = text[at..].chars().next() else { return };
        let next = at + letter.len_utf8();
        match quote {
            Some(open) => {
                if letter == open {
                    quote = None;
                }
                at = next;
            }
            None if matches!(letter, '"' | '\'') => {
                quote = Some(letter);
                at = next;
            }
            None if is_of_name(letter) => {
                let end = text[at..region.end].find(|letter| !is_of_name(letter)).map_or(region.end, |end| at + end);
                let before = text[region.start..at].trim_end();
                let behind = text[end..region.end].trim_start();
                let is_argument = behind.starts_with('=') && !behind.starts_with("==");
                if &text[at..end] == name && !before.ends_with(['.', '|']) && !is_argument {
                    found.push(at..end);
                }
                at = end;
            }
            None => at = next,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::uses;

    #[test]
    fn a_name_is_found_where_an_expression_begins_with_it() {
        let text = concat!(
            "a: \"{{ p.m.p | p(p=1) or 'p.x' }} p.y\"\n",
            "b: >-\n  {% if p.x == \\\"p\\\" and not p.p %}{{ pp.x }}{% endif %}\n",
            "c:\n  input_field: p.message\n  mapping:\n    p.k: event.p\nd:\n  mapping: {p.l: event.p, 'p.n': event.p}\n"
        );
        let found: Vec<&str> = uses(text, "p").into_iter().map(|range| &text[range.start..range.end + 2]).collect();
        assert_eq!(found, ["p.m", "p.x", "p.p", "p.m", "p.k", "p.l", "p.n"]);
    }
}
