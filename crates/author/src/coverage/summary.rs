//! A coverage in numbers, and what is left out.

use weir::run::{Coverage, Point, PointKind};

/// What of a format was taken, and what not.
#[derive(Debug)]
pub struct Summary<'c> {
    /// How many points were taken.
    pub taken: usize,
    /// How many points there are.
    pub total: usize,
    /// By kind, where the format has points of it: how many were taken, of how many.
    pub kinds: Vec<(PointKind, usize, usize)>,
    /// The points that were not taken, in the order of the spec. What stands in something that never ran is not among them.
    pub missed: Vec<&'c Point>,
}

impl<'c> Summary<'c> {
    /// Counts what was taken.
    pub fn of(coverage: &'c Coverage) -> Self {
        let (taken, total) = coverage.taken();
        let points = coverage.points();
        let count = |kind: PointKind| {
            let of_kind = || points.iter().filter(|point| point.kind == kind);
            (kind, of_kind().filter(|point| point.hits > 0).count(), of_kind().count())
        };
        let kinds = PointKind::ALL.into_iter().map(count).filter(|(_, _, total)| *total > 0).collect();
        Summary { taken, total, kinds, missed: missed(points) }
    }
}

/// What is to be said of the points that were not taken: what stands in something that never ran goes with it, and what
/// never ran says already that its filter lets nothing through.
fn missed(points: &[Point]) -> Vec<&Point> {
    let (mut entry_is_idle, mut action_is_idle) = (false, false);
    let mut missed = Vec::new();
    for point in points {
        let is_within_idle = match point.kind {
            PointKind::Entry => {
                (entry_is_idle, action_is_idle) = (point.hits == 0, false);
                false
            }
            PointKind::Action => {
                action_is_idle = point.hits == 0;
                entry_is_idle
            }
            PointKind::FilterTaken => true,
            _ => entry_is_idle || action_is_idle,
        };
        if point.hits == 0 && !is_within_idle {
            missed.push(point);
        }
    }
    missed
}
