//! The same records through two versions of a format: what of the events changes, and which action makes it change.

mod cause;
mod changes;
mod version;

pub use changes::{Cause, Changes, Example, FieldChanges};

use crate::Error;
use crate::json::Json;
use cause::Side;
use version::Version;
use weir::{Format, Input, Plan, Record, Scratch};

/// Two versions that run side by side.
pub struct Comparison<'f> {
    versions: [Version<'f>; 2],
    plans: [&'f Plan; 2],
    now: i64,
    scratch: Scratch,
    changes: Changes,
}

impl<'f> Comparison<'f> {
    /// Compares the old version of a format with the new one, at a reference time in seconds since 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// [`Error::NothingCompiles`] where there is nothing to run of one of them.
    pub fn new(old: &'f Format, new: &'f Format, now: i64) -> Result<Self, Error> {
        let [Some(before), Some(after)] = [&old.plan, &new.plan] else { return Err(Error::NothingCompiles) };
        let versions = [Version::new(old), Version::new(new)];
        Ok(Comparison {
            versions,
            plans: [before, after],
            now,
            scratch: Scratch::default(),
            changes: Changes::default(),
        })
    }

    /// Compares one record's events; they are traced only where they differ. Examples name the record as `name` says.
    ///
    /// # Errors
    /// None that an input could cause.
    pub fn record(&mut self, input: Input<'_>, name: impl Fn() -> String) -> Result<(), Error> {
        let record = Record { input, now: self.now, event_id: None };
        let mut events = [Vec::new(), Vec::new()];
        for (plan, event) in self.plans.iter().zip(&mut events) {
            plan.run(&mut self.scratch, &record, event);
        }
        self.changes.records += 1;
        if events[0] == events[1] {
            return Ok(());
        }
        let [old, new] = [0, 1].map(|side| {
            let mut event = Vec::new();
            let trace = self.plans[side].trace(&mut self.scratch, &record, &mut event);
            let event = Json::read(&event)?;
            Ok::<_, Error>(Side { version: &self.versions[side], trace, event })
        });
        let sides = [old?, new?];
        self.changes.add(&sides, &name());
        Ok(())
    }

    /// What changed in the events so far.
    pub fn changes(self) -> Changes {
        self.changes
    }
}
