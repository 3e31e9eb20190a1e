//! Numbers of JSON: integers of any size, doubles, and the words that Python has for doubles.

use super::cursor::{Cursor, Dialect, Read};
use super::error::Problem;
use crate::value::Value;
use crate::value::text::DIGITS;

/// What kind of number was passed over.
enum Form {
    Integer,
    Double,
    /// A word of Python.
    Word(f64),
}

impl<'t> Cursor<'t, '_> {
    /// A number. An integer beyond 64 bits, signed or unsigned, is the largest or smallest that 64 bits hold.
    pub(super) fn number(&mut self) -> Read<Value<'t>> {
        let start = self.place;
        match self.form()? {
            Form::Integer => self.integer(start),
            Form::Double => Ok(Value::Float(self.since(start).parse().unwrap_or(f64::NAN))),
            Form::Word(value) => Ok(Value::Float(value)),
        }
    }

    /// Passes over a number, and checks its grammar.
    pub(super) fn skip_number(&mut self) -> Read<()> {
        self.form().map(drop)
    }

    #[inline]
    fn form(&mut self) -> Read<Form> {
        let start = self.place;
        self.takes(b'-');
        let first = self.place;
        if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return self.python_word(start).map(Form::Word);
        }
        self.digits()?;
        if self.place - first > 1 && self.text.as_bytes()[first] == b'0' {
            self.place = first + 1;
            return self.stop(Problem::LeadingZero);
        }
        if !matches!(self.peek(), Some(b'.' | b'e' | b'E')) {
            return Ok(Form::Integer);
        }
        if self.takes(b'.') {
            self.digits()?;
        }
        if self.takes(b'e') || self.takes(b'E') {
            let _sign = self.takes(b'-') || self.takes(b'+');
            self.digits()?;
        }
        Ok(Form::Double)
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
        let text = self.since(start);
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.len() > LONGEST {
            return self.long_integer(text, digits);
        }
        let number = digits.bytes().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
        Ok(Value::Int(if digits.len() < text.len() { -number } else { number }))
    }

    #[cold]
    fn long_integer(&mut self, text: &'t str, digits: &str) -> Read<Value<'t>> {
        if digits.len() > DIGITS {
            self.place -= text.len();
            return self.stop(Problem::LongInteger);
        }
        if let Ok(number) = text.parse() {
            return Ok(Value::Int(number));
        }
        // An integer of 64 bits without a sign keeps its digits (1 recorded pair).
        let value = Value::BigInt(text);
        Ok(if text.parse::<u64>().is_ok() { value } else { value.held_to_64_bits() })
    }

    /// A number in words that stands at `start`; the cursor is behind its sign.
    #[cold]
    fn python_word(&mut self, start: usize) -> Read<f64> {
        let words = [("NaN", f64::NAN), ("Infinity", f64::INFINITY), ("-Infinity", f64::NEG_INFINITY)];
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        match words.into_iter().find(|(word, _)| rest.starts_with(word.as_bytes())) {
            Some((word, value)) if self.dialect == Dialect::Python => {
                self.place = start + word.len();
                Ok(value)
            }
            _ => self.stop(if self.place > start { Problem::NoDigit } else { Problem::NoValue }),
        }
    }
}
