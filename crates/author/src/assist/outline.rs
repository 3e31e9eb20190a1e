//! A YAML text by its lines: keys, values, their quotes, and comments, also while it is half typed and no reader takes it.

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
    /// Its value on its line: without space around it, anchor, tag and comment.
    pub value: Range<usize>,
}

/// A value, or a part of one in flow style: what an expression can stand in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scalar {
    /// Where it is, without quotes; over lines where it goes on.
    pub place: Range<usize>,
    pub style: Style,
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Single,
    Double,
    Block,
}

/// What a text consists of.
#[derive(Clone, Debug, Default)]
pub(super) struct Outline<'t> {
    pub lines: Vec<Line<'t>>,
    pub scalars: Vec<Scalar>,
    pub comments: Vec<Range<usize>>,
}

/// What is known of a place.
#[derive(Clone, Debug)]
pub(super) struct Spot<'t> {
    /// The keys above it.
    pub path: Vec<&'t str>,
    /// The key on its line, with its value, where the place is not in a text of many lines.
    pub line: Option<Line<'t>>,
    pub scalar: Option<Scalar>,
    pub is_comment: bool,
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

/// All of a text.
pub(super) fn of(text: &str) -> Outline<'_> {
    let mut walk = Walk::default();
    for (start, line) in each_line(text) {
        let found = walk.line(start, line);
        walk.seen.lines.extend(found);
    }
    walk.seen
}

/// All keys of a text.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    of(text).lines
}

/// What is known of a place of a text.
pub(super) fn at(text: &str, offset: usize) -> Spot<'_> {
    let (mut walk, mut here) = (Walk::default(), None);
    for (start, line) in each_line(text) {
        if here.is_some() && walk.goes_on.is_none() {
            break;
        }
        let found = walk.line(start, line);
        if here.is_none() && offset <= start + line.len() {
            here = Some(match found {
                Some(found) => (found.path.clone(), Some(found)),
                None if walk.is_inside => (walk.open.path(), None),
                None => (walk.above(line), None),
            });
        }
    }
    let (path, line) = here.unwrap_or_else(|| (walk.open.path(), None));
    let Outline { scalars, comments, .. } = walk.seen;
    let scalar = scalars.into_iter().rfind(|known| known.place.start <= offset && offset <= known.place.end);
    let is_comment = comments.iter().any(|known| known.start < offset && offset <= known.end);
    Spot { path, line, scalar, is_comment }
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
    /// The scalar that goes on below its line: the column of its key, and its style. What is indented deeper belongs to it.
    goes_on: Option<(usize, Style)>,
    /// Whether the last line was within such a scalar.
    is_inside: bool,
    seen: Outline<'t>,
}

impl<'t> Walk<'t> {
    fn line(&mut self, start: usize, line: &'t str) -> Option<Line<'t>> {
        let mut column = line.len() - line.trim_start().len();
        let mut rest = line.trim_start();
        self.is_inside = self.goes_on.is_some_and(|(outer, _)| column > outer || rest.is_empty());
        if self.is_inside {
            self.goes_on(start, line);
            return None;
        }
        self.goes_on = None;
        if rest.is_empty() || rest.starts_with('#') {
            self.comment(start + column, rest);
            return None;
        }
        let mut outer = column;
        while let Some(behind) = rest.strip_prefix("- ").or((rest == "-").then_some("")) {
            self.open.close(column, true);
            outer = column;
            let inner = behind.trim_start();
            column += rest.len() - inner.len();
            rest = inner;
        }
        let Some((quotes, key, behind)) = key(rest) else {
            self.value(start + column, rest, outer);
            return None;
        };
        self.open.close(column, false);
        let path = self.open.path();
        self.open.0.push((column, key));
        let place = start + column + quotes;
        let value = self.value(start + line.len() - behind.len(), behind, column);
        Some(Line { path, key, place: place..place + key.len(), value })
    }

    /// A value that begins at a byte; where it is. `outer` is the column of what it is the value of.
    fn value(&mut self, at: usize, text: &str, outer: usize) -> Range<usize> {
        let mut rest = text.trim_start();
        while rest.starts_with(['&', '!']) {
            rest = rest.find(char::is_whitespace).map_or("", |end| rest[end..].trim_start());
        }
        let at = at + text.len() - rest.len();
        let end = match rest.as_bytes().first() {
            Some(b'|' | b'>') => {
                let end = self.plain(at, rest, 0, false);
                self.scalar(at + rest.len()..at + rest.len(), Style::Block);
                self.goes_on = Some((outer, Style::Block));
                end
            }
            Some(quote @ (b'"' | b'\'')) => {
                let style = if *quote == b'"' { Style::Double } else { Style::Single };
                match closing(&rest[1..], style) {
                    Some(inside) => {
                        self.scalar(at + 1..at + 1 + inside, style);
                        self.plain(at, rest, inside + 2, false)
                    }
                    None => {
                        self.scalar(at + 1..at + rest.len(), style);
                        self.goes_on = Some((outer, style));
                        rest.len()
                    }
                }
            }
            Some(b'[' | b'{') if !rest.starts_with("{{") && !rest.starts_with("{%") => self.flow(at, rest),
            _ => self.plain(at, rest, 0, true),
        };
        at..at + rest[..end].trim_end().len()
    }

    /// A text without quotes from a byte of it on, which a comment ends; where it ends.
    fn plain(&mut self, at: usize, text: &str, from: usize, is_scalar: bool) -> usize {
        let is_comment = |place: &usize| *place == 0 || text[..*place].ends_with([' ', '\t']);
        let comment = text[from..].match_indices('#').map(|(place, _)| from + place).find(is_comment);
        let end = comment.unwrap_or(text.len());
        self.comment(at + end, &text[end..]);
        if is_scalar {
            self.scalar(at + from..at + end, Style::Plain);
        }
        end
    }

    /// A list or mapping on one line: each of its texts with quotes, and what is between them; where it ends.
    fn flow(&mut self, at: usize, text: &str) -> usize {
        let (mut from, mut place, mut before) = (0, 0, '[');
        while let Some(letter) = text[place..].chars().next() {
            if matches!(letter, '"' | '\'') && matches!(before, '[' | '{' | ',' | ':') {
                let style = if letter == '"' { Style::Double } else { Style::Single };
                let end = closing(&text[place + 1..], style).map_or(text.len(), |inside| place + 1 + inside);
                self.scalar(at + from..at + place, Style::Plain);
                self.scalar(at + place + 1..at + end, style);
                place = text.len().min(end + 1);
                (from, before) = (place, letter);
                continue;
            }
            if letter == '#' && text[..place].ends_with([' ', '\t']) {
                break;
            }
            before = if letter.is_whitespace() { before } else { letter };
            place += letter.len_utf8();
        }
        self.comment(at + place, &text[place..]);
        self.scalar(at + from..at + place, Style::Plain);
        place
    }

    /// A line of a scalar that began above it.
    fn goes_on(&mut self, start: usize, line: &str) {
        let Some((_, style)) = self.goes_on else { return };
        let inside = if style == Style::Block { None } else { closing(line, style) };
        if let Some(last) = self.seen.scalars.last_mut() {
            last.place.end = start + inside.unwrap_or(line.len());
        }
        if let Some(inside) = inside {
            self.goes_on = None;
            self.plain(start, line, inside + 1, false);
        }
    }

    fn scalar(&mut self, place: Range<usize>, style: Style) {
        self.seen.scalars.push(Scalar { place, style });
    }

    fn comment(&mut self, at: usize, text: &str) {
        if !text.is_empty() {
            self.seen.comments.push(at..at + text.len());
        }
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

/// Where the quote is that closes a text.
fn closing(text: &str, style: Style) -> Option<usize> {
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match (style, letter) {
            // An escape, or a quote that is written twice.
            (Style::Double, '\\') => drop(letters.next()),
            (Style::Single, '\'') if letters.peek().is_some_and(|(_, next)| *next == '\'') => drop(letters.next()),
            (Style::Double, '"') | (Style::Single, '\'') => return Some(at),
            _ => {}
        }
    }
    None
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
    let is_key = !key.is_empty() && !key.starts_with(['{', '[', '#', '&', '*']) && !key.contains(" #");
    is_key.then_some((0, key, &text[colon + 1..]))
}

#[cfg(test)]
mod tests {
    use super::{Style, at, lines, of};

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
        assert_eq!(at(text, text.find("us").map_or(0, |at| at + 2)).path, ["stages", "one", "actions", "set"]);
        let item = "pipeline:\n  - name: a\n  - \n";
        assert_eq!(at(item, item.len() - 1).path, ["pipeline"]);
        let quoted = "a:\n  b:\n    - \"x\n    - y";
        assert_eq!(at(quoted, quoted.find('x').map_or(0, |at| at + 1)).path, ["a", "b"]);
    }

    #[test]
    fn a_value_is_without_comment_anchor_and_tag() {
        for (text, value) in [
            ("a: one  # the stage", "one"),
            ("a: &x one", "one"),
            ("a: !!str one # x", "one"),
            ("a: \"b # c\" # d", "\"b # c\""),
            ("a: 'it''s # b'   # c", "'it''s # b'"),
            ("a: b#c", "b#c"),
            ("a: [x, '# y', z] # d", "[x, '# y', z]"),
            ("a: # b", ""),
            ("a: >- # b", ">-"),
            ("a: it's # b", "it's"),
        ] {
            assert_eq!(&text[lines(text)[0].value.clone()], value, "{text}");
        }
    }

    #[test]
    fn scalars_have_their_quotes_and_end_where_another_key_begins() {
        use Style::{Block, Double, Plain, Single};
        for (text, expected) in [
            ("a: \"x\\\"y\" # z", &[("x\\\"y", Double)][..]),
            ("a: 'x''y'", &[("x''y", Single)]),
            ("a: \"{{ x\nb: 'y", &[("{{ x", Double), ("y", Single)]),
            ("a: \"x\n  y\" # z\nb: c", &[("x\n  y", Double), ("c", Plain)]),
            ("a: |\n  b: c # d\n\n  e\nf: g", &[("\n  b: c # d\n\n  e", Block), ("g", Plain)]),
            ("- 'x'\n- y # z", &[("x", Single), ("y ", Plain)]),
            ("a: [\"x\", 'y']", &[("[", Plain), ("x", Double), (", ", Plain), ("y", Single), ("]", Plain)]),
            ("# a: b", &[]),
        ] {
            let found = of(text).scalars;
            let found: Vec<(&str, Style)> =
                found.iter().map(|scalar| (&text[scalar.place.clone()], scalar.style)).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
