//! Moments, and their RFC 3339 text.

use super::civil::{Civil, DAY, FIRST, LAST, civil_from_days, days_from_civil};
use super::zone::Zone;
use crate::value::{Arena, Fault};

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
impl Civil {
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
        let brief = self.brief(&mut buffer);
        if brief == text { Ok(text) } else { arena.text(brief) }
    }

    /// Whether a text is what [`Moment::brief_text`] gives.
    pub(super) fn is_brief(&self, text: &str) -> bool {
        self.brief(&mut [0; LENGTH]) == text
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub fn microseconds(&self) -> i64 {
        self.seconds * 1_000_000 + self.microsecond
    }

    fn brief<'b>(&self, buffer: &'b mut [u8; LENGTH]) -> &'b str {
        if self.microsecond != 0 {
            return self.written(buffer);
        }
        self.written(buffer);
        buffer[SECONDS] = b'Z';
        std::str::from_utf8(&buffer[..=SECONDS]).unwrap_or_default()
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
