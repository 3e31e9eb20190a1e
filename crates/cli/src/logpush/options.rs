//! The options of a job that can be set when it is made and changed later.

use crate::stop::Stop;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::io::{self, Write};
use weir_dataset::Contract;
use weir_logpush::{Filter, Limits, TimestampFormat};

/// What a user wants of a job.
#[derive(Args)]
pub struct Options {
    /// The name of the job: letters, digits, `-` and `.`
    #[arg(long)]
    pub name: Option<String>,
    /// How the job writes times; rfc3339 for a new job
    #[arg(long, value_name = "FORMAT", value_parser = timestamps())]
    pub timestamps: Option<TimestampFormat>,
    /// The most bytes of a push before compression: 5000000 to 1000000000, 0 for no limit
    #[arg(long, value_name = "BYTES")]
    max_upload_bytes: Option<u64>,
    /// The most records of a push: 1000 to 1000000, 0 for no limit
    #[arg(long, value_name = "RECORDS")]
    max_upload_records: Option<u64>,
    /// The most seconds between pushes: 30 to 300, 0 for no limit
    #[arg(long, value_name = "SECONDS")]
    max_upload_interval_seconds: Option<u64>,
    /// Which records to push: JSON of the form {"where":{…}}
    #[arg(long, value_name = "JSON")]
    filter: Option<String>,
    /// Which share of the records to push: above 0, at most 1
    #[arg(long, value_name = "SHARE")]
    pub sample_rate: Option<f64>,
    /// Let the job run
    #[arg(long, conflicts_with = "disabled")]
    enabled: bool,
    /// Do not let the job run
    #[arg(long)]
    disabled: bool,
    /// Ask for all fields, also those that the format leaves out and does not read
    #[arg(long)]
    pub all_fields: bool,
}

impl Options {
    /// The limits that were named.
    pub fn limits(&self) -> Limits {
        Limits {
            bytes: self.max_upload_bytes,
            records: self.max_upload_records,
            interval_seconds: self.max_upload_interval_seconds,
        }
    }

    /// Whether the job is to run, if that was said.
    pub fn enabled(&self) -> Option<bool> {
        (self.enabled || self.disabled).then_some(self.enabled)
    }

    /// The filter. Says on standard error which of its fields the contract does not know.
    ///
    /// # Errors
    /// Where it is none.
    pub fn filter(&self, contract: Option<&Contract>) -> Result<Option<Filter>, Stop> {
        let filter = self.filter.as_deref().map(Filter::parse).transpose()?;
        for (field, contract) in filter.iter().flat_map(Filter::fields).zip(contract.into_iter().cycle()) {
            if contract.field(field).is_none() {
                writeln!(
                    io::stderr(),
                    "the filter uses {field:?}, which the contract of {} does not have",
                    contract.name
                )?;
            }
        }
        Ok(filter)
    }
}

fn timestamps() -> impl TypedValueParser<Value = TimestampFormat> {
    let names = TimestampFormat::ALL.map(TimestampFormat::name);
    let of_name = |name: String| TimestampFormat::ALL.into_iter().find(|format| format.name() == name);
    PossibleValuesParser::new(names).try_map(move |name| of_name(name).ok_or("not a time format"))
}
