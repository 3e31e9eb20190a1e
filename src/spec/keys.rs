//! The keys that a format's files have, in one table: what is read knows them, and the schemas for editors are made of them.

/// A key of a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileKey {
    /// Its name.
    pub name: &'static str,
    /// What it is: one sentence without a full stop.
    pub summary: &'static str,
}

macro_rules! keys {
    ($($(#[$doc:meta])* $table:ident { $($name:literal $summary:literal;)* })*) => {
        $($(#[$doc])* pub const $table: &[FileKey] = &[$(FileKey { name: $name, summary: $summary }),*];)*
    };
}

keys! {
    /// The keys of a spec, `ingest/parser.yml`.
    SPEC {
        "name" "The name of the format; reports show it";
        "description" "For people";
        "ignored_values" "Texts that count as empty";
        "pipeline" "Entries, run in their order";
        "stages" "Stages by name, each with a list of actions";
    }
    /// The keys of an entry of the pipeline.
    ENTRY {
        "name" "The layer that the entry writes; without `external`, the stage that runs";
        "description" "For people";
        "filter" "A template: the entry runs if it is true";
        "external" "The extractor that the entry runs";
    }
    /// The keys below `external`.
    EXTERNAL {
        "name" "The extractor, such as `json.parse-json`";
        "description" "For people";
        "filter" "Belongs beside `external`, not below it";
        "properties" "The properties of the extractor";
    }
    /// The properties that every extractor has.
    GENERAL_PROPERTIES {
        "input_field" "What the extractor reads: a path such as `original.message`, or a template";
        "output_field" "The key under which its layer has the result; `message` if not given";
        "raise_errors" "Whether a record that it cannot read fails as a whole";
    }
    /// The keys of a stage.
    STAGE {
        "actions" "Actions, run in their order";
        "name" "For people";
        "description" "For people";
    }
    /// The keys of an action.
    ACTION {
        "name" "For people";
        "description" "For people";
        "filter" "A template: the action runs if it is true";
        "set" "Fields with their values: templates, or constants";
        "translate" "Translates values by a dictionary; its keys may stand below it or beside it";
        "dictionary" "What each value is translated to";
        "mapping" "What is looked up, with the field that is set to the translation";
        "fallback" "What the field is set to where the dictionary lacks the value";
        "delete" "Fields to delete";
    }
    /// The keys below `translate`.
    TRANSLATE {
        "dictionary" "What each value is translated to";
        "mapping" "What is looked up, with the field that is set to the translation";
        "fallback" "What the field is set to where the dictionary lacks the value";
    }
    /// The keys of a field in `_meta/fields.yml`.
    FIELD {
        "name" "The name of the field, the same as its key";
        "type" "The type that its values are cast to";
        "description" "What it holds";
        "short" "What it holds, in short";
        "observable" "Whether an analyst can look for the value elsewhere";
    }
    /// The keys of `_meta/manifest.yml`.
    MANIFEST {
        "uuid" "Its identity, which never changes";
        "name" "Its name for people";
        "slug" "Its name in addresses: lower-case letters, digits and `-`";
        "description" "What it is";
        "data_sources" "Kinds of logs, each with what it brings";
        "automation_module_uuid" "The module of automations that belongs to it";
        "automation_connector_uuid" "The connector that belongs to it";
    }
}

/// The names of some keys.
pub fn names(keys: &[FileKey]) -> impl Iterator<Item = &'static str> + Clone {
    keys.iter().map(|key| key.name)
}
