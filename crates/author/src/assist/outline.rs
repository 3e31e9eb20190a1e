//! The keys of a YAML text by their lines, also while it is half typed and no reader takes it.

use std::ops::Range;

/// A key with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line<'t> {
    /// The keys above it, from the outermost on.
    pub path: Vec<&'t str>,
    /// The key, without quotes.
    pub key: &'t str,
    /// Where the key is, without quotes.
    pub place: Range<usize>,
    /// What follows on its line, without space around it.
    pub value: Range<usize>,
}

/// The keys that are open at a line: their columns and names.
#[derive(Clone, Debug, Default)]
struct Open<'t>(Vec<(usize, &'t str)>);

impl<'t> Open<'t> {
    /// Closes what a line at a column is not in; an item of a list may stand right below its key.
    fn close(&mut self, column: usize, is_item: bool) {
        self.0.retain(|(known, _)| *known < column || (is_item && *known == column));
    }

    fn path(&self) -> Vec<&'t str> {
        self.0.iter().map(|(_, key)| *key).collect()
    }
}

/// All keys of a text.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let (mut lines, mut walk) = (Vec::new(), Walk::default());
    for (start, line) in each_line(text) {
        lines.extend(walk.line(start, line));
    }
    lines
}

/// The keys above a place of a text, and the key on its line, with its value, where the place is not in a text of many lines.
pub(super) fn at(text: &str, offset: usize) -> (Vec<&str>, Option<Line<'_>>) {
    let mut walk = Walk::default();
    for (start, line) in each_line(text) {
        let found = walk.line(start, line);
        if offset <= start + line.len() {
            return match found {
                Some(found) => (found.path.clone(), Some(found)),
                None if walk.block.is_some() => (walk.open.path(), None),
                None => (walk.above(line), None),
            };
        }
    }
    (walk.open.path(), None)
}

fn each_line(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    text.split_inclusive('\n').chain(text.ends_with('\n').then_some("")).map(move |line| {
        let begin = start;
        start += line.len();
        (begin, line.trim_end_matches(['\n', '\r']))
    })
}

/// A walk from line to line.
#[derive(Default)]
struct Walk<'t> {
    open: Open<'t>,
    /// The column of the key whose text of many lines goes on.
    block: Option<usize>,
}

impl<'t> Walk<'t> {
    fn line(&mut self, start: usize, line: &'t str) -> Option<Line<'t>> {
        let mut column = line.len() - line.trim_start().len();
        let mut rest = line.trim_start();
        if rest.is_empty() || rest.starts_with('#') {
            return None;
        }
        match self.block {
            Some(block) if column > block => return None,
            _ => self.block = None,
        }
        while let Some(behind) = rest.strip_prefix("- ").or((rest == "-").then_some("")) {
            self.open.close(column, true);
            let inner = behind.trim_start();
            column += rest.len() - inner.len();
            rest = inner;
        }
        let (quotes, key, behind) = key(rest)?;
        self.open.close(column, false);
        let path = self.open.path();
        self.open.0.push((column, key));
        let value = behind.trim();
        if value.starts_with(['|', '>']) {
            self.block = Some(column);
        }
        let place = start + column + quotes;
        let from = start + line.len() - behind.trim_start().len();
        Some(Line { path, key, place: place..place + key.len(), value: from..from + value.len() })
    }

    /// The keys above a line that has none yet.
    fn above(&self, line: &str) -> Vec<&'t str> {
        let mut open = self.open.clone();
        let mut column = line.len() - line.trim_start().len();
        let mut rest = line.trim_start();
        while let Some(behind) = rest.strip_prefix("- ").or((rest == "-").then_some("")) {
            open.close(column, true);
            let inner = behind.trim_start();
            column += rest.len() - inner.len();
            rest = inner;
        }
        open.close(column, false);
        open.path()
    }
}

/// The key at the beginning of a text: how many quotes come before it, the key, and what follows its colon.
fn key(text: &str) -> Option<(usize, &str, &str)> {
    if let Some(quote) = text.chars().next().filter(|first| matches!(first, '"' | '\'')) {
        let (key, behind) = text[1..].split_once(quote)?;
        let behind = behind.trim_start().strip_prefix(':')?;
        return (behind.is_empty() || behind.starts_with(' ')).then_some((1, key, behind));
    }
    let colon = text.match_indices(':').find(|(at, _)| matches!(text.as_bytes().get(at + 1), None | Some(b' ')))?.0;
    let key = text[..colon].trim_end();
    let is_key = !key.is_empty() && !key.starts_with(['{', '[', '#', '&', '*']);
    is_key.then_some((0, key, &text[colon + 1..]))
}

#[cfg(test)]
mod tests {
    use super::{at, lines};

    const TEXT: &str = "a:\n  - name: x\n    b:\n      c: 1\n  - name: y\nd: >-\n  {{ e: f }}\n\"@g\":\n- h: i\n";

    #[test]
    fn keys_have_those_above_them_and_a_text_of_many_lines_has_none() {
        let found = lines(TEXT);
        let found: Vec<String> = found.iter().map(|line| format!("{}/{}", line.path.join("/"), line.key)).collect();
        assert_eq!(found, ["/a", "a/name", "a/b", "a/b/c", "a/name", "/d", "/@g", "@g/h"]);
        assert!(lines(TEXT).iter().all(|line| TEXT[line.place.clone()] == *line.key));
    }

    #[test]
    fn a_line_that_is_being_typed_is_below_what_it_is_indented_under() {
        let text = "stages:\n  one:\n    actions:\n      - set:\n          us\n\nnext: 1";
        assert_eq!(at(text, text.find("us").map_or(0, |at| at + 2)).0, ["stages", "one", "actions", "set"]);
        let item = "pipeline:\n  - name: a\n  - \n";
        assert_eq!(at(item, item.len() - 1).0, ["pipeline"]);
    }
}
