//! Numbers of JSON: integers of any size, doubles, and the words that Python has for doubles.

use super::cursor::{Cursor, JsonDialect, Read};
use super::error::Problem;
use crate::value::Value;
use crate::value::text::DIGITS;

impl<'t> Cursor<'t, '_> {
    /// A number. An integer beyond 64 bits, signed or unsigned, is the largest or smallest that 64 bits hold.
    pub(super) fn number(&mut self) -> Read<Value<'t>> {
        let start = self.place;
        if self.passes_integer()? {
            return self.integer(start);
        }
        // Python's words are words of Rust, too.
        Ok(Value::Float(self.since(start).parse().unwrap_or(f64::NAN)))
    }

    /// Passes over a number, and checks its grammar.
    pub(super) fn skip_number(&mut self) -> Read<()> {
        self.passes_integer().map(drop)
    }

    /// Passes over a number; whether it is an integer.
    #[inline]
    fn passes_integer(&mut self) -> Read<bool> {
        let start = self.place;
        self.takes(b'-');
        let first = self.place;
        if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return self.python_word(start).map(|()| false);
        }
        self.digits()?;
        if self.place - first > 1 && self.text.as_bytes()[first] == b'0' {
            self.place = first + 1;
            return self.stop(Problem::LeadingZero);
        }
        if !matches!(self.peek(), Some(b'.' | b'e' | b'E')) {
            return Ok(true);
        }
        if self.takes(b'.') {
            self.digits()?;
        }
        if self.takes(b'e') || self.takes(b'E') {
            let _sign = self.takes(b'-') || self.takes(b'+');
            self.digits()?;
        }
        Ok(false)
    }

    /// Takes one digit or more.
    #[inline]
    fn digits(&mut self) -> Read<()> {
        let start = self.place;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.place += 1;
        }
        if self.place > start { Ok(()) } else { self.stop(Problem::NoDigit) }
    }

    /// The integer that was passed over since a place.
    #[inline]
    fn integer(&mut self, start: usize) -> Read<Value<'t>> {
        // Longer ones may not fit; those up to here do.
        const LONGEST: usize = 18;
        let written = &self.text.as_bytes()[start..self.place];
        let digits = written.strip_prefix(b"-").unwrap_or(written);
        if digits.len() > LONGEST {
            return self.long_integer(start, digits.len());
        }
        let number = digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
        Ok(Value::Int(if digits.len() < written.len() { -number } else { number }))
    }

    #[cold]
    fn long_integer(&mut self, start: usize, digits: usize) -> Read<Value<'t>> {
        if digits > DIGITS {
            self.place = start;
            return self.stop(Problem::LongInteger);
        }
        let text = self.since(start);
        if let Ok(number) = text.parse() {
            return Ok(Value::Int(number));
        }
        // An integer of 64 bits without a sign keeps its digits (1 recorded pair).
        let value = Value::BigInt(text);
        Ok(if text.parse::<u64>().is_ok() { value } else { value.held_to_64_bits() })
    }

    /// Passes over a number in words that stands at `start`; the cursor is behind its sign.
    #[cold]
    fn python_word(&mut self, start: usize) -> Read<()> {
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        let found = ["NaN", "Infinity", "-Infinity"].into_iter().find(|word| rest.starts_with(word.as_bytes()));
        match found {
            Some(word) if self.dialect == JsonDialect::Python => {
                self.place = start + word.len();
                Ok(())
            }
            _ => self.stop(if self.place > start { Problem::NoDigit } else { Problem::NoValue }),
        }
    }
}
