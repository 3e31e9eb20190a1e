//! What the text of a user agent tells.

/// What a user agent's text tells: each field that its rule sets, empty where it tells nothing.
#[derive(Debug, Default, PartialEq)]
pub(in crate::infer) struct Agent(pub(super) [Box<str>; 5]);
