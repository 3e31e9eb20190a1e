//! The readers of a format's files: `parser.yml`, or the same as JSON, → [`Spec`], manifests, fields, recorded tests and smart descriptions;
//! with a place for everything and all findings together.

mod action;
mod descriptions;
pub mod document;
mod fields;
pub mod findings;
mod json;
pub mod keys;
mod manifest;
mod model;
mod read;
mod reader;
mod recorded;
mod word;
pub mod yaml;

pub use descriptions::check_descriptions;
pub use fields::{FieldDeclaration, read_fields, read_json_fields};
pub use manifest::{Manifest, read_manifest};
pub use model::{ActionKind, EntryKind, ExtractorUse, Named, PipelineEntry, Spec, Stage, StageAction};
pub use read::{read, read_json};
pub use recorded::{RecordedTest, read_test};
