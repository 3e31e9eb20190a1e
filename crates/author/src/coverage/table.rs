//! A coverage for people: counts by kind, and each part that no pair takes, with its place.

use super::{Covered, Summary};
use crate::styled::{Pen, Styled, StyledText, Writer};
use crate::words::cut;
use std::fmt::{self, Write};
use weir::run::{Point, PointKind};

/// How many characters of a key or a pattern are shown.
const SHOWN: usize = 80;

/// The coverage of all formats.
pub fn text(all: &[Covered]) -> StyledText {
    let pen = Pen::default();
    let mut out = pen.writer();
    // Writing to a text cannot fail.
    for covered in all {
        let _ = format(&mut out, covered, &pen);
    }
    if all.len() > 1 {
        let counts = all.iter().map(|covered| covered.coverage.taken());
        let (taken, total) = counts.fold((0, 0), |(taken, total), (more, of)| (taken + more, total + of));
        let _ = writeln!(out, "coverage of all formats: {}", share(taken, total, &pen));
    }
    out.done()
}

fn format(out: &mut Writer<'_>, covered: &Covered, pen: &Pen) -> fmt::Result {
    let Summary { taken, total, kinds, missed } = Summary::of(&covered.coverage);
    writeln!(out, "coverage of {}: {}", pen.name(&covered.format), share(taken, total, pen))?;
    for (kind, taken, total) in kinds {
        writeln!(out, "  {:<22} {}", kind.name(), share(taken, total, pen))?;
    }
    for point in missed {
        let place = covered.sources.locate(point.span);
        let place = place.map_or(String::new(), |(name, place)| format!("{name}:{}:{}", place.line, place.column));
        writeln!(out, "  {}: {}", pen.place(place, point.span), said(point))?;
    }
    Ok(())
}

fn share(taken: usize, total: usize, pen: &Pen) -> Styled<'_> {
    let percent = (100 * taken).checked_div(total).unwrap_or(100);
    let text = format!("{taken} of {total} ({percent} %)");
    if taken == total { pen.good(text) } else { pen.idle(text) }
}

fn said(point: &Point) -> String {
    let Point { kind, entry, text, .. } = point;
    let text = cut(text, SHOWN);
    match kind {
        PointKind::Entry => format!("the entry `{entry}` never runs"),
        PointKind::Branch => format!("no message of `{entry}` matches the alternative `{text}`"),
        PointKind::FilterTaken => "the filter is never true".to_owned(),
        PointKind::FilterNotTaken => "the filter is always true".to_owned(),
        PointKind::Action => format!("an action of `{entry}` never runs"),
        PointKind::Field => format!("`{text}` is never set"),
        PointKind::Deletion => format!("`{text}` never has a value to delete"),
        PointKind::TranslateKey => format!("the key `{text}` is never looked up"),
        PointKind::TranslateFallback => "the fallback is never used".to_owned(),
    }
}
