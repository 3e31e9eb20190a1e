//! The phrases of which an explanation is made.

use crate::styled::{Pen, Styled};
use crate::words;
use weir::diagnostic::{Sources, Span};
use weir::run::{FilterTrace, Seen};
use weir::value::{Fault, FaultCode, ops};

/// How many characters of a value or of a spec's text are shown.
const SHOWN: usize = 160;

/// What is said of a date that came to lie ahead.
pub const AHEAD: &str = "the date has no year; with the year of the reference time it is in the future";

/// Turns places and values into words.
pub struct Words<'s> {
    /// The format's texts.
    pub sources: &'s Sources,
    /// What it is written with.
    pub pen: Pen,
}

impl<'s> Words<'s> {
    /// About these texts.
    pub fn new(sources: &'s Sources) -> Self {
        Words { sources, pen: Pen::default() }
    }

    /// `parser.yml:3:5`
    pub fn place(&self, span: Span) -> Styled<'_> {
        let place = match self.sources.locate(span) {
            Some((name, place)) => {
                let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
                format!("{file}:{}:{}", place.line, place.column)
            }
            None => String::new(),
        };
        self.pen.place(place, span)
    }

    /// What the spec says at a place, on one line.
    pub fn text(&self, span: Span) -> String {
        let source = self.sources.get(span.source);
        let text = source.and_then(|source| source.text.get(span.start as usize..span.end as usize)).unwrap_or("");
        let text = match text.split_once('\n') {
            Some((header, block)) if header.starts_with(['>', '|']) => block,
            _ => text,
        };
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let unquoted = ['"', '\''].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote));
        cut(unquoted.unwrap_or(&text))
    }

    /// Why a filter did not let through: `its filter {{…}} is false`.
    pub fn refusal(&self, filter: Option<&FilterTrace>) -> String {
        let Some(filter) = filter else { return "it did not run".to_owned() };
        let text = self.text(filter.span);
        match &filter.let_through {
            Ok(_) => format!("its filter {text} is false"),
            Err(fault) => format!("its filter {text} failed: {}", self.reason_for(fault, &filter.saw)),
        }
    }

    /// Why something went wrong.
    pub fn reason(&self, fault: &Fault) -> String {
        cut(fault.reason())
    }

    /// Why a step went wrong that read these: where it read below something undefined, what that is.
    pub fn reason_for(&self, fault: &Fault, seen: &[Seen]) -> String {
        let undefined = seen.iter().find_map(|seen| seen.undefined.as_deref());
        match undefined.filter(|_| *fault == ops::nothing_below()) {
            Some(name) => format!("`{}` is undefined", cut(name)),
            None => self.reason(fault),
        }
    }

    /// Says that something was not done: a failure, or where a value is below something undefined, no more than nothing to
    /// do, as in the report.
    pub fn refused(&self, text: &str, fault: &Fault) -> Styled<'_> {
        if fault.code() == FaultCode::Undefined { self.idle(text) } else { self.bad(text) }
    }

    /// What was read, a name a line: `parsed.user = "ada"`.
    pub fn saw(&self, seen: &[Seen]) -> Vec<String> {
        seen.iter().map(|Seen { name, value, .. }| format!("{name} = {}", self.value(value.as_deref()))).collect()
    }

    /// A value for people.
    pub fn value(&self, value: Option<&str>) -> String {
        value.map_or_else(|| "nothing".to_owned(), cut)
    }

    /// Why a dictionary gives nothing: `there is no key "x"`.
    pub fn no_key(&self, key: Option<&str>) -> String {
        key.map_or_else(|| "there is no value to look up".to_owned(), |key| format!("there is no key {}", cut(key)))
    }

    /// Why a value sets nothing: `the value is ""`.
    pub fn nothing(value: &str, is_ignored: bool) -> String {
        let ignored = if is_ignored { ", which `ignored_values` contains" } else { "" };
        format!("the value is {}{ignored}", cut(value))
    }

    /// Says that something went well.
    pub fn good(&self, text: &str) -> Styled<'_> {
        self.pen.good(text)
    }

    /// Says that something failed.
    pub fn bad(&self, text: &str) -> Styled<'_> {
        self.pen.bad(text)
    }

    /// Says that something was passed over.
    pub fn idle(&self, text: &str) -> Styled<'_> {
        self.pen.idle(text)
    }

    /// Names something.
    pub fn name(&self, text: &str) -> Styled<'_> {
        self.pen.name(text)
    }
}

/// Text for a terminal, cut where it is long.
pub fn cut(text: &str) -> String {
    words::cut(text, SHOWN)
}
