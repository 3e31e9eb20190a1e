//! Tells when a run comes to each of its steps, so that the caller, who has a clock, can time them.

use super::observer::{Observer, Step};
use super::report::Report;

/// Tells a clock of each step.
pub(super) struct Timing<'t> {
    pub(super) report: &'t mut Report,
    pub(super) tick: &'t mut dyn FnMut(Step),
}

impl Observer for Timing<'_> {
    fn report(&mut self) -> &mut Report {
        self.report
    }

    fn step(&mut self, step: Step) {
        (self.tick)(step);
    }
}
