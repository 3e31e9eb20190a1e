//! A format that is ready to run, and what it says of a record that it ran.

use crate::contracts;
use crate::folders::Place;
use crate::format_error::FormatError;
use crate::note::{Note, Tell};
use crate::unread::Unread;
use crate::verdict::Verdict;
use std::sync::{Arc, PoisonError, RwLock};
use weir::{FormatText, Plan, Record, Report};
use weir_dataset::Contract;
use weir_detect::Detector;

/// How many digits of a hash tell the texts of formats apart.
const STAMP: usize = 16;

/// A format that is ready to run.
pub struct Loaded {
    /// The dataset's name, or the format's.
    pub name: String,
    /// The first 16 hexadecimal digits of the BLAKE3 hash of the texts that it was compiled from, so that it is known by which
    /// version an event was made, or a record failed.
    pub stamp: String,
    /// Its folder.
    pub place: Place,
    /// What runs.
    pub plan: Plan,
    /// Finds records of which nothing was read.
    pub unread: Unread,
    /// What is documented of its records, where it is known.
    pub contract: Option<Contract>,
    /// What its events are held against; another, where rules are read again.
    detector: RwLock<Option<Arc<Detector>>>,
}

impl Loaded {
    /// Reads and compiles a format. Nothing where it cannot run, or where a part of it does not compile and `deny_errors`; the
    /// reason is told.
    ///
    /// # Errors
    /// Where something cannot be read.
    pub fn load(place: &Place, deny_errors: bool, tell: Tell<'_>) -> Result<Option<Loaded>, FormatError> {
        let text = place.text()?;
        let format = weir::compile(&text);
        tell(Note::Compiled(&format));
        match (format.findings.has_errors() && format.plan.is_some(), deny_errors) {
            (false, _) => {}
            (true, true) => return Ok(None),
            (true, false) => {
                let warning = "parts that do not compile do not run; --deny-errors refuses to run then";
                tell(Note::Warning(warning.to_owned()));
            }
        }
        let contract = contracts::read(place, tell)?;
        let folder = || place.root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let spec = format.spec;
        Ok(format.plan.map(|plan| {
            let name = contract.as_ref().map(|contract| contract.name.clone());
            let name = name.or_else(|| plan.name().map(str::to_owned)).unwrap_or_else(folder);
            let unread = Unread::of(spec.as_ref(), &plan);
            Loaded {
                name,
                stamp: stamp(&text),
                place: place.clone(),
                plan,
                unread,
                contract,
                detector: RwLock::default(),
            }
        }))
    }

    /// What its events are held against now.
    pub fn detector(&self) -> Option<Arc<Detector>> {
        // What is locked is one pointer, which nothing leaves half written.
        self.detector.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Holds its events against rules and indicators from now on.
    pub fn detect(&self, detector: Detector) {
        *self.detector.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(detector));
    }

    /// What became of a record.
    pub fn verdict(&self, record: &Record<'_>, event: &[u8], report: &Report) -> Verdict {
        self.unread.verdict(&self.plan, self.contract.as_ref(), record, event, report)
    }
}

/// Each text has its length before it: no other texts look the same one after the other.
fn stamp(text: &FormatText) -> String {
    let mut hasher = blake3::Hasher::new();
    for (_, text) in std::iter::once(&text.parser).chain(&text.fields) {
        hasher.update(&(text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.finalize().to_hex()[..STAMP].to_owned()
}
