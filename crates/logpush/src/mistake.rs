//! What can be wrong with a contract or a job before anything is sent.

use crate::scope::Scope;

/// A mistake of who wrote the contract or asked for the job. No message holds a key.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Mistake {
    /// A dataset that is neither of an account nor of a zone.
    #[error("the contract of `{0}` does not say whether it is of an account or a zone")]
    NoScope(String),
    /// A dataset without fields.
    #[error("the contract of `{0}` has no fields")]
    NoFields(String),
    /// A field or dataset whose name the API could not take.
    #[error("`{0}` is not a valid name of a dataset or field: letters, digits, `_`, `-` and `.` are allowed")]
    Name(String),
    /// An id that is none.
    #[error("`{0}` is not a valid id of an account or zone: it has up to 32 letters and digits")]
    Id(String),
    /// The job would be made in the wrong place.
    #[error("`{dataset}` is a dataset of {0}: it needs the id of {0}, not of {1}", scope.words(), scope.other().words())]
    Scope {
        /// The dataset.
        dataset: String,
        /// Where it is.
        scope: Scope,
    },
    /// The destination is no URL to which Logpush pushes.
    #[error("the destination cannot be used: {0}")]
    Destination(&'static str),
    /// The name of the header that carries the key is none.
    #[error("`{0}` is not a valid name of a header")]
    Header(String),
    /// The destination has the header already.
    #[error("the destination has the header `{0}` already: give the key once")]
    HeaderTwice(String),
    /// The key cannot stand in a header.
    #[error("the key cannot be part of a header: it is empty, or has characters other than visible ASCII")]
    Key,
    /// A number out of its range.
    #[error("{what} is {given}: it must be {range}")]
    Range {
        /// The setting's name.
        what: &'static str,
        /// What was asked for.
        given: String,
        /// What is allowed, in words.
        range: String,
    },
    /// The name of the job is none.
    #[error("`{0}` is not a valid name of a job: up to 512 letters, digits, `-` and `.` are allowed")]
    JobName(String),
    /// The filter is no filter.
    #[error("the filter cannot be used: {0}")]
    Filter(String),
    /// The deprecated options have no place for it.
    #[error("{0} has no place in `logpull_options`: leave out the legacy form")]
    Legacy(&'static str),
    /// Nothing is asked for.
    #[error("{0}")]
    Nothing(&'static str),
    /// The job belongs to another dataset.
    #[error("job {job} pushes `{found}`, and not `{wanted}`")]
    OtherDataset {
        /// The job's id.
        job: u64,
        /// Its dataset.
        found: String,
        /// The format's dataset.
        wanted: String,
    },
    /// The address of the API is none.
    #[error("the address of the API cannot be used: {0}")]
    Address(&'static str),
    /// The token can be none.
    #[error("the token is empty or has invalid characters")]
    Token,
    /// A deprecated option whose present name is not known.
    #[error("the job's `logpull_options` have `{0}`, which has no counterpart in `output_options`")]
    Option(String),
}
