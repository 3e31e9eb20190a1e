//! First formats: from sample records, perhaps with a list of documented fields, to a directory that checks and passes its tests.
//!
//! [`from_samples`] finds out which shape records have (JSON, pairs, CEF, LEEF, rows, lines of web servers, text, and any of
//! them inside another), which of their values stand for fields of the taxonomy, and how sure that is; [`from_list`] has the
//! fields and their types from documentation. What names, types and values do not decide is left to a human as a
//! [`Decision`]. Nothing here reads a file or a clock, or prints.
//!
//! Why so: `docs/decisions/0160`.

mod decision;
mod documented;
mod draft;
mod evidence;
mod leaf;
mod mapping;
mod moment;
mod pairs;
mod plain;
mod probe;
mod proposal;
mod samples;
mod selection;
mod shape;
mod step;
mod text;

pub use decision::Decision;
pub use documented::{FieldList, from_list, read_field_list};
pub use draft::Draft;
pub use pairs::Tally;
pub use proposal::{Confidence, Proposed};
pub use samples::from_samples;
pub use selection::{Selected, selected};
