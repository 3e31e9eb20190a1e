//! Keys and names as text, where an author wrote a number or a boolean.

use crate::value::{Constant, ConstantKind};

/// The text that stands for a scalar: Python's `str()` of it. `None` for a collection.
///
/// A name such as `1.5` is rare enough that Rust's shortest digits do; Python's differ from 1e16 on.
pub(super) fn word(constant: &Constant) -> Option<String> {
    Some(match &constant.kind {
        ConstantKind::Null => "None".to_owned(),
        ConstantKind::Bool(true) => "True".to_owned(),
        ConstantKind::Bool(false) => "False".to_owned(),
        ConstantKind::Int(value) => value.to_string(),
        ConstantKind::Float(value) => format!("{value:?}"),
        ConstantKind::BigInt(text) | ConstantKind::Text(text) => text.to_string(),
        ConstantKind::List(_) | ConstantKind::Map(_) => return None,
    })
}

/// The text of a key, for messages.
pub(super) fn key_text(key: &Constant) -> String {
    word(key).unwrap_or_else(|| key.type_name().to_owned())
}
