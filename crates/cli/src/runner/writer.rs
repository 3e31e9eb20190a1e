//! Writes what became of records, in the order in which they came.

use super::batch::{MatchedEvent, Results};
use crate::output::Output;
use crate::progress::Progress;
use crate::stop::Stop;
use crate::tally::Tally;
use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;
use weir_author::words::plural;
use weir_detect::Detector;
use weir_detect::correlate::CorrelationState;

/// The outputs of a run, and its counts.
pub struct Writer {
    /// Where matches go, too.
    pub alerts: Option<Output>,
    /// What correlations have seen, by the format's place; and of which rules, which may be read again.
    pub correlated: HashMap<usize, (Arc<Detector>, CorrelationState)>,
    /// Where events go.
    pub events: Output,
    /// Where records go too with which something went wrong.
    pub errors: Option<Output>,
    /// What is shown meanwhile.
    pub progress: Progress,
    /// All counts so far.
    pub tally: Tally,
}

impl Writer {
    /// Writes what became of records.
    ///
    /// # Errors
    /// Where an output does not take it.
    pub fn write(&mut self, results: &Results) -> Result<(), Stop> {
        if let Some(errors) = &mut self.errors {
            for (place, told) in &results.troubled {
                errors.write(format!("{{\"record\":{},", self.tally.records + place).as_bytes())?;
                errors.write(told.strip_prefix(b"{").unwrap_or(told))?;
                errors.write(b"\n")?;
            }
        }
        self.write_alerts(results)?;
        self.events.write(&results.events)?;
        self.tally.merge(&results.tally);
        self.progress.show(|| self.tally.so_far());
        Ok(())
    }

    /// Writes what is to be told of the events that rules match, in their order: correlations count here.
    fn write_alerts(&mut self, results: &Results) -> Result<(), Stop> {
        let Some(alerts) = &mut self.alerts else { return Ok(()) };
        for MatchedEvent { place, detector, matched, event } in &results.matched {
            let (known, state) =
                self.correlated.entry(*place).or_insert_with(|| (Arc::clone(detector), CorrelationState::default()));
            if !Arc::ptr_eq(known, detector) {
                (*known, *state) = (Arc::clone(detector), CorrelationState::default());
            }
            for alert in detector.alerts(state, matched) {
                alerts.write(&alert.line(event))?;
                alerts.write(b"\n")?;
            }
        }
        Ok(())
    }

    /// Shows a line on standard error.
    ///
    /// # Errors
    /// Where standard error is gone.
    pub fn note(&mut self, text: &str) -> Result<(), Stop> {
        self.progress.clear();
        Ok(writeln!(io::stderr(), "{text}")?)
    }

    /// Writes what was gathered: nothing more is there for now.
    ///
    /// # Errors
    /// Where an output does not take it.
    pub fn flush(&mut self) -> Result<(), Stop> {
        self.events.flush()
    }

    /// Writes what is left and gives the counts.
    ///
    /// # Errors
    /// Where an output does not take it.
    pub fn finish(mut self) -> Result<Tally, Stop> {
        // Where one output does not take all of it, no file of the user is replaced.
        self.events.flush()?;
        self.errors.as_mut().map_or(Ok(()), Output::flush)?;
        self.alerts.as_mut().map_or(Ok(()), Output::flush)?;
        self.events.finish()?;
        self.alerts.map_or(Ok(()), Output::finish)?;
        self.errors.map_or(Ok(()), Output::finish)?;
        self.progress.clear();
        let forgotten: u64 = self.correlated.values().map(|(_, state)| state.forgotten()).sum();
        if forgotten > 0 {
            let most = CorrelationState::MOST;
            let matches = plural(forgotten, "match was", "matches were");
            writeln!(
                io::stderr(),
                "{forgotten} {matches} forgotten before the timespan of a correlation was over: of a format {most} are remembered"
            )?;
        }
        Ok(self.tally)
    }
}
