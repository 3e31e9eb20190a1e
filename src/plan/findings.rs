//! Every kind of finding about what a spec's words mean, in one table: code, title, and what it means.

use crate::diagnostic::kinds;

kinds! {
    SPEC_TOO_LARGE = Error "spec-too-large", "the spec takes more memory or time to compile than a spec may",
        "What each part takes adds up: regular expressions, fields that are read one by one beside many others, stages that run many times.";
    UNKNOWN_EXTRACTOR = Error "unknown-extractor", "there is no extractor `{name}`",
        "An entry with `external` runs an extractor; without it the entries behind have nothing to read.";
    UNKNOWN_PROPERTY = Ignored "unknown-property", "`{extractor}` has no property `{name}`",
        "The property has no effect.";
    RESERVED_NAME = Ignored "reserved-name", "`{name}` is not free for a layer",
        "`original` is the incoming event and `final` the event being built.";
    UNKNOWN_NAME = Ignored "unknown-name", "no layer or variable is named `{name}`",
        "A name that nothing has is undefined, and so is all below it.";
    UNKNOWN_OUTPUT = Ignored "unknown-output", "the layer `{layer}` has no `{name}`",
        "An extractor writes its result under its `output_field`, `message` if none is given; a stage writes the fields it sets.";
    UNKNOWN_OF_LOOP = Ignored "unknown-of-loop", "a loop has no `{field}`, which `{name}.{field}` asks for",
        "A loop has `index`, `index0`, `revindex`, `revindex0`, `first`, `last`, `length`, `previtem`, `nextitem`, `depth`, `depth0`, `cycle(…)` and `changed(…)`.";
    LOOP_ALONE = Ignored "loop-alone", "`{name}` is a loop, and no value by itself",
        "What a loop tells follows a dot: `loop.index`. `{% set outer = loop %}` gives it another name for loops inside.";
    UNKNOWN_FILTER = Ignored "unknown-filter", "there is no filter `{name}`",
        "Whatever needs the value fails: a field is not set, a stage or action does not run.";
    UNKNOWN_TEST = Ignored "unknown-test", "there is no test `{name}`",
        "Whatever needs the value fails: a field is not set, a stage or action does not run.";
    UNKNOWN_METHOD = Ignored "unknown-method", "there is no method `{name}`",
        "Whatever needs the value fails: a field is not set, a stage or action does not run.";
    UNKNOWN_FUNCTION = Ignored "unknown-function", "there is no function `{name}`",
        "Whatever needs the value fails: a field is not set, a stage or action does not run.";
    NOT_CALLABLE = Ignored "not-callable", "this cannot be called",
        "Functions, and methods after a dot, can be called.";
    TEMPLATE_SYNTAX = Ignored "template-syntax", "{reason}",
        "The template does not parse: whatever it is for does not happen.";
    UNKNOWN_FIELD = Warning "unknown-field", "no taxonomy knows the field `{name}`",
        "The field can be read by other expressions but is not in the event that comes out.";
    FIELD_DEPTH = Ignored "field-depth", "the field `{name}` has more than {most} parts",
        "So deep a field can be read by other expressions but is not in the event that comes out.";
    UNKNOWN_TYPE = Ignored "unknown-type", "there is no field type `{name}`",
        "The values of the field are kept as they are.";
    WRONG_ARGUMENTS = Ignored "wrong-arguments", "the {kind} `{name}` {reason}",
        "Whatever needs the value fails: a field is not set, a stage or action does not run.";
    INVALID_REGEX = Ignored "invalid-regex", "{reason}",
        "The regular expression does not parse: whatever needs the value fails.";
    SLOW_REGEX = Hint "slow-regex", "an engine that backtracks may need exponential time for this regular expression",
        "As with `slow-pattern`: here it runs in linear time.";
    INDEX_IN_PATH = Ignored "index-in-path", "`{path}` reads nothing: it is a bare path, and the keys of a path are keys of dicts",
        "A template that is nothing but a path reads no item of a list by its place. `path[0]` does, and so does a path within an expression.";
    OWNED_FIELD = Warning "owned-field", "`{field}` is made by the engine",
        "The field is gathered from others; what a spec sets there is dropped.";
    UNCASTABLE = Ignored "uncastable-value", "{value} is no {type}, the type of `{field}`",
        "The value is left out of every event.";
}
