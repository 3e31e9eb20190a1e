//! The description of an extractor, which the manual prints and the compiler reads.

use super::extractor::CompiledExtractor;
use super::properties::Properties;
use crate::diagnostic::Diagnostics;

/// The key of the incoming event that most extractors read.
pub(super) const MESSAGE: &str = "message";

/// What is known of an extractor without a spec.
pub struct Description {
    /// Its name, `room.verb`, such as `json.parse-json`.
    pub name: &'static str,
    /// The properties it takes, beside `input_field`, `output_field` and `raise_errors`, which all have.
    pub properties: &'static [Property],
    /// One sentence.
    pub summary: &'static str,
    /// Properties (YAML), input, and the result as JSON; executed as tests and printed in the manual.
    pub examples: &'static [Example],
    /// The key of the incoming event that is read where the spec names no input.
    pub default_input: &'static str,
    /// Compiles the properties; on `None` the findings say why.
    pub compile: fn(&Properties<'_>, &mut Diagnostics) -> Option<CompiledExtractor>,
}

/// A property of an extractor.
pub struct Property {
    /// Its name.
    pub name: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// What it means: one sentence.
    pub summary: &'static str,
}

/// An executed example of an extractor.
pub struct Example {
    /// The properties, as YAML.
    pub properties: &'static str,
    /// The input.
    pub input: &'static str,
    /// The result, as JSON.
    pub result: &'static str,
}
