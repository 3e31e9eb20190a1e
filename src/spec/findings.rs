//! Every kind of finding about a format's files, in one table: code, title, and what it means.

use crate::diagnostic::kinds;

kinds! {
    YAML_SYNTAX = Error "yaml-syntax", "{problem}",
        "The file is not valid YAML from this point, so none of it can be read.";
    YAML_TOO_LARGE = Error "yaml-too-large", "the file has {bytes} bytes; the limit is 16 MiB",
        "The file was not read.";
    YAML_CHARACTER = Error "yaml-character", "the character {character} is not allowed in YAML",
        "YAML has no control characters; the file may be damaged or not text.";
    YAML_SECOND_DOCUMENT = Error "yaml-second-document", "a second document begins here",
        "A file holds one document; the part after `---` was not read.";
    YAML_DEPTH = Error "yaml-depth", "this is nested deeper than {levels} levels",
        "Nesting is limited; an alias counts as deep as the value that it refers to.";
    YAML_EXPANSION = Error "yaml-expansion", "anchors and aliases expand to more than 16 MiB here",
        "Aliases can refer to each other and grow without limit, so their total size is limited.";
    YAML_ALIAS = Error "yaml-alias", "this alias is inside the value that it refers to",
        "A value cannot contain itself.";
    YAML_TAG = Error "yaml-tag", "the tag `{tag}` is not supported",
        "The tags `!!str`, `!!int`, `!!float`, `!!bool`, `!!null`, `!!timestamp`, `!!seq` and `!!map` are supported.";
    YAML_VALUE = Error "yaml-value", "this looks like {type} but is not one",
        "Unquoted text with the form of a number or date must be one: `2024-13-01` is not.";
    YAML_KEY = Error "yaml-key", "a {type} cannot be a key",
        "Keys are text, numbers, booleans or null. A template without quotes is read as a mapping whose key is a mapping.";
    YAML_MERGE = Error "yaml-merge", "`<<` takes a mapping or a list of mappings",
        "A merge key copies the keys of other mappings.";
    DUPLICATE_KEY = Warning "duplicate-key", "the key `{key}` is written twice",
        "The last of equal keys counts; the others have no effect.";
    WRONG_TYPE = Error "wrong-type", "{what} must be {expected}, but this is {type}",
        "The language expects a value of another type here.";
    MISSING_KEY = Error "missing-key", "{what} needs `{key}`",
        "Without this key there is nothing to run or to set.";
    UNKNOWN_KEY = Ignored "unknown-key", "{what} has no key `{key}`",
        "The key has no effect; often it is misspelt.";
    MISPLACED_KEY = Warning "misplaced-key", "`{key}` belongs {place}",
        "The key is read here too, but its usual place is another.";
    MISSING_NAME = Warning "missing-name", "the spec has no `name`",
        "The name is not needed to run a spec; reports show it.";
    UNKNOWN_STAGE = Error "unknown-stage", "there is no stage `{name}`",
        "A pipeline entry without `external` runs the stage with its name.";
    UNUSED_STAGE = Warning "unused-stage", "no pipeline entry runs the stage `{name}`",
        "A stage runs only if the pipeline has an entry with its name.";
    DUPLICATE_STAGE = Warning "duplicate-stage", "two stages have the name `{name}`",
        "Names are text: the number 1 and the text `1` are the same name. The first stage runs.";
    EMPTY_PIPELINE = Warning "empty-pipeline", "the pipeline is empty",
        "Nothing runs, and every event is empty.";
    EMPTY_STAGE = Warning "empty-stage", "the stage `{name}` has no actions",
        "The stage does nothing.";
    NO_OPERATION = Ignored "no-operation", "this action does nothing",
        "An action sets (`set`), translates (`translate` with `dictionary` and `mapping`) or deletes (`delete`).";
    TWO_OPERATIONS = Error "two-operations", "an action does only one thing, but this one has `{first}` and `{second}`",
        "It is not defined which of the two runs first: write two actions.";
    MANIFEST_KEY = Ignored "manifest-key", "the manifest needs `{key}`",
        "A repository of formats needs these keys to show and find a format; the engine does not.";
    MALFORMED_UUID = Ignored "malformed-uuid", "`{text}` is not a UUID",
        "A UUID has 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12 with `-` between them.";
    FIELD_NAME = Warning "field-name", "the field under the key `{key}` has the name `{name}`",
        "Only the `name` counts; key and name should be the same.";
    FIELD_KEY = Ignored "field-key", "the field `{field}` needs `{key}`",
        "A declaration without a type says nothing about the field's values.";
    JSON_SYNTAX = Error "json-syntax", "this is not JSON: {problem}",
        "The file is not valid JSON from this point, so none of it is read.";
    TEST_KEY = Error "test-key", "a recorded test needs `{key}`",
        "A recorded test has the event under `input` and the result under `expected`.";
    DESCRIPTION_KEY = Ignored "description-key", "{what} needs `{key}`",
        "Smart descriptions are a list of texts (`value`), each with the `conditions` under which it describes an event.";
}
