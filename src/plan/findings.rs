//! Every kind of finding about what a spec's words mean, in one table: code, title, and what it means.

use crate::diagnostic::kinds;

kinds! {
    SPEC_TOO_LARGE = Error "spec-too-large", "the spec needs more memory or time to compile than allowed",
        "The cost of all parts adds up: regular expressions, fields that are read one by one beside many others, stages that run many times.";
    UNKNOWN_EXTRACTOR = Error "unknown-extractor", "there is no extractor `{name}`",
        "An entry with `external` runs an extractor. Without its result, later entries have nothing to read.";
    UNKNOWN_PROPERTY = Ignored "unknown-property", "`{extractor}` has no property `{name}`",
        "The property has no effect.";
    RESERVED_NAME = Ignored "reserved-name", "`{name}` is a reserved name and cannot be a layer",
        "`original` is the incoming event and `final` the event being built.";
    UNKNOWN_NAME = Ignored "unknown-name", "no layer or variable is named `{name}`",
        "An unknown name is undefined, and so is everything below it.";
    UNKNOWN_OUTPUT = Ignored "unknown-output", "the layer `{layer}` has no `{name}`",
        "An extractor writes its result under its `output_field` (`message` by default); a stage writes the fields that it sets.";
    UNKNOWN_OF_LOOP = Ignored "unknown-of-loop", "a loop has no `{field}`, but `{name}.{field}` reads it",
        "A loop has `index`, `index0`, `revindex`, `revindex0`, `first`, `last`, `length`, `previtem`, `nextitem`, `depth`, `depth0`, `cycle(…)` and `changed(…)`.";
    LOOP_ALONE = Ignored "loop-alone", "`{name}` is a loop and has no value of its own",
        "Read its attributes, such as `loop.index`. `{% set outer = loop %}` gives it another name for inner loops.";
    UNKNOWN_FILTER = Ignored "unknown-filter", "there is no filter `{name}`",
        "Everything that needs the value fails: the field is not set, the stage or action does not run.";
    UNKNOWN_TEST = Ignored "unknown-test", "there is no test `{name}`",
        "Everything that needs the value fails: the field is not set, the stage or action does not run.";
    UNKNOWN_METHOD = Ignored "unknown-method", "there is no method `{name}`",
        "Everything that needs the value fails: the field is not set, the stage or action does not run.";
    UNKNOWN_FUNCTION = Ignored "unknown-function", "there is no function `{name}`",
        "Everything that needs the value fails: the field is not set, the stage or action does not run.";
    NOT_CALLABLE = Ignored "not-callable", "this cannot be called",
        "Only functions, and methods after a dot, can be called.";
    TEMPLATE_SYNTAX = Ignored "template-syntax", "{reason}",
        "The template cannot be read: its field is not set, or its stage or action does not run.";
    UNKNOWN_FIELD = Warning "unknown-field", "the field `{name}` is not in the taxonomy",
        "Other expressions can read the field, but it is not in the event.";
    FIELD_DEPTH = Ignored "field-depth", "the field `{name}` has more than {most} parts",
        "Other expressions can read such a field, but it is not in the event.";
    UNKNOWN_TYPE = Ignored "unknown-type", "there is no field type `{name}`",
        "The values of the field stay as they are.";
    WRONG_ARGUMENTS = Ignored "wrong-arguments", "the {kind} `{name}` {reason}",
        "Everything that needs the value fails: the field is not set, the stage or action does not run.";
    INVALID_REGEX = Ignored "invalid-regex", "{reason}",
        "The regular expression cannot be read: everything that needs the value fails.";
    SLOW_REGEX = Hint "slow-regex", "a backtracking engine may need exponential time for this regular expression",
        "Here it runs in linear time; `slow-pattern` says more.";
    INDEX_IN_PATH = Ignored "index-in-path", "`{path}` reads nothing: a bare path reads keys of dicts, not indexes of lists",
        "A template that is only a path cannot read an item of a list by its index. `path[0]` can, and so can a path inside a longer expression.";
    OWNED_FIELD = Warning "owned-field", "the engine sets `{field}` itself",
        "The engine collects the field from other fields; a value that the spec sets is dropped.";
    UNCASTABLE = Ignored "uncastable-value", "{value} is not a valid {type}, the type of `{field}`",
        "The value is left out of every event.";
}
