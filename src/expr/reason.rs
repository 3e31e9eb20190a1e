//! What the grammar could not read, in the author's terms.

use super::SyntaxError;
use super::grammar::Rule;
use crate::value::text::is_space;
use pest::error::{Error, ErrorVariant, InputLocation};

/// The rules one of which starts where an expression is expected.
const EXPRESSION: [Rule; 10] = [
    Rule::tuple,
    Rule::plain_tuple,
    Rule::expression,
    Rule::disjunction,
    Rule::negation,
    Rule::arithmetic,
    Rule::operand,
    Rule::argument,
    Rule::index,
    Rule::entry,
];

/// Two marks side by side, or one, that other languages have: what to write instead. The longest come first.
const FOREIGN: [(&str, &str); 20] = [
    ("matches ", "a text is held against a pattern by `value | re_search('pattern')`"),
    ("like ", "a text is held against a pattern by `value | re_search('pattern')`"),
    ("startswith ", "the beginning of a text is tested by `value.startswith('text')`"),
    ("endswith ", "the end of a text is tested by `value.endswith('text')`"),
    ("=~", "a text is held against a pattern by `value | re_search('pattern')`"),
    ("??", "write `a or b`, or `a | default('x')`"),
    ("?.", "a key that is missing gives nothing: write `a.b`"),
    ("===", "write `==`"),
    ("!==", "write `!=`"),
    ("&&", "write `and`"),
    ("||", "write `or`"),
    ("<>", "write `!=`"),
    ("=>", "write `>=`"),
    ("=<", "write `<=`"),
    ("?", "write `a if condition else b` for `condition ? a : b`"),
    ("!", "write `not`"),
    ("=", "write `==` to compare"),
    ("&", "write `and`"),
    ("$", "write names without `$`"),
    ("@", "a key with `@` is read by its text, as in `event[\"@timestamp\"]`"),
];

/// The place where the grammar failed.
struct GrammarFailure<'t> {
    /// The rule of the whole tag.
    rule: Rule,
    /// The rules that could have gone on.
    expected: &'t [Rule],
    /// The token before the place: a mark or word within the tag, or the tag's own.
    last: &'t str,
    /// Whether nothing of the tag's inside stands before it.
    first: bool,
    /// The token at the place; empty at the tag's end.
    found: &'t str,
    /// Whether a `=` stands before it, outside brackets: then `set` has its target.
    bound: bool,
    /// The innermost bracket that is open.
    bracket: Option<char>,
}

/// Where `rule` failed within the bytes `start..end` of `text`, and why.
pub(super) fn explain(rule: Rule, error: &Error<Rule>, text: &str, start: usize, end: usize) -> SyntaxError {
    let (InputLocation::Pos(at) | InputLocation::Span((at, _))) = error.location;
    let whole = text.get(..end).unwrap_or_default();
    let rest = whole.get(start + at..).unwrap_or_default().trim_start_matches(is_space);
    let at = end - rest.len();
    let before = whole.get(start..at).unwrap_or_default().trim_end_matches(is_space);
    let ErrorVariant::ParsingError { positives, .. } = &error.variant else {
        // Where the stack ends before the bound on brackets does.
        return SyntaxError::new(start, end.max(start), "nested too deep");
    };
    let walk = walk(text, start, at);
    if let Some(tag) = walk.tag {
        return tag_within(text, tag);
    }
    let last = last_token(if before.is_empty() { whole.get(..start).unwrap_or_default() } else { before });
    let (first, found) = (before.is_empty(), token(rest));
    let failure =
        GrammarFailure { rule, expected: positives, last, first, found, bound: walk.bound, bracket: walk.bracket };
    if !failure.binds()
        && let Some(error) = foreign(text, start, at, end)
    {
        return error;
    }
    let error = SyntaxError::new(at, at + found.len(), failure.reason());
    match failure.help() {
        Some(help) => error.help(help),
        None => error,
    }
}

impl GrammarFailure<'_> {
    /// Whether a target is still being read.
    fn binds(&self) -> bool {
        !self.bound && self.rule == Rule::set_head
            || self.first && matches!(self.rule, Rule::for_head | Rule::with_head)
    }

    fn reason(&self) -> String {
        let Self { last, .. } = self;
        let expects = |rule| self.expected.contains(&rule);
        let what = match *last {
            "|" if !self.first => "a filter's name",
            "." => "a name",
            "is" => "a test's name",
            _ if self.rule == Rule::filter_head && self.first => "a filter's name",
            _ if self.expected.iter().any(|rule| EXPRESSION.contains(rule)) => "an expression",
            _ if expects(Rule::name) || expects(Rule::targets) || expects(Rule::target) => "a name to assign",
            "not" if expects(Rule::dotted) || expects(Rule::identifier) => "a test's name",
            _ => return self.unexpected(),
        };
        match (*last, self.found) {
            ("", "") => format!("expected {what}"),
            ("", found) => format!("expected {what}, found `{found}`"),
            (last, "") => format!("expected {what} after `{last}`"),
            (last, found) => format!("expected {what} after `{last}`, found `{found}`"),
        }
    }

    fn unexpected(&self) -> String {
        let expected = match self.found {
            "}" | "," | "" if self.bracket == Some('{') => ":",
            _ if self.rule == Rule::for_head && self.expected.contains(&Rule::in_word) => "in",
            "" if self.rule == Rule::with_head => "=",
            "not" => return "write `not` before a whole comparison, or `not in`".to_owned(),
            "" => return "the tag ends too early".to_owned(),
            found => return format!("unexpected `{found}`"),
        };
        match self.found {
            "" => format!("expected `{expected}`"),
            found => format!("expected `{expected}`, found `{found}`"),
        }
    }

    fn help(&self) -> Option<String> {
        let help = match self.found {
            "=" | "==" | "[" | "." | "|" if self.binds() => {
                "write `{% set name = value %}` or `{% set space.name = value %}`"
            }
            "is" => "tests cannot be chained: join them with `and`",
            "for" => "comprehensions are not supported: use filters such as `map` and `select`, or a `for` statement",
            "if" if self.rule == Rule::if_head => "put a conditional expression into parentheses",
            "AND" | "OR" | "NOT" | "IN" | "IS" | "IF" | "ELSE" => {
                return Some(format!("write `{}`", self.found.to_ascii_lowercase()));
            }
            "then" => "write nothing between a condition and `%}`",
            "." if self.expected.iter().any(|rule| EXPRESSION.contains(rule)) => "a number starts with a digit: `0.5`",
            found if self.bracket.is_some() && is_operand(found) && self.goes_on() => {
                "is a `,` or an operator missing before it?"
            }
            found if is_operand(found) && self.goes_on() => "is an operator missing before it?",
            _ => return None,
        };
        Some(help.to_owned())
    }

    /// Whether a value stands before the place, so that an operator could follow.
    fn goes_on(&self) -> bool {
        self.expected.contains(&Rule::infix)
    }
}

/// What stands between the start of a tag's inside and a place in it.
#[derive(Default)]
struct TokenWalk {
    /// The start of another tag.
    tag: Option<usize>,
    bracket: Option<char>,
    bound: bool,
}

fn walk(text: &str, start: usize, at: usize) -> TokenWalk {
    let bytes = text.as_bytes();
    let (mut walk, mut open, mut quote) = (TokenWalk::default(), Vec::new(), None);
    let mut place = start;
    while place <= at {
        let Some(&letter) = bytes.get(place) else { break };
        match (quote, letter) {
            (Some(_), b'\\') => place += 1,
            (Some(mark), _) if mark == letter => quote = None,
            (Some(_), _) => {}
            (None, b'{') if matches!(bytes.get(place + 1), Some(b'{' | b'%')) => {
                walk.tag = Some(place);
                return walk;
            }
            (None, b'\'' | b'"') => quote = Some(letter),
            (None, b'(' | b'[' | b'{') if place < at => open.push(char::from(letter)),
            (None, b')' | b']' | b'}') if place < at => {
                open.pop();
            }
            (None, b'=') if place < at && open.is_empty() => walk.bound |= bytes.get(place + 1) != Some(&b'='),
            _ => {}
        }
        place += 1;
    }
    walk.bracket = open.last().copied();
    walk
}

/// The tag at byte `at` stands in another tag.
pub(super) fn tag_within(text: &str, at: usize) -> SyntaxError {
    let mark = text.get(at..at + 2).unwrap_or_default();
    SyntaxError::new(at, at + mark.len(), format!("`{mark}` inside a tag"))
        .help("a tag holds an expression, not another tag")
}

fn is_operand(found: &str) -> bool {
    found.starts_with(|letter: char| is_part(letter) || matches!(letter, '\'' | '"' | '{' | '('))
        && !matches!(found, "and" | "or" | "not" | "if" | "else" | "in" | "is")
}

/// A mark of another language at the place of the failure, or around it.
fn foreign(text: &str, start: usize, at: usize, end: usize) -> Option<SyntaxError> {
    FOREIGN.iter().find_map(|(mark, help)| {
        let from = (0..mark.len())
            .filter_map(|back| at.checked_sub(back))
            .find(|from| *from >= start && text.get(*from..end).is_some_and(|rest| rest.starts_with(mark)))
            .filter(|from| !mark.starts_with(is_part) || !text[..*from].ends_with(is_part))?;
        // One operator is the right answer; more words than one are an example.
        let written = help.strip_prefix("write `").and_then(|rest| rest.split('`').next());
        let meant = written.filter(|word| !word.contains(' '));
        let word = mark.trim_end();
        let error = SyntaxError::new(from, from + word.len(), format!("unexpected `{word}`")).help(*help);
        Some(SyntaxError { meant, ..error })
    })
}

/// The token a text starts with.
fn token(text: &str) -> &str {
    let word = text.find(|letter| !is_part(letter)).unwrap_or(text.len());
    let length = match text.chars().next() {
        Some('\'' | '"') => quoted(text),
        _ if word > 0 => word,
        Some(letter) => letter.len_utf8(),
        None => 0,
    };
    text.get(..length).unwrap_or_default()
}

/// The length of a quoted text, cut where it is long.
fn quoted(text: &str) -> usize {
    const LONG: usize = 24;
    let quote = text.chars().next().unwrap_or('"');
    let close = text.char_indices().skip(1).take(LONG).find(|(_, letter)| *letter == quote);
    close.map_or(1, |(at, letter)| at + letter.len_utf8())
}

/// The token a text ends with: a word, or a mark of at most two letters.
fn last_token(text: &str) -> &str {
    const MARKS: [&str; 10] = ["**", "//", "==", "!=", "<=", ">=", "{{", "{%", "{{-", "{%-"];
    let word = text
        .rfind(|letter| !is_part(letter))
        .map_or(0, |at| at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
    if word < text.len() {
        return text.get(word..).unwrap_or_default();
    }
    let mark = MARKS.iter().rev().find(|mark| text.ends_with(**mark)).map(|mark| mark.len());
    let length = mark.or_else(|| text.chars().next_back().map(char::len_utf8)).unwrap_or(0);
    text.get(text.len() - length..).unwrap_or_default()
}

fn is_part(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}
