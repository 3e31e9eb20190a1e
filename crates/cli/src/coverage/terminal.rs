//! A coverage for people: counts by kind, and each part that no pair takes, with its place.

use super::Covered;
use crate::terminal::{bold, green, yellow};
use std::fmt::{self, Write};
use weir::run::{Point, PointKind};

/// How many characters of a key or a pattern are shown.
const SHOWN: usize = 80;

/// The coverage of all formats.
pub fn text(all: &[Covered], color: bool) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    for covered in all {
        let _ = format(&mut out, covered, color);
    }
    if all.len() > 1 {
        let counts = all.iter().map(|covered| covered.coverage.taken());
        let (taken, total) = counts.fold((0, 0), |(taken, total), (more, of)| (taken + more, total + of));
        let _ = writeln!(out, "coverage of all formats: {}", share(taken, total, color));
    }
    out
}

fn format(out: &mut String, covered: &Covered, color: bool) -> fmt::Result {
    let (taken, total) = covered.coverage.taken();
    writeln!(out, "coverage of {}: {}", bold(&covered.format, color), share(taken, total, color))?;
    let points = covered.coverage.points();
    for kind in PointKind::ALL {
        let of_kind = || points.iter().filter(|point| point.kind == kind);
        let (taken, total) = (of_kind().filter(|point| point.hits > 0).count(), of_kind().count());
        if total > 0 {
            writeln!(out, "  {:<22} {}", kind.name(), share(taken, total, color))?;
        }
    }
    // What stands in something that never ran need not be said apart.
    for point in points.iter().filter(|point| point.hits == 0 && !is_within_idle(point, points)) {
        let place = covered.sources.locate(point.span);
        let place = place.map_or(String::new(), |(name, place)| format!("{name}:{}:{}", place.line, place.column));
        writeln!(out, "  {place}: {}", missed(point))?;
    }
    Ok(())
}

fn share(taken: usize, total: usize, color: bool) -> String {
    let percent = (100 * taken).checked_div(total).unwrap_or(100);
    let text = format!("{taken} of {total} ({percent} %)");
    if taken == total { green(&text, color) } else { yellow(&text, color) }
}

/// Whether a part stands in an entry or an action that never ran.
fn is_within_idle(point: &Point, points: &[Point]) -> bool {
    let is_idle = |kind| move |other: &&Point| other.kind == kind && other.entry == point.entry && other.hits == 0;
    let of_action = matches!(point.kind, PointKind::Field | PointKind::TranslateKey | PointKind::TranslateFallback);
    let entry_is_idle = points.iter().any(|other| is_idle(PointKind::Entry)(&other));
    let inner =
        point.kind != PointKind::Entry && !matches!(point.kind, PointKind::FilterTaken | PointKind::FilterNotTaken);
    let holds = |other: &Point| other.span.start <= point.span.start && point.span.end <= other.span.end;
    (inner && entry_is_idle) || (of_action && points.iter().filter(is_idle(PointKind::Action)).any(holds))
}

fn missed(point: &Point) -> String {
    let Point { kind, entry, text, .. } = point;
    let text = match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.clone(),
    };
    match kind {
        PointKind::Entry => format!("the entry {entry} never runs"),
        PointKind::Branch => format!("no message of {entry} takes the alternative `{text}`"),
        PointKind::FilterTaken => "the filter never lets through".to_owned(),
        PointKind::FilterNotTaken => "the filter always lets through".to_owned(),
        PointKind::Action => format!("an action of {entry} never runs"),
        PointKind::Field => format!("{text} is never set"),
        PointKind::TranslateKey => format!("the key `{text}` is never looked up"),
        PointKind::TranslateFallback => "the fallback is never set".to_owned(),
    }
}
