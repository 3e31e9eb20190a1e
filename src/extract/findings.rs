//! Every kind of finding about the properties of extractors, in one table: code, title, and what it means.

use crate::diagnostic::kinds;

kinds! {
    MISSING_PROPERTY = Error "missing-property", "`{extractor}` needs the property `{name}`",
        "The extractor cannot work without it.";
    WRONG_PROPERTY = Error "wrong-property", "`{name}` must be {expected}",
        "The property has a value of another type than it takes.";
    INVALID_PATTERN = Error "invalid-pattern", "{reason}",
        "The pattern does not parse, so nothing can match it.";
    UNKNOWN_PATTERN = Error "unknown-pattern", "there is no pattern `{name}`",
        "A grok pattern names a pattern that is neither in `custom_patterns` nor a customary one.";
    RECURSIVE_PATTERN = Error "recursive-pattern", "the pattern `{name}` is part of itself",
        "A grok pattern names itself, perhaps by way of others.";
    PATTERN_TOO_LARGE = Error "pattern-too-large", "{reason}",
        "With all named patterns put in, the pattern is beyond the [limits](limits.md).";
    UNUSED_PATTERN = Warning "unused-pattern", "nothing names the pattern `{name}`",
        "Neither the pattern that runs nor one that it names uses this pattern; often it was to be one more alternative.";
    COVERED_ALTERNATIVE = Warning "covered-alternative", "`{earlier}` takes whatever `{alternative}` matches",
        "Alternatives are tried in their order, and the first that matches the whole text counts: this one never does.";
    SLOW_PATTERN = Hint "slow-pattern", "an engine that backtracks may need exponential time for this pattern",
        "Two ways to read one text inside a repetition double the tries with each turn. Here patterns run in linear time; an engine that backtracks, as most do, can hang on one line that almost matches.";
    UNKNOWN_CONVERSION = Ignored "unknown-conversion", "there is no conversion `{name}`",
        "The captured text stays text.";
    INVALID_FORMAT = Ignored "invalid-format", "{reason}",
        "The format of a date has a directive that does not exist. No date has this format.";
    NO_YEAR = Hint "no-year", "dates of this format name no year",
        "They get the year of the reference time: a December that is read in January lies ahead. `weir run` counts such dates, and `weir explain` shows them.";
    UNKNOWN_TIMEZONE = Ignored "unknown-timezone", "there is no time zone `{name}`",
        "Dates that name no zone count as UTC.";
}
