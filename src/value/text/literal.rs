//! Python literals, as `ast.literal_eval` reads them.

use super::escape::unescape;
use super::number::{integer, parse_float, parse_int};
use crate::value::{Arena, Fault, FaultCode, List, Value};
use bumpalo::collections::String as ArenaString;

/// Reads a Python literal (`ast.literal_eval`): numbers, text, lists, tuples, dicts, `True`, `False`, `None`, nested.
/// `None` where the text is no literal, and for what the language has no value for: bytes, sets, complex numbers, `...`;
/// also for characters by name (`\N{…}`) and a sign before parentheses.
///
/// # Errors
/// Limit.
pub fn literal<'a>(arena: &'a Arena, text: &'a str) -> Result<Option<Value<'a>>, Fault> {
    let text = text.trim_start_matches([' ', '\t']);
    if !may_begin(text.as_bytes()) {
        return Ok(None);
    }
    // Python reads all line ends as `\n`, within text too.
    let text = if text.contains('\r') { arena.text(&text.replace("\r\n", "\n").replace('\r', "\n"))? } else { text };
    match (LiteralReader { arena, text, place: 0, depth: 0 }).whole() {
        Ok(value) => Ok(Some(value)),
        Err(LiteralStop::NoLiteral) => Ok(None),
        Err(LiteralStop::Fault(fault)) => Err(fault),
    }
}

/// How many brackets may be open: CPython's bound.
const DEPTH: usize = 200;

// PERF: every text that an expression gives is tried; most are dismissed by their first byte or two.
fn may_begin(text: &[u8]) -> bool {
    match text {
        [b'T', ..] => text.starts_with(b"True"),
        [b'F', ..] => text.starts_with(b"False"),
        [b'N', ..] => text.starts_with(b"None"),
        [b'r' | b'R' | b'u' | b'U', second, ..] => matches!(second, b'"' | b'\''),
        [first, ..] => matches!(
            first,
            b'[' | b'{' | b'(' | b'"' | b'\'' | b'0'..=b'9' | b'.' | b'-' | b'+' | b'\n' | b'\r' | 0xc | b'#' | b'\\'
        ),
        [] => false,
    }
}

enum LiteralStop {
    NoLiteral,
    Fault(Fault),
}

impl From<Fault> for LiteralStop {
    /// What is wrong with a literal (a list as a key) makes it none; only a bound of the engine is a fault.
    fn from(fault: Fault) -> Self {
        if fault.code() == FaultCode::Limit { LiteralStop::Fault(fault) } else { LiteralStop::NoLiteral }
    }
}

type LiteralRead<T> = Result<T, LiteralStop>;

struct LiteralReader<'a> {
    arena: &'a Arena,
    text: &'a str,
    place: usize,
    /// How many brackets are open; line ends count for nothing within.
    depth: usize,
}

impl<'a> LiteralReader<'a> {
    fn whole(&mut self) -> LiteralRead<Value<'a>> {
        self.blank_lines()?;
        let first = self.value()?;
        let value = if self.take_after_space(b',') { self.tuple(first, None)? } else { first };
        let end = self.place;
        // Lines without content may follow, but blanks that no line end closes are an indent.
        self.depth = 1;
        self.space();
        let (_, last_line) = self.text[end..].rsplit_once('\n').unwrap_or_default();
        let indent = last_line.trim_start_matches('\x0c');
        let indented = !indent.is_empty() && indent.trim_matches([' ', '\t', '\x0c']).is_empty();
        if self.place == self.text.len() && !indented { Ok(value) } else { Err(LiteralStop::NoLiteral) }
    }

    /// Passes over lines without content. What follows them must not be indented.
    fn blank_lines(&mut self) -> LiteralRead<()> {
        let line = loop {
            let line = self.place;
            self.space();
            if !self.take(b'\n') {
                break line;
            }
        };
        let indent = self.text.get(line..self.place).and_then(|line| line.rsplit('\n').next()).unwrap_or_default();
        if line == 0 || indent.is_empty() { Ok(()) } else { Err(LiteralStop::NoLiteral) }
    }

    fn value(&mut self) -> LiteralRead<Value<'a>> {
        self.space();
        match self.peek() {
            Some(b'[') => self.nested(Self::list),
            Some(b'(') => self.nested(Self::parentheses),
            Some(b'{') => self.nested(Self::dict),
            Some(b'0'..=b'9' | b'.') => self.number(self.place),
            Some(b'-' | b'+') => self.signed(),
            Some(b'"' | b'\'' | b'r' | b'R' | b'u' | b'U') => self.texts(),
            Some(b'T' | b'F' | b'N') => self.word(),
            _ => Err(LiteralStop::NoLiteral),
        }
    }

    /// Reads what is behind an opening bracket, up to and with the closing one.
    fn nested(&mut self, read: fn(&mut Self) -> LiteralRead<Value<'a>>) -> LiteralRead<Value<'a>> {
        if self.depth == DEPTH {
            return Err(LiteralStop::NoLiteral);
        }
        self.place += 1;
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn list(&mut self) -> LiteralRead<Value<'a>> {
        let list = List::new(self.arena);
        while !self.take_after_space(b']') {
            list.push(self.arena, self.value()?)?;
            self.separator(b']')?;
        }
        Ok(Value::List(self.arena.bump().alloc(list)))
    }

    fn parentheses(&mut self) -> LiteralRead<Value<'a>> {
        if self.take_after_space(b')') {
            return Ok(self.arena.tuple([])?);
        }
        let first = self.value()?;
        if self.take_after_space(b')') {
            return Ok(first);
        }
        if self.take(b',') { self.tuple(first, Some(b')')) } else { Err(LiteralStop::NoLiteral) }
    }

    /// The items behind a tuple's first comma, up to the bracket or, without one, the end of the line.
    fn tuple(&mut self, first: Value<'a>, close: Option<u8>) -> LiteralRead<Value<'a>> {
        let items = List::new(self.arena).into_tuple();
        items.push(self.arena, first)?;
        loop {
            self.space();
            match close {
                Some(close) if self.take(close) => break,
                None if matches!(self.peek(), None | Some(b'\n')) => break,
                _ => items.push(self.arena, self.value()?)?,
            }
            self.space();
            if !self.take(b',') && self.peek() != close && !(close.is_none() && self.peek() == Some(b'\n')) {
                return Err(LiteralStop::NoLiteral);
            }
        }
        Ok(Value::List(self.arena.bump().alloc(items)))
    }

    fn dict(&mut self) -> LiteralRead<Value<'a>> {
        let map = self.arena.map();
        while !self.take_after_space(b'}') {
            let key = self.value()?;
            if !self.take_after_space(b':') {
                return Err(LiteralStop::NoLiteral);
            }
            map.insert(self.arena, key, self.value()?)?;
            self.separator(b'}')?;
        }
        Ok(Value::Map(map))
    }

    /// A comma, or the closing bracket, which stays.
    fn separator(&mut self, close: u8) -> LiteralRead<()> {
        if self.take_after_space(b',') || self.peek() == Some(close) { Ok(()) } else { Err(LiteralStop::NoLiteral) }
    }

    fn word(&mut self) -> LiteralRead<Value<'a>> {
        let rest = &self.text[self.place..];
        let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        let value = match &rest[..length] {
            "True" => Value::Bool(true),
            "False" => Value::Bool(false),
            "None" => Value::None,
            _ => return Err(LiteralStop::NoLiteral),
        };
        self.place += length;
        Ok(value)
    }

    fn signed(&mut self) -> LiteralRead<Value<'a>> {
        let (start, negative) = (self.place, self.peek() == Some(b'-'));
        self.place += 1;
        self.space();
        if !matches!(self.peek(), Some(b'0'..=b'9' | b'.')) {
            return Err(LiteralStop::NoLiteral);
        }
        let digits = self.place;
        let value = self.number(digits)?;
        match value {
            // The sign belongs to the digits: `-9223372036854775808` has 64 bits, and canonical text is borrowed.
            Value::BigInt(_) if negative && start + 1 == digits => {
                let signed = &self.text[start..self.place];
                Ok(match integer(self.arena, signed)? {
                    Some(value) => value,
                    None => crate::value::ops::negate(self.arena, value)?,
                })
            }
            value if negative => Ok(crate::value::ops::negate(self.arena, value)?),
            value => Ok(value),
        }
    }

    fn number(&mut self, start: usize) -> LiteralRead<Value<'a>> {
        let token = number_token(&self.text[start..]);
        self.place = start + token.len();
        if token.bytes().all(|byte| byte.is_ascii_digit()) && !token.starts_with('0') {
            return integer(self.arena, token)?.ok_or(LiteralStop::NoLiteral);
        }
        if let Some(value) = parse_int(self.arena, token, 0)? {
            return Ok(value);
        }
        let float = token.contains(['.', 'e', 'E']).then(|| parse_float(token)).flatten();
        float.map(Value::Float).ok_or(LiteralStop::NoLiteral)
    }

    /// One text, or several side by side that are one.
    fn texts(&mut self) -> LiteralRead<Value<'a>> {
        let first = self.piece()?;
        let mut joined: Option<ArenaString<'a>> = None;
        loop {
            self.space();
            let rest = &self.text.as_bytes()[self.place..];
            if !matches!(rest, [b'"' | b'\'', ..] | [b'r' | b'R' | b'u' | b'U', b'"' | b'\'', ..]) {
                break;
            }
            let next = self.piece()?;
            let joined = joined.get_or_insert_with(|| ArenaString::from_str_in(first, self.arena.bump()));
            self.arena.spend(next.len() as u64)?;
            joined.push_str(next);
        }
        Ok(Value::Text(joined.map_or(first, ArenaString::into_bump_str)))
    }

    fn piece(&mut self) -> LiteralRead<&'a str> {
        let raw = matches!(self.peek(), Some(b'r' | b'R'));
        if matches!(self.peek(), Some(b'r' | b'R' | b'u' | b'U')) {
            self.place += 1;
        }
        let rest = &self.text[self.place..];
        let (body, length) = quoted(rest).ok_or(LiteralStop::NoLiteral)?;
        self.place += length;
        if raw || !body.contains('\\') { Ok(body) } else { unescape(self.arena, body)?.ok_or(LiteralStop::NoLiteral) }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.place).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.place += usize::from(found);
        found
    }

    fn take_after_space(&mut self, byte: u8) -> bool {
        self.space();
        self.take(byte)
    }

    /// Passes over blanks, comments and continued lines; over line ends only within brackets.
    fn space(&mut self) {
        let bytes = self.text.as_bytes();
        loop {
            match &bytes[self.place..] {
                [b' ' | b'\t' | 0xc, ..] => self.place += 1,
                [b'\n', ..] if self.depth > 0 => self.place += 1,
                [b'\\', b'\n', _, ..] => self.place += 2,
                [b'#', comment @ ..] => {
                    let length = comment.iter().position(|&byte| byte == b'\n').unwrap_or(comment.len());
                    if comment[..length].contains(&0) {
                        return;
                    }
                    self.place += 1 + length;
                }
                _ => return,
            }
        }
    }
}

/// The longest beginning that may be a number: letters belong to it, so that `1x` is none.
fn number_token(text: &str) -> &str {
    let hexadecimal = matches!(text.as_bytes(), [b'0', b'x' | b'X', ..]);
    let mut last = 0;
    let length = text.bytes().take_while(|&byte| {
        let signed_exponent = matches!(byte, b'-' | b'+') && matches!(last, b'e' | b'E') && !hexadecimal;
        last = byte;
        signed_exponent || byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_')
    });
    &text[..length.count()]
}

/// The body of the text that opens here, and the length with its quotes.
fn quoted(text: &str) -> Option<(&str, usize)> {
    let triple = text.starts_with("\"\"\"") || text.starts_with("'''");
    let quotes = text.get(..if triple { 3 } else { 1 }).filter(|quotes| quotes.starts_with(['"', '\'']))?;
    let mut place = quotes.len();
    loop {
        match text.as_bytes().get(place)? {
            0 => return None,
            b'\n' if !triple => return None,
            b'\\' => place += 1 + text.get(place + 1..)?.chars().next()?.len_utf8(),
            _ if text.as_bytes()[place..].starts_with(quotes.as_bytes()) => {
                return Some((&text[quotes.len()..place], place + quotes.len()));
            }
            _ => place += 1,
        }
    }
}
