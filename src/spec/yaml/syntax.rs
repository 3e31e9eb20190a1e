//! What a syntax error means to its author, and the small marks of YAML's syntax that the parser's ranges leave out.

use crate::diagnostic::{Diagnostic, Edit, Fix, SourceId, Span};
use crate::spec::findings::YAML_SYNTAX;

/// A part of the parser's message, what it means, and what would help.
const MEANINGS: &[(&str, &str, &str)] = &[
    ("tab cannot be used", "a tab indents this line", "indent with spaces"),
    ("tabs disallowed", "a tab indents this line", "indent with spaces"),
    (
        "found unexpected end of stream",
        "this quote is not closed",
        "close it, or double a quote that is part of the text",
    ),
    (
        "indentation in quoted scalar",
        "this quote is not closed where its lines end",
        "close it, or indent the lines that belong to the text",
    ),
    (
        "trailing content after double-quoted",
        "the text goes on after its closing quote",
        "double a `'` inside `'…'`, or put the text between quotes of the other kind",
    ),
    (
        "invalid indentation",
        "this line is indented less than what it seems to belong to",
        "close the brackets above, or indent the line",
    ),
    (
        "expected ',' or",
        "a list or mapping in brackets is not closed here",
        "write `,` between items, and the closing bracket",
    ),
    ("illegal placement of ':'", "a `:` without a key", "close the brackets above, or quote the text"),
    (
        "wrongly indented line in block",
        "this line is indented less than the block it seems to belong to",
        "indent all lines of a block alike",
    ),
    ("misplaced bracket", "a closing bracket without its opening one", "quote the text, or take the bracket away"),
    ("expected node content", "a value is missing here", "write a value, or take the comma away"),
    ("plain scalar cannot start with '-'", "an unquoted text cannot begin like this", "quote the text"),
    (
        "unknown escape character",
        "this double-quoted text has an escape that YAML does not know",
        "write a backslash twice, or put the text into single quotes, where it is a letter like any other",
    ),
    (
        "mapping values are not allowed",
        "a mapping cannot begin here",
        "quote a text that holds `: `, and check the indentation of this line and the one above",
    ),
    (
        "did not find expected key",
        "this does not continue the mapping above it",
        "check the indentation, and quotes that end too early",
    ),
    (
        "did not find expected '-'",
        "this does not continue the list above it",
        "check the indentation; each item begins with `- `",
    ),
    ("simple key expect ':'", "a key without a `:`", "write `key: value`, or indent a text that continues"),
    ("simple key expected", "a key without a `:`", "write `key: value`, or indent a text that continues"),
    ("unexpected character: `@'", "an unquoted text cannot begin with `@`", "quote the text"),
    ("unexpected character: ``'", "an unquoted text cannot begin with a backtick", "quote the text"),
    ("unexpected character: `%'", "an unquoted text cannot begin with `%`", "quote the text"),
    ("found unknown anchor", "there is no anchor with this name above", "quote a text that begins with `*`"),
    ("recursion limit exceeded", "brackets are nested too deep", "write fewer levels"),
    ("the handle wasn't declared", "a tag of an unknown kind", "quote a text that begins with `!`"),
];

/// The one finding for a text that is no YAML, at the byte where the parser gave up.
pub(super) fn finding(text: &str, source: SourceId, byte: usize, message: &str) -> Diagnostic {
    let byte = byte.min(text.len());
    let length = text[byte..].chars().next().filter(|letter| *letter != '\n').map_or(0, char::len_utf8);
    let span = Span::new(source, byte as u32, (byte + length) as u32);
    let meaning = MEANINGS.iter().find(|(part, ..)| message.contains(part));
    let (title, help) = meaning.map_or((message, None), |(_, title, help)| (*title, Some(*help)));
    let finding = YAML_SYNTAX.at(span, &[title]);
    match (has_bare_template(line(text, byte)), help) {
        (true, _) => bare_template(finding, text, source, byte),
        (false, Some(help)) => finding.help(help),
        (false, None) => finding,
    }
}

/// Says that a template must be quoted, and quotes the one of the line.
pub(super) fn bare_template(finding: Diagnostic, text: &str, source: SourceId, byte: usize) -> Diagnostic {
    let finding = finding.help("a template that begins with `{` must be quoted: `\"{{ … }}\"`");
    let start = text[..byte].rfind('\n').map_or(0, |newline| newline + 1);
    let written = text[start..].lines().next().unwrap_or_default();
    let Some((at, value)) = bare_value(written) else { return finding };
    // Single quotes are doubled, double quotes would need more.
    let quoted = match value.contains(['"', '\\']) {
        true => format!("'{}'", value.replace('\'', "''")),
        false => format!("\"{value}\""),
    };
    let place = (start + at) as u32;
    let edit = Edit::all(Span::new(source, place, place + value.len() as u32), quoted);
    finding.fix(Fix::certain("quote the template", edit))
}

/// The value of a line that has a key or is an item, where it begins with a template and nothing opens before it: its place, and
/// all of it but a comment.
fn bare_value(line: &str) -> Option<(usize, &str)> {
    let value = line.find("{{").into_iter().chain(line.find("{%")).min()?;
    let (before, after) = line.split_at(value);
    let is_value = before.trim_end().ends_with([':', '-']) && before.ends_with(' ');
    if !is_value || before.contains(['{', '[', '"', '\'', '#']) {
        return None;
    }
    let end = after.find(" #").unwrap_or(after.len());
    let written = after[..end].trim_end();
    written.ends_with('}').then_some((value, written))
}

/// Where the `|` or `>` of a block scalar stands, searched from the end of what came before.
pub(super) fn block_indicator(text: &str, from: usize) -> Option<usize> {
    let mut after_space = true;
    let mut in_comment = false;
    for (index, byte) in text.as_bytes().iter().enumerate().skip(from) {
        match byte {
            b'\n' => in_comment = false,
            _ if in_comment => {}
            b'#' if after_space => in_comment = true,
            b'|' | b'>' if after_space => return Some(index),
            _ => {}
        }
        after_space = byte.is_ascii_whitespace();
    }
    None
}

/// The first byte after tags, anchors, comments and white space.
pub(super) fn after_properties(text: &str, start: usize) -> usize {
    let mut rest = text.get(start..).unwrap_or_default();
    loop {
        rest = rest.trim_start();
        let ends: &[char] = match rest.as_bytes().first() {
            Some(b'!' | b'&') => &[' ', '\t', '\r', '\n'],
            Some(b'#') => &['\n'],
            _ => return text.len() - rest.len(),
        };
        rest = rest.find(ends).map_or("", |end| &rest[end..]);
    }
}

fn line(text: &str, byte: usize) -> &str {
    let start = text[..byte].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[byte..].find('\n').map_or(text.len(), |newline| byte + newline);
    &text[start..end]
}

/// `key: {{ a }} b` and `- {% if a %}`: what no author means as YAML's own braces.
fn has_bare_template(line: &str) -> bool {
    [": {{", "- {{", ": {%", "- {%"].iter().any(|opening| line.contains(opening))
}
