//! Which text sets nothing. The run asks here, and so does all that looks ahead, so that both say the same.

use crate::value::{Constant, ConstantKind};

/// Whether a text is empty as it is: without a character, or one of the spec's `ignored_values`. Text of blanks alone is
/// a value.
pub(crate) fn is_empty(text: &str, ignored: &[Constant]) -> bool {
    let is_it = |ignored: &Constant| matches!(&ignored.kind, ConstantKind::Text(ignored) if **ignored == *text);
    text.is_empty() || ignored.iter().any(is_it)
}

/// Whether a text that a field would be set to sets nothing: `None` is what a template prints where there is no value.
pub(crate) fn sets_nothing(text: &str, ignored: &[Constant]) -> bool {
    text.trim() == "None" || is_empty(text, ignored)
}
