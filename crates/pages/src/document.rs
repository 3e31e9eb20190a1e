//! What a page consists of, whatever it is written in.
//!
//! Why so: `docs/decisions/0042`.

/// A page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Its title.
    pub title: String,
    /// What follows the title.
    pub blocks: Vec<Block>,
}

/// A part of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading; the title has level 1.
    Heading(u8, String),
    /// A paragraph.
    Paragraph(Line),
    /// A table: its head and its rows, all of the same length.
    Table(Vec<&'static str>, Vec<Vec<Line>>),
    /// Text as it is, in a language.
    Code(&'static str, String),
}

/// Text with parts that are set apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line(pub Vec<Inline>);

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Text.
    Text(String),
    /// Names and values.
    Code(String),
    /// A link: what is read, and where it leads.
    Link(String, String),
}

impl Line {
    /// Text as it is.
    pub fn text(text: impl Into<String>) -> Self {
        Line(vec![Inline::Text(text.into())])
    }

    /// A name or value.
    pub fn code(text: impl Into<String>) -> Self {
        Line(vec![Inline::Code(text.into())])
    }

    /// A link.
    pub fn link(text: impl Into<String>, target: impl Into<String>) -> Self {
        Line(vec![Inline::Link(text.into(), target.into())])
    }

    /// A sentence of this crate's own, with names between backticks.
    pub fn prose(text: &str) -> Self {
        let parts = text.split('`').enumerate().filter(|(_, part)| !part.is_empty());
        Line(
            parts
                .map(|(place, part)| if place % 2 == 0 { Inline::Text(part.into()) } else { Inline::Code(part.into()) })
                .collect(),
        )
    }

    /// Names or values with commas between them.
    pub fn codes<'c>(codes: impl IntoIterator<Item = &'c str>) -> Self {
        let mut line = Line::default();
        for code in codes {
            if !line.0.is_empty() {
                line.0.push(Inline::Text(", ".into()));
            }
            line.0.push(Inline::Code(code.into()));
        }
        line
    }

    /// Another line behind this one.
    pub fn then(mut self, other: Line) -> Self {
        self.0.extend(other.0);
        self
    }
}

/// The name under which a heading is found: its words in lower case, with `-` between them.
pub fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}
