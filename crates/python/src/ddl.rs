//! Arrow types in the words of databases.

use arrow_schema::{DataType, Field};

/// Whose words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Spark,
    DuckDb,
}

impl Dialect {
    pub fn parse(name: &str) -> Option<Dialect> {
        match name {
            "spark" => Some(Dialect::Spark),
            "duckdb" => Some(Dialect::DuckDb),
            _ => None,
        }
    }

    /// A struct of these fields.
    pub fn dict<'f>(self, fields: impl IntoIterator<Item = &'f Field>) -> String {
        let members: Vec<String> = fields.into_iter().map(|field| self.member(field)).collect();
        match self {
            Dialect::Spark => format!("STRUCT<{}>", members.join(", ")),
            Dialect::DuckDb => format!("STRUCT({})", members.join(", ")),
        }
    }

    fn member(self, field: &Field) -> String {
        let kind = self.kind(field.data_type());
        match self {
            Dialect::Spark => format!("`{}`: {kind}", field.name().replace('`', "``")),
            Dialect::DuckDb => format!("\"{}\" {kind}", field.name().replace('"', "\"\"")),
        }
    }

    fn kind(self, data_type: &DataType) -> String {
        match (self, data_type) {
            (_, DataType::Struct(fields)) => self.dict(fields.iter().map(AsRef::as_ref)),
            (Dialect::Spark, DataType::List(item)) => format!("ARRAY<{}>", self.kind(item.data_type())),
            (Dialect::DuckDb, DataType::List(item)) => format!("{}[]", self.kind(item.data_type())),
            (_, DataType::Int64) => "BIGINT".to_owned(),
            (_, DataType::Float64) => "DOUBLE".to_owned(),
            (_, DataType::Boolean) => "BOOLEAN".to_owned(),
            (Dialect::Spark, DataType::Timestamp(..)) => "TIMESTAMP".to_owned(),
            (Dialect::DuckDb, DataType::Timestamp(..)) => "TIMESTAMPTZ".to_owned(),
            (Dialect::Spark, _) => "STRING".to_owned(),
            (Dialect::DuckDb, _) => "VARCHAR".to_owned(),
        }
    }
}
