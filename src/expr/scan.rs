//! Cuts a template into text and tags, checks that brackets and quotes close, and takes white space away where asked.

use super::SyntaxError;
use super::error::MOST_BRACKETS;
use super::reason::tag_within;
use crate::value::text::is_space;
use std::borrow::Cow;
use std::ops::Range;

/// A part of a template, before its tags are read.
#[derive(Debug)]
pub(super) enum TemplatePiece<'t> {
    /// Text as it will stand in the tree; never empty.
    Text(Cow<'t, str>),
    /// The bytes between `{{` and `}}`.
    Output(Range<usize>),
    /// A statement.
    Statement {
        /// The bytes from `{%` through `%}`.
        tag: Range<usize>,
        /// The bytes between them.
        inside: Range<usize>,
    },
}

/// Walks the pieces of a template; ends at the first error.
pub(super) struct Scan<'t> {
    text: &'t str,
    /// Where the template ends: before the newline at its end, if there is one.
    end: usize,
    at: usize,
    /// Whether the tag before ended with `-`.
    trims: bool,
    /// A tag found behind a text that was handed out first.
    waiting: Option<TemplatePiece<'t>>,
}

impl<'t> Scan<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let kept = text.strip_suffix('\n').map_or(text, |rest| rest.strip_suffix('\r').unwrap_or(rest));
        let kept = if kept.len() == text.len() { text.strip_suffix('\r').unwrap_or(text) } else { kept };
        Self { text, end: kept.len(), at: 0, trims: false, waiting: None }
    }

    /// The text `from..to` as a piece, without the white space that its neighbours take away.
    fn literal(&self, from: usize, to: usize, trims_end: bool) -> Option<TemplatePiece<'t>> {
        let mut literal = slice(self.text, from, to);
        if self.trims {
            literal = literal.trim_start_matches(is_space);
        }
        if trims_end {
            literal = literal.trim_end_matches(is_space);
        }
        (!literal.is_empty()).then(|| TemplatePiece::Text(with_newlines(literal)))
    }

    /// The next text and the tag behind it; either may be missing.
    fn step(&mut self) -> Result<(Option<TemplatePiece<'t>>, Option<TemplatePiece<'t>>), SyntaxError> {
        let Some((open, mark)) = next_tag(self.text, self.at, self.end) else {
            let rest = self.literal(self.at, self.end, false);
            self.at = self.end;
            return Ok((rest, None));
        };
        let sign = byte(self.text, open + 2).filter(|sign| matches!(sign, b'-' | b'+') && open + 2 < self.end);
        let before = self.literal(self.at, open, sign == Some(b'-'));
        let start = open + 2 + usize::from(sign.is_some());
        let found = match mark {
            b'#' => self.comment(open, start)?,
            b'%' => match raw_start(slice(self.text, start, self.end)) {
                Some((length, trims)) => {
                    self.trims = trims;
                    self.raw(open, start + length)?
                }
                None => self.tag(open, start, "%}")?,
            },
            _ => self.tag(open, start, "}}")?,
        };
        Ok((before, found))
    }

    fn comment(&mut self, open: usize, start: usize) -> Result<Option<TemplatePiece<'t>>, SyntaxError> {
        let length = slice(self.text, start, self.end)
            .find("#}")
            .ok_or_else(|| SyntaxError::new(open, open + 2, "`{#` is never closed").help("close it with `#}`"))?;
        self.trims = length > 0 && byte(self.text, start + length - 1) == Some(b'-');
        self.at = start + length + 2;
        Ok(None)
    }

    fn raw(&mut self, open: usize, start: usize) -> Result<Option<TemplatePiece<'t>>, SyntaxError> {
        let mut from = start;
        loop {
            let Some(found) = slice(self.text, from, self.end).find("{%") else {
                let error = SyntaxError::new(open, start, "`{% raw %}` is never closed");
                return Err(error.help("close it with `{% endraw %}`"));
            };
            let close = from + found;
            if let Some((length, trims_before, trims_after)) = raw_end(slice(self.text, close + 2, self.end)) {
                let literal = self.literal(start, close, trims_before);
                self.trims = trims_after;
                self.at = close + 2 + length;
                return Ok(literal);
            }
            from = close + 2;
        }
    }

    fn tag(&mut self, open: usize, start: usize, closer: &str) -> Result<Option<TemplatePiece<'t>>, SyntaxError> {
        let opener = slice(self.text, open, open + 2);
        let Some((end, sign)) =
            tag_end(self.text, start..self.end, closer).map_err(|error| within(error, self.text, start))?
        else {
            let error = SyntaxError::new(open, open + 2, format!("`{opener}` is never closed"));
            return Err(within(error.help(format!("close it with `{closer}`")), self.text, start));
        };
        self.trims = sign == Some(b'-');
        self.at = end + usize::from(sign.is_some()) + 2;
        let inside = start..end;
        Ok(Some(if closer == "}}" {
            TemplatePiece::Output(inside)
        } else {
            TemplatePiece::Statement { tag: open..self.at, inside }
        }))
    }
}

impl<'t> Iterator for Scan<'t> {
    type Item = Result<TemplatePiece<'t>, SyntaxError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(piece) = self.waiting.take() {
            return Some(Ok(piece));
        }
        while self.at < self.end {
            match self.step() {
                Ok((Some(text), tag)) => {
                    self.waiting = tag;
                    return Some(Ok(text));
                }
                Ok((None, Some(tag))) => return Some(Ok(tag)),
                Ok((None, None)) => {}
                Err(error) => {
                    self.at = self.end;
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

/// Checks the brackets and quotes of a bare expression.
pub(super) fn check_brackets(text: &str) -> Result<(), SyntaxError> {
    tag_end(text, 0..text.len(), "").map(|_| ())
}

/// The text with every line break as `\n`.
pub(super) fn with_newlines(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")) } else { Cow::Borrowed(text) }
}

/// The next `{{`, `{%` or `{#`: its place and its second byte.
fn next_tag(text: &str, mut from: usize, end: usize) -> Option<(usize, u8)> {
    loop {
        let open = from + slice(text, from, end).find('{')?;
        match byte(text, open + 1) {
            Some(mark @ (b'{' | b'%' | b'#')) if open + 1 < end => return Some((open, mark)),
            _ => from = open + 1,
        }
    }
}

/// The place of `closer` outside brackets and quotes, and the sign before it; `None` if there is none.
///
/// # Errors
/// A bracket or a quote that does not close, or too many brackets in one another.
fn tag_end(text: &str, range: Range<usize>, closer: &str) -> Result<Option<(usize, Option<u8>)>, SyntaxError> {
    let bytes = text.as_bytes().get(..range.end).unwrap_or_default();
    let mut open: Vec<usize> = Vec::new();
    let mut at = range.start;
    while let Some(&letter) = bytes.get(at) {
        if open.is_empty()
            && !closer.is_empty()
            && let Some(sign) = closes(bytes, at, closer)
        {
            return Ok(Some((at, sign)));
        }
        match letter {
            b'\'' | b'"' => at = quote_end(bytes, at)?,
            b'(' | b'[' | b'{' => {
                open.push(at);
                if open.len() > MOST_BRACKETS {
                    let reason = format!("brackets nested deeper than {MOST_BRACKETS}");
                    return Err(SyntaxError::new(at, at + 1, reason));
                }
            }
            b')' | b']' | b'}' => close_bracket(bytes, open.pop(), at, closer)?,
            _ => {}
        }
        at += 1;
    }
    match open.first() {
        Some(&first) => Err(never_closed(bytes, first)),
        None => Ok(None),
    }
}

/// Whether `closer` stands here, perhaps behind a sign: then the sign.
fn closes(bytes: &[u8], at: usize, closer: &str) -> Option<Option<u8>> {
    let rest = bytes.get(at..)?;
    if rest.starts_with(closer.as_bytes()) {
        return Some(None);
    }
    let (&sign, rest) = rest.split_first()?;
    let signs: &[u8] = if closer == "%}" { b"-+" } else { b"-" };
    (signs.contains(&sign) && rest.starts_with(closer.as_bytes())).then_some(Some(sign))
}

/// The place of the quote that closes the one at `at`.
fn quote_end(bytes: &[u8], at: usize) -> Result<usize, SyntaxError> {
    let quote = bytes.get(at).copied().unwrap_or(b'"');
    let mut end = at + 1;
    while let Some(&letter) = bytes.get(end) {
        match letter {
            b'\\' => end += 2,
            _ if letter == quote => return Ok(end),
            _ => end += 1,
        }
    }
    Err(SyntaxError::new(at, at + 1, format!("`{}` opens a text that is never closed", char::from(quote))))
}

/// Checks that the bracket at `at` closes the one at `open`.
fn close_bracket(bytes: &[u8], open: Option<usize>, at: usize, closer: &str) -> Result<(), SyntaxError> {
    let found = char::from(bytes.get(at).copied().unwrap_or_default());
    let Some(open) = open else {
        let foreign = match (closer, found) {
            ("}}", '}') if at > 0 && bytes.get(at - 1) == Some(&b'%') => Some(("{{", "%}", at - 1)),
            ("%}", '}') if bytes.get(at + 1) == Some(&b'}') => Some(("{%", "}}", at)),
            _ => None,
        };
        return Err(match foreign {
            Some((opener, other, start)) => {
                SyntaxError::new(start, start + 2, format!("`{opener}` is closed by `{other}`"))
                    .help(format!("close it with `{closer}`"))
            }
            None => {
                let error = SyntaxError::new(at, at + 1, format!("unexpected `{found}`: no bracket is open"));
                if found == '}' && closer == "}}" { error.help("`}}` closes the tag") } else { error }
            }
        });
    };
    let expected = counterpart(bytes, open);
    if expected == found {
        return Ok(());
    }
    if !closer.is_empty() && closes(bytes, at, closer).is_some() {
        return Err(never_closed(bytes, open));
    }
    let opener = char::from(bytes.get(open).copied().unwrap_or_default());
    let reason = format!("unexpected `{found}`: `{expected}` would close `{opener}`");
    Err(SyntaxError::new(at, at + 1, reason))
}

fn never_closed(bytes: &[u8], open: usize) -> SyntaxError {
    let opener = char::from(bytes.get(open).copied().unwrap_or_default());
    SyntaxError::new(open, open + 1, format!("`{opener}` is never closed"))
        .help(format!("close it with `{}`", counterpart(bytes, open)))
}

fn counterpart(bytes: &[u8], open: usize) -> char {
    match bytes.get(open) {
        Some(b'(') => ')',
        Some(b'[') => ']',
        _ => '}',
    }
}

/// Says so where a tag stands right at the start of the tag's inside: that explains most brackets that do not close.
fn within(error: SyntaxError, text: &str, start: usize) -> SyntaxError {
    let inside = slice(text, start, text.len()).trim_start_matches(is_space);
    match ["{{", "{%", "{#"].into_iter().find(|mark| inside.starts_with(mark)) {
        Some(_) => tag_within(text, text.len() - inside.len()),
        None => error,
    }
}

/// Reads ` raw %}` or ` raw -%}` behind `{%`: its length, and whether it takes white space away.
fn raw_start(text: &str) -> Option<(usize, bool)> {
    let rest = text.trim_start_matches(is_space).strip_prefix("raw")?.trim_start_matches(is_space);
    let (rest, trims) = rest.strip_prefix('-').map_or((rest, false), |rest| (rest, true));
    let rest = rest.strip_prefix("%}")?;
    Some((text.len() - rest.len(), trims))
}

/// Reads ` endraw %}` behind `{%`: its length, and whether it takes white space away before and after it.
fn raw_end(text: &str) -> Option<(usize, bool, bool)> {
    let signless = text.strip_prefix(['-', '+']).unwrap_or(text);
    let rest = signless.trim_start_matches(is_space).strip_prefix("endraw")?.trim_start_matches(is_space);
    let trims = rest.starts_with('-');
    let rest = rest.strip_prefix(['-', '+']).unwrap_or(rest).strip_prefix("%}")?;
    Some((text.len() - rest.len(), text.starts_with('-'), trims))
}

fn slice(text: &str, from: usize, to: usize) -> &str {
    text.get(from..to).unwrap_or_default()
}

fn byte(text: &str, at: usize) -> Option<u8> {
    text.as_bytes().get(at).copied()
}
