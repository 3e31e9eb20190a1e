//! What is asked of a value only where a rule comes to it: regular expressions, networks, numbers, times, other fields.

use super::node::Question;
use super::scratch::Scratch;
use crate::Dialect;
use crate::event::{Event, as_number, as_text, as_time, each_of_field};
use crate::rule::{Around, Case, Network, Order, Test, TextPattern, TimePart, lowered};
use jiff::tz::Offset;
use weir::pattern::{Extent, Pattern};
use weir::value::Value;

/// A question that no automaton answers.
#[derive(Debug)]
pub enum Lazy {
    /// A text whose case counts, or one of wildcards alone.
    Text(TextPattern, Case),
    /// A regular expression, and whether it must match from the start.
    Regex(Pattern, bool),
    /// A network.
    Network(Network),
    /// A number.
    Order(Order, f64),
    /// A part of a time.
    Time(TimePart, Option<Order>, i64),
    /// Another field, by its number.
    Other(u32, Around, Case),
}

impl Lazy {
    /// What is asked, where no automaton answers it.
    ///
    /// # Errors
    /// The reason why a regular expression cannot be compiled.
    pub fn of(question: &Question, dialect: Dialect) -> Option<Result<Lazy, String>> {
        Some(Ok(match question {
            Question::Present => return None,
            Question::Other(field, Test::Field { around, case, .. }) => Lazy::Other(*field, *around, *case),
            Question::Other(..) => return None,
            Question::Test(test) => match test {
                Test::Text(text, Case::Ignored) if has_literal(text) => return None,
                Test::Text(text, case) => Lazy::Text(text.clone(), *case),
                Test::Regex { pattern, flags } => return Some(regex(pattern, flags, dialect)),
                Test::Network(network) => Lazy::Network(*network),
                Test::Order(order, number) => Lazy::Order(*order, number.0),
                Test::Time(part, order, value) => Lazy::Time(*part, *order, *value),
                Test::Null | Test::Exists(_) | Test::Field { .. } => return None,
            },
        }))
    }

    /// Whether it holds of a single value.
    pub fn holds(&self, value: Value<'_>, event: &impl Event, scratch: &mut Scratch) -> bool {
        match self {
            Lazy::Order(order, number) => as_number(value).is_some_and(|value| order.holds(value, *number)),
            Lazy::Other(field, around, case) => {
                let mut holds = false;
                let (mut own, mut others) = (String::new(), String::new());
                let Some(own) = as_text(value, &mut own).filter(|_| scratch.may_compare()) else { return false };
                event.each(*field as usize, &mut |other| {
                    each_of_field(other, &mut |other| {
                        if let (false, Some(other)) = (holds, as_text(other, &mut others)) {
                            scratch.compare(own.len() + other.len());
                            holds = is_like(own, other, *around, *case);
                        }
                    });
                });
                holds
            }
            _ => {
                let mut number = std::mem::take(&mut scratch.number);
                let holds = as_text(value, &mut number).is_some_and(|text| self.holds_of_text(text, scratch));
                scratch.number = number;
                holds
            }
        }
    }

    fn holds_of_text(&self, text: &str, scratch: &mut Scratch) -> bool {
        match self {
            Lazy::Text(pattern, Case::Counts) => pattern.matches(text),
            Lazy::Text(pattern, Case::Ignored) => pattern.matches(&lowered(text)),
            // One that takes more steps than it may does not match, and the others have their own.
            Lazy::Regex(pattern, is_whole) => {
                let found = pattern.is_match(&scratch.arena, text, 0, *is_whole);
                found.unwrap_or_else(|_| {
                    scratch.spend();
                    false
                })
            }
            Lazy::Network(network) => network.has_text(text),
            Lazy::Time(part, order, value) => holds_of_time(*part, *order, *value, text),
            Lazy::Order(..) | Lazy::Other(..) => false,
        }
    }
}

fn has_literal(text: &TextPattern) -> bool {
    text.as_literal().is_some() || text.pieces.iter().any(|piece| matches!(piece, crate::rule::Piece::Literal(_)))
}

fn regex(pattern: &str, flags: &str, dialect: Dialect) -> Result<Lazy, String> {
    let flagged = if flags.is_empty() { pattern.to_owned() } else { format!("(?{flags}){pattern}") };
    let compiled = match dialect {
        Dialect::Sigma => Pattern::new(&flagged),
        Dialect::Platform => Pattern::in_dialect(&flagged, Extent::Whole, weir::pattern::Dialect::Re2),
    };
    compiled
        .map(|pattern| Lazy::Regex(pattern, dialect == Dialect::Platform))
        .map_err(|fault| fault.reason().to_string())
}

fn is_like(own: &str, other: &str, around: Around, case: Case) -> bool {
    let (own, other) = match case {
        Case::Counts => (own.to_owned(), other.to_owned()),
        Case::Ignored => (lowered(own), lowered(other)),
    };
    match (around.before, around.behind) {
        (false, false) => own == other,
        (false, true) => own.starts_with(&other),
        (true, false) => own.ends_with(&other),
        (true, true) => own.contains(&other),
    }
}

fn holds_of_time(part: TimePart, order: Option<Order>, value: i64, text: &str) -> bool {
    let Some(time) = as_time(text) else { return false };
    let time = Offset::UTC.to_datetime(time);
    let found = match part {
        TimePart::Minute => time.minute().into(),
        TimePart::Hour => time.hour().into(),
        TimePart::Day => time.day().into(),
        TimePart::Week => time.iso_week_date().week().into(),
        TimePart::Month => time.month().into(),
        TimePart::Year => i64::from(time.year()),
    };
    match order {
        Some(order) => order.holds(found as f64, value as f64),
        None => found == value,
    }
}
