//! Dates in a notation that a spec gives, in the directives of Python's `strptime`.

use super::civil::Civil;
use super::clock::Moment;
use super::fixed::{FixedFormat, FormatPart};
use super::rfc3339::{digits, microseconds};
use super::zone::{Zone, offset};
use crate::pattern::Pattern;
use crate::value::{Arena, Fault, FaultCode};
use std::borrow::Cow;

/// A compiled format.
#[derive(Debug)]
pub struct DateFormat {
    written: String,
    pattern: Pattern,
    /// The directive of each group.
    directives: Vec<char>,
    /// The same, where a pattern is needed for few texts.
    fixed: Option<FixedFormat>,
}

/// Directives with what they match, as CPython 3.11's `_strptime`.
const DIRECTIVES: &[(char, &str)] = &[
    ('a', SHORT_DAYS),
    ('A', LONG_DAYS),
    ('b', SHORT_MONTHS),
    ('h', SHORT_MONTHS),
    ('B', LONG_MONTHS),
    ('d', "3[01]|[12][0-9]|0[1-9]|[1-9]| [1-9]"),
    ('f', "[0-9]{1,6}"),
    ('G', "[0-9]{4}"),
    ('H', "2[0-3]|[01][0-9]|[0-9]"),
    ('I', "1[0-2]|0[1-9]|[1-9]"),
    ('j', "36[0-6]|3[0-5][0-9]|[12][0-9][0-9]|0[1-9][0-9]|00[1-9]|[1-9][0-9]|0[1-9]|[1-9]"),
    ('m', "1[0-2]|0[1-9]|[1-9]"),
    ('M', "[0-5][0-9]|[0-9]"),
    ('p', "am|pm"),
    ('S', "6[01]|[0-5][0-9]|[0-9]"),
    ('u', "[1-7]"),
    ('U', "5[0-3]|[0-4][0-9]|[0-9]"),
    ('V', "5[0-3]|0[1-9]|[1-4][0-9]|[0-9]"),
    ('w', "[0-6]"),
    ('W', "5[0-3]|[0-4][0-9]|[0-9]"),
    ('y', "[0-9]{2}"),
    ('Y', "[0-9]{4}"),
    ('z', "[+-][0-9]{2}:?[0-5][0-9](?::?[0-5][0-9](?:\\.[0-9]{1,6})?)?|z"),
    ('Z', "[a-z]{1,5}"),
];
const SHORT_DAYS: &str = "mon|tue|wed|thu|fri|sat|sun";
const LONG_DAYS: &str = "monday|tuesday|wednesday|thursday|friday|saturday|sunday";
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

impl DateFormat {
    /// Compiles a format.
    ///
    /// # Errors
    /// Parse, for a directive that is none; limit, for a format that is too long.
    pub fn new(written: &str) -> Result<Self, Fault> {
        if written.len() > LONGEST {
            return Err(Fault::new(FaultCode::Limit, format!("the date format is longer than {LONGEST} bytes")));
        }
        let mut parts = Vec::new();
        append(written, &mut parts)?;
        let pattern = Pattern::new(&pattern(&parts))?;
        let directives = parts.iter().filter_map(|part| match part {
            FormatPart::Directive(directive) => Some(*directive),
            FormatPart::Literal(_) => None,
        });
        let (directives, fixed) = (directives.collect(), FixedFormat::new(&parts));
        Ok(DateFormat { written: written.to_owned(), pattern, directives, fixed })
    }

    /// About how many bytes it takes.
    pub fn size(&self) -> usize {
        self.pattern.size()
    }

    /// The format as it was given.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// Whether it has any directive: a format without one stands for a text, and no date has it.
    pub fn has_directives(&self) -> bool {
        !self.directives.is_empty()
    }

    /// Whether its dates name a year.
    pub fn names_year(&self) -> bool {
        self.directives.iter().any(|directive| matches!(directive, 'Y' | 'y' | 'G'))
    }

    /// Reads a whole text; a year that the format lacks is that of `now`.
    pub fn read(&self, arena: &Arena, text: &str, zone: Option<&Zone>, now: i64) -> Option<Moment> {
        if let Some((civil, offset)) = self.fixed.as_ref().and_then(|fixed| fixed.read(text))
            && let Some(moment) = civil.moment(offset, zone)
        {
            return Some(moment);
        }
        let groups = self.pattern.search(arena, text, 0, true).ok()??;
        if groups.whole().end != text.len() {
            return None;
        }
        let today = Civil::midnight(now);
        let mut read = FormatRead::new(today);
        for (index, directive) in self.directives.iter().enumerate() {
            let part = text.get(groups.get(index + 1)?)?;
            read.set(*directive, part)?;
        }
        read.moment(zone)
    }
}

/// Appends the parts of a format; those of a directive that stands for several one by one.
fn append(format: &str, parts: &mut Vec<FormatPart>) -> Result<(), Fault> {
    let mut characters = format.chars().peekable();
    while let Some(c) = characters.next() {
        if c.is_whitespace() {
            while characters.next_if(|c| c.is_whitespace()).is_some() {}
            parts.push(FormatPart::Literal(' '));
        } else if c != '%' {
            parts.push(FormatPart::Literal(c));
        } else {
            directive(characters.next(), parts)?;
        }
    }
    Ok(())
}

fn directive(name: Option<char>, parts: &mut Vec<FormatPart>) -> Result<(), Fault> {
    match name {
        Some('%') => parts.push(FormatPart::Literal('%')),
        Some(name) if matched(name).is_some() => parts.push(FormatPart::Directive(name)),
        name => match COMPOUND.iter().find(|(known, _)| Some(*known) == name) {
            Some((_, format)) => append(format, parts)?,
            None => {
                let name = name.map_or_else(String::new, String::from);
                return Err(Fault::new(FaultCode::Parse, format!("`%{name}` is not a directive of a date format")));
            }
        },
    }
    Ok(())
}

/// What a directive matches.
fn matched(directive: char) -> Option<&'static str> {
    DIRECTIVES.iter().find(|(known, _)| *known == directive).map(|(_, matched)| *matched)
}

/// The pattern of a format, with a group for each directive.
fn pattern(parts: &[FormatPart]) -> String {
    let mut pattern = String::from("(?i)");
    for part in parts {
        match part {
            FormatPart::Literal(' ') => pattern.push_str("\\s+"),
            FormatPart::Literal(c) => {
                pattern.extend(c.is_ascii_punctuation().then_some('\\'));
                pattern.push(*c);
            }
            FormatPart::Directive(name) => {
                pattern.push('(');
                pattern.push_str(matched(*name).unwrap_or_default());
                pattern.push(')');
            }
        }
    }
    pattern
}

/// What the directives said.
#[derive(Debug)]
struct FormatRead {
    civil: Civil,
    /// The hour on a clock of twelve; only beside it `%p` says anything.
    hour: Option<i64>,
    afternoon: bool,
    day_of_year: Option<i64>,
    /// Monday is 0.
    weekday: Option<i64>,
    week: Option<Week>,
    year: Option<i64>,
    iso_year: Option<i64>,
    iso_week: Option<i64>,
    offset: Option<i64>,
}

/// A week of a year by its number; days before the first one are in week 0.
#[derive(Clone, Copy, Debug)]
struct Week {
    number: i64,
    /// The day with which weeks begin; Monday is 0.
    first: i64,
}

impl FormatRead {
    /// Nothing said: January 1 of the year of a day.
    fn new(today: Civil) -> Self {
        FormatRead {
            civil: Civil { month: 1, day: 1, ..today },
            hour: None,
            afternoon: false,
            day_of_year: None,
            weekday: None,
            week: None,
            year: None,
            iso_year: None,
            iso_week: None,
            offset: None,
        }
    }

    fn set(&mut self, directive: char, part: &str) -> Option<()> {
        let number = digits(part.trim().as_bytes());
        match directive {
            'Y' => self.year = number,
            // POSIX: 69 to 99 are of the twentieth century.
            'y' => self.year = Some(number? + if number? >= 69 { 1900 } else { 2000 }),
            'm' => self.civil.month = number?,
            'b' | 'h' => self.civil.month = place(SHORT_MONTHS, part)? + 1,
            'B' => self.civil.month = place(LONG_MONTHS, part)? + 1,
            'd' => self.civil.day = number?,
            'j' => self.day_of_year = number,
            'a' => self.weekday = place(SHORT_DAYS, part),
            'A' => self.weekday = place(LONG_DAYS, part),
            'u' => self.weekday = Some(number? - 1),
            'w' => self.weekday = Some((number? + 6) % 7),
            'U' => self.week = Some(Week { number: number?, first: 6 }),
            'W' => self.week = Some(Week { number: number?, first: 0 }),
            'G' => self.iso_year = number,
            'V' => self.iso_week = number,
            'H' => (self.civil.hour, self.hour) = (number?, None),
            'I' => self.hour = number,
            'p' => self.afternoon = part.eq_ignore_ascii_case("pm"),
            'M' => self.civil.minute = number?,
            'S' => self.civil.second = number?,
            'f' => self.civil.microsecond = microseconds(part.as_bytes())?,
            'z' => self.offset = Some(full_offset(part)?),
            'Z' if matches!(&*part.to_ascii_uppercase(), "UTC" | "GMT" | "Z") => self.offset = Some(0),
            // A zone's name, of which several zones may share one: read over.
            _ => {}
        }
        Some(())
    }

    fn moment(mut self, zone: Option<&Zone>) -> Option<Moment> {
        if let Some(hour) = self.hour {
            self.civil.hour = hour % 12 + if self.afternoon { 12 } else { 0 };
        }
        self.civil.year = self.year.unwrap_or(self.civil.year);
        let lacks_year = self.year.or(self.iso_year).is_none();
        Some(self.day()?.moment(self.offset, zone)?.without_year(lacks_year))
    }

    /// The day: the one of the year comes before that of a week, that before month and day. As in Python, a week of ISO
    /// 8601 needs its year and a day, and no other year.
    fn day(&self) -> Option<Civil> {
        let Civil { year, .. } = self.civil;
        let iso = match (self.year, self.iso_year, self.iso_week, self.weekday) {
            (None, Some(year), Some(week), Some(weekday)) if self.day_of_year.is_none() => Some((year, week, weekday)),
            (None, Some(_), ..) => return None,
            (.., Some(_), _) if self.week.is_none() => return None,
            _ => None,
        };
        Some(match (self.day_of_year, self.week, self.weekday, iso) {
            (Some(day), ..) => self.civil.on_day(year, day),
            (None, Some(week), Some(weekday), _) => self.civil.on_day(year, week.day(year, weekday)),
            (.., Some((year, week, weekday))) => self.civil.in_iso_week(year, week, weekday),
            _ => self.civil,
        })
    }
}

impl Week {
    /// The number in the year of one of its days.
    fn day(self, year: i64, weekday: i64) -> i64 {
        let new_year = Civil { year, month: 1, day: 1, ..Civil::midnight(0) };
        let from_first = |weekday: i64| (weekday - self.first).rem_euclid(7);
        let (new_year, weekday) = (from_first(new_year.weekday()), from_first(weekday));
        let before = (7 - new_year) % 7;
        if self.number == 0 { 1 + weekday - new_year } else { 1 + before + 7 * (self.number - 1) + weekday }
    }
}

/// An offset with optional seconds, whose fraction is of no account.
fn full_offset(part: &str) -> Option<i64> {
    let plain = if part.contains(':') { Cow::Owned(part.replace(':', "")) } else { Cow::Borrowed(part) };
    if plain.len() <= 5 {
        return offset(&plain);
    }
    let minutes = offset(plain.get(..5)?)?;
    let seconds = digits(plain.get(5..7)?.as_bytes())?;
    Some(if plain.starts_with('-') { minutes - seconds } else { minutes + seconds })
}

fn place(words: &str, word: &str) -> Option<i64> {
    words.split('|').position(|known| known.eq_ignore_ascii_case(word)).map(|place| place as i64)
}

#[cfg(test)]
mod tests {
    use super::DateFormat;
    use crate::value::Arena;

    /// Dates of full width and others, valid and not, by the pattern alone and by the fixed reader before it.
    #[test]
    fn what_is_read_without_a_pattern_is_read_by_it_too() {
        let formats = [
            "%d/%b/%Y:%H:%M:%S %z",
            "%Y-%m-%dT%H:%M:%S.%f%z",
            "%a %b %d %H:%M:%S %Y",
            "%D %T %Y %z",
            "%Yx%m%d%H%M%S",
            "%F  %R%%%f",
        ];
        let formats = formats.map(|written| {
            let [format, other] = [0, 1].map(|_| DateFormat::new(written).expect("a format"));
            (format, DateFormat { fixed: None, ..other })
        });
        let (mut fixed, mut seed) = (0, 1_usize);
        let mut below = |most: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % most
        };
        for _ in 0..60_000 {
            let (format, pattern) = &formats[below(formats.len())];
            let written = format.written();
            let two = |number: usize, wide: bool| if wide { format!("{number:02}") } else { number.to_string() };
            let wide = below(8) > 0;
            let month = ["jan", "Feb", "MAR", "apr", "dec", "foo"][below(6)];
            let offset = ["+0000", "-03:30", "Z", "z", "+01:00:30", "+2", "+0160", "+010030.5"][below(8)];
            let (fraction, space) = (["5", "123456", "1234567", ""][below(4)], [" ", " ", "  ", "\t"][below(4)]);
            let mut text = written.replace("%D", "%m/%d/%y").replace("%T", "%H:%M:%S").replace("%F", "%Y-%m-%d");
            text = text.replace("%R", "%H:%M").replace("%%", "%");
            for (directive, value) in [
                ("%d", two(below(33), wide)),
                ("%m", two(below(14), wide)),
                ("%Y", (1900 + below(200)).to_string()),
                ("%y", two(below(100), true)),
                ("%H", two(below(26), wide)),
                ("%M", two(below(62), wide)),
                ("%S", two(below(63), wide)),
                ("%b", month.to_owned()),
                ("%a", ["Mon", "sun", "xyz"][below(3)].to_owned()),
                ("%f", fraction.to_owned()),
                ("%z", offset.to_owned()),
            ] {
                text = text.replace(directive, &value);
            }
            let text = text.replace("  ", " ").replace(' ', space);
            let found = format.read(&Arena::default(), &text, None, 0);
            fixed += usize::from(format.fixed.as_ref().is_some_and(|fixed| fixed.read(&text).is_some()));
            assert_eq!(found, pattern.read(&Arena::default(), &text, None, 0), "{written} of {text}");
        }
        assert!(fixed > 5_000, "{fixed} texts were read without a pattern");
    }
}
