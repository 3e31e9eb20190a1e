//! Tells when a run comes to each of its steps, so that the caller, who has a clock, can time them.

use super::Report;
use super::observer::Observer;

/// A step of a run; each lasts until the next begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The record is looked at, and memory is made ready.
    Begin,
    /// A pipeline entry, by its place: its filter, and what it runs.
    Entry(usize),
    /// Fields are inferred from others.
    Infer,
    /// The event is written.
    Write,
    /// All is done.
    End,
}

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
