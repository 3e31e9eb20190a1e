//! A text that nobody may see by accident.

use crate::destination::encode;
use std::fmt::{self, Debug, Formatter};

/// What stands for a secret where it is shown.
pub const HIDDEN: &str = "***";

/// A key or a token. It has no [`Display`](fmt::Display), and its debug output hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text secret.
    pub fn new(text: impl Into<String>) -> Self {
        Secret(text.into())
    }

    /// The text itself. Whoever asks for it answers for where it goes.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it reads the same in a URL, so that nothing has to be encoded.
    pub fn is_plain(&self) -> bool {
        encode(&self.0) == self.0
    }

    /// Whether it can stand in a header: visible ASCII, with blanks between.
    pub(crate) fn fits_a_header(&self) -> bool {
        let inner = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
        !self.0.is_empty() && self.0.trim() == self.0 && self.0.bytes().all(inner)
    }
}

impl Debug for Secret {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}
