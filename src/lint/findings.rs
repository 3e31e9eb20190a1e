//! Every kind of finding about what a spec does, in one table: code, title, and what it means.

use crate::diagnostic::kinds;

kinds! {
    UNKNOWN_KEY_OF_RESULT = Ignored "unknown-key-of-result", "the result of `{extractor}` has no `{key}`",
        "The extractor's properties decide which keys its result has: the names in a grok pattern, the columns of a row. A date has no keys.";
    UNREAD_RESULT = Hint "unread-result", "nothing reads the result of the entry `{name}`",
        "The entry costs time and sets nothing.";
    READ_TOO_EARLY = Ignored "read-too-early", "`{name}` is read before anything writes it",
        "Entries run in the order of the pipeline, actions and fields in the order of the stage: at this point it is always undefined.";
    OVERWRITTEN = Warning "overwritten", "overwritten before it is read: {fields}",
        "Whenever this value is set, a later one replaces it.";
    SET_TWICE = Hint "set-twice", "set to the same value again later: {fields}",
        "One of the two is not needed.";
    UNREACHABLE_BRANCH = Warning "unreachable-branch", "this branch is never taken",
        "An earlier condition is true whenever this one is, and the first true condition counts.";
    NEVER_TRUE = Warning "never-true", "this is never true",
        "The part that depends on the condition never runs.";
    ALWAYS_TRUE = Warning "always-true", "this is always true",
        "The condition excludes nothing, and later conditions of the same chain are never evaluated.";
    REPEATED_CONDITION = Hint "repeated-condition", "`{condition}` is tested twice",
        "The second test has no effect; often another field or value was meant.";
    NEVER_EQUAL = Warning "never-equal", "this is never equal to {literal}: {reason}",
        "Text in lower case is never equal to text with capitals, and a number is never equal to text.";
    IN_TEXT = Warning "in-text", "this looks for a part of a text, not for one of several values",
        "`x in 'abc'` is true for `a`, `bc` and the empty text, too. Parentheses alone do not make a list: `('abc')` is a text.";
    REPEATED_KEY = Warning "repeated-key", "the key `{key}` occurs twice",
        "Keys are compared as text, so the number 1 and the text `1` are the same key. The last one counts.";
    UNREACHABLE_KEY = Warning "unreachable-key", "the key `{key}` is never looked up",
        "The looked-up value can never be this key; the field is not set, or set to the fallback.";
    UNREAD_VARIABLE = Hint "unread-variable", "the variable `{name}` is never read",
        "The variable has no effect; often its name is misspelt where it should be read.";
    LOST_VARIABLE = Warning "lost-variable", "the value that a loop sets in `{name}` is lost after each iteration",
        "Each iteration has its own variables. In the next iteration and after the loop, the name has its value from before the loop.";
    EMPTIED_VARIABLE = Warning "emptied-variable", "`{name}` becomes none, because this call returns none",
        "`append`, `extend` and `update` change their list or dict and return none. Later reads of the name, in the same iteration of a loop, find none.";
    PARTLY_SAFE = Warning "partly-safe", "`safe` has no effect here: another output of the template lacks it",
        "Text stays as it is only if every output of its template ends in `safe`.";
    NULL_AS_TEXT = Warning "null-as-text", "if `{name}` is null, this sets the text `{text}`",
        "Text filters turn null into text, too. The text `None` sets no field, but `none` does.";
    NULL_IN_TEXT = Hint "null-in-text", "if `{name}` is null, this sets the text `{text}`",
        "Null that is joined to a text is the text `None`.";
    FORGOTTEN_BRACES = Warning "forgotten-braces", "this sets the text `{text}`, not the value of that path",
        "A value without `{{ }}` is the text as it is written, also where it reads like the path of a layer.";
    UNKNOWN_CATEGORY = Warning "unknown-category", "`{value}` is not a valid value of `{field}`",
        "The Elastic Common Schema lists the values that this field may have; rules and dashboards look for those.";
    CATEGORY_TYPE = Hint "category-type", "the type `{type}` does not belong to the category {category}",
        "The Elastic Common Schema lists the types of each category.";
}
