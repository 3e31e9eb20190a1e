//! How records are run over Arrow data, and the columns that come of it.

use crate::compiled::Compiled;
use crate::messages::{check_messages, check_times};
use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef};
use std::sync::Arc;

/// How records are run over Arrow data.
#[derive(Clone, Debug)]
pub struct Options {
    /// The column with the messages.
    pub column: String,
    /// Whether events are typed columns; else they are JSON.
    pub typed: bool,
    /// Which columns of the input are kept.
    pub keep: Keep,
    /// What stands before the names of the columns that are added.
    pub prefix: String,
    /// The time against which incomplete dates are read.
    pub now: Now,
}

/// Which columns of the input are kept.
#[derive(Clone, Debug)]
pub enum Keep {
    All,
    These(Vec<String>),
}

/// The time against which incomplete dates are read.
#[derive(Clone, Debug)]
pub enum Now {
    /// In seconds since 1970-01-01T00:00:00Z.
    At(i64),
    /// The clock's, whenever records are run.
    Clock,
    /// A column's; the clock's where it is null.
    Column(String),
}

impl Now {
    /// The time, where it is one for all records.
    pub fn seconds(&self) -> i64 {
        match self {
            Now::At(seconds) => *seconds,
            Now::Clock | Now::Column(_) => clock(),
        }
    }
}

fn clock() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs().cast_signed())
}

/// The columns that are added to those of the input.
pub fn result_fields(compiled: &Compiled, options: &Options) -> Vec<Field> {
    let name = |name: &str| format!("{}{name}", options.prefix);
    let text = |column: &str| Field::new(name(column), DataType::Utf8, true);
    let mut fields = Vec::new();
    fields.extend(compiled.is_module().then(|| text("dataset")));
    if options.typed {
        let (rest, columns) = compiled.columns.schema().fields().split_last().expect("`rest` is the last column");
        fields.push(Field::new(name("event"), DataType::Struct(Fields::from(columns.to_vec())), true));
        fields.push(rest.as_ref().clone().with_name(name("rest")));
    } else {
        fields.push(text("event"));
    }
    let item = Arc::new(Field::new_list_field(DataType::Utf8, true));
    fields.extend([text("status"), text("error"), Field::new(name("warnings"), DataType::List(item), true)]);
    fields
}

impl Options {
    /// The places of the columns of an input that are kept, and the schema of the result.
    ///
    /// # Errors
    /// Where the input lacks a column that is named, or has one with the name of one that is added, in words.
    pub fn schema(&self, compiled: &Compiled, input: &Schema) -> Result<(Vec<usize>, SchemaRef), String> {
        let check = |name: &str, check: fn(&DataType) -> Result<(), String>| {
            let place = self.place(input, name)?;
            check(input.field(place).data_type()).map_err(|reason| format!("the column {name:?} {reason}"))
        };
        check(&self.column, check_messages)?;
        if let Now::Column(column) = &self.now {
            check(column, check_times)?;
        }
        let kept = match &self.keep {
            Keep::All => (0..input.fields().len()).collect(),
            Keep::These(names) => names.iter().map(|name| self.place(input, name)).collect::<Result<Vec<_>, _>>()?,
        };
        let added = result_fields(compiled, self);
        let mut fields: Vec<Arc<Field>> = kept.iter().map(|place| Arc::clone(&input.fields()[*place])).collect();
        // Names that differ in case alone are the same to many readers of tables.
        let is_known = |added: &&Field| fields.iter().any(|kept| kept.name().eq_ignore_ascii_case(added.name()));
        if let Some(clash) = added.iter().find(is_known) {
            return Err(format!(
                "the input has a column {:?}, and so has the result; give a prefix for the result's columns, or keep fewer columns",
                clash.name()
            ));
        }
        fields.extend(added.into_iter().map(Arc::new));
        Ok((kept, Arc::new(Schema::new(fields))))
    }

    /// The place of a column of the input.
    ///
    /// # Errors
    /// Where it has none, or several, in words.
    pub fn place(&self, input: &Schema, name: &str) -> Result<usize, String> {
        let places = input.fields().iter().enumerate().filter(|(_, field)| field.name() == name);
        let places: Vec<usize> = places.map(|(place, _)| place).collect();
        match places[..] {
            [place] => Ok(place),
            [] => {
                let names: Vec<String> = input.fields().iter().map(|field| format!("{:?}", field.name())).collect();
                let there = if names.is_empty() { "no columns".to_owned() } else { names.join(", ") };
                Err(format!("there is no column {name:?}; the input has {there}"))
            }
            _ => Err(format!("there are {} columns {name:?}; one name must stand for one column", places.len())),
        }
    }
}
