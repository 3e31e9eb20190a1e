//! Which parts of specs the recorded pairs exercise.
//!
//! Why so: `docs/decisions/0022`.

mod cobertura;
mod lcov;
mod summary;
mod table;

pub use cobertura::text as cobertura;
pub use lcov::text as lcov;
pub use summary::Summary;
pub use table::text as table;

use serde::Serialize;
use std::collections::BTreeMap;
use weir::diagnostic::{SourceId, Sources};
use weir::run::{Coverage, Point, PointKind};

/// The coverage of one format.
pub struct Covered {
    /// Its name in reports: its directory.
    pub format: String,
    /// The format's texts.
    pub sources: Sources,
    /// What its pairs take.
    pub coverage: Coverage,
}

/// The share of a format's points that were taken. Of nothing it is 1, for nothing is left out.
pub fn share(coverage: &Coverage) -> f64 {
    let (taken, all) = coverage.taken();
    rate(taken, all)
}

fn rate(taken: usize, all: usize) -> f64 {
    if all == 0 { 1.0 } else { taken as f64 / all as f64 }
}

/// A line of a spec that something can take.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Line {
    /// How often it was.
    pub hits: u64,
    /// How often each of its branches was: the two ways of a filter, the keys of a dictionary, the alternatives of a pattern.
    pub branches: Vec<u64>,
}

impl Covered {
    /// The spec's path and its lines, by number.
    fn lines(&self) -> (&str, BTreeMap<u32, Line>) {
        let path = self.sources.get(SourceId(0)).map_or("", |parser| &parser.name);
        (path, lines(&self.sources, &self.coverage))
    }
}

/// The lines of a spec that something can take, by number.
pub fn lines(sources: &Sources, coverage: &Coverage) -> BTreeMap<u32, Line> {
    let mut lines: BTreeMap<u32, Line> = BTreeMap::new();
    for point in coverage.points() {
        let Some((_, place)) = sources.locate(point.span) else { continue };
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
    lines
}

fn is_branch(point: &Point) -> bool {
    matches!(
        point.kind,
        PointKind::FilterTaken | PointKind::FilterNotTaken | PointKind::TranslateKey | PointKind::Branch
    )
}
