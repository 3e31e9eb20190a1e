//! Strings of JSON: borrowed where they have no escape, else put together.

use super::cursor::{Cursor, JsonDialect, Read};
use super::error::Problem;
use std::borrow::Cow;
use std::fmt::Write;

impl<'t> Cursor<'t, '_> {
    /// The text of a string at a place, and where it ends; `None` where there is none, or it has an escape.
    #[inline(always)]
    pub(super) fn plain_string(&self, place: usize) -> Option<(&'t str, usize)> {
        let bytes = self.text.as_bytes();
        if bytes.get(place) != Some(&b'"') {
            return None;
        }
        let (start, end) = (place + 1, self.next_structural(place + 1)?);
        if bytes.get(end) != Some(&b'"') {
            return None;
        }
        // SAFETY: before the start and at the end stand quotes, as was just seen, and so both are boundaries of characters.
        // The end was sought from the start on, and so it is not before it.
        #[allow(unsafe_code)]
        let text = unsafe { self.text.get_unchecked(start..end) };
        Some((text, end + 1))
    }

    /// A string from its quote on, where one must be.
    pub(super) fn string(&mut self) -> Read<Cow<'t, str>> {
        if let Some((text, end)) = self.plain_string(self.place) {
            self.place = end;
            return Ok(Cow::Borrowed(text));
        }
        let mut text = self.open_string()?.to_owned();
        self.unescape(&mut text)?;
        Ok(Cow::Owned(text))
    }

    /// Passes over a string, and checks its grammar.
    #[inline]
    pub(super) fn skip_string(&mut self) -> Read<()> {
        self.open_string()?;
        while !self.takes(b'"') {
            if !self.takes(b'\\') {
                return self.stop(Problem::Control);
            }
            if self.takes(b'u') {
                self.hex_digits()?;
            } else {
                self.short_escape()?;
            }
            self.pass_plain()?;
        }
        Ok(())
    }

    /// Takes a quote, and what stands before the first escape or the end.
    #[inline]
    pub(super) fn open_string(&mut self) -> Read<&'t str> {
        if !self.takes(b'"') {
            return self.stop(Problem::NoKey);
        }
        self.pass_plain()
    }

    /// Appends what a string says, from its first escape on.
    #[inline(never)]
    pub(super) fn unescape(&mut self, out: &mut impl Write) -> Read<()> {
        while !self.takes(b'"') {
            if !self.takes(b'\\') {
                return self.stop(Problem::Control);
            }
            let character = if self.takes(b'u') { self.code_point()? } else { self.short_escape()? };
            let plain = self.pass_plain()?;
            // Writing to a text cannot fail.
            let _ = out.write_char(character).and_then(|()| out.write_str(plain));
        }
        Ok(())
    }

    /// The character of an escape of one letter.
    #[inline]
    fn short_escape(&mut self) -> Read<char> {
        let character = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            _ => return self.stop(Problem::Escape),
        };
        self.place += 1;
        Ok(character)
    }

    /// The character of an escape by number, from behind its `\u` on.
    fn code_point(&mut self) -> Read<char> {
        let unit = self.hex_digits()?;
        if let Some(character) = char::from_u32(unit) {
            return Ok(character);
        }
        match (unit, self.escaped_unit()) {
            (0xd800..=0xdbff, Some(low @ 0xdc00..=0xdfff)) => {
                self.place += r"\uXXXX".len();
                let code = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
            }
            _ if self.dialect == JsonDialect::Python => Ok(char::REPLACEMENT_CHARACTER),
            _ => {
                self.place -= r"\uXXXX".len();
                self.stop(Problem::Surrogate)
            }
        }
    }

    /// Takes four hexadecimal digits.
    fn hex_digits(&mut self) -> Read<u32> {
        let Some(unit) = self.unit(self.place) else { return self.stop(Problem::HexDigits) };
        self.place += 4;
        Ok(unit)
    }

    /// What an escape by number says that stands here.
    fn escaped_unit(&self) -> Option<u32> {
        let is_one = self.text.as_bytes().get(self.place..)?.starts_with(br"\u");
        if is_one { self.unit(self.place + 2) } else { None }
    }

    /// What four hexadecimal digits at a place say.
    fn unit(&self, place: usize) -> Option<u32> {
        let digits = self.text.as_bytes().get(place..)?.first_chunk::<4>()?;
        digits.iter().try_fold(0, |unit, digit| Some(unit << 4 | char::from(*digit).to_digit(16)?))
    }
}
