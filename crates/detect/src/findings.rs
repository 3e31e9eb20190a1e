//! Every kind of finding about rules, pipelines and indicators, in one table: code, title, and what it means.

weir::kinds! {
    RULE_KEY = Error "rule-key", "{what} needs `{key}`",
        "Without this key the rule cannot be read, and is passed over.";
    RULE_TYPE = Error "rule-type", "{what} must be {expected}, but this is {type}",
        "The rule is passed over.";
    NO_DETECTION = Error "no-detection", "the condition names `{name}`, but no detection has this name",
        "Nothing says what the name stands for; the rule is passed over.";
    UNUSED_DETECTION = Warning "unused-detection", "the condition does not use the detection `{name}`",
        "What it looks for decides nothing.";
    CONDITION_SYNTAX = Error "condition-syntax", "the condition cannot be read: {reason}",
        "The rule is passed over.";
    OLD_CONDITION = Error "condition-aggregation", "an aggregation in a condition is Sigma's old form",
        "Sigma's second version has correlation rules instead; the rule is passed over.";
    UNKNOWN_MODIFIER = Error "unknown-modifier", "there is no modifier `{name}`",
        "What the item means is not known; the rule is passed over.";
    WRONG_MODIFIER = Error "wrong-modifier", "`{modifier}` cannot be applied: {reason}",
        "The modifier does not take such a value, or not behind the one before it; the rule is passed over.";
    NO_PLACEHOLDER = Error "no-placeholder", "nothing says what the placeholder `%{name}%` stands for",
        "A pipeline of the user names the values of a placeholder; without them the rule is passed over.";
    INDICATOR_RULE = Error "indicator-rule", "of a rule about indicators only what it says of itself is used",
        "Indicators are looked for in the fields of their kind, whatever a rule says. One with a log source, other items, `and` or `not`, or another \
         one behind the first would be ignored, and is passed over.";
    OTHER_DOCUMENT = Warning "no-rule-document", "what has neither `title` nor `detection` is no rule: {count}",
        "Such documents are left out. The first of them is shown.";
    NO_INDICATORS = Warning "no-indicators", "the rule is about indicators, and there are none",
        "`%indicators%` stands for the indicators that the user gives; without them the rule finds nothing.";
    RULE_REGEX = Error "rule-regex", "the regular expression cannot be read: {reason}",
        "The rule is passed over.";
    RULE_TOO_LARGE = Error "rule-too-large", "{what} has more than {most} {things}",
        "Rules have bounds, so that one cannot use up the memory; this one is passed over.";
    RULE_FAILURE = Error "rule-failure", "a pipeline passes the rule over: {reason}",
        "A step of the pipeline fails for this rule (`rule_failure`), or makes it too large.";
    NO_RULE = Error "no-rule", "no rule has the id or name `{name}`",
        "A correlation is about a rule that is not there, and is passed over.";
    NO_FILTERED_RULE = Warning "no-filtered-rule", "no rule has the id or name `{name}`",
        "A filter is about a rule that is not there, and does nothing to it.";
    CORRELATION_VALUE = Error "correlation-value", "{what} cannot be read: {reason}",
        "The correlation is passed over.";
    COLLECTION = Error "collection", "the action `{name}` of a collection is not known",
        "The actions are `global`, `reset` and `repeat`; a correlation has a type. The document is passed over.";
    CORRELATION_CIRCLE = Error "correlation-circle", "the correlation is about itself, or one of more than {most} that are about each other",
        "It can never hold, and is passed over.";
    DUPLICATE_RULE = Warning "duplicate-rule", "two rules have the id or name `{id}`",
        "Both are used; a correlation or filter about it means the first.";
    RULES_WAIT = Hint "rules-wait", "no event has `{field}`, which rules wait for: {count}",
        "Rules about such events cannot match before something sets the field.";
    PIPELINE_KEY = Error "pipeline-key", "the pipeline cannot be read: {reason}",
        "Nothing of this pipeline is applied.";
    PIPELINE_ITEM = Warning "pipeline-item", "the {kind} `{name}` of pipelines is not supported",
        "The step of the pipeline is passed over: rules stay as they are there.";
}

/// The beginning of a text, with so many bytes at most.
pub fn beginning(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or(0)]
}
