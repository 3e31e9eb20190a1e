//! A format's events as typed Arrow columns, and one column with what no other takes.
//!
//! ```
//! use weir_columns::{Builder, Columns, Json};
//!
//! let text = ("parser.yml".to_owned(), "name: f\npipeline:\n  - name: p\n    external:\n      name: json.parse-json\n      properties:\n        output_field: message\n  - name: s\nstages:\n  s:\n    actions:\n      - set:\n          source.ip: '{{ p.message.ip }}'\n".to_owned());
//! let plan = weir::compile(&weir::FormatText { parser: text, fields: Vec::new() }).plan.expect("it is read");
//! let columns = Columns::of(&plan);
//! let mut builder = Builder::new(&columns);
//! builder.push(&Json::new(br#"{"source":{"ip":"192.0.2.1","zone":{"a":1}}}"#)?)?;
//! let batch = builder.finish();
//! assert_eq!(batch.num_rows(), 1);
//! // Nothing declares `source.zone`: it is in the last column.
//! let rest: &arrow_array::StringArray = batch.column_by_name("rest").and_then(|column| column.as_any().downcast_ref()).expect("it is there");
//! assert_eq!(rest.value(0), r#"{"source":{"zone":{"a":1}}}"#);
//! # Ok::<(), weir_columns::Error>(())
//! ```
//!
//! The columns are those of the fields that the plan can write: a struct for each part of a dotted name that has fields below it, a leaf
//! for each field, and `rest`. A leaf takes a value only if the same value can be read out of it again; any other goes to `rest`, at the
//! same place. So an event's columns and its `rest`, put together, are the event. The typing table: [`Kind::of`].
//!
//! Why so: `docs/decisions/0140`.

mod binding;
mod builder;
mod column;
mod columns;
mod error;
mod json;
mod kind;
mod native;
mod rest;
mod value;

pub use binding::Binding;
pub use builder::Builder;
pub use columns::{Columns, LeftOut};
pub use error::Error;
pub use json::Json;
pub use kind::{Kind, Scalar};
pub use value::{Read, Value};
