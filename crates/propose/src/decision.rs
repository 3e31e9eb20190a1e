//! What a draft leaves to a human.

/// Something that names, types and values do not decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The raw field; empty for what is about the whole format.
    pub field: String,
    /// What is to be decided, and what the draft does for now.
    pub question: String,
}
