//! The profile that a run keeps, and the files it is in.

use crate::stop::Stop;
use std::path::Path;
use weir::run::Coverage;
use weir::{Record, Report, Scratch, Status};
use weir_dataset::{Profile, Profiles};
use weir_formats::{Formats, Loaded, folders, message};

/// Gathers a profile for each format of a run.
pub struct Profiler {
    kept: Vec<(Profile, Coverage)>,
    unrouted: u64,
}

impl Profiler {
    /// Nothing gathered yet.
    pub fn new(formats: &Formats) -> Self {
        let kept = formats.all().iter().map(|format| (Profile::default(), Coverage::new(&format.plan)));
        Profiler { kept: kept.collect(), unrouted: 0 }
    }

    /// Runs a record, and looks at it.
    pub fn run<'c>(
        &'c mut self,
        place: usize,
        format: &Loaded,
        scratch: &mut Scratch,
        record: &Record<'_>,
        out: &mut Vec<u8>,
    ) -> Option<&'c Report> {
        let (profile, coverage) = self.kept.get_mut(place)?;
        profile.add(&message(record.input), format.contract.as_ref());
        let report = format.plan.cover(scratch, record, out, coverage);
        profile.failed += u64::from(report.status() == Status::Failure);
        Some(report)
    }

    /// A record that has no format.
    pub fn unrouted(&mut self) {
        self.unrouted += 1;
    }

    /// All that was gathered, as JSON.
    ///
    /// # Errors
    /// Never, in fact: numbers and text are JSON.
    pub fn json(self, formats: &Formats) -> Result<Vec<u8>, Stop> {
        let mut profiles = Profiles { unrouted: self.unrouted, ..Profiles::default() };
        for ((mut profile, coverage), format) in self.kept.into_iter().zip(formats.all()) {
            profile.take_fallbacks(&coverage);
            profile.forget_values(format.contract.as_ref());
            profiles.datasets.insert(format.name.clone(), profile);
        }
        let mut text = serde_json::to_vec_pretty(&profiles).map_err(|error| Stop::Because(error.to_string()))?;
        text.push(b'\n');
        Ok(text)
    }
}

/// Reads profiles that a run wrote.
///
/// # Errors
/// Where the file cannot be read or holds something else.
pub fn read(path: &Path) -> Result<Profiles, Stop> {
    let text = folders::read(path)?;
    serde_json::from_str(&text)
        .map_err(|error| Stop::Because(format!("{} is not a profile of a run: {error}", path.display())))
}
