//! Civil time, moments, and their RFC 3339 text.

use super::zone::Zone;
use crate::value::{Arena, Fault};

/// A date and time of day in the proleptic Gregorian calendar, in a zone that is said elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Civil {
    pub(super) year: i64,
    pub(super) month: i64,
    pub(super) day: i64,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
    pub(super) microsecond: i64,
}

/// A moment in the years 1 to 9999, to the microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Since 1970-01-01T00:00:00Z.
    seconds: i64,
    microsecond: i64,
    /// Whether the year is that of the reference time, since the text names none.
    lacks_year: bool,
}

/// The length of a moment's text, and where in it the fraction begins.
const LENGTH: usize = 27;
const SECONDS: usize = 19;
const DAY: i64 = 86_400;
const FIRST: i64 = -62_135_596_800;
const LAST: i64 = 253_402_300_799;

impl Civil {
    /// Midnight of the day of a moment.
    pub(super) fn midnight(seconds: i64) -> Self {
        let (year, month, day) = civil_from_days(seconds.clamp(FIRST, LAST).div_euclid(DAY));
        Civil { year, month, day, hour: 0, minute: 0, second: 0, microsecond: 0 }
    }

    /// Whether there is such a date and time. There are no leap seconds and no hour 24.
    pub(super) fn is_valid(&self) -> bool {
        (1..=9999).contains(&self.year)
            && (1..=12).contains(&self.month)
            && (1..=days_in_month(self.year, self.month)).contains(&self.day)
            && (0..24).contains(&self.hour)
            && (0..60).contains(&self.minute)
            && (0..60).contains(&self.second)
            && (0..1_000_000).contains(&self.microsecond)
    }

    /// The day of the week; Monday is 0.
    pub(super) fn weekday(&self) -> i64 {
        (days_from_civil(self.year, self.month, self.day) + 3).rem_euclid(7)
    }

    /// The same time of day, some days later.
    pub(super) fn later(self, days: i64) -> Self {
        let (year, month, day) = civil_from_days(days_from_civil(self.year, self.month, self.day) + days);
        Civil { year, month, day, ..self }
    }

    /// The same time of day on a day of a year by its number, 1 for January 1; other numbers run into other years.
    pub(super) fn on_day(self, year: i64, day: i64) -> Self {
        Civil { year, month: 1, day: 1, ..self }.later(day - 1)
    }

    /// The same time of day on a day of a week of ISO 8601, whose first has January 4; Monday is 0. Other numbers run into
    /// other weeks.
    pub(super) fn in_iso_week(self, year: i64, week: i64, weekday: i64) -> Self {
        let fourth = Civil { year, month: 1, day: 4, ..self };
        fourth.later((week - 1) * 7 + weekday - fourth.weekday())
    }

    /// The moment, `offset` seconds east of UTC, else in the zone, else in UTC; `None` where there is none.
    pub(super) fn moment(&self, offset: Option<i64>, zone: Option<&Zone>) -> Option<Moment> {
        if !self.is_valid() {
            return None;
        }
        let local =
            days_from_civil(self.year, self.month, self.day) * DAY + self.hour * 3600 + self.minute * 60 + self.second;
        let seconds = match (offset, zone) {
            // As in Python, an offset of a day or more is none.
            (Some(offset), _) => (offset.abs() < DAY).then_some(local - offset)?,
            (None, Some(zone)) => zone.moment(self, local)?,
            (None, None) => local,
        };
        Moment::new(seconds, self.microsecond)
    }
}

impl Moment {
    /// A moment by seconds and microseconds since 1970; `None` outside the years 1 to 9999.
    pub(super) fn new(seconds: i64, microsecond: i64) -> Option<Self> {
        (FIRST..=LAST).contains(&seconds).then_some(Moment { seconds, microsecond, lacks_year: false })
    }

    /// The same, where its text names no year.
    pub(super) fn without_year(self, lacks_year: bool) -> Self {
        Moment { lacks_year, ..self }
    }

    /// Whether it lies more than a day after a reference time only because that gave it the year: a December of the last
    /// year that is read in January, most likely.
    pub fn is_ahead(&self, now: i64) -> bool {
        self.lacks_year && self.seconds > now.saturating_add(DAY)
    }

    /// The moment when clocks in a zone show what clocks in UTC show at this one.
    pub(super) fn on_clocks_of(self, zone: Option<&Zone>) -> Option<Moment> {
        let Some(zone) = zone else { return Some(self) };
        let time = self.seconds.rem_euclid(DAY);
        let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
        let civil = Civil { hour, minute, second, microsecond: self.microsecond, ..Civil::midnight(self.seconds) };
        civil.moment(None, Some(zone))
    }

    /// RFC 3339 in UTC with six digits of a fraction, as the extractor and the filters put dates out.
    ///
    /// # Errors
    /// Limit.
    pub fn text<'a>(&self, arena: &'a Arena) -> Result<&'a str, Fault> {
        arena.text(self.written(&mut [0; LENGTH]))
    }

    /// RFC 3339 in UTC, without a fraction where it is zero, as the fields of an event have dates. Text that is written
    /// so already is given back.
    ///
    /// # Errors
    /// Limit.
    pub fn brief_text<'a>(&self, arena: &'a Arena, text: &'a str) -> Result<&'a str, Fault> {
        let mut buffer = [0; LENGTH];
        let brief = match self.microsecond {
            0 => {
                self.written(&mut buffer);
                buffer[SECONDS] = b'Z';
                std::str::from_utf8(&buffer[..=SECONDS]).unwrap_or_default()
            }
            _ => self.written(&mut buffer),
        };
        if brief == text { Ok(text) } else { arena.text(brief) }
    }

    fn written<'b>(&self, buffer: &'b mut [u8; LENGTH]) -> &'b str {
        *buffer = *b"0000-00-00T00:00:00.000000Z";
        let (year, month, day) = civil_from_days(self.seconds.div_euclid(DAY));
        let time = self.seconds.rem_euclid(DAY);
        let parts = [
            (0, 4, year),
            (5, 2, month),
            (8, 2, day),
            (11, 2, time / 3600),
            (14, 2, time / 60 % 60),
            (17, 2, time % 60),
            (20, 6, self.microsecond),
        ];
        for (at, width, number) in parts {
            write_digits(&mut buffer[at..at + width], number.unsigned_abs());
        }
        std::str::from_utf8(buffer).unwrap_or_default()
    }
}

/// Fills an even number of places, two at a time.
fn write_digits(places: &mut [u8], mut number: u64) {
    for pair in places.rchunks_exact_mut(2) {
        let last = (number % 100) as u8;
        pair.copy_from_slice(&[b'0' + last / 10, b'0' + last % 10]);
        number /= 100;
    }
}

/// How many days a month has; 31 for a month that is none.
pub(super) fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 (Hinnant, "chrono-compatible low-level date algorithms").
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days - era * 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}
