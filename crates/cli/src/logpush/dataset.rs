//! The dataset of a format: its contract, and the plan that says what of it is read.

use crate::findings;
use crate::stop::Stop;
use crate::terminal::Paint;
use std::io::{self, Write};
use std::path::Path;
use weir_dataset::Contract;
use weir_formats::Place;
use weir_logpush::{Requested, requested};

/// The contract of a format on disk. What is wrong with it is told on standard error.
///
/// # Errors
/// Where there is none, or it cannot be used.
pub fn contract(place: &Place, paint: Paint) -> Result<Contract, Stop> {
    let root = place.root.display();
    let none = || Stop::Because(format!("{root} has no dataset.yml: its records do not come from Logpush"));
    findings::contract(place, paint)?.ok_or_else(none)
}

/// A format whose dataset is to be pushed.
pub struct Dataset {
    /// What the dataset has.
    pub contract: Contract,
    /// Which of its fields a job asks for.
    pub fields: Vec<String>,
}

impl Dataset {
    /// Reads the contract at a path and compiles the format; `None`, after telling why, where a part of it does not
    /// compile: a job would not ask for what that part reads, and nobody gets it back. Says on standard error which fields
    /// are not asked for, unless all are.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub fn at(path: &Path, all: bool, paint: Paint) -> Result<Option<Dataset>, Stop> {
        let place = Place::at(path)?;
        let contract = contract(&place, paint)?;
        let format = weir::compile(&place.text()?);
        findings::tell(&format, true, paint)?;
        if format.findings.has_errors() {
            return Ok(None);
        }
        let Requested { fields, others } = requested(&contract, Some(&format).filter(|_| !all));
        for (field, reason) in others {
            writeln!(io::stderr(), "the job does not ask for {field} (--all-fields does): {reason}")?;
        }
        let fields = fields.into_iter().map(str::to_owned).collect();
        Ok(Some(Dataset { contract, fields }))
    }
}
