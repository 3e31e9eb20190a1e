//! Every kind of finding about what a spec's words mean, in one table: code, title, and what it means.

use crate::diagnostic::kinds;

kinds! {
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
    UNKNOWN_TYPE = Error "unknown-type", "there is no field type `{name}`",
        "The type says what values of the field become.";
    UNCASTABLE = Ignored "uncastable-value", "{value} is no {type}, the type of `{field}`",
        "The value is left out of every event.";
}
