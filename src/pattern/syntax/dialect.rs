//! Whose notation a pattern is in, and which texts it is to match.

/// Which texts a pattern is to match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Extent {
    /// A part of the text, wherever it lies (`re.search`) or where it starts (`re.match`).
    Part,
    /// The text to its end (`re.fullmatch`).
    Whole,
}

/// Whose notation a pattern is in. They differ in few things: see the manual's page on compatibility.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Python's `re`: `\w`, `\d`, `\s` and `\b` go by Unicode, `$` matches before a newline at the end, too.
    #[default]
    Python,
    /// RE2's, as the recorded results of grok and of `re_match` have it: these classes are ASCII's, `\s` is
    /// `[\t\n\f\r ]`, `$` is the end.
    Re2,
}
