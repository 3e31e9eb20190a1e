//! Every kind of finding that a check can have.

use super::{declarations, descriptions, expectations, keys, manifests, published};
use weir::diagnostic::{Kind, Severity};
use weir::spec;

/// Every kind of finding that a check can have, in the manual's order.
pub fn kinds() -> impl Iterator<Item = &'static Kind> {
    const OWN: &[Kind] = &[
        ALLOW_WITHOUT_REASON,
        UNUSED_ALLOW,
        keys::UNMET_KEY,
        keys::UNMET_INPUT,
        declarations::UNUSED_FIELD,
        expectations::UNKNOWN_EXPECTATION,
        descriptions::UNKNOWN,
        descriptions::UNSET,
        manifests::MALFORMED_SLUG,
        manifests::UNKNOWN_DATA_SOURCE,
    ];
    let of_engine = [
        spec::findings::KINDS,
        weir::plan::findings::KINDS,
        weir::lint::findings::KINDS,
        weir::extract::findings::KINDS,
    ];
    of_engine.into_iter().flatten().chain(OWN).chain(weir_dataset::FINDINGS).chain(published::KINDS)
}

/// A comment that does not say why.
pub const ALLOW_WITHOUT_REASON: Kind = Kind {
    code: "allow-without-reason",
    severity: Severity::Warning,
    title: "nothing says why `{code}` is allowed here",
    meaning: "Who reads the format next must know why the finding is no mistake.",
};

/// A comment that allows what is not found.
pub const UNUSED_ALLOW: Kind = Kind {
    code: "unused-allow",
    severity: Severity::Warning,
    title: "there is no finding `{code}` here",
    meaning: "The comment allows nothing: the finding is gone, its code is another, or it is on another line. What does not compile cannot be allowed.",
};
