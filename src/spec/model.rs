//! What a spec says, as written: templates are still text.

use crate::diagnostic::Span;
use crate::value::Constant;

/// A word of the spec with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The word.
    pub text: String,
    /// Its place.
    pub span: Span,
}

/// A format's spec.
#[derive(Clone, Debug, Default)]
pub struct Spec {
    /// The format's name.
    pub name: Option<Named>,
    /// Values that set no field.
    pub ignored_values: Vec<Constant>,
    /// What runs, in order.
    pub pipeline: Vec<PipelineEntry>,
    /// The stages, in the order written.
    pub stages: Vec<Stage>,
}

/// An entry of the pipeline. Two may have the same name: they write the same layer.
#[derive(Clone, Debug)]
pub struct PipelineEntry {
    /// The name of the entry and of the layer it writes.
    pub name: Named,
    /// The condition under which it runs.
    pub filter: Option<Constant>,
    /// What runs.
    pub work: EntryKind,
    /// The whole entry.
    pub span: Span,
}

/// What a pipeline entry runs.
#[allow(clippy::large_enum_variant, reason = "entries are few and made once: a box would only stand in the way")]
#[derive(Clone, Debug)]
pub enum EntryKind {
    /// The stage of the entry's name.
    Stage,
    /// An extractor.
    Extractor(ExtractorUse),
    /// Nothing: what the entry says cannot be read. The findings say why.
    Unreadable,
}

/// One use of an extractor.
#[derive(Clone, Debug)]
pub struct ExtractorUse {
    /// Its name as written.
    pub name: Named,
    /// Where its input comes from: a template or a bare path; if not given, what the extractor reads by itself.
    pub input_field: Option<Constant>,
    /// The key of the layer under which its result is, where it is given.
    pub output_field: Option<Named>,
    /// Whether a failure ends the event's run.
    pub raise_errors: Option<Constant>,
    /// Its other properties, as written.
    pub properties: Vec<(Constant, Constant)>,
    /// The whole use.
    pub span: Span,
}

impl ExtractorUse {
    /// The key of the layer under which its result is.
    pub fn output_key(&self) -> &str {
        self.output_field.as_ref().map_or("message", |output| &output.text)
    }
}

/// A stage.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Its name.
    pub name: Named,
    /// Its actions, in order.
    pub actions: Vec<StageAction>,
    /// The places of actions that cannot be read as they are written. The findings say why.
    pub unreadable: Vec<Span>,
}

/// An action.
#[derive(Clone, Debug)]
pub struct StageAction {
    /// The name that some authors give it.
    pub name: Option<Named>,
    /// The condition under which it runs.
    pub filter: Option<Constant>,
    /// What it does.
    pub operation: ActionKind,
    /// The whole action.
    pub span: Span,
}

/// What an action does.
#[derive(Clone, Debug)]
pub enum ActionKind {
    /// Sets fields to values: constants, or text that may be a template.
    Set(Vec<(Named, Constant)>),
    /// Sets fields to what a dictionary has for the value of another field.
    Translate {
        /// Keys with the values they stand for.
        dictionary: Vec<(Constant, Constant)>,
        /// Where a key comes from (a path or template), and the field that is set.
        mapping: Vec<(Named, Named)>,
        /// The value where the dictionary has no key.
        fallback: Option<Constant>,
    },
    /// Deletes fields.
    Delete(Vec<Named>),
}
