//! What goes wrong while an event runs: small, and off the hot path.

use std::fmt;

/// A failure of one expression, extractor or cast on one event. Small, so that results are no larger than a value.
#[derive(Clone, Debug)]
pub struct Fault(FaultKind);

#[derive(Clone, Debug)]
enum FaultKind {
    /// What specs run into by design, such as reading below a field that an event lacks, allocates nothing.
    Known(&'static (FaultCode, &'static str)),
    Told(Box<(FaultCode, String)>),
}

/// The kind of a [`Fault`]; its text is stable and machine-readable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FaultCode {
    /// An operation on a type that does not have it (Python's `TypeError`).
    Type,
    /// A value outside what an operation takes (Python's `ValueError`).
    Value,
    /// An operation on an undefined value (Jinja's `UndefinedError`).
    Undefined,
    /// A key, index or attribute that must exist and does not (Python's `KeyError` and kin).
    Lookup,
    /// Input that an extractor cannot read.
    Parse,
    /// A value that its field's type does not take.
    Cast,
    /// A budget of the engine: steps, bytes, depth.
    Limit,
    /// Part of the language that the engine does not run.
    Unsupported,
}

impl FaultCode {
    /// The stable name: `type`, `value`, `undefined`, …
    pub fn name(self) -> &'static str {
        match self {
            FaultCode::Type => "type",
            FaultCode::Value => "value",
            FaultCode::Undefined => "undefined",
            FaultCode::Lookup => "lookup",
            FaultCode::Parse => "parse",
            FaultCode::Cast => "cast",
            FaultCode::Limit => "limit",
            FaultCode::Unsupported => "unsupported",
        }
    }
}

impl Fault {
    /// A fault with its reason: one sentence fragment without a capital or a full stop.
    #[cold]
    pub fn new(code: FaultCode, reason: impl Into<String>) -> Self {
        Fault(FaultKind::Told(Box::new((code, reason.into()))))
    }

    /// A fault whose reason is known beforehand; it costs nothing.
    pub const fn known(fault: &'static (FaultCode, &'static str)) -> Self {
        Fault(FaultKind::Known(fault))
    }

    /// The kind.
    pub fn code(&self) -> FaultCode {
        match &self.0 {
            FaultKind::Known(fault) => fault.0,
            FaultKind::Told(fault) => fault.0,
        }
    }

    /// The reason, in words.
    pub fn reason(&self) -> &str {
        match &self.0 {
            FaultKind::Known(fault) => fault.1,
            FaultKind::Told(fault) => &fault.1,
        }
    }
}

/// Faults are equal where they say the same.
impl PartialEq for Fault {
    fn eq(&self, other: &Self) -> bool {
        (self.code(), self.reason()) == (other.code(), other.reason())
    }
}

impl Eq for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code().name(), self.reason())
    }
}

impl std::error::Error for Fault {}
