//! What can be wrong with an event.

/// Why an event is not put into columns.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It is no JSON object.
    #[error("an event is a JSON object: {why}")]
    Malformed {
        /// What is wrong, and where.
        why: String,
    },
    /// The texts of a batch take up to 1 GiB: finish it, and put the event into the next one.
    #[error("the batch is full: finish it, and put this event into the next one")]
    Full,
}
