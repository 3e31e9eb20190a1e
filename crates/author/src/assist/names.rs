//! The names that expressions of a text use: where the name of a layer stands.

use super::outline;
use super::template::{self, Expression};
use std::ops::Range;

/// The places of a name that expressions begin with, such as `parsed` in `{{ parsed.message }}`.
pub(super) fn uses(text: &str, name: &str) -> Vec<Range<usize>> {
    let outline = outline::of(text);
    let mut found = Vec::new();
    for expression in outline.scalars.iter().flat_map(|scalar| template::expressions(text, scalar)) {
        let words = expression.words.iter().filter(|word| is_use(text, &expression, word, name));
        found.extend(words.cloned());
    }
    // Paths without braces.
    let is_comment = |at: usize| outline.comments.iter().any(|comment| comment.contains(&at));
    for (at, key) in text.match_indices("input_field:").filter(|(at, _)| !is_comment(*at)) {
        let behind = &text[at + key.len()..];
        let start = text.len() - behind.trim_start_matches(' ').trim_start_matches(['"', '\'']).len();
        found.extend(path(text, start, name));
    }
    for line in outline.lines {
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

/// Whether a template gives a name a value of its own somewhere in a text.
pub(super) fn is_bound(text: &str, name: &str) -> bool {
    let scalars = outline::of(text).scalars;
    let mut expressions = scalars.iter().flat_map(|scalar| template::expressions(text, scalar));
    expressions.any(|expression| expression.bound(text).contains(&name))
}

/// Whether a word is a name that is no attribute, no filter, no test and no argument's name.
fn is_use(text: &str, expression: &Expression, word: &Range<usize>, name: &str) -> bool {
    let before = text[expression.place.start..word.start].trim_end();
    let behind = text[word.end..expression.place.end].trim_start();
    let is_argument = behind.starts_with('=') && !behind.starts_with("==");
    &text[word.clone()] == name && !before.ends_with(['.', '|']) && !is_argument && !is_test(before)
}

/// Whether a test follows a text.
pub(super) fn is_test(before: &str) -> bool {
    let without = |text: &str, word: &str| -> Option<usize> {
        let rest = text.strip_suffix(word)?;
        (!rest.is_empty() && !rest.ends_with(template::is_of_name)).then(|| rest.trim_end().len())
    };
    let positive = without(before, "not").map_or(before, |end| &before[..end]);
    without(positive, "is").is_some()
}

/// A name at a byte, where a path begins with it.
fn path(text: &str, at: usize, name: &str) -> Option<Range<usize>> {
    let rest = text.get(at..)?.strip_prefix(name)?;
    rest.starts_with('.').then_some(at..at + name.len())
}

#[cfg(test)]
mod tests {
    use super::uses;

    #[test]
    fn a_name_is_found_where_an_expression_begins_with_it() {
        let text = concat!(
            "a: \"{{ p.m.p | p(p=1) or 'p.x' }} p.y\"\n",
            "b: \"{% if p.x == \\\"p\\\" and not p.p is p %}{{ pp.x }}{% endif %}\"  # write {{ p.x\n",
            "# {{ p.x\nbb: '{{ f(''p.x'', p.y) }}'\nc:\n  input_field: \"p.message\"\n  mapping:\n    p.k: event.p\nd:\n  mapping: {p.l: event.p, 'p.n': event.p}\n"
        );
        let found: Vec<&str> = uses(text, "p").into_iter().map(|range| &text[range.start..range.end + 2]).collect();
        assert_eq!(found, ["p.m", "p.x", "p.p", "p.y", "p.m", "p.k", "p.l", "p.n"]);
    }
}
