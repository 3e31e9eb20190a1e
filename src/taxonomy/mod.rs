//! Fields and their types: the base taxonomy, a format's own fields, and the cast of a value to its field's type.
//!
//! A [`Taxonomy`] knows fields by name, in layers: [`Taxonomy::base`], then what a module and a format declare.
//! [`cast`] makes one value fit one [`FieldType`]; [`Taxonomy::fit`] does so for a named field and for the fields inside
//! its objects. [`categorization`] has the allowed values of the event categorisation fields.

mod cast;
pub mod categorization;
mod date;
mod field;
mod fit;
mod json_text;
mod layers;
mod number;

pub use cast::cast;
pub use field::{Field, FieldType, Origin, Reading};
pub use layers::Taxonomy;
