//! Writes what became of records, in the order in which they came.

use super::batch::Results;
use crate::output::Output;
use crate::stop::Stop;
use crate::tally::{Progress, Tally};
use std::io::{self, Write};

/// The outputs of a run, and its counts.
pub struct Writer {
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
        self.events.write(&results.events)?;
        self.tally.merge(&results.tally);
        self.progress.show(&self.tally);
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
        self.events.finish()?;
        self.errors.map_or(Ok(()), Output::finish)?;
        self.progress.clear();
        Ok(self.tally)
    }
}
