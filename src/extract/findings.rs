//! Every kind of finding about the properties of extractors, in one table: code, title, and what it means.

use crate::diagnostic::kinds;

kinds! {
    MISSING_PROPERTY = Error "missing-property", "`{extractor}` needs the property `{name}`",
        "The extractor cannot work without it.";
    WRONG_PROPERTY = Error "wrong-property", "`{name}` must be {expected}",
        "The value of the property has the wrong type.";
    INVALID_PATTERN = Error "invalid-pattern", "{reason}",
        "The pattern cannot be read, so nothing can match it.";
    UNKNOWN_PATTERN = Error "unknown-pattern", "there is no pattern `{name}`",
        "The pattern is neither in `custom_patterns` nor in the grok library.";
    RECURSIVE_PATTERN = Error "recursive-pattern", "the pattern `{name}` contains itself",
        "A grok pattern uses itself, perhaps through other patterns.";
    PATTERN_TOO_LARGE = Error "pattern-too-large", "{reason}",
        "With all named patterns expanded, the pattern exceeds the [limits](limits.md).";
    REFERENCE_IN_CLASS = Warning "reference-in-class", "`{class}` is one character out of several, and no pattern in it is used",
        "Brackets in a pattern stand for one of the characters in them. Brackets of the text are written with a backslash.";
    UNUSED_PATTERN = Warning "unused-pattern", "the pattern `{name}` is never used",
        "Neither the pattern that runs nor any pattern inside it uses this one; often it was meant as one more alternative.";
    COVERED_ALTERNATIVE = Warning "covered-alternative", "`{earlier}` matches everything that `{alternative}` matches",
        "Alternatives are tried in order, and the first that matches the whole text counts: this one is never used.";
    SLOW_PATTERN = Hint "slow-pattern", "a backtracking engine may need exponential time for this pattern",
        "Inside a repetition, the same text can be matched in two ways, so each iteration doubles the attempts. Here patterns run in linear time; a backtracking engine, as most are, can hang on one line that almost matches.";
    UNKNOWN_CONVERSION = Ignored "unknown-conversion", "there is no conversion `{name}`",
        "The captured text stays text.";
    INVALID_FORMAT = Ignored "invalid-format", "{reason}",
        "The format of a date has a directive that does not exist. No date has this format.";
    NO_DIRECTIVE = Ignored "no-directive", "the format `{format}` has no directive",
        "Directives begin with `%`, as in Python's `strptime`. A text is only a date in a format without any if it is the format itself.";
    NO_YEAR = Hint "no-year", "dates in this format have no year",
        "They get the year of the reference time: a date in December that is read in January is in the future. `weir run` counts such dates, and `weir explain` shows them.";
    UNKNOWN_TIMEZONE = Ignored "unknown-timezone", "there is no time zone `{name}`",
        "Dates without a time zone count as UTC.";
}
