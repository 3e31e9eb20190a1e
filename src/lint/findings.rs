//! Every kind of finding about what a spec does, in one table: code, title, and what it means.

use crate::diagnostic::kinds;

kinds! {
    UNKNOWN_KEY_OF_RESULT = Ignored "unknown-key-of-result", "`{extractor}` gives no `{key}` here",
        "The extractor's properties decide which keys its result has: the names in a grok pattern, the columns of separated values. A date has none.";
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
}
