//! What quotes hold together.
//!
//! A value that begins with a quote holds separators and keys up to its closing quote: what someone else wrote inside of it
//! becomes no field. Blanks beside the separators change nothing of it, and no recorded event has them. One exception has 2
//! recorded events for it and none against: where white space separates items, and two separators stand behind the
//! closing quote, the quotes hold nothing.

use super::notation::ValueExtent;
use crate::extract::finder::Finder;
use crate::value::Fault;
use crate::value::text::is_space;
use memchr::memchr2;

/// How far the quotes of a value hold.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reach<'a> {
    /// They enclose the whole value: what is inside, the byte behind them, and the start of the next item.
    Whole { inner: &'a str, behind: usize, next: usize },
    /// The value goes on behind them, at this byte.
    Part { behind: usize },
}

impl Reach<'_> {
    /// The byte behind the closing quote.
    pub(super) fn behind(self) -> usize {
        match self {
            Reach::Whole { behind, .. } | Reach::Part { behind } => behind,
        }
    }
}

/// The quotes of a text.
pub(super) struct Quotes<'a> {
    text: &'a str,
    closings: [Closing; 2],
}

impl<'a> Quotes<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Quotes { text, closings: [Closing::default(); 2] }
    }

    /// How far the quotes hold of a value that begins at a byte; `None` where it begins with none, or with one that holds
    /// nothing.
    pub(super) fn reach(
        &mut self,
        value: usize,
        extent: ValueExtent,
        items: &mut Finder<'_, 'a>,
        values: &Finder<'_, 'a>,
    ) -> Result<Option<Reach<'a>>, Fault> {
        let opening = self.behind_blanks(value);
        let Some(closing) = self.closing(opening) else { return Ok(None) };
        let may_be_over = extent == ValueExtent::Item && opening > value;
        if may_be_over && items.find(value)?.is_some_and(|item| item.end <= opening) {
            return Ok(None);
        }
        let (inner, behind) = (&self.text[opening + 1..closing], closing + 1);
        if let Some(next) = items.end_at(behind)? {
            let is_exception =
                opening == value && extent == ValueExtent::Key && self.is_separated_twice(next, items)?;
            return Ok((!is_exception).then_some(Reach::Whole { inner, behind, next }));
        }
        if extent == ValueExtent::Item
            && let Some(next) = items.end_at(self.behind_blanks(behind))?
        {
            return Ok(Some(Reach::Whole { inner, behind, next }));
        }
        let opens_another = self.begins_word(behind) && values.ends_at(value, closing)?;
        Ok((!opens_another).then_some(Reach::Part { behind }))
    }

    /// Whether another separator stands at a byte behind one.
    fn is_separated_twice(&self, next: usize, items: &mut Finder<'_, 'a>) -> Result<bool, Fault> {
        Ok(next < self.text.len() && items.end_at(next)?.is_some())
    }

    /// The first byte from one on that is no white space.
    fn behind_blanks(&self, at: usize) -> usize {
        match self.text.as_bytes().get(at) {
            None | Some(b'!'..=b'~') => at,
            _ => self.text.len() - self.text[at..].trim_start_matches(is_space).len(),
        }
    }

    /// Whether a letter or digit stands at a byte.
    fn begins_word(&self, at: usize) -> bool {
        self.text[at..].starts_with(char::is_alphanumeric)
    }

    /// Where the quote at a byte is closed.
    fn closing(&mut self, at: usize) -> Option<usize> {
        let quote = *self.text.as_bytes().get(at)?;
        let known = match quote {
            b'"' => &mut self.closings[0],
            b'\'' => &mut self.closings[1],
            _ => return None,
        };
        if !known.covers(at) {
            *known = Closing { from: at, at: closing_quote(self.text.as_bytes(), at), searched: true };
        }
        known.at
    }
}

/// The last search for a closing quote. It is kept since a quote that is not closed would otherwise be searched to the
/// end of the text for each item.
#[derive(Clone, Copy, Default)]
struct Closing {
    from: usize,
    at: Option<usize>,
    searched: bool,
}

impl Closing {
    fn covers(self, at: usize) -> bool {
        self.searched && self.from <= at && self.at.is_none_or(|closing| at < closing)
    }
}

fn closing_quote(text: &[u8], opening: usize) -> Option<usize> {
    let quote = text[opening];
    let mut at = opening + 1;
    loop {
        at += memchr2(quote, b'\\', text.get(at..)?)?;
        if text[at] == quote {
            return Some(at);
        }
        at += 2;
    }
}

/// What to say of a value that begins with a quote and does not end with it: perhaps text that was to be held together.
pub(super) fn remark(key: &str, value: &str) -> Option<String> {
    let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    let is_closed = value.len() > 1 && value.ends_with(quote);
    let key = crate::extract::text::short(key);
    (!is_closed).then(|| format!("the value of `{key}` begins with a quote and does not end with it"))
}
