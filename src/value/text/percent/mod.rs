//! Python's `%` formatting of text.

mod float;
mod spec;

use super::show::{Repr, Str, show_code};
use super::string;
use crate::value::ops::Number;
use crate::value::{Arena, Fault, FaultCode, Value};
use bumpalo::collections::String as ArenaString;
use spec::{FormatSpec, precision};
use std::borrow::Cow;

/// `format % arguments`: a tuple holds several arguments, a dict is looked up by `%(name)s`, all else is one argument.
///
/// # Errors
/// Type and value, as Python; lookup, for a name that a dict lacks; undefined, for a number that is; limit.
pub fn percent<'a>(arena: &'a Arena, format: &str, arguments: Value<'a>) -> Result<Value<'a>, Fault> {
    let mut filler = Filler { arena, arguments, used: 0, out: ArenaString::new_in(arena.bump()) };
    let mut rest = format;
    while let Some((before, behind)) = rest.split_once('%') {
        filler.push(before)?;
        rest = filler.directive(behind)?;
    }
    filler.push(rest)?;
    filler.finish()
}

struct Filler<'a> {
    arena: &'a Arena,
    arguments: Value<'a>,
    used: usize,
    out: ArenaString<'a>,
}

impl<'a> Filler<'a> {
    /// Fills one directive in and gives what is behind it.
    fn directive<'f>(&mut self, text: &'f str) -> Result<&'f str, Fault> {
        if let Some(rest) = text.strip_prefix('%') {
            self.push("%")?;
            return Ok(rest);
        }
        let (named, mut rest) = match text.strip_prefix('(') {
            Some(text) => {
                let (name, rest) = name(text)?;
                (Some(self.named(name)?), rest)
            }
            None => (None, text),
        };
        let mut spec = FormatSpec::default();
        rest = spec.flags(rest);
        if let Some(width) = self.size(&mut rest)? {
            spec.left |= width < 0;
            spec.width = usize::try_from(width.unsigned_abs()).unwrap_or(usize::MAX);
        }
        if let Some(behind) = rest.strip_prefix('.') {
            rest = behind;
            let precision = self.size(&mut rest)?.unwrap_or(0);
            spec.precision = Some(usize::try_from(precision).unwrap_or(0));
        }
        rest = rest.strip_prefix(['h', 'l', 'L']).unwrap_or(rest);
        let kind = rest.chars().next().ok_or_else(|| Fault::new(FaultCode::Value, "incomplete format"))?;
        let value = named.map_or_else(|| self.next(), Ok)?;
        self.convert(&spec, kind, value)?;
        Ok(&rest[kind.len_utf8()..])
    }

    fn convert(&mut self, spec: &FormatSpec, kind: char, value: Value<'a>) -> Result<(), Fault> {
        match kind {
            's' => {
                let text = string(self.arena, value)?;
                self.text(spec, text)
            }
            'r' => {
                let text = self.arena.format(format_args!("{}", Repr(value)))?;
                self.text(spec, text)
            }
            'a' => {
                let text = self.arena.format(format_args!("{}", Repr(value)))?;
                self.text(spec, &ascii(text))
            }
            'c' => self.text(&FormatSpec { precision: None, ..*spec }, &character(value)?),
            'd' | 'i' | 'u' | 'x' | 'X' | 'o' => {
                let (negative, digits) = self.integer(kind, value)?;
                self.number(spec, negative, integer_prefix(spec, kind), &at_least(&digits, spec.precision)?)
            }
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
                let number = double(value)?;
                let shown = float::float(spec, kind, number.abs())?;
                self.number(spec, number.is_sign_negative() && !number.is_nan(), "", &shown)
            }
            other => Err(Fault::new(FaultCode::Value, format!("unsupported format character {other:?}"))),
        }
    }

    fn next(&mut self) -> Result<Value<'a>, Fault> {
        let value = match self.arguments {
            Value::List(list) if list.is_tuple() => list.at(self.used),
            single => (self.used == 0).then_some(single),
        };
        self.used += 1;
        value.ok_or_else(|| Fault::new(FaultCode::Type, "not enough arguments for format string"))
    }

    fn named(&mut self, name: &str) -> Result<Value<'a>, Fault> {
        match self.arguments {
            Value::Map(map) => {
                // Python turns to the single argument here, and takes it as used.
                self.used = 1;
                map.get_text(name).ok_or_else(|| Fault::new(FaultCode::Lookup, format!("no key '{name}' to format")))
            }
            _ => Err(Fault::new(FaultCode::Type, "format requires a mapping")),
        }
    }

    /// A width or precision: digits, or `*` for the next argument.
    fn size(&mut self, rest: &mut &str) -> Result<Option<i64>, Fault> {
        if let Some(behind) = rest.strip_prefix('*') {
            *rest = behind;
            return match self.next()? {
                Value::Int(size) => Ok(Some(size)),
                Value::Bool(size) => Ok(Some(i64::from(size))),
                _ => Err(Fault::new(FaultCode::Type, "* wants an integer")),
            };
        }
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, behind) = rest.split_at(length);
        *rest = behind;
        Ok((length > 0).then(|| digits.parse().unwrap_or(i64::MAX)))
    }

    /// The digits of an integer in the base of its directive, and whether it is negative.
    fn integer(&self, kind: char, value: Value<'_>) -> Result<(bool, String), Fault> {
        let decimal = matches!(kind, 'd' | 'i' | 'u');
        let number = match Number::of(value) {
            Some(Number::Float(_)) if !decimal => None,
            number => number,
        };
        let wanted = if decimal { "a real number" } else { "an integer" };
        let number = number.ok_or_else(|| not_a(wanted, kind, value))?;
        if let (Number::Int(number), true) = (number, decimal) {
            return Ok((number < 0, number.unsigned_abs().to_string()));
        }
        let integer = number.to_big()?;
        self.arena.spend(integer.bits())?;
        let digits = integer.magnitude().to_str_radix(match kind {
            'x' | 'X' => 16,
            'o' => 8,
            _ => 10,
        });
        let digits = if kind == 'X' { digits.to_uppercase() } else { digits };
        Ok((integer.sign() == num_bigint::Sign::Minus, digits))
    }

    /// A number behind its sign, filled up with zeros where the flag asks for it.
    fn number(&mut self, spec: &FormatSpec, negative: bool, prefix: &str, digits: &str) -> Result<(), Fault> {
        let sign = match (negative, spec.plus, spec.blank) {
            (true, ..) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            (false, false, false) => "",
        };
        let missing = spec.width.saturating_sub(sign.len() + prefix.len() + digits.len());
        let (blanks, zeros) = if spec.zero && !spec.left { (0, missing) } else { (missing, 0) };
        self.fill(" ", if spec.left { 0 } else { blanks })?;
        self.push(sign)?;
        self.push(prefix)?;
        self.fill("0", zeros)?;
        self.push(digits)?;
        self.fill(" ", if spec.left { blanks } else { 0 })
    }

    fn text(&mut self, spec: &FormatSpec, text: &str) -> Result<(), Fault> {
        let end = spec.precision.and_then(|most| text.char_indices().nth(most)).map_or(text.len(), |(end, _)| end);
        let text = &text[..end];
        let missing = if spec.width == 0 { 0 } else { spec.width.saturating_sub(text.chars().count()) };
        self.fill(" ", if spec.left { 0 } else { missing })?;
        self.push(text)?;
        self.fill(" ", if spec.left { missing } else { 0 })
    }

    fn push(&mut self, text: &str) -> Result<(), Fault> {
        self.arena.spend(text.len() as u64)?;
        self.out.push_str(text);
        Ok(())
    }

    fn fill(&mut self, with: &str, count: usize) -> Result<(), Fault> {
        self.arena.check(count as u64)?;
        (0..count).try_for_each(|_| self.push(with))
    }

    /// Python minds arguments that were not used, except where the one argument is a container.
    fn finish(self) -> Result<Value<'a>, Fault> {
        let unused = match self.arguments {
            Value::List(list) => list.is_tuple() && self.used < list.len(),
            Value::Map(_) | Value::Match(_) => false,
            _ => self.used == 0,
        };
        if unused {
            return Err(Fault::new(FaultCode::Type, "not all arguments converted during string formatting"));
        }
        Ok(Value::Text(self.out.into_bump_str()))
    }
}

impl FormatSpec {
    fn flags<'f>(&mut self, text: &'f str) -> &'f str {
        let behind = text.trim_start_matches(['-', '+', ' ', '#', '0']);
        for flag in text[..text.len() - behind.len()].bytes() {
            match flag {
                b'-' => self.left = true,
                b'+' => self.plus = true,
                b' ' => self.blank = true,
                b'#' => self.alternate = true,
                _ => self.zero = true,
            }
        }
        behind
    }
}

/// The name up to the parenthesis that closes it, and what is behind; parentheses within pair up.
fn name(text: &str) -> Result<(&str, &str), Fault> {
    let mut open = 1;
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => open += 1,
            b')' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return Ok((&text[..place], &text[place + 1..]));
        }
    }
    Err(Fault::new(FaultCode::Value, "incomplete format key"))
}

fn integer_prefix(spec: &FormatSpec, kind: char) -> &'static str {
    match kind {
        'x' if spec.alternate => "0x",
        'X' if spec.alternate => "0X",
        'o' if spec.alternate => "0o",
        _ => "",
    }
}

fn at_least(digits: &str, count: Option<usize>) -> Result<Cow<'_, str>, Fault> {
    match count {
        Some(count) if count > digits.len() => Ok(format!("{digits:0>0$}", precision(count)?).into()),
        _ => Ok(digits.into()),
    }
}

fn double(value: Value<'_>) -> Result<f64, Fault> {
    match (Number::of(value), value) {
        (Some(number), _) => number.to_float(),
        (None, _) => Err(not_a("a real number", 'f', value)),
    }
}

fn not_a(wanted: &str, kind: char, value: Value<'_>) -> Fault {
    match value {
        Value::Undefined => Fault::new(FaultCode::Undefined, format!("the argument of %{kind} is undefined")),
        _ => Fault::new(FaultCode::Type, format!("%{kind} wants {wanted}, not {}", value.type_name())),
    }
}

fn character(value: Value<'_>) -> Result<String, Fault> {
    let beyond = || Fault::new(FaultCode::Value, "the argument of %c is beyond Unicode");
    match (Number::of(value), value) {
        (Some(Number::Int(code)), _) => match u32::try_from(code).ok().filter(|&code| code <= 0x10_ffff) {
            Some(code) => Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER).to_string()),
            None => Err(beyond()),
        },
        (Some(Number::Big(_)), _) => Err(beyond()),
        (_, Value::Text(text)) if text.chars().take(2).count() == 1 => Ok(Str(value).to_string()),
        _ => Err(Fault::new(FaultCode::Type, "%c wants an integer or one character")),
    }
}

/// Escapes all that is not ASCII.
fn ascii(text: &str) -> String {
    let mut shown = String::new();
    for character in text.chars() {
        if character.is_ascii() {
            shown.push(character);
        } else {
            // Writing to a `String` cannot fail.
            let _ = show_code(&mut shown, u32::from(character));
        }
    }
    shown
}
