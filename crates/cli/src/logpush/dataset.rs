//! The dataset of a format: its contract, and the plan that says what of it is read.

use crate::findings;
use crate::load::{self, Place};
use crate::stop::Stop;
use crate::terminal::Paint;
use std::io::{self, Write};
use std::path::Path;
use weir_logpush::{Contract, Requested, requested};

/// The contract of a format on disk.
///
/// # Errors
/// Where there is none, or it cannot be read.
pub fn contract(place: &Place) -> Result<Contract, Stop> {
    let path = place.root.join("dataset.yml");
    if !path.is_file() {
        let root = place.root.display();
        return Err(Stop::Because(format!("{root} has no dataset.yml: its records do not come from Logpush")));
    }
    let cannot = |mistake| Stop::Because(format!("cannot use {}: {mistake}", path.display()));
    Contract::parse(&load::read(&path)?).map_err(cannot)
}

/// A format whose dataset is to be pushed.
pub struct Dataset {
    /// What the dataset has.
    pub contract: Contract,
    /// Which of its fields a job asks for.
    pub fields: Vec<String>,
}

impl Dataset {
    /// Reads the contract at a path and compiles the format; `None`, after telling why, where it does not compile. Says on
    /// standard error which fields are not asked for, unless all are.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub fn at(path: &Path, all: bool, paint: Paint) -> Result<Option<Dataset>, Stop> {
        let place = Place::at(path)?;
        let contract = contract(&place)?;
        let format = weir::compile(&place.text()?);
        findings::tell(&format, true, paint)?;
        let Some(plan) = &format.plan else { return Ok(None) };
        let Requested { fields, others } = requested(&contract, Some(plan).filter(|_| !all));
        for (field, reason) in others {
            writeln!(io::stderr(), "{field} is not asked for (--all-fields does): {reason}")?;
        }
        let fields = fields.into_iter().map(str::to_owned).collect();
        Ok(Some(Dataset { contract, fields }))
    }
}
