//! What is wrong in a configuration: where, and what would help. No mistake has a value of it, since any could be a key.

use serde::de::{self, Unexpected};
use std::fmt::{self, Display, Formatter};
use weir::diagnostic::{Sources, Span, nearest};

/// What is wrong at a place of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong.
    pub message: String,
    /// What would help.
    pub help: Option<String>,
    /// The line, from 1; 0 where it has none.
    pub line: u32,
    /// The character in its line, from 1.
    pub column: u32,
    pub(super) span: Option<Span>,
}

impl Mistake {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Mistake { message: message.into(), help: None, line: 0, column: 0, span: None }
    }

    /// Says what would help.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says where, unless that was said before: the innermost place counts.
    pub(super) fn at(mut self, span: Span) -> Self {
        self.span = self.span.or(Some(span));
        self
    }
}

impl Mistake {
    /// Says its line, in the text of its file.
    pub(super) fn located(mut self, file: &str) -> Self {
        if let Some(span) = self.span {
            let mut sources = Sources::new();
            let id = sources.add("", file);
            let Span { start, end, .. } = span;
            let place = sources.locate(Span::new(id, start, end)).map(|(_, position)| position);
            (self.line, self.column) = place.map_or((0, 0), |place| (place.line, place.column));
        }
        self
    }
}

impl Display for Mistake {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}, column {}: ", self.line, self.column)?;
        }
        f.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Mistake {}

/// All that is wrong in a configuration, in the order of their places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistakes {
    /// The name of the file.
    pub file: String,
    /// What is wrong; never empty.
    pub all: Vec<Mistake>,
}

impl Display for Mistakes {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (number, mistake) in self.all.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{}: {mistake}", self.file)?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}

/// Serde tells values in its messages: here only their kinds are told.
impl de::Error for Mistake {
    fn custom<T: Display>(message: T) -> Self {
        Mistake::new(message.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        let mistake = Mistake::new(format!("{} is expected here, and not {}", in_words(expected), kind(&found)));
        match found {
            Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) | Unexpected::Bool(_) => {
                mistake.help("quotes make text of it")
            }
            _ => mistake,
        }
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        let found = kind(&found).trim_start_matches("a ");
        Mistake::new(format!("{} is expected here, and not this {found}", in_words(expected)))
    }

    fn unknown_field(field: &str, known: &'static [&'static str]) -> Self {
        unknown("setting", field, known)
    }

    fn unknown_variant(variant: &str, known: &'static [&'static str]) -> Self {
        unknown("value", variant, known)
    }

    fn missing_field(field: &'static str) -> Self {
        Mistake::new(format!("`{field}` is missing here"))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Mistake::new(format!("`{field}` is here twice"))
    }
}

/// A name that is not known. What is far from every known name may be a key in a wrong place, and is not repeated.
pub(super) fn unknown(what: &str, name: &str, known: &[&str]) -> Mistake {
    match nearest(name, known.iter().copied()) {
        Some(meant) => {
            Mistake::new(format!("there is no {what} `{name}` here")).help(format!("did you mean `{meant}`?"))
        }
        None => Mistake::new(format!("there is no such {what} here")).help(format!("there are: {}", known.join(", "))),
    }
}

/// What is expected, where serde calls it by the name of a type.
fn in_words(expected: &dyn de::Expected) -> String {
    let expected = expected.to_string();
    match &*expected {
        "usize" | "u16" | "u32" | "u64" => "a whole number".to_owned(),
        "path string" => "a path".to_owned(),
        "a string" => "text".to_owned(),
        "a map" => "a mapping".to_owned(),
        "a sequence" => "a list".to_owned(),
        name if name.starts_with("struct ") => "a mapping".to_owned(),
        _ => expected,
    }
}

fn kind(found: &Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "a whole number",
        Unexpected::Float(_) => "a number",
        Unexpected::Str(_) | Unexpected::Char(_) | Unexpected::Bytes(_) => "text",
        Unexpected::Unit | Unexpected::Option => "nothing",
        Unexpected::Seq => "a list",
        _ => "a mapping",
    }
}
