//! Reads Python's notation into tokens, with flags applied: what is left means the same in both engines.

use super::set::{NO_SPACE, SPACE};
use super::{Dialect, class};
use crate::value::{Fault, FaultCode};
use std::iter::Peekable;
use std::str::CharIndices;

/// A piece of a pattern. Texts are in the engines' notation.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// Something that matches characters.
    Atom(String),
    /// Something that matches a place.
    Assertion(&'static str),
    /// `$` outside multi-line mode: the end, or before a newline at the end.
    End,
    /// What a group of this number matched.
    Back(usize),
    /// `(…`
    Open(Group),
    /// `)`
    Close,
    /// `|`
    Alternate,
    /// A quantifier, with its `?` or `+`.
    Repeat(String),
    /// Case-insensitivity for the rest of the group.
    Flag(&'static str),
}

/// The kinds of group.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Group {
    /// A numbered group, perhaps with a name.
    Capture(Option<String>),
    /// A group without a number; the text opens it.
    Plain(&'static str),
    /// Look-around and atomic groups; the text opens it.
    Backtracking(&'static str),
    /// `(?(number)…|…)`
    Condition(usize),
}

/// Reads a pattern.
pub(super) fn read(pattern: &str, dialect: Dialect) -> Result<Vec<Token>, Fault> {
    let mut reader = Reader::new(pattern, dialect);
    while let Some((place, character)) = reader.characters.next() {
        reader.token(place, character)?;
    }
    match reader.outer.is_empty() {
        true => Ok(reader.tokens),
        false => Err(wrong("a group is not closed", pattern.len())),
    }
}

/// A fault at a byte of the pattern.
pub(super) fn wrong(reason: &str, place: usize) -> Fault {
    Fault::new(FaultCode::Parse, format!("not a regular expression: {reason} (at byte {place})"))
}

/// Whether `.` takes newlines, `^` and `$` match at lines, white space is left out, classes are ASCII.
#[derive(Clone, Copy, Default)]
struct Flags {
    dot_all: bool,
    multi_line: bool,
    verbose: bool,
    ascii: bool,
}

/// How deep groups may nest: below the limits of both engines.
const DEEPEST: usize = 60;

pub(super) struct Reader<'p> {
    pattern: &'p str,
    pub(super) characters: Peekable<CharIndices<'p>>,
    tokens: Vec<Token>,
    names: Vec<Option<String>>,
    flags: Flags,
    /// The flags to return to after each open group.
    outer: Vec<Flags>,
    dialect: Dialect,
}

impl<'p> Reader<'p> {
    fn new(pattern: &'p str, dialect: Dialect) -> Self {
        Reader {
            pattern,
            characters: pattern.char_indices().peekable(),
            tokens: Vec::new(),
            names: vec![None],
            flags: Flags { ascii: dialect == Dialect::Re2, ..Flags::default() },
            outer: Vec::new(),
            dialect,
        }
    }

    fn token(&mut self, place: usize, character: char) -> Result<(), Fault> {
        let token = match character {
            '\\' => return self.escape(place),
            '[' => Token::Atom(class::read(self, place)?),
            '(' => return self.open(place),
            ')' => {
                self.flags = self.outer.pop().ok_or_else(|| wrong("a `)` without its `(`", place))?;
                Token::Close
            }
            '|' => Token::Alternate,
            '*' | '+' | '?' => return self.repeat(character.to_string(), place),
            '{' => match self.bounds() {
                Some(bounds) => return self.repeat(bounds, place),
                None => Token::Atom("\\{".to_owned()),
            },
            '.' => Token::Atom(if self.flags.dot_all { "(?s:.)" } else { "[^\\n]" }.to_owned()),
            '^' => Token::Assertion(if self.flags.multi_line { "(?m:^)" } else { "\\A" }),
            '$' if self.flags.multi_line => Token::Assertion("(?m:$)"),
            '$' if self.dialect == Dialect::Re2 => Token::Assertion("\\z"),
            '$' => Token::End,
            '#' if self.flags.verbose => {
                while self.characters.next().is_some_and(|(_, character)| character != '\n') {}
                return Ok(());
            }
            ' ' | '\t' | '\n' | '\r' | '\x0B' | '\x0C' if self.flags.verbose => return Ok(()),
            other => Token::Atom(literal(other)),
        };
        self.tokens.push(token);
        Ok(())
    }

    /// A quantifier must follow something; a second one is an error, as in Python.
    fn repeat(&mut self, mut quantifier: String, place: usize) -> Result<(), Fault> {
        match self.tokens.last() {
            Some(Token::Atom(_) | Token::Back(_) | Token::Close) => {}
            Some(Token::Repeat(_)) => return Err(wrong("a repetition of a repetition", place)),
            _ => return Err(wrong("nothing to repeat", place)),
        }
        if let Some((_, suffix @ ('?' | '+'))) = self.characters.peek().copied() {
            self.characters.next();
            quantifier.push(suffix);
        }
        self.tokens.push(Token::Repeat(quantifier));
        Ok(())
    }

    /// What follows `{`, if it is a quantifier: `2}`, `2,}`, `,3}`, `2,3}`. Otherwise the brace is a character.
    fn bounds(&mut self) -> Option<String> {
        let rest = self.rest();
        let (inside, _) = rest.split_once('}')?;
        let (least, most) = inside.split_once(',').unwrap_or((inside, inside));
        // RE2 reads `{,3}` as it stands.
        if self.dialect == Dialect::Re2 && least.is_empty() {
            return None;
        }
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if inside.is_empty() || !digits(least) || !digits(most) {
            return None;
        }
        self.skip(inside.len() + 1);
        Some(match (least, inside.contains(',')) {
            ("", _) if most.is_empty() => "*".to_owned(),
            ("", _) => format!("{{0,{most}}}"),
            (_, true) => format!("{{{least},{most}}}"),
            _ => format!("{{{least}}}"),
        })
    }

    fn open(&mut self, place: usize) -> Result<(), Fault> {
        let group = match self.characters.next_if(|(_, character)| *character == '?') {
            None => Group::Capture(None),
            Some(_) => match self.extension(place)? {
                Some(group) => group,
                None => return Ok(()),
            },
        };
        if let Group::Capture(name) = &group {
            self.names.push(name.clone());
        }
        self.enter(group, self.flags, place)
    }

    fn enter(&mut self, group: Group, outer: Flags, place: usize) -> Result<(), Fault> {
        if self.outer.len() >= DEEPEST {
            return Err(Fault::new(
                FaultCode::Limit,
                format!("groups are nested deeper than {DEEPEST} levels (at byte {place})"),
            ));
        }
        self.outer.push(outer);
        self.tokens.push(Token::Open(group));
        Ok(())
    }

    /// What follows `(?`; `None` where all was said already.
    fn extension(&mut self, place: usize) -> Result<Option<Group>, Fault> {
        const OPENINGS: [(&str, Group); 6] = [
            (":", Group::Plain("(?:")),
            ("=", Group::Backtracking("(?=")),
            ("!", Group::Backtracking("(?!")),
            ("<=", Group::Backtracking("(?<=")),
            ("<!", Group::Backtracking("(?<!")),
            (">", Group::Backtracking("(?>")),
        ];
        for (text, group) in OPENINGS {
            if self.take(text) {
                return Ok(Some(group));
            }
        }
        if self.take("#") {
            self.until(')', place)?;
            return Ok(None);
        }
        if self.take("P=") {
            let name = self.until(')', place)?;
            let number = self.numbered(name, place)?;
            self.tokens.push(Token::Back(number));
            return Ok(None);
        }
        if self.take("(") {
            let name = self.until(')', place)?;
            return Ok(Some(Group::Condition(self.numbered(name, place)?)));
        }
        if self.take("P<") || self.take("<") {
            let name = self.until('>', place)?;
            return Ok(Some(Group::Capture(Some(checked_name(name, place)?.to_owned()))));
        }
        self.inline_flags(place).map(|()| None)
    }

    /// `(?im)` for the rest of the group, `(?im-s:…)` for a group.
    fn inline_flags(&mut self, place: usize) -> Result<(), Fault> {
        let (outer, mut on, mut case) = (self.flags, true, None);
        loop {
            match self.characters.next().map(|(_, character)| character) {
                Some('i') => case = Some(on),
                Some('m') => self.flags.multi_line = on,
                Some('s') => self.flags.dot_all = on,
                Some('x') => self.flags.verbose = on,
                Some('a') => self.flags.ascii = on,
                Some('u') => self.flags.ascii = !on,
                Some('L') => {}
                Some('-') => on = false,
                Some(':') => {
                    let opening = match case {
                        Some(true) => "(?i:",
                        Some(false) => "(?-i:",
                        None => "(?:",
                    };
                    return self.enter(Group::Plain(opening), outer, place);
                }
                Some(')') => {
                    self.tokens.extend(case.map(|on| Token::Flag(if on { "(?i)" } else { "(?-i)" })));
                    return Ok(());
                }
                _ => return Err(wrong("an unknown extension after `(?`", place)),
            }
        }
    }

    fn escape(&mut self, place: usize) -> Result<(), Fault> {
        let Some((_, character)) = self.characters.next() else { return Err(wrong("a `\\` at the end", place)) };
        let token = match character {
            'A' => Token::Assertion("\\A"),
            'Z' | 'z' => Token::Assertion("\\z"),
            'b' if self.flags.ascii => Token::Assertion("(?-u:\\b)"),
            'b' => Token::Assertion("\\b"),
            'B' if self.flags.ascii => Token::Assertion("(?-u:\\B)"),
            'B' => Token::Assertion("\\B"),
            'Q' if self.dialect == Dialect::Re2 => {
                self.quoted();
                return Ok(());
            }
            'R' => Token::Atom("(?:\\r\\n|[\\n-\\r\\x85\\u{2028}\\u{2029}])".to_owned()),
            'k' if self.take("<") => {
                let name = self.until('>', place)?;
                Token::Back(self.numbered(name, place)?)
            }
            '1'..='9' => self.back_reference(character, place)?,
            other => Token::Atom(match self.class_escape(other, place)? {
                Some(class) => class,
                None => literal(self.character_escape(other, place)?),
            }),
        };
        self.tokens.push(token);
        Ok(())
    }

    /// What stands between `\Q` and `\E`, or the end of the pattern, stands for itself.
    fn quoted(&mut self) {
        let rest = self.rest();
        let text = rest.split_once("\\E").map_or(rest, |(text, _)| text);
        self.tokens.extend(text.chars().map(|character| Token::Atom(literal(character))));
        self.skip((text.len() + "\\E".len()).min(rest.len()));
    }

    /// `\1` to `\99`; three octal digits are a character.
    fn back_reference(&mut self, first: char, place: usize) -> Result<Token, Fault> {
        let rest = self.rest().as_bytes();
        let octal = |byte: Option<&u8>| byte.is_some_and(|byte| matches!(byte, b'0'..=b'7'));
        if matches!(first, '1'..='3') && octal(rest.first()) && octal(rest.get(1)) {
            return Ok(Token::Atom(literal(self.octal(first))));
        }
        let mut number = first as usize - '0' as usize;
        if let Some((_, digit)) = self.characters.next_if(|(_, character)| character.is_ascii_digit()) {
            number = 10 * number + (digit as usize - '0' as usize);
        }
        match number < self.names.len() {
            true => Ok(Token::Back(number)),
            false => Err(wrong("a reference to a group that does not exist", place)),
        }
    }

    /// A class that an escape stands for, inside or outside brackets.
    pub(super) fn class_escape(&mut self, character: char, place: usize) -> Result<Option<String>, Fault> {
        if matches!(character, 'p' | 'P') {
            return self.property(character, place).map(Some);
        }
        // Python's digits are Unicode's decimal digits, its word characters are letters, numbers and `_`, its white
        // space takes in the four separators below U+0020.
        let class = match (character, self.flags.ascii) {
            ('d', false) => "\\p{Nd}",
            ('D', false) => "\\P{Nd}",
            ('w', false) => "[\\p{L}\\p{N}_]",
            ('W', false) => "[^\\p{L}\\p{N}_]",
            ('s', false) => SPACE,
            ('S', false) => NO_SPACE,
            ('d', true) => "[0-9]",
            ('D', true) => "[^0-9]",
            ('w', true) => "[0-9A-Za-z_]",
            ('W', true) => "[^0-9A-Za-z_]",
            ('s', true) if self.dialect == Dialect::Re2 => "[ \\t\\n\\f\\r]",
            ('S', true) if self.dialect == Dialect::Re2 => "[^ \\t\\n\\f\\r]",
            ('s', true) => "[ \\t-\\r]",
            ('S', true) => "[^ \\t-\\r]",
            ('h', _) => "[0-9A-Fa-f]",
            ('H', _) => "[^0-9A-Fa-f]",
            _ => return Ok(None),
        };
        Ok(Some(class.to_owned()))
    }

    /// `\pL` and `\p{Letter}`.
    fn property(&mut self, character: char, place: usize) -> Result<String, Fault> {
        let name = match self.take("{") {
            true => self.until('}', place)?,
            false => {
                let length = self.rest().chars().next().map_or(0, char::len_utf8);
                let name = &self.rest()[..length];
                self.skip(length);
                name
            }
        };
        match name.chars().all(|character| character.is_ascii_alphanumeric() || "_ ^=-".contains(character)) {
            true if !name.is_empty() => Ok(format!("\\{character}{{{name}}}")),
            _ => Err(wrong("an unknown property", place)),
        }
    }

    /// The character that an escape stands for. Only unknown letters are errors, as in Python.
    pub(super) fn character_escape(&mut self, character: char, place: usize) -> Result<char, Fault> {
        match character {
            'n' => Ok('\n'),
            'r' => Ok('\r'),
            't' => Ok('\t'),
            'f' => Ok('\x0C'),
            'v' => Ok('\x0B'),
            'a' => Ok('\x07'),
            'e' => Ok('\x1B'),
            '0' => Ok(self.octal('0')),
            'x' if self.take("{") => {
                let digits = self.until('}', place)?;
                code_point(digits).ok_or_else(|| wrong("an incomplete escape", place))
            }
            'x' => self.hexadecimal(2, place),
            'u' => self.hexadecimal(4, place),
            'U' => self.hexadecimal(8, place),
            letter if letter.is_ascii_alphanumeric() => Err(wrong(&format!("an unknown escape `\\{letter}`"), place)),
            other => Ok(other),
        }
    }

    fn hexadecimal(&mut self, digits: usize, place: usize) -> Result<char, Fault> {
        let found = self.rest().get(..digits).and_then(code_point).ok_or_else(|| wrong("an incomplete escape", place));
        self.skip(digits);
        found
    }

    /// Up to two more octal digits.
    fn octal(&mut self, first: char) -> char {
        let mut code = first as u32 - '0' as u32;
        for _ in 0..2 {
            let Some((_, digit)) = self.characters.next_if(|(_, digit)| matches!(digit, '0'..='7')) else { break };
            code = 8 * code + (digit as u32 - '0' as u32);
        }
        char::from_u32(code).unwrap_or_default()
    }

    /// The number of a group named or numbered before.
    fn numbered(&self, name: &str, place: usize) -> Result<usize, Fault> {
        let number = match name.parse() {
            Ok(number) if number > 0 && number < self.names.len() => Some(number),
            _ => self.names.iter().position(|known| known.as_deref() == Some(name)),
        };
        number.ok_or_else(|| wrong("a reference to a group that does not exist", place))
    }

    pub(super) fn take(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.skip(text.len());
        }
        found
    }

    fn until(&mut self, end: char, place: usize) -> Result<&'p str, Fault> {
        let (text, _) = self.rest().split_once(end).ok_or_else(|| wrong(&format!("a `{end}` is missing"), place))?;
        self.skip(text.len() + end.len_utf8());
        Ok(text)
    }

    pub(super) fn rest(&mut self) -> &'p str {
        let place = self.characters.peek().map_or(self.pattern.len(), |(place, _)| *place);
        &self.pattern[place..]
    }

    pub(super) fn skip(&mut self, bytes: usize) {
        let end = self.pattern.len() - self.rest().len() + bytes;
        while self.characters.next_if(|(place, _)| *place < end).is_some() {}
    }
}

/// A character that stands for itself, in brackets or out of them.
pub(super) fn literal(character: char) -> String {
    match character {
        '\n' => "\\n".to_owned(),
        // Also what only verbose mode or class arithmetic would read.
        other if other.is_ascii_punctuation() && other != '_' || other == ' ' => escaped(other),
        other => other.to_string(),
    }
}

fn escaped(character: char) -> String {
    // The backtracking engine reads `\<` as an assertion and has no escaped space.
    match character {
        '<' | '>' | ' ' | '"' | '\'' | '%' | '/' | ',' | ':' | ';' | '=' | '@' | '`' | '!' => character.to_string(),
        other => format!("\\{other}"),
    }
}

fn code_point(digits: &str) -> Option<char> {
    let valid = !digits.is_empty() && digits.len() <= 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    valid.then(|| u32::from_str_radix(digits, 16).ok()).flatten().and_then(char::from_u32)
}

/// Names start with a letter or `_`; digits, dots, hyphens, `@` and brackets may follow, as grok's fields have them.
fn checked_name(name: &str, place: usize) -> Result<&str, Fault> {
    let legal = |character: char| character.is_alphanumeric() || "_.-@[]".contains(character);
    match name.chars().all(legal) && name.chars().next().is_some_and(|first| !first.is_numeric()) {
        true => Ok(name),
        false => Err(wrong(&format!("`{name}` cannot name a group"), place)),
    }
}
