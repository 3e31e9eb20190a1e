//! Dates in a notation that a spec gives, in the directives of Python's `strptime`.

use super::clock::{Civil, Moment};
use super::rfc3339::{digits, microseconds};
use super::zone::{Zone, offset};
use crate::pattern::Pattern;
use crate::value::{Fault, FaultCode};

/// A compiled format.
#[derive(Debug)]
pub struct Format {
    written: String,
    pattern: Pattern,
    /// The directive of each group.
    directives: Vec<char>,
}

/// Directives with what they match, as CPython 3.11's `_strptime`.
const DIRECTIVES: &[(char, &str)] = &[
    ('a', "mon|tue|wed|thu|fri|sat|sun"),
    ('A', "monday|tuesday|wednesday|thursday|friday|saturday|sunday"),
    ('b', SHORT_MONTHS),
    ('h', SHORT_MONTHS),
    ('B', LONG_MONTHS),
    ('d', "3[01]|[12][0-9]|0[1-9]|[1-9]| [1-9]"),
    ('f', "[0-9]{1,6}"),
    ('H', "2[0-3]|[01][0-9]|[0-9]"),
    ('I', "1[0-2]|0[1-9]|[1-9]"),
    ('j', "36[0-6]|3[0-5][0-9]|[12][0-9][0-9]|0[1-9][0-9]|00[1-9]|[1-9][0-9]|0[1-9]|[1-9]"),
    ('m', "1[0-2]|0[1-9]|[1-9]"),
    ('M', "[0-5][0-9]|[0-9]"),
    ('p', "am|pm"),
    ('S', "6[01]|[0-5][0-9]|[0-9]"),
    ('w', "[0-6]"),
    ('y', "[0-9]{2}"),
    ('Y', "[0-9]{4}"),
    ('z', "[+-][0-9]{2}:?[0-5][0-9](?::?[0-5][0-9](?:\\.[0-9]{1,6})?)?|z"),
    ('Z', "[a-z]{1,5}"),
];
const SHORT_MONTHS: &str = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec";
const LONG_MONTHS: &str = "january|february|march|april|may|june|july|august|september|october|november|december";
/// Directives that stand for several.
const COMPOUND: &[(char, &str)] = &[
    ('c', "%a %b %d %H:%M:%S %Y"),
    ('D', "%m/%d/%y"),
    ('F', "%Y-%m-%d"),
    ('R', "%H:%M"),
    ('T', "%H:%M:%S"),
    ('x', "%m/%d/%y"),
    ('X', "%H:%M:%S"),
];
/// The longest format, in bytes.
const LONGEST: usize = 1024;

impl Format {
    /// Compiles a format.
    ///
    /// # Errors
    /// Parse, for a directive that is none; limit, for a format that is too long.
    pub fn new(written: &str) -> Result<Self, Fault> {
        if written.len() > LONGEST {
            return Err(Fault::new(FaultCode::Limit, format!("a date's format is longer than {LONGEST} bytes")));
        }
        let mut directives = Vec::new();
        let mut pattern = String::from("(?i)");
        append(written, &mut pattern, &mut directives)?;
        Ok(Format { written: written.to_owned(), pattern: Pattern::new(&pattern)?, directives })
    }

    /// The format as it was given.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// Reads a whole text; a year that the format lacks is that of `now`.
    pub fn read(&self, text: &str, zone: Option<&Zone>, now: i64) -> Option<Moment> {
        let groups = self.pattern.find_just_at(text, 0).ok()??;
        if groups.first()?.as_ref()?.end != text.len() {
            return None;
        }
        let today = Civil::midnight(now);
        let mut read =
            Read { civil: Civil { month: 1, day: 1, ..today }, afternoon: None, day_of_year: None, offset: None };
        for (index, directive) in self.directives.iter().enumerate() {
            let part = text.get(groups.get(index + 1)?.clone()?)?;
            read.set(*directive, part)?;
        }
        read.moment(zone)
    }
}

fn append(format: &str, pattern: &mut String, directives: &mut Vec<char>) -> Result<(), Fault> {
    let mut characters = format.chars().peekable();
    while let Some(c) = characters.next() {
        if c.is_whitespace() {
            while characters.next_if(|c| c.is_whitespace()).is_some() {}
            pattern.push_str("\\s+");
        } else if c != '%' {
            push_literal(c, pattern);
        } else {
            directive(characters.next(), pattern, directives)?;
        }
    }
    Ok(())
}

fn directive(name: Option<char>, pattern: &mut String, directives: &mut Vec<char>) -> Result<(), Fault> {
    let known = |table: &'static [(char, &'static str)]| {
        name.and_then(|name| table.iter().find(|(known, _)| *known == name)).copied()
    };
    if name == Some('%') {
        pattern.push('%');
    } else if let Some((name, matched)) = known(DIRECTIVES) {
        directives.push(name);
        pattern.push_str(&format!("({matched})"));
    } else if let Some((_, directive)) = known(COMPOUND) {
        append(directive, pattern, directives)?;
    } else {
        let name = name.map_or_else(String::new, String::from);
        return Err(Fault::new(FaultCode::Parse, format!("`%{name}` is no directive of a date's format")));
    }
    Ok(())
}

fn push_literal(c: char, pattern: &mut String) {
    if c.is_ascii_punctuation() {
        pattern.push('\\');
    }
    pattern.push(c);
}

/// What the directives said.
#[derive(Debug)]
struct Read {
    civil: Civil,
    afternoon: Option<bool>,
    day_of_year: Option<i64>,
    offset: Option<i64>,
}

impl Read {
    fn set(&mut self, directive: char, part: &str) -> Option<()> {
        let number = digits(part.trim().as_bytes());
        match directive {
            'Y' => self.civil.year = number?,
            // POSIX: 69 to 99 are of the twentieth century.
            'y' => self.civil.year = number? + if number? >= 69 { 1900 } else { 2000 },
            'm' => self.civil.month = number?,
            'b' | 'h' => self.civil.month = place(SHORT_MONTHS, part)?,
            'B' => self.civil.month = place(LONG_MONTHS, part)?,
            'd' => self.civil.day = number?,
            'j' => self.day_of_year = number,
            'H' | 'I' => self.civil.hour = number?,
            'p' => self.afternoon = Some(part.eq_ignore_ascii_case("pm")),
            'M' => self.civil.minute = number?,
            'S' => self.civil.second = number?,
            'f' => self.civil.microsecond = microseconds(part.as_bytes())?,
            'z' => self.offset = Some(full_offset(part)?),
            'Z' if matches!(&*part.to_ascii_uppercase(), "UTC" | "GMT" | "Z") => self.offset = Some(0),
            // The day of the week, and a zone's name, of which several zones may share one: read over.
            _ => {}
        }
        Some(())
    }

    fn moment(mut self, zone: Option<&Zone>) -> Option<Moment> {
        match (self.afternoon, self.civil.hour) {
            (Some(false), 12) => self.civil.hour = 0,
            (Some(true), 0..12) => self.civil.hour += 12,
            _ => {}
        }
        if let Some(day) = self.day_of_year {
            self.civil = Civil { month: 1, day: 1, ..self.civil }.later(day - 1);
        }
        self.civil.moment(self.offset, zone)
    }
}

/// An offset with optional seconds, whose fraction is of no account.
fn full_offset(part: &str) -> Option<i64> {
    let plain: String = part.chars().filter(|c| *c != ':').collect();
    if plain.len() <= 5 {
        return offset(&plain);
    }
    let minutes = offset(plain.get(..5)?)?;
    let seconds = digits(plain.get(5..7)?.as_bytes())?;
    Some(if plain.starts_with('-') { minutes - seconds } else { minutes + seconds })
}

fn place(words: &str, word: &str) -> Option<i64> {
    words.split('|').position(|known| known.eq_ignore_ascii_case(word)).map(|place| place as i64 + 1)
}
