//! Doubles by `%e`, `%f` and `%g`.

use super::spec::{FormatSpec, precision};
use crate::value::Fault;
use crate::value::text::show::show_exponent;

/// A double without its sign.
pub(super) fn float(spec: &FormatSpec, kind: char, number: f64) -> Result<String, Fault> {
    let digits = precision(spec.precision.unwrap_or(6))?;
    let shown = match kind {
        _ if number.is_nan() => "nan".to_owned(),
        _ if number.is_infinite() => "inf".to_owned(),
        'f' | 'F' => with_point(format!("{number:.digits$}"), spec.alternate),
        'e' | 'E' => exponential(number, digits, spec.alternate),
        _ => general(number, digits.max(1), spec.alternate),
    };
    Ok(if kind.is_uppercase() { shown.to_uppercase() } else { shown })
}

fn with_point(mut shown: String, always: bool) -> String {
    if always && !shown.contains('.') {
        shown.push('.');
    }
    shown
}

fn exponential(number: f64, digits: usize, point: bool) -> String {
    let shown = format!("{number:.digits$e}");
    let (mantissa, exponent) = shown.split_once('e').unwrap_or((&shown, "0"));
    python_exponent(&with_point(mantissa.to_owned(), point), exponent)
}

fn python_exponent(mantissa: &str, exponent: &str) -> String {
    let mut shown = String::new();
    // Writing to a `String` cannot fail.
    let _ = show_exponent(&mut shown, &format!("{mantissa}e{exponent}"));
    shown
}

/// `%g`: so many significant digits, without an exponent where that is short; trailing zeros only if asked for.
fn general(number: f64, digits: usize, zeros: bool) -> String {
    let shown = format!("{number:.0$e}", digits - 1);
    let (mantissa, exponent) = shown.split_once('e').unwrap_or((&shown, "0"));
    let power: i64 = exponent.parse().unwrap_or(0);
    let trimmed = |text: String| match (zeros, text.contains('.')) {
        (true, _) => with_point(text, true),
        (false, true) => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        (false, false) => text,
    };
    match usize::try_from(digits as i64 - 1 - power) {
        Ok(decimals) if power >= -4 => trimmed(format!("{number:.decimals$}")),
        _ => python_exponent(&trimmed(mantissa.to_owned()), exponent),
    }
}
