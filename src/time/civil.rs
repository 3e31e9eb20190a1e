//! Dates and times of day in the proleptic Gregorian calendar.

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

pub(super) const DAY: i64 = 86_400;
pub(super) const FIRST: i64 = -62_135_596_800;
pub(super) const LAST: i64 = 253_402_300_799;

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
pub(super) fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

pub(super) fn civil_from_days(days: i64) -> (i64, i64, i64) {
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
