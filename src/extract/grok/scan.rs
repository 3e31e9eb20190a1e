//! A grok pattern's text in pieces: what the expander must see, and everything else as it stands.

/// A piece of a pattern with the byte where it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GrokPiece<'p> {
    pub(super) at: usize,
    pub(super) token: GrokToken<'p>,
}

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GrokToken<'p> {
    /// Passed on as it stands.
    Text(&'p str),
    /// `%{NAME}`, `%{NAME:key}` or `%{NAME:key:conversion}`.
    Reference(Reference<'p>),
    /// `%{` that no reference follows.
    BrokenReference(&'p str),
    /// `(?P<name>` or `(?<name>`.
    Named(&'p str),
    /// `(`
    Plain,
    /// `(?:`, `(?=`, `(?i)` and kin, without what follows the mark: passed on.
    Special(&'p str),
    /// `)`
    Close,
    /// `|`
    Bar,
    /// `(?P=name)` or `\k<name>`.
    SameName(&'p str),
    /// `\1` to `\99`.
    SameNumber(usize),
}

/// A use of another pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reference<'p> {
    /// The pattern's name.
    pub(super) name: &'p str,
    /// Under which key its text is in the result.
    pub(super) key: Option<&'p str>,
    /// What the text becomes.
    pub(super) conversion: Option<&'p str>,
    /// The whole reference as written.
    pub(super) written: &'p str,
}

/// Cuts a pattern into pieces; their texts make up the pattern again.
pub(super) fn pieces(pattern: &str) -> GrokPieces<'_> {
    GrokPieces { pattern, at: 0 }
}

/// See [`pieces`].
#[derive(Clone, Debug)]
pub(super) struct GrokPieces<'p> {
    pattern: &'p str,
    at: usize,
}

impl<'p> Iterator for GrokPieces<'p> {
    type Item = GrokPiece<'p>;

    fn next(&mut self) -> Option<GrokPiece<'p>> {
        let rest = self.pattern.get(self.at..)?;
        let first = rest.chars().next()?;
        let (token, length) = match first {
            '\\' => escape(rest),
            '[' => text(rest, class_length(rest)),
            '(' => group(rest),
            ')' => (GrokToken::Close, 1),
            '|' => (GrokToken::Bar, 1),
            '%' if rest.starts_with("%{") => reference(rest),
            '%' => text(rest, 1),
            _ => text(rest, rest.find(['\\', '[', '(', ')', '|', '%']).unwrap_or(rest.len())),
        };
        let at = self.at;
        self.at += length;
        Some(GrokPiece { at, token })
    }
}

fn text(rest: &str, length: usize) -> (GrokToken<'_>, usize) {
    (GrokToken::Text(&rest[..length]), length)
}

fn escape(rest: &str) -> (GrokToken<'_>, usize) {
    if let Some((name, length)) = between(rest, "\\k<", '>') {
        return (GrokToken::SameName(name), length);
    }
    let digits = rest[1..].bytes().take(2).take_while(u8::is_ascii_digit).count();
    if digits > 0 && !rest[1..].starts_with('0') {
        let number = rest[1..=digits].parse().unwrap_or(usize::MAX);
        return (GrokToken::SameNumber(number), 1 + digits);
    }
    text(rest, 1 + rest[1..].chars().next().map_or(0, char::len_utf8))
}

/// The length of `[…]`; a `]` right after `[` or `[^` stands for itself. An open class reaches to the end.
fn class_length(rest: &str) -> usize {
    let mut characters = rest.char_indices().skip(1).peekable();
    characters.next_if(|(_, c)| *c == '^');
    characters.next_if(|(_, c)| *c == ']');
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => drop(characters.next()),
            ']' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

fn group(rest: &str) -> (GrokToken<'_>, usize) {
    if !rest.starts_with("(?") {
        return (GrokToken::Plain, 1);
    }
    if let Some((name, length)) = between(rest, "(?P=", ')') {
        return (GrokToken::SameName(name), length);
    }
    if let Some((name, length)) = between(rest, "(?P<", '>') {
        return (GrokToken::Named(name), length);
    }
    let looks_behind = rest.starts_with("(?<=") || rest.starts_with("(?<!");
    if let Some((name, length)) = between(rest, "(?<", '>').filter(|_| !looks_behind) {
        return (GrokToken::Named(name), length);
    }
    // The mark of a look-behind holds a `<`, that of flags ends in `)`: neither holds a character of interest.
    (GrokToken::Special(&rest[..2]), 2)
}

fn between<'p>(rest: &'p str, open: &str, close: char) -> Option<(&'p str, usize)> {
    let inner = rest.strip_prefix(open)?;
    let end = inner.find(close)?;
    Some((&inner[..end], open.len() + end + 1))
}

fn reference(rest: &str) -> (GrokToken<'_>, usize) {
    match whole_reference(rest) {
        Some(reference) => (GrokToken::Reference(reference), reference.written.len()),
        None => (GrokToken::BrokenReference(&rest[..2]), 2),
    }
}

fn whole_reference(rest: &str) -> Option<Reference<'_>> {
    let (inner, length) = between(rest, "%{", '}')?;
    let mut parts = inner.splitn(3, ':');
    let name = parts.next().filter(|name| is_name(name))?;
    let key = parts.next();
    let conversion = parts.next();
    let sound = key.is_none_or(|key| !key.is_empty()) && conversion.is_none_or(is_word);
    sound.then_some(Reference { name, key, conversion, written: &rest[..length] })
}

/// Names of patterns are words; those of a spec may have dots and hyphens.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}
