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
    UNKNOWN_KEY_OF_RESULT = Ignored "unknown-key-of-result", "`{extractor}` gives no `{key}` here",
        "The extractor's properties decide which keys its result has: the names in a grok pattern, the columns of separated values. A date has none.";
    INDEX_IN_PATH = Ignored "index-in-path", "`{path}` reads nothing: it is a bare path, and the keys of a path are keys of dicts",
        "A template that is nothing but a path reads no item of a list by its place. `path[0]` does, and so does a path within an expression.";
    UNREAD_RESULT = Hint "unread-result", "nothing reads what the entry `{name}` extracts",
        "The entry costs time and sets nothing.";
    READ_TOO_EARLY = Ignored "read-too-early", "`{name}` is read before anything writes it",
        "Entries run in the order of the pipeline, actions and fields in the order of the stage: here it is always undefined.";
    OVERWRITTEN = Warning "overwritten", "set again before anyone reads it: {fields}",
        "The later value replaces this one in every event that gets it.";
    SET_TWICE = Hint "set-twice", "set to the same further down: {fields}",
        "One of the two is not needed.";
    UNREACHABLE_BRANCH = Warning "unreachable-branch", "this branch is never taken",
        "A condition before it holds wherever this one does; the first that holds counts.";
    NEVER_TRUE = Warning "never-true", "this never holds",
        "What the condition guards never runs.";
    ALWAYS_TRUE = Warning "always-true", "this always holds",
        "The condition lets everything through, and what stands behind it in the chain is never looked at.";
    REPEATED_CONDITION = Hint "repeated-condition", "`{condition}` is asked twice",
        "The second time says nothing new; often another field or value was meant.";
    NEVER_EQUAL = Warning "never-equal", "nothing here equals {literal}: {reason}",
        "A value in lower case equals no text with capitals, and a number no text.";
    IN_TEXT = Warning "in-text", "this asks for a part of a text, not for one of several",
        "`x in 'abc'` holds for `a`, `bc` and the empty text, too. Brackets alone make no list: `('abc')` is the text.";
    REPEATED_KEY = Warning "repeated-key", "the key `{key}` is there twice",
        "Keys are compared as text, so that the number 1 and the text `1` are one. The last one counts.";
    UNREACHABLE_KEY = Warning "unreachable-key", "nothing looks up `{key}`",
        "The value that is looked up can never be this key; the field is not set, or set to the fallback.";
    UNREAD_VARIABLE = Hint "unread-variable", "nothing reads the variable `{name}`",
        "The variable has no effect; often a name is misspelt where it was to be read.";
    LOST_VARIABLE = Warning "lost-variable", "what a turn of the loop sets in `{name}` is lost after it",
        "Each turn of a loop has variables of its own. In the next turn and behind the loop the name has the value from before the loop.";
    EMPTIED_VARIABLE = Warning "emptied-variable", "`{name}` is none once this call is assigned to it",
        "`append`, `extend` and `update` change what they are called on and give none. What reads the name after that, in the same turn of a loop, finds none.";
    PARTLY_SAFE = Warning "partly-safe", "`safe` has no effect here: another output of the template is without it",
        "Text is taken as it is where every output of its template ends in `safe`.";
    NULL_AS_TEXT = Warning "null-as-text", "where `{name}` is null, this sets the text `{text}`",
        "Filters on text make one of none, too. The text `None` sets nothing; `none` does.";
    UNKNOWN_CATEGORY = Warning "unknown-category", "`{value}` is no value of `{field}`",
        "The Elastic Common Schema gives the values that this field may have; rules and dashboards look for those.";
    CATEGORY_TYPE = Hint "category-type", "the type `{type}` does not go with the category {category}",
        "The Elastic Common Schema says which types each category has.";
    OWNED_FIELD = Warning "owned-field", "`{field}` is made by the engine",
        "The field is gathered from others; what a spec sets there is dropped.";
    UNCASTABLE = Ignored "uncastable-value", "{value} is no {type}, the type of `{field}`",
        "The value is left out of every event.";
}
