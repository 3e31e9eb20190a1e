//! Every kind of finding about a format's files, in one table: code, title, and what it means.

use crate::diagnostic::kinds;

kinds! {
    YAML_SYNTAX = Error "yaml-syntax", "{problem}",
        "The file is not YAML from here on; nothing of it can be read.";
    YAML_TOO_LARGE = Error "yaml-too-large", "the file has {bytes} bytes, 16 MiB are read at most",
        "The file is larger than any spec; it was not read.";
    YAML_CHARACTER = Error "yaml-character", "the character {character} is not allowed in YAML",
        "YAML has no control characters; the file may be damaged or not text.";
    YAML_SECOND_DOCUMENT = Error "yaml-second-document", "a second document begins here",
        "A file holds one document; what follows `---` was not read.";
    YAML_DEPTH = Error "yaml-depth", "this nests deeper than {levels} levels",
        "Deep nesting is bounded; aliases count with what they stand for.";
    YAML_EXPANSION = Error "yaml-expansion", "anchors and aliases stand for more than 16 MiB here",
        "Aliases can stand for each other and grow without bound; what they copy is bounded.";
    YAML_ALIAS = Error "yaml-alias", "this alias stands inside the value it stands for",
        "A value cannot hold itself.";
    YAML_TAG = Error "yaml-tag", "the tag `{tag}` is not read here",
        "Of YAML's tags, `!!str`, `!!int`, `!!float`, `!!bool`, `!!null`, `!!timestamp`, `!!seq` and `!!map` are read.";
    YAML_VALUE = Error "yaml-value", "this reads as {type} but is none",
        "Unquoted text with the form of a number or date must be one: `2024-13-01` is not.";
    YAML_KEY = Error "yaml-key", "a {type} cannot be a key",
        "Keys are text, numbers, booleans or null. A template without quotes reads as a mapping with a mapping as its key.";
    YAML_MERGE = Error "yaml-merge", "`<<` takes a mapping or a list of mappings",
        "A merge key copies the keys of other mappings.";
    DUPLICATE_KEY = Warning "duplicate-key", "the key `{key}` is written twice",
        "The last of equal keys counts; the others have no effect.";
    WRONG_TYPE = Error "wrong-type", "{what} must be {expected}, this is {type}",
        "A value of another type stands where the language has one of this type.";
    MISSING_KEY = Error "missing-key", "{what} needs `{key}`",
        "Without this key there is nothing to run or to set.";
    UNKNOWN_KEY = Ignored "unknown-key", "{what} has no key `{key}`",
        "The key has no effect, and what it was meant to say is not said: often a slip of the pen.";
    MISPLACED_KEY = Warning "misplaced-key", "`{key}` belongs {place}",
        "The key is read here too, but its usual place is another.";
    MISSING_NAME = Warning "missing-name", "the spec has no `name`",
        "The name is not needed to run a spec; reports show it.";
    UNKNOWN_STAGE = Error "unknown-stage", "there is no stage `{name}`",
        "A pipeline entry without `external` runs the stage of its name.";
    UNUSED_STAGE = Warning "unused-stage", "no pipeline entry runs the stage `{name}`",
        "A stage runs when an entry of its name is in the pipeline.";
    DUPLICATE_STAGE = Warning "duplicate-stage", "two stages are called `{name}`",
        "Names are text: the number 1 and the text `1` are one name. The first stage runs.";
    EMPTY_PIPELINE = Warning "empty-pipeline", "the pipeline is empty",
        "Nothing runs; every event comes out empty.";
    EMPTY_STAGE = Warning "empty-stage", "the stage `{name}` has no actions",
        "The stage does nothing.";
    NO_OPERATION = Ignored "no-operation", "this action does nothing",
        "An action sets (`set`), translates (`translate` with `dictionary` and `mapping`) or deletes (`delete`).";
    TWO_OPERATIONS = Error "two-operations", "an action does one thing, this one has `{first}` and `{second}`",
        "Which of two operations would run first is not defined: write two actions.";
    MANIFEST_KEY = Ignored "manifest-key", "the manifest needs `{key}`",
        "A repository of formats shows and finds a format by these keys; the engine runs without them.";
    MALFORMED_UUID = Ignored "malformed-uuid", "`{text}` is not a UUID",
        "A UUID has 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12 with `-` between them.";
    FIELD_NAME = Warning "field-name", "the field `{key}` calls itself `{name}`",
        "The `name` counts, the key is not read: the two should be the same.";
    FIELD_KEY = Ignored "field-key", "the field `{field}` needs `{key}`",
        "A declaration without a type says nothing about the field's values.";
    JSON_SYNTAX = Error "json-syntax", "this is not JSON: {problem}",
        "The file is not JSON from here on; nothing of it is read.";
    TEST_KEY = Error "test-key", "a recorded test needs `{key}`",
        "A recorded test has the event under `input` and the result under `expected`.";
    DESCRIPTION_KEY = Ignored "description-key", "{what} needs `{key}`",
        "Smart descriptions are a list of texts (`value`), each with the `conditions` under which it describes an event.";
}
