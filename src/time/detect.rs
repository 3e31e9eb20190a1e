//! Reads a date in a notation that nobody named, by the rules of Python's dateutil.
//!
//! Which of several readings of an ambiguous date counts is dateutil's choice; recorded results agree with it. Not fuzzy:
//! a word that says nothing about a date refuses the text.
//!
//! Why so: `docs/decisions/0025`.

use super::civil::{Civil, days_in_month};
use super::clock::Moment;
use super::date_words::{DateUnit, afternoon, is_jump, is_utc, month, twelve, unit, weekday};
use super::fields::DateFields;
use super::rfc3339::{digits, microseconds};
use super::tokens::{LONGEST, tokens};
use super::zone::Zone;

/// Reads a date; what it leaves out comes from the day of `now` at midnight. Without a `now`, a date that does not name
/// its day with month and whole year is none.
pub(super) fn read(text: &str, zone: Option<&Zone>, now: Option<i64>) -> Option<Moment> {
    if text.len() > LONGEST {
        return None;
    }
    let mut reader =
        DateReader { tokens: tokens(text), at: 0, fields: DateFields::default(), found: DetectedField::default() };
    reader.read()?;
    reader.moment(zone, now.map(Civil::midnight))
}

/// What a fraction comes after: the lexer leaves a comma that stands for a point.
const POINTS: [char; 2] = ['.', ','];
#[derive(Debug, Default)]
struct DetectedField<'t> {
    weekday: Option<i64>,
    hour: Option<i64>,
    minute: Option<i64>,
    second: Option<i64>,
    microsecond: Option<i64>,
    zone_name: Option<&'t str>,
    offset: Option<i64>,
}

/// Walks over the tokens; a method gives `None` where the text is no date.
#[derive(Debug)]
struct DateReader<'t> {
    tokens: Vec<&'t str>,
    at: usize,
    fields: DateFields,
    found: DetectedField<'t>,
}

impl<'t> DateReader<'t> {
    fn read(&mut self) -> Option<()> {
        while let Some(token) = self.tokens.get(self.at).copied() {
            if token.starts_with(|c: char| c.is_ascii_digit()) {
                self.number(token)?;
            } else if let Some(weekday) = weekday(token) {
                self.found.weekday = Some(weekday);
            } else if let Some(month) = month(token) {
                self.month(month)?;
            } else if let Some(afternoon) = afternoon(token) {
                let hour = self.found.hour.filter(|hour| (0..=12).contains(hour))?;
                self.found.hour = Some(twelve(hour, afternoon));
            } else if self.could_be_zone(token, self.found.offset) {
                self.zone(token);
            } else if self.found.hour.is_some() && matches!(token, "+" | "-") {
                self.offset(token == "+")?;
            } else if !is_jump(token) {
                return None;
            }
            self.at += 1;
        }
        Some(())
    }

    /// A token at a distance from the current one.
    fn peek(&self, distance: usize) -> Option<&'t str> {
        self.tokens.get(self.at + distance).copied()
    }

    /// A number: part of the date, of the time, or several of them without separators.
    fn number(&mut self, token: &str) -> Option<()> {
        let number = DateNumber::read(token)?;
        let length = token.len();
        let next = self.peek(1);
        let timed = next.is_some_and(|next| next == ":" || unit(next).is_some());
        if self.fields.len() == 3 && matches!(length, 2 | 4) && self.found.hour.is_none() && !timed {
            return self.compact_time(token);
        }
        if length == 6 || (length > 6 && token.find(POINTS) == Some(6)) {
            return self.six_digits(token);
        }
        if matches!(length, 8 | 12 | 14) {
            return self.compact_date(token);
        }
        if let Some(place) = self.unit_place() {
            return self.with_unit(token, &number, place);
        }
        match next {
            Some(":") if self.peek(2).is_some() => self.clock(&number),
            Some("-" | "/" | ".") => self.separated(token),
            None => self.fields.add_number(number.whole),
            Some(next) if is_jump(next) => self.alone(&number),
            Some(next) => {
                if let (Some(afternoon), 0..24) = (afternoon(next), number.whole) {
                    self.found.hour = Some(twelve(number.whole, afternoon));
                    self.at += 1;
                    return Some(());
                }
                // `5Mar2024`: the day stands right before the month.
                self.fields.could_be_day(number.whole, number.is_whole()).then_some(())?;
                self.fields.add_number(number.whole)
            }
        }
    }

    /// `06` or `0607` behind a whole date.
    fn compact_time(&mut self, token: &str) -> Option<()> {
        self.found.hour = Some(digits(token.get(..2)?.as_bytes())?);
        if let Some(minute) = token.get(2..4) {
            self.found.minute = Some(digits(minute.as_bytes())?);
        }
        Some(())
    }

    /// `240305` where nothing stands before, else `060708` or `060708.25`.
    fn six_digits(&mut self, token: &str) -> Option<()> {
        if self.fields.len() == 0 && !token.contains(POINTS) {
            for part in [token.get(..2)?, token.get(2..4)?, token.get(4..)?] {
                self.fields.add_digits(part)?;
            }
            return Some(());
        }
        self.compact_time(token.get(..4)?)?;
        self.seconds(token.get(4..)?)
    }

    /// `20240305`, `202403050607`, `20240305060708`.
    fn compact_date(&mut self, token: &str) -> Option<()> {
        self.fields.add_year(digits(token.get(..4)?.as_bytes())?, true)?;
        self.fields.add_digits(token.get(4..6)?)?;
        self.fields.add_digits(token.get(6..8)?)?;
        if token.len() > 8 {
            self.compact_time(token.get(8..12)?)?;
        }
        if token.len() > 12 {
            self.found.second = Some(digits(token.get(12..)?.as_bytes())?);
        }
        Some(())
    }

    /// Where the unit of the current number stands: behind it, behind a space, or before it (`12h04`).
    fn unit_place(&self) -> Option<usize> {
        let is_unit = |place: usize| self.tokens.get(place).is_some_and(|token| unit(token).is_some());
        let is_space = |place: usize| self.tokens.get(place).is_some_and(|token| *token == " ");
        let at = self.at;
        if is_unit(at + 1) {
            return Some(at + 1);
        }
        if is_space(at + 1) && is_unit(at + 2) {
            return Some(at + 2);
        }
        let before = at.checked_sub(1)?;
        if is_unit(before) {
            return Some(before);
        }
        let last = at + 1 == self.tokens.len();
        let further = at.checked_sub(2)?;
        (last && is_space(before) && is_unit(further)).then_some(further)
    }

    fn with_unit(&mut self, token: &str, number: &DateNumber<'_>, place: usize) -> Option<()> {
        let unit = unit(self.tokens.get(place)?)?;
        let unit = match (place > self.at, unit) {
            (true, unit) => unit,
            (false, DateUnit::Hour) => DateUnit::Minute,
            (false, DateUnit::Minute) => DateUnit::Second,
            (false, DateUnit::Second) => return Some(()),
        };
        self.at = self.at.max(place);
        match unit {
            DateUnit::Hour => {
                self.found.hour = Some(number.whole);
                if let Some(minute) = number.sixtieths() {
                    self.found.minute = Some(minute);
                }
            }
            DateUnit::Minute => self.minute(number),
            DateUnit::Second => self.seconds(token)?,
        }
        Some(())
    }

    /// `06:07`, `06:07.5` or `06:07:08.25`.
    fn clock(&mut self, number: &DateNumber<'_>) -> Option<()> {
        self.found.hour = Some(number.whole);
        let minute = self.peek(2)?;
        self.minute(&DateNumber::read(minute)?);
        self.at += 2;
        if self.peek(1) == Some(":")
            && let Some(seconds) = self.peek(2)
        {
            self.seconds(seconds)?;
            self.at += 2;
        }
        Some(())
    }

    fn minute(&mut self, number: &DateNumber<'_>) {
        self.found.minute = Some(number.whole);
        self.found.second = number.sixtieths();
    }

    fn seconds(&mut self, token: &str) -> Option<()> {
        let (whole, fraction) = match token.split_once(POINTS) {
            Some((whole, fraction)) => (whole, microseconds(fraction.as_bytes())?),
            None => (token, 0),
        };
        if whole.is_empty() {
            return None;
        }
        self.found.second = Some(digits(whole.as_bytes())?);
        self.found.microsecond = Some(fraction);
        Some(())
    }

    /// `05-03-2024`, `05/Mar/2024`, `05.03`: two or three members with one separator.
    fn separated(&mut self, token: &str) -> Option<()> {
        let separator = self.peek(1)?;
        self.add_field(token)?;
        let Some(second) = self.peek(2) else {
            self.at += 1;
            return Some(());
        };
        if is_jump(second) {
            self.at += 1;
            return Some(());
        }
        self.add_member(second)?;
        if self.peek(3) == Some(separator) {
            let third = self.peek(4)?;
            self.add_member(third)?;
            self.at += 2;
        }
        self.at += 2;
        Some(())
    }

    fn add_member(&mut self, token: &str) -> Option<()> {
        match month(token) {
            Some(month) => self.fields.add_month(month),
            None => self.add_field(token),
        }
    }

    fn add_field(&mut self, token: &str) -> Option<()> {
        self.fields.add_digits(token)
    }

    /// A number with a space or the like behind it: an hour before `am` or `pm`, else part of the date.
    fn alone(&mut self, number: &DateNumber<'_>) -> Option<()> {
        match self.peek(2).and_then(afternoon) {
            Some(afternoon) => {
                self.found.hour = Some(twelve(number.whole, afternoon));
                self.at += 2;
            }
            None => {
                self.fields.add_number(number.whole)?;
                self.at += 1;
            }
        }
        Some(())
    }

    /// A month's name, with `-05-2024` or ` of 2024` behind it.
    fn month(&mut self, month: i64) -> Option<()> {
        self.fields.add_month(month)?;
        match self.peek(1) {
            Some(separator @ ("-" | "/")) => {
                let second = self.peek(2)?;
                self.add_field(second)?;
                if self.peek(3) == Some(separator) {
                    let third = self.peek(4)?;
                    self.add_field(third)?;
                    self.at += 2;
                }
                self.at += 2;
            }
            Some(" ")
                if self.peek(2).is_some_and(|word| word.eq_ignore_ascii_case("of")) && self.peek(3) == Some(" ") =>
            {
                if let Some(year) = self.peek(4).and_then(|year| digits(year.as_bytes())) {
                    // Short of a century, the window of two-digit years is applied to the whole date.
                    self.fields.add_year(year, year > 99)?;
                }
                if self.peek(4).is_some() {
                    self.at += 4;
                }
            }
            _ => {}
        }
        Some(())
    }

    fn could_be_zone(&self, token: &str, offset: Option<i64>) -> bool {
        self.found.hour.is_some()
            && self.found.zone_name.is_none()
            && offset.is_none()
            && token.len() <= 5
            && (token.bytes().all(|byte| byte.is_ascii_uppercase()) || token == "z")
    }

    fn zone(&mut self, token: &'t str) {
        self.found.zone_name = Some(token);
        self.found.offset = is_utc(token).then_some(0);
        // `GMT+3` says that this time and three hours more is GMT: the sign turns around.
        let turned = match self.peek(1) {
            Some("+") => "-",
            Some("-") => "+",
            _ => return,
        };
        if let Some(sign) = self.tokens.get_mut(self.at + 1) {
            *sign = turned;
        }
        self.found.offset = None;
        if is_utc(token) {
            self.found.zone_name = None;
        }
    }

    /// `+0200`, `+02:00`, `+02`, with `(CEST)` behind it.
    fn offset(&mut self, east: bool) -> Option<()> {
        let first = self.peek(1)?;
        let (hours, minutes) = match (first.len(), self.peek(2)) {
            (4, _) => (first.get(..2)?, first.get(2..)?),
            (_, Some(":")) => {
                let minutes = self.peek(3)?;
                self.at += 2;
                (first, minutes)
            }
            (1 | 2, _) => (first, "0"),
            _ => return None,
        };
        let seconds = digits(hours.as_bytes())? * 3600 + digits(minutes.as_bytes())? * 60;
        self.found.offset = Some(if east { seconds } else { -seconds });
        let named = self.peek(2).is_some_and(is_jump) && self.peek(3) == Some("(") && self.peek(5) == Some(")");
        let name = self.peek(4).filter(|name| named && name.len() >= 3);
        if let Some(name) = name.filter(|name| self.could_be_zone(name, None)) {
            self.found.zone_name = Some(name);
            self.at += 4;
        }
        self.at += 1;
        Some(())
    }

    fn moment(&self, zone: Option<&Zone>, today: Option<Civil>) -> Option<Moment> {
        let found = &self.found;
        let (year, month, day) = self.fields.resolve()?;
        let said = [year, month, day, found.weekday, found.hour, found.minute, found.second, found.offset];
        if said.iter().all(Option::is_none) {
            return None;
        }
        let today = match (today, year, month, day) {
            (Some(today), ..) => today,
            (None, Some(year), Some(_), Some(_)) if year >= 100 || self.fields.century => Civil::midnight(0),
            _ => return None,
        };
        let lacks_year = year.is_none();
        let year = year.map(|year| with_century(year, self.fields.century, today.year));
        let mut civil = Civil {
            year: year.unwrap_or(today.year),
            month: month.unwrap_or(today.month),
            day: 1,
            hour: found.hour.unwrap_or(0),
            minute: found.minute.unwrap_or(0),
            second: found.second.unwrap_or(0),
            microsecond: found.microsecond.unwrap_or(0),
        };
        civil.day = day.unwrap_or_else(|| today.day.min(days_in_month(civil.year, civil.month)));
        if !civil.is_valid() {
            return None;
        }
        if let (Some(weekday), None) = (found.weekday, day) {
            civil = civil.later((weekday - civil.weekday()).rem_euclid(7));
        }
        // A zone's name that is not UTC's says nothing by itself: too many zones share one.
        let utc = found.zone_name.is_some_and(is_utc);
        let moment = civil.moment(if utc { Some(0) } else { found.offset }, zone)?;
        Some(moment.without_year(lacks_year))
    }
}

/// A number with its fraction as written.
#[derive(Debug)]
struct DateNumber<'t> {
    whole: i64,
    fraction: &'t str,
}

impl<'t> DateNumber<'t> {
    fn read(token: &'t str) -> Option<Self> {
        let (whole, fraction) = token.split_once(POINTS).unwrap_or((token, ""));
        let sound = fraction.bytes().all(|byte| byte.is_ascii_digit());
        (sound && !whole.is_empty()).then_some(DateNumber { whole: digits(whole.as_bytes())?, fraction })
    }

    fn is_whole(&self) -> bool {
        self.fraction.bytes().all(|byte| byte == b'0')
    }

    /// The fraction in sixtieths, cut off; `None` where there is none.
    fn sixtieths(&self) -> Option<i64> {
        if self.is_whole() {
            return None;
        }
        let kept = self.fraction.get(..self.fraction.len().min(15))?;
        Some(60 * digits(kept.as_bytes())? / 10i64.pow(kept.len() as u32))
    }
}

/// Two digits of a year count in the century that brings them within 50 years of now.
fn with_century(year: i64, century: bool, now: i64) -> i64 {
    if year >= 100 || century {
        return year;
    }
    let year = year + now / 100 * 100;
    match year {
        _ if year >= now + 50 => year - 100,
        _ if year < now - 50 => year + 100,
        _ => year,
    }
}
