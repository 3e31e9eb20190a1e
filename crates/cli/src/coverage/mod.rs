//! Which parts of specs the recorded pairs exercise.

mod cobertura;
mod lcov;
mod terminal;

use crate::replaced;
use crate::stop::Stop;
use crate::terminal::Paint;
use clap::ValueEnum;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use weir::diagnostic::{SourceId, Sources};
use weir::run::{Coverage, Point, PointKind};

/// How a coverage is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// A table for people, with every part that no pair takes
    Text,
    /// lcov's tracefile, as geninfo(1) describes it
    Lcov,
    /// Cobertura's XML, coverage-04.dtd
    Cobertura,
}

/// The coverage of one format.
pub struct Covered {
    /// Its directory.
    pub format: String,
    /// The format's texts.
    pub sources: Sources,
    /// What its pairs take.
    pub coverage: Coverage,
}

/// Writes a coverage to a file, or to standard output.
///
/// # Errors
/// Where it cannot be written.
pub fn write(kind: Kind, all: &[Covered], file: Option<&Path>, paint: Paint) -> Result<(), Stop> {
    let text = match kind {
        Kind::Text => terminal::text(all, paint.stdout && file.is_none()),
        Kind::Lcov => lcov::text(all),
        Kind::Cobertura => cobertura::text(all),
    };
    match file {
        Some(path) => replaced::write(path, text.as_bytes()),
        None => Ok(io::stdout().write_all(text.as_bytes())?),
    }
}

/// A line of a spec that something can take.
#[derive(Debug, Default)]
struct Line {
    /// How often it was.
    hits: u64,
    /// How often each of its branches was: the two ways of a filter, the keys of a dictionary, the alternatives of a pattern.
    branches: Vec<u64>,
}

impl Covered {
    /// The spec's path and its lines, by number.
    fn lines(&self) -> (&str, BTreeMap<u32, Line>) {
        let mut lines: BTreeMap<u32, Line> = BTreeMap::new();
        let path = self.sources.get(SourceId(0)).map_or("", |parser| &parser.name);
        for point in self.coverage.points() {
            let Some((_, place)) = self.sources.locate(point.span) else { continue };
            let line = lines.entry(place.line).or_default();
            match is_branch(point) {
                true => line.branches.push(point.hits),
                false => line.hits = line.hits.max(point.hits),
            }
        }
        // Where there are only branches, the line ran if one of them did.
        for line in lines.values_mut().filter(|line| line.hits == 0) {
            line.hits = line.branches.iter().sum();
        }
        (path, lines)
    }
}

fn is_branch(point: &Point) -> bool {
    matches!(
        point.kind,
        PointKind::FilterTaken | PointKind::FilterNotTaken | PointKind::TranslateKey | PointKind::Branch
    )
}
