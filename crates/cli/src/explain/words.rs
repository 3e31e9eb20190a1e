//! The phrases of which an explanation is made.

use crate::terminal;
use weir::diagnostic::{Sources, Span};
use weir::run::{FilterTrace, Seen};

/// How many characters of a value or of a spec's text are shown.
const SHOWN: usize = 160;

/// Turns places and values into words.
pub struct Words<'s> {
    /// The format's texts.
    pub sources: &'s Sources,
    /// Whether to colour.
    pub color: bool,
}

impl Words<'_> {
    /// `parser.yml:3:5`
    pub fn place(&self, span: Span) -> String {
        match self.sources.locate(span) {
            Some((name, place)) => {
                let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
                format!("{file}:{}:{}", place.line, place.column)
            }
            None => String::new(),
        }
    }

    /// What the spec says at a place, on one line.
    pub fn text(&self, span: Span) -> String {
        let source = self.sources.get(span.source);
        let text = source.and_then(|source| source.text.get(span.start as usize..span.end as usize)).unwrap_or("");
        let text: Vec<&str> = text.trim_start_matches(['>', '|', '-']).split_whitespace().collect();
        cut(text.join(" ").trim_matches('"'))
    }

    /// Why a filter did not let through: `its filter {{…}} is false`.
    pub fn refusal(&self, filter: Option<&FilterTrace>) -> String {
        let Some(filter) = filter else { return "it did not run".to_owned() };
        let text = self.text(filter.span);
        match &filter.let_through {
            Ok(_) => format!("its filter {text} is false"),
            Err(fault) => format!("its filter {text} failed: {}", fault.reason()),
        }
    }

    /// What was read, a name a line: `parsed.user = "ada"`.
    pub fn saw(&self, seen: &[Seen]) -> Vec<String> {
        seen.iter().map(|Seen { name, value }| format!("{name} = {}", self.value(value.as_deref()))).collect()
    }

    /// A value for people.
    pub fn value(&self, value: Option<&str>) -> String {
        value.map_or_else(|| "nothing".to_owned(), cut)
    }

    /// Says that something went well.
    pub fn good(&self, text: &str) -> String {
        terminal::green(text, self.color)
    }

    /// Says that something failed.
    pub fn bad(&self, text: &str) -> String {
        terminal::red(text, self.color)
    }

    /// Says that something was passed over.
    pub fn idle(&self, text: &str) -> String {
        terminal::yellow(text, self.color)
    }

    /// Names something.
    pub fn name(&self, text: &str) -> String {
        terminal::bold(text, self.color)
    }
}

/// Text, cut where it is long.
pub fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
