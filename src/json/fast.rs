//! Reads common JSON at once; whatever is not common is left to the exact reader.
//!
//! It takes what [`super::read`] takes in the same way, or gives up without a trace: on a mistake, on what Python alone
//! reads, on integers beyond 64 bits, on a negative zero, on nesting. So errors and rare documents have one home.

use super::wanted::Child;
use super::{DEPTH, Order, Wanted, marks};
use crate::value::{Arena, INT_BOUND, Value};
use bumpalo::collections::String as ArenaString;
use std::cell::Cell;

/// The document as far as it is wanted, or `None` where another reader must look. With `cells`, the parts of a dict that
/// are wanted go there by their numbers, and the dict stays empty.
pub(super) fn read<'a>(
    arena: &'a Arena,
    text: &'a str,
    wanted: &Wanted,
    cells: Option<(&[Cell<Value<'a>>], &Order)>,
) -> Option<Value<'a>> {
    arena.owe(text.len() / MARKED);
    let marks = marks::index(text.as_bytes(), arena.bump());
    let mut reader = Reader { arena, text, marks, place: 0 };
    reader.space();
    let value = match cells {
        Some((cells, order)) => {
            let part = Part { wanted, cells, order, before: 0, depth: 0 };
            reader.part(&part)?
        }
        None => reader.value(wanted, 0)?,
    };
    reader.space();
    (reader.place == text.len()).then_some(value)
}

/// For how many bytes of a document the marks take one.
const MARKED: usize = 8;

struct Reader<'a> {
    arena: &'a Arena,
    text: &'a str,
    /// Where strings end or are interrupted.
    marks: &'a [u64],
    place: usize,
}

/// A dict whose parts go to cells.
struct Part<'p, 'a> {
    wanted: &'p Wanted,
    /// The cells of the parts, by their numbers.
    cells: &'p [Cell<Value<'a>>],
    order: &'p Order,
    /// How many cells of the document are before these.
    before: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.place).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.place += 1;
        Some(byte)
    }

    fn takes(&mut self, byte: u8) -> bool {
        let takes = self.peek() == Some(byte);
        self.place += usize::from(takes);
        takes
    }

    #[inline(always)]
    fn space(&mut self) {
        while let Some(b'\0'..=b' ') = self.peek() {
            if !self.takes_space() {
                return;
            }
        }
    }

    fn takes_space(&mut self) -> bool {
        let takes = matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t'));
        self.place += usize::from(takes);
        takes
    }

    /// A value, from its first byte on.
    fn value(&mut self, wanted: &Wanted, depth: usize) -> Option<Value<'a>> {
        if self.peek()? == b'"' { self.string().map(Value::Text) } else { self.other(wanted, depth) }
    }

    /// A value that is no string.
    fn other(&mut self, wanted: &Wanted, depth: usize) -> Option<Value<'a>> {
        match self.peek()? {
            b'{' => self.map(wanted, depth),
            b'[' => self.list(depth),
            _ => self.scalar(),
        }
    }

    /// A value whose parts go to cells.
    ///
    /// PERF: `benches/guard.sh` (access_requests): the place is kept at hand while members come as most documents have them,
    /// without space, their keys and texts without escapes; 140 instructions a member, their values included, instead of 330.
    fn part(&mut self, part: &Part<'_, 'a>) -> Option<Value<'a>> {
        let Part { wanted, cells, order, before, depth } = *part;
        if self.peek()? != b'{' || wanted.is_whole() {
            return self.value(wanted, depth);
        }
        if self.opens([b'{', b'}'], depth)? {
            let (mut place, mut guess) = (self.place, order.below(before));
            loop {
                let child;
                (child, place) = self.child(wanted, guess, place)?;
                if let Some(child) = child {
                    guess = order.behind(before + child.wanted.number());
                }
                match (self.plain_string(place), child) {
                    (Some((text, end)), Some(child)) if child.wanted.nodes() == 0 => {
                        cells[child.wanted.number()].set(Value::Text(text));
                        place = end;
                    }
                    (Some((_, end)), None) => place = end,
                    _ => {
                        self.place = place;
                        self.space();
                        self.member(child, part)?;
                        place = self.place;
                    }
                }
                if self.text.as_bytes().get(place) == Some(&b',') && self.text.as_bytes().get(place + 1) == Some(&b'"')
                {
                    place += 1;
                    continue;
                }
                self.place = place;
                if !self.goes_on(b'}')? {
                    break;
                }
                place = self.place;
            }
        }
        Some(Value::Map(self.arena.map()))
    }

    /// What is read by the key at a place, and where the colon behind it ends. The guess is tried first, and then is what
    /// was right.
    #[inline(always)]
    fn child<'w>(&mut self, wanted: &'w Wanted, guess: &Cell<u16>, place: usize) -> Option<(Option<&'w Child>, usize)> {
        if let Some(child) = wanted.nth(guess.get().into())
            && let Some(end) = child.quoted.end(self.text.as_bytes(), place)
        {
            return Some((Some(child), end));
        }
        self.place = place;
        let found = wanted.place(self.key()?);
        // Of more parts than can be counted so, some are never guessed.
        found.inspect(|found| guess.set(*found as u16));
        Some((found.and_then(|found| wanted.nth(found)), self.place))
    }

    /// Reads or passes over the value of a member.
    #[inline(never)]
    fn member(&mut self, child: Option<&Child>, part: &Part<'_, 'a>) -> Option<()> {
        let Part { cells, order, before, depth, .. } = *part;
        let Some(child) = child else { return self.skip(depth + 1) };
        let cell = &cells[child.wanted.number()];
        if child.wanted.nodes() == 0 {
            cell.set(self.value(&child.wanted, depth + 1)?);
            return Some(());
        }
        let inner = child.wanted.cells(cells);
        // The last of two equal keys counts, with nothing of the first.
        inner.iter().for_each(|cell| cell.set(Value::Undefined));
        let before = before + child.wanted.number() + 1;
        cell.set(self.part(&Part { wanted: &child.wanted, cells: inner, order, before, depth: depth + 1 })?);
        Some(())
    }

    /// The text of a string at a place, and where it ends; `None` where there is none, or it has an escape.
    #[inline(always)]
    fn plain_string(&self, place: usize) -> Option<(&'a str, usize)> {
        let bytes = self.text.as_bytes();
        if bytes.get(place) != Some(&b'"') {
            return None;
        }
        let (start, end) = (place + 1, marks::next(self.marks, place + 1)?);
        if bytes.get(end) != Some(&b'"') {
            return None;
        }
        // SAFETY: before the start and at the end stand quotes, as was just seen, and so both are boundaries of characters.
        // The mark was sought from the start on, and so the end is not before it.
        #[allow(unsafe_code)]
        let text = unsafe { self.text.get_unchecked(start..end) };
        Some((text, end + 1))
    }

    fn map(&mut self, wanted: &Wanted, depth: usize) -> Option<Value<'a>> {
        let arena = self.arena;
        let map = arena.map_with_capacity(wanted.named());
        self.members(depth, |reader, key| {
            let Some(below) = wanted.below(key) else { return reader.skip(depth + 1) };
            let value = reader.value(below, depth + 1)?;
            map.insert(arena, Value::Text(key), value).ok()
        })?;
        Some(Value::Map(map))
    }

    /// The members of an object, each read by `member` from its value on.
    #[inline(always)]
    fn members(&mut self, depth: usize, mut member: impl FnMut(&mut Self, &'a str) -> Option<()>) -> Option<()> {
        self.sequence([b'{', b'}'], depth, |reader| {
            let key = reader.key()?;
            reader.space();
            member(reader, key)
        })
    }

    /// A key with the colon behind it.
    #[inline]
    fn key(&mut self) -> Option<&'a str> {
        let key = self.string()?;
        if !self.takes(b':') {
            self.space();
            return self.takes(b':').then_some(key);
        }
        Some(key)
    }

    /// What stands between two brackets with commas between.
    #[inline(always)]
    fn sequence(
        &mut self,
        [open, close]: [u8; 2],
        depth: usize,
        mut item: impl FnMut(&mut Self) -> Option<()>,
    ) -> Option<()> {
        if !self.opens([open, close], depth)? {
            return Some(());
        }
        loop {
            item(self)?;
            if !self.goes_on(close)? {
                return Some(());
            }
        }
    }

    /// Takes an opening bracket; whether anything stands behind it.
    fn opens(&mut self, [open, close]: [u8; 2], depth: usize) -> Option<bool> {
        if depth >= DEPTH || !self.takes(open) {
            return None;
        }
        self.space();
        Some(!self.takes(close))
    }

    /// Takes a comma, and space around it, or the closing bracket; whether it was the comma.
    #[inline]
    fn goes_on(&mut self, close: u8) -> Option<bool> {
        self.space();
        match self.next()? {
            b',' => {
                self.space();
                Some(true)
            }
            byte if byte == close => Some(false),
            _ => None,
        }
    }

    fn list(&mut self, depth: usize) -> Option<Value<'a>> {
        let list = self.arena.list_with_capacity(0);
        self.sequence([b'[', b']'], depth, |reader| {
            let item = reader.value(&Wanted::WHOLE, depth + 1)?;
            list.push(reader.arena, item).ok()
        })?;
        Some(Value::List(list))
    }

    /// Passes over a value, and checks its grammar.
    fn skip(&mut self, depth: usize) -> Option<()> {
        match self.peek()? {
            b'"' => self.skip_string(),
            b'{' => self.members(depth, |reader, _| reader.skip(depth + 1)),
            b'[' => self.sequence([b'[', b']'], depth, |reader| reader.skip(depth + 1)),
            _ => self.scalar().map(drop),
        }
    }

    fn skip_string(&mut self) -> Option<()> {
        self.place += 1;
        loop {
            self.place = self.mark()?;
            match self.next()? {
                b'"' => return Some(()),
                b'\\' => match self.next()? {
                    b'u' => self.code().map(drop)?,
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                    _ => return None,
                },
                _ => return None,
            }
        }
    }

    fn scalar(&mut self) -> Option<Value<'a>> {
        match self.peek()? {
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::None),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Option<Value<'a>> {
        self.text.as_bytes().get(self.place..)?.strip_prefix(word.as_bytes())?;
        self.place += word.len();
        Some(value)
    }

    fn number(&mut self) -> Option<Value<'a>> {
        let start = self.place;
        let is_negative = self.takes(b'-');
        let whole = self.digits()?;
        let (first, length) = (self.text.as_bytes()[whole], self.place - whole);
        if first == b'0' && (length > 1 || is_negative) {
            return None;
        }
        let is_integer = !matches!(self.peek(), Some(b'.' | b'e' | b'E'));
        if is_integer {
            // Longer ones may not fit; those up to here do.
            const LONGEST: usize = 18;
            if length > LONGEST {
                return self.text.get(start..self.place)?.parse().ok().map(Value::Int);
            }
            let digits = &self.text.as_bytes()[whole..self.place];
            let number = digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
            return Some(Value::Int(if is_negative { -number } else { number }));
        }
        if self.takes(b'.') {
            self.digits()?;
        }
        if self.takes(b'e') || self.takes(b'E') {
            let _sign = self.takes(b'-') || self.takes(b'+');
            self.digits()?;
        }
        let number: f64 = self.text.get(start..self.place)?.parse().ok()?;
        let is_exact = number.abs() < INT_BOUND && !(number == 0.0 && number.is_sign_negative());
        is_exact.then_some(Value::Float(number))
    }

    /// One digit or more; where they begin.
    fn digits(&mut self) -> Option<usize> {
        let start = self.place;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.place += 1;
        }
        (self.place > start).then_some(start)
    }

    /// A string from its quote on, borrowed where it has no escape.
    #[inline]
    fn string(&mut self) -> Option<&'a str> {
        if let Some((text, end)) = self.plain_string(self.place) {
            self.place = end;
            return Some(text);
        }
        if !self.takes(b'"') {
            return None;
        }
        self.escaped(self.place, self.mark()?)
    }

    /// The place of the next quote, backslash or control character.
    #[inline(always)]
    fn mark(&self) -> Option<usize> {
        marks::next(self.marks, self.place)
    }

    #[inline(never)]
    fn escaped(&mut self, start: usize, first: usize) -> Option<&'a str> {
        let mut text = ArenaString::with_capacity_in(2 * (first - start) + 16, self.arena.bump());
        text.push_str(self.text.get(start..first)?);
        self.place = first;
        while !self.takes(b'"') {
            if !self.takes(b'\\') {
                return None;
            }
            text.push(self.escape()?);
            let end = self.mark()?;
            text.push_str(self.text.get(self.place..end)?);
            self.place = end;
        }
        self.arena.spend(text.len() as u64).ok()?;
        Some(text.into_bump_str())
    }

    /// The character of an escape, from behind the backslash on; surrogates are left to the exact reader.
    fn escape(&mut self) -> Option<char> {
        Some(match self.next()? {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => char::from_u32(self.code()?)?,
            _ => return None,
        })
    }

    /// Four hexadecimal digits.
    fn code(&mut self) -> Option<u32> {
        let code = self.text.get(self.place..self.place + 4)?;
        self.place += 4;
        // `from_str_radix` takes a sign, too.
        let is_hexadecimal = code.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hexadecimal { u32::from_str_radix(code, 16).ok() } else { None }
    }
}
