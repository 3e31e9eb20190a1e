//! The year, month and day among a date's numbers.

use super::civil::days_in_month;

/// The numbers of a date that are no time of day, in the order written, with what is known of them.
#[derive(Debug, Default)]
pub(super) struct DateFields {
    numbers: [i64; 3],
    many: usize,
    year: Option<usize>,
    month: Option<usize>,
    /// Whether a year was written with its century.
    pub(super) century: bool,
}

/// Year, month and day, as far as they were said.
pub(super) type Resolved = (Option<i64>, Option<i64>, Option<i64>);

impl DateFields {
    /// How many numbers there are.
    pub(super) fn len(&self) -> usize {
        self.many
    }

    /// Adds a number as written, unless there are three: with more than two digits it is the year.
    pub(super) fn add_digits(&mut self, digits: &str) -> Option<()> {
        if digits.is_empty() || digits.len() > 9 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let number = digits.parse().ok()?;
        if digits.len() > 2 { self.add_year(number, true) } else { self.add(number) }
    }

    /// Adds a number by its value: above 100 it is the year.
    pub(super) fn add_number(&mut self, number: i64) -> Option<()> {
        if number > 100 { self.add_year(number, true) } else { self.add(number) }
    }

    /// Adds a year.
    pub(super) fn add_year(&mut self, number: i64, century: bool) -> Option<()> {
        self.century |= century;
        if self.year.is_some() {
            return None;
        }
        self.year = Some(self.len());
        self.add(number)
    }

    /// Adds a month that was written as a word.
    pub(super) fn add_month(&mut self, number: i64) -> Option<()> {
        if self.month.is_some() {
            return None;
        }
        self.month = Some(self.len());
        self.add(number)
    }

    fn add(&mut self, number: i64) -> Option<()> {
        *self.numbers.get_mut(self.many)? = number;
        self.many += 1;
        Some(())
    }

    /// Whether a number could be the day, by what is known so far; one with a fraction lies behind the whole one.
    pub(super) fn could_be_day(&self, number: i64, is_whole: bool) -> bool {
        let month = self.month.and_then(|place| self.numbers.get(place));
        let year = self.year.and_then(|place| self.numbers.get(place));
        let days = month.map_or(31, |month| days_in_month(year.copied().unwrap_or(2000), *month));
        (1..days).contains(&number) || (number == days && is_whole)
    }

    /// Says which number is which, as dateutil does without `dayfirst` and `yearfirst`: month before day where both are
    /// possible, a number above 31 is the year.
    pub(super) fn resolve(&self) -> Option<Resolved> {
        match (&self.numbers[..self.many], self.year, self.month) {
            ([], ..) => Some((None, None, None)),
            ([year], Some(0), None) => Some((Some(*year), None, None)),
            ([month], None, Some(0)) => Some((None, Some(*month), None)),
            ([number], ..) => {
                Some(if *number > 31 { (Some(*number), None, None) } else { (None, None, Some(*number)) })
            }
            ([a, b], year, month) => Some(pair([*a, *b], year, month)),
            ([a, b, c], year, month) => Some(triple([*a, *b, *c], year, month)),
            _ => None,
        }
    }
}

fn pair(numbers: [i64; 2], year: Option<usize>, month: Option<usize>) -> Resolved {
    let [first, second] = numbers;
    let month = month.and_then(|place| Some((numbers.get(place)?, numbers.get(1 - place.min(1))?)));
    match (month, year) {
        (Some((month, other)), Some(_)) => (Some(*other), Some(*month), None),
        (Some((month, other)), None) if *other > 31 => (Some(*other), Some(*month), None),
        (Some((month, other)), None) => (None, Some(*month), Some(*other)),
        (None, _) if first > 31 => (Some(first), Some(second), None),
        (None, _) if second > 31 => (Some(second), Some(first), None),
        (None, _) => (None, Some(first), Some(second)),
    }
}

fn triple(numbers: [i64; 3], year: Option<usize>, month: Option<usize>) -> Resolved {
    let [a, b, c] = numbers;
    let (year, month, day) = match (year, month) {
        (Some(y), Some(m)) => match (y, m) {
            (0, 1) => (a, b, c),
            (0, _) => (a, c, b),
            (1, 0) => (b, a, c),
            (1, _) => (b, c, a),
            (_, 0) => (c, a, b),
            _ => (c, b, a),
        },
        (_, Some(0)) if b > 31 => (b, a, c),
        (_, Some(0)) => (c, a, b),
        (_, Some(1)) if a > 31 => (a, b, c),
        (_, Some(1)) => (c, b, a),
        (_, Some(_)) if b > 31 => (b, c, a),
        (_, Some(_)) => (a, c, b),
        (Some(0), None) => (a, b, c),
        (_, None) if a > 31 => (a, b, c),
        (_, None) if a > 12 => (c, b, a),
        (_, None) => (c, a, b),
    };
    (Some(year), Some(month), Some(day))
}
