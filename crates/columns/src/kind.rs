//! The typing table: what a field's values are in a column.

use arrow_schema::{DataType, Field as ArrowField, TimeUnit};
use std::sync::Arc;
use weir::taxonomy::{Field, FieldType, Reading};

/// The name of a list's items in the three-level form.
pub(crate) const ELEMENT: &str = "element";

/// What the values of a leaf are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Kind {
    /// One value, or each of several.
    pub scalar: Scalar,
    /// Whether it is a list.
    pub many: bool,
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scalar {
    /// UTF-8 text.
    Text,
    /// A 64-bit integer.
    Integer,
    /// A 64-bit float.
    Float,
    /// True or false.
    Boolean,
    /// Microseconds since 1970, UTC.
    Moment,
    /// Any value, as its JSON text.
    Json,
}

impl Kind {
    /// The kind of a field's column:
    ///
    /// | Types | Column |
    /// |---|---|
    /// | keyword, constant_keyword, wildcard, text, match_only_text, ip; string, keywords, tracker, date_nanos; a format's own `date` | text |
    /// | long; int, integer, short | 64-bit integer |
    /// | number, float, scaled_float | 64-bit float |
    /// | boolean, bool | boolean |
    /// | date, datetime | timestamp in microseconds, UTC |
    /// | array | list of texts |
    /// | object, nested, flattened, geo_point, dict, list, unknown, non_searchable_field_type | JSON as text |
    ///
    /// A field whose schema describes a list is a list of these, and a single value is a list of one. Types that the cast does
    /// not touch (`string`, `int`, `bool` and their kin) have the column that their name says; a value of another type goes to `rest`.
    pub fn of(field: &Field) -> Kind {
        let scalar = match (field.reading(), field.kind) {
            (Reading::Text | Reading::Ip | Reading::List, _) => Scalar::Text,
            (Reading::Number, FieldType::Long) => Scalar::Integer,
            (Reading::Number, _) => Scalar::Float,
            (Reading::Boolean, _) => Scalar::Boolean,
            (Reading::Date, _) => Scalar::Moment,
            (Reading::Object, _) => Scalar::Json,
            (Reading::Any, kind) => any(kind),
        };
        let many = field.many || field.reading() == Reading::List;
        Kind { scalar, many: many && scalar != Scalar::Json }
    }

    /// The Arrow type; items of lists have an id of their own.
    pub(crate) fn data_type(self, element: impl FnOnce() -> Option<i32>) -> DataType {
        let scalar = self.scalar.data_type();
        match self.many {
            true => DataType::List(Arc::new(with_id(ArrowField::new(ELEMENT, scalar, true), element()))),
            false => scalar,
        }
    }
}

impl Scalar {
    fn data_type(self) -> DataType {
        match self {
            Scalar::Text | Scalar::Json => DataType::Utf8,
            Scalar::Integer => DataType::Int64,
            Scalar::Float => DataType::Float64,
            Scalar::Boolean => DataType::Boolean,
            Scalar::Moment => DataType::Timestamp(TimeUnit::Microsecond, Some(UTC.into())),
        }
    }
}

/// The time zone of all moments.
pub(crate) const UTC: &str = "UTC";

fn any(kind: FieldType) -> Scalar {
    use FieldType::*;
    match kind {
        StringText | Keywords | Tracker | DateNanos | Date => Scalar::Text,
        Int | Integer | Short => Scalar::Integer,
        Bool => Scalar::Boolean,
        _ => Scalar::Json,
    }
}

/// Parquet writers put this into the file, where Iceberg finds columns by it.
const FIELD_ID: &str = "PARQUET:field_id";

pub(crate) fn with_id(field: ArrowField, id: Option<i32>) -> ArrowField {
    match id {
        Some(id) => field.with_metadata([(FIELD_ID.to_owned(), id.to_string())].into()),
        None => field,
    }
}
