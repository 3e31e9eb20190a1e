//! The contract of a dataset: its documented fields, their types, and what is known of its timestamps and access.

mod read;
mod routing;

pub use read::{CONTRACT_KEYS, FIELD_KEYS, FINDINGS, SCOPES, read_contract};
pub use routing::read_routing;

use std::collections::HashMap;
use std::fmt;

/// What a source documents about one dataset, as `dataset.yml` has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contract {
    /// The dataset's name at its source.
    pub name: String,
    /// What a job of this dataset belongs to, such as an account or a zone; empty where it does not matter.
    pub scope: String,
    /// What who sets up a job needs.
    pub permissions: Vec<String>,
    /// The fields that hold the moments of a record, the one that counts first.
    pub timestamps: Vec<String>,
    /// The documented fields, in the order written.
    pub fields: Vec<DocumentedField>,
    /// Fields that the dataset had once: records in archives have them, and no job can ask for them.
    /// Why so: `docs/decisions/0096`.
    pub retired: Vec<DocumentedField>,
    /// Fields that the format leaves out on purpose, with the reason.
    pub left_out: Vec<(String, String)>,
    /// Fields of events that other integrations set and the format does not, with the reason.
    pub not_set: Vec<(String, String)>,
    places: HashMap<String, usize>,
}

/// A documented field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentedField {
    /// Its name in records.
    pub name: String,
    /// What its values are.
    pub kind: ValueType,
    /// The documented values, where these are all there are; else empty.
    pub values: Vec<String>,
}

impl Contract {
    /// A contract without fields.
    pub fn named(name: impl Into<String>) -> Self {
        Contract { name: name.into(), ..Contract::default() }
    }

    /// The documented field of a name.
    pub fn field(&self, name: &str) -> Option<&DocumentedField> {
        self.fields.get(*self.places.get(name)?)
    }

    /// The field of a name, documented today or once.
    pub fn known(&self, name: &str) -> Option<&DocumentedField> {
        self.field(name).or_else(|| self.retired.iter().find(|field| field.name == name))
    }

    /// Why the format leaves a field out, where it does.
    pub fn left_out(&self, name: &str) -> Option<&str> {
        self.left_out.iter().find(|(field, _)| field == name).map(|(_, reason)| &**reason)
    }

    /// Adds a field; a later one of the same name counts.
    pub fn document(&mut self, field: DocumentedField) {
        match self.places.get(&field.name) {
            Some(&place) => self.fields[place] = field,
            None => {
                self.places.insert(field.name.clone(), self.fields.len());
                self.fields.push(field);
            }
        }
    }
}

impl DocumentedField {
    /// Whether a value is among the documented ones; case, `_` and `-` do not count, since sources write them differently
    /// from one dataset to the next. Any value is where no values are documented.
    pub fn lists(&self, value: &str) -> bool {
        let plain = |text: &str| -> String {
            let letters = text.chars().filter(|letter| !matches!(letter, '_' | '-' | ' '));
            letters.flat_map(char::to_lowercase).collect()
        };
        self.values.is_empty() || self.values.iter().any(|known| known == value || plain(known) == plain(value))
    }
}

macro_rules! value_types {
    ($($variant:ident $name:literal $summary:literal;)*) => {
        /// What the values of a documented field are.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ValueType {
            $(#[doc = $summary] $variant,)*
        }

        impl ValueType {
            /// All types, in the order of the manual.
            pub const ALL: &[ValueType] = &[$(ValueType::$variant,)*];

            /// The name in contracts.
            pub fn name(self) -> &'static str {
                match self {
                    $(ValueType::$variant => $name,)*
                }
            }

            /// What it holds, in one sentence.
            pub fn summary(self) -> &'static str {
                match self {
                    $(ValueType::$variant => $summary,)*
                }
            }
        }
    };
}

value_types! {
    Text "string" "Text.";
    Int "int" "A whole number.";
    Float "float" "A number.";
    Bool "bool" "`true` or `false`.";
    Object "object" "An object.";
    Texts "array[string]" "A list of texts.";
    Ints "array[int]" "A list of whole numbers.";
    Objects "array[object]" "A list of objects.";
    Time "int or string" "A time: digits that count from 1970, as a number or as text, or RFC 3339.";
    Unknown "unknown" "The documentation does not say.";
}

impl ValueType {
    /// The type of a name in a contract.
    pub fn parse(name: &str) -> Option<ValueType> {
        ValueType::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// The type in a sentence about one value.
    pub(crate) fn summary_in_short(self) -> &'static str {
        match self {
            ValueType::Int | ValueType::Ints => "a whole number",
            ValueType::Float => "a number",
            ValueType::Bool => "`true` or `false`",
            _ => "a value of its type",
        }
    }

    /// Whether a value can say when something was.
    pub(crate) fn may_be_moment(self) -> bool {
        matches!(self, ValueType::Time | ValueType::Int | ValueType::Text | ValueType::Unknown)
    }

    /// Whether its values are lists or objects.
    pub fn is_collection(self) -> bool {
        matches!(self, ValueType::Object | ValueType::Texts | ValueType::Ints | ValueType::Objects)
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
