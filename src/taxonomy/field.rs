//! One field: its name, its type, and who declares it.

use std::borrow::Cow;
use std::fmt;

/// A field of the taxonomy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The dotted name, such as `source.ip`.
    pub name: Cow<'static, str>,
    /// The type that values are cast to.
    pub kind: FieldType,
    /// What the field holds, in the words of whoever declares it.
    pub description: Option<Cow<'static, str>>,
    /// Whether its schema describes a list. For documentation: a single value is not wrapped into a list for it.
    pub many: bool,
    /// Who declares it.
    pub origin: Origin,
}

/// Who declares a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The Elastic Common Schema.
    Ecs,
    /// The base fields beyond ECS, which all formats share.
    Platform,
    /// The format's module.
    Module,
    /// The format itself.
    Format,
}

/// How the cast reads a value; several types are read alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reading {
    /// Scalars as their JSON text, dicts as compact JSON text with sorted keys.
    Text,
    /// Numbers stay; text becomes an integer, else a double.
    Number,
    /// Words and numbers to `true` and `false`.
    Boolean,
    /// An address in canonical text.
    Ip,
    /// A moment, RFC 3339 in UTC.
    Date,
    /// A single value is put into a list.
    List,
    /// Dicts, whose fields have types of their own.
    Object,
    /// Any value as it is.
    Any,
}

macro_rules! field_types {
    ($($variant:ident $name:literal $reading:ident $summary:literal;)*) => {
        /// The type of a field, under the name that declarations use.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum FieldType {
            $(#[doc = $summary] $variant,)*
        }

        impl FieldType {
            /// Every type, in the order of the manual.
            pub const ALL: &[FieldType] = &[$(FieldType::$variant,)*];

            /// The name in declarations.
            pub fn name(self) -> &'static str {
                match self {
                    $(FieldType::$variant => $name,)*
                }
            }

            /// How values are read.
            pub fn reading(self) -> Reading {
                match self {
                    $(FieldType::$variant => Reading::$reading,)*
                }
            }

            /// What the type holds, in one sentence.
            pub fn summary(self) -> &'static str {
                match self {
                    $(FieldType::$variant => $summary,)*
                }
            }
        }
    };
}

// The names are those of the base taxonomy and of all public declarations. That `int`, `integer`, `bool`, `string` and
// their kin take any value is no slip: over the recorded pairs the text of an `integer` field stays text 45 times of 45
// (`001`, `END`), while that of a `long` field becomes a number 1,815 times of 1,815.
field_types! {
    Keyword "keyword" Text "Text that is compared as a whole.";
    ConstantKeyword "constant_keyword" Text "Text that is the same in all events of a format.";
    Wildcard "wildcard" Text "Text that is searched with wildcards.";
    Text "text" Text "Text that is searched by its words.";
    MatchOnlyText "match_only_text" Text "Text that is searched by its words and never ranked.";
    Long "long" Number "A number, usually whole.";
    Number "number" Number "A number.";
    Float "float" Number "A number, usually with a fraction.";
    ScaledFloat "scaled_float" Number "A number that is stored as an integer times a factor.";
    Boolean "boolean" Boolean "True or false.";
    Ip "ip" Ip "An IPv4 or IPv6 address.";
    Date "date" Date "A moment.";
    DateTime "datetime" Date "A moment, under another name.";
    Array "array" List "A list of anything.";
    Object "object" Object "A dict, or a list of dicts, with fields of its own.";
    Nested "nested" Object "A list of dicts that are searched one by one.";
    Flattened "flattened" Any "A dict whose keys are not declared.";
    GeoPoint "geo_point" Any "A place on earth.";
    Dict "dict" Any "A dict, kept as it is.";
    List "list" Any "A list, kept as it is.";
    Bool "bool" Any "A value that is expected to be a boolean; kept as it is.";
    Int "int" Any "A value that is expected to be an integer; kept as it is.";
    Integer "integer" Any "A value that is expected to be an integer; kept as it is.";
    StringText "string" Any "A value that is expected to be text; kept as it is.";
    Keywords "keywords" Any "A value that is expected to be text; kept as it is.";
    Tracker "tracker" Any "A value that follows a message; kept as it is.";
    NonSearchable "non_searchable_field_type" Any "A value that is stored and not searched; kept as it is.";
    Short "short" Any "A value that is expected to be a small integer; kept as it is.";
    DateNanos "date_nanos" Any "A value that is expected to be a moment; kept as it is.";
    Unknown "unknown" Any "The type of a field whose declaration names none that is known; values are kept as they are.";
}

impl FieldType {
    /// The type that a declaration names; see [`FieldType::names`] for a "did you mean".
    pub fn parse(name: &str) -> Option<FieldType> {
        FieldType::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// The names of all types.
    pub fn names() -> impl Iterator<Item = &'static str> {
        FieldType::ALL.iter().map(|kind| kind.name())
    }
}

impl fmt::Display for FieldType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Field {
    /// How the cast reads a value of this field.
    ///
    /// A field of the format's own whose type is `date` keeps its values as they are, while one of type `datetime` and the
    /// dates of the base taxonomy are cast: 25 recorded pairs for it, none against.
    pub fn reading(&self) -> Reading {
        match (self.kind, self.origin) {
            (FieldType::Date, Origin::Module | Origin::Format) => Reading::Any,
            (kind, _) => kind.reading(),
        }
    }

    /// A field without a description.
    pub fn new(name: impl Into<Cow<'static, str>>, kind: FieldType, origin: Origin) -> Self {
        Field { name: name.into(), kind, description: None, many: false, origin }
    }
}
